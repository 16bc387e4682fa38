"""What changed between two versions, in words: entities, findings, answers of named queries."""

from kgtool.diff.changes import Changed, Difference, compare
from kgtool.diff.told import as_json, as_markdown, as_text
from kgtool.diff.versions import Version, open_version

__all__ = ["Changed", "Difference", "Version", "as_json", "as_markdown", "as_text", "compare", "open_version"]
