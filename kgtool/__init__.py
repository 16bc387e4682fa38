"""kgtool: a city's international relations as a knowledge graph kept as code.

The rooms of the program, from the command line down to the values, are listed in docs/architecture.md;
tests/test_layers.py holds the arrows between them.
"""

__version__ = "0.1.0"
