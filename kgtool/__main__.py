"""`python -m kgtool` is `kgtool`."""

from kgtool.cli import main

main()
