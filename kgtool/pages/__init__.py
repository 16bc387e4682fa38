"""Values to HTML: a page for every resource, lists, search, named queries, the ontology, quality. Pure functions of a snapshot."""

from kgtool.pages.assets import Asset, Assets
from kgtool.pages.open import open_pages
from kgtool.pages.pages import POLICY, Options, Page, Pages

__all__ = ["POLICY", "Asset", "Assets", "Options", "Page", "Pages", "open_pages"]
