"""A project's graph put into an engine elsewhere: what goes where, loaded, read back and compared.

The caller checks the project first (`kgtool.check`); here nothing is judged but whether the engine holds what it was given.
"""

from kgtool.push.bulk import Recipe, write_bulk
from kgtool.push.difference import Difference
from kgtool.push.loading import Pushed, push, verify
from kgtool.push.plan import Plan, make_plan

__all__ = ["Difference", "Plan", "Pushed", "Recipe", "make_plan", "push", "verify", "write_bulk"]
