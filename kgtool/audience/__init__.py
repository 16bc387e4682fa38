"""Who may see what: quads in, the quads that an audience may see out. Pure; nothing is read or written here.

Taken out before anything else is made of the data: inference, tables, digests and texts know the rest only.
docs/decisions/0080-audiences.md says why what is hidden takes which neighbours with it.
"""

from kgtool.audience.model import Hidden, Part, Policy, policy_of
from kgtool.audience.queries import visible_catalog, visible_project
from kgtool.audience.visible import Visible, visible

__all__ = ["Hidden", "Part", "Policy", "Visible", "policy_of", "visible", "visible_catalog", "visible_project"]
