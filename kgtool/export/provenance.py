"""provenance.ttl: which commit, checked with what result, from which sources. Source: PROV-O §3."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
from msgspec import Struct

from kgtool import __version__
from kgtool.export.bundle import Bundle
from kgtool.export.names import Triples
from kgtool.export.void import date_literal
from kgtool.finding import Severity
from kgtool.policy.history import Commit
from kgtool.report import Report
from kgtool.terms import CD, DCT, PROV, RDFS


class Origin(Struct, frozen=True):
    """Where a package comes from. `report` is None where nothing was checked (bulk)."""

    commit: Commit | None
    report: Report | None
    allowed: bool

    def count(self, severity: Severity) -> int:
        return self.report.count(severity) if self.report else 0

    def about(self) -> dict[str, Any]:
        """The same for manifest.json; counts only, because findings may name what the audience does not see."""
        checked: dict[str, Any] = {"run": self.report is not None, "findings-allowed": self.allowed}
        if self.report is not None:
            checked |= {severity.word + "s": self.report.count(severity) for severity in Severity}
            checked["as-of"] = self.report.as_of
        commit = None
        if self.commit is not None:
            commit = {"id": self.commit.id, "modified": self.commit.dirty}
        return {"check": checked, "commit": commit}


def provenance(bundle: Bundle, origin: Origin, base: str) -> tuple[ox.Triple, ...]:
    """Triples of provenance.ttl."""
    out = Triples()
    package, made, tool = base + "package", base + "export", base + "kgtool"
    out.typed(package, PROV + "Entity")
    out.link(package, PROV + "wasGeneratedBy", made)
    out.add(package, DCT + "issued", date_literal(bundle.snapshot.today.isoformat()))
    out.typed(made, PROV + "Activity")
    out.link(made, PROV + "wasAssociatedWith", tool)
    out.typed(tool, PROV + "SoftwareAgent")
    out.value(tool, RDFS + "label", f"kgtool {__version__}")
    if origin.commit is not None:
        commit = f"urn:git:commit:{origin.commit.id}"
        out.link(made, PROV + "used", commit)
        out.typed(commit, PROV + "Entity")
        out.value(commit, RDFS + "label", origin.commit.id + (" (modified)" if origin.commit.dirty else ""))
    if origin.report is not None:
        counts = ", ".join(f"{origin.report.count(severity)} {severity.word}s" for severity in reversed(Severity))
        out.value(made, RDFS + "comment", f"kgtool check as of {origin.report.as_of}: {counts}")
    for node in bundle.instances(CD + "Source"):
        if isinstance(node, ox.NamedNode):
            out.link(package, PROV + "wasDerivedFrom", node.value)
    return out.done()
