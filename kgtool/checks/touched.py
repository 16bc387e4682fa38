"""The statements that changed files had before, beside those that they have now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES
from kgtool.load import Dataset, load
from kgtool.project import ProjectFile
from kgtool.shacl import Touched, difference
from kgtool.terms import SH

# A change of the settings can change what is read and how it is reasoned over.
_SETTINGS = frozenset({"kgtool.toml", "pyproject.toml"})
_UNKNOWN = Touched(unknown=True)


def touched(dataset: Dataset, names: frozenset[str], before: Mapping[str, bytes], accept: tuple[str, ...]) -> Touched:
    """What came and went in the changed files.

    Args:
        names: files (relative to the project, POSIX) that changed, are new, or are gone.
        before: name to the bytes of the earlier version; those that were there.
    Returns:
        `unknown` when shapes or settings changed, or an earlier version does not parse: nothing can be left out then.
    """
    import tempfile  # brings half a dozen modules along

    files = {file.name: file for file in dataset.files}
    changed = sorted(
        name for name in names if name in files or Path(name).suffix.lower() in {*RDF_SUFFIXES, *EXTRA_FORMATS}
    )
    if names & _SETTINGS or any(files[name].kind == "shapes" for name in changed if name in files):
        return _UNKNOWN
    now = {quad.triple for name in changed if name in files for quad in dataset.of_file(files[name])}
    then: set[ox.Triple] = set()
    with tempfile.TemporaryDirectory() as folder:
        earlier = []
        for number, name in enumerate(name for name in changed if name in before):
            path = Path(folder) / f"{number}{Path(name).suffix}"
            path.write_bytes(before[name])
            earlier.append(ProjectFile(name, path, files[name].kind if name in files else "data"))
        read = load(earlier, accept)
        if read.findings:
            return _UNKNOWN
        then = {quad.triple for quad in read.quads()}
    if any(SH in str(triple) for triple in then):  # a file of shapes that is gone
        return _UNKNOWN
    return Touched(difference(then, now))
