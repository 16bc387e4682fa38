"""`kgtool export` as a function: a project and a profile in, a package on the disk out, whole or not at all."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from kgtool.check import check
from kgtool.errors import ProjectError, Texts, UsageError, texts
from kgtool.export import calendar, csvw, jsonld, places, rdf, schemaorg, xlsx
from kgtool.export.bundle import Bundle, make_bundle
from kgtool.export.catalogue import Distribution, Placed, catalogue
from kgtool.export.cities import governments
from kgtool.export.counts import Counts
from kgtool.export.manifest import ABOUT, MANIFEST, SIGNATURE, Entry, about_text, digests_text
from kgtool.export.names import CATALOGUE_PREFIXES
from kgtool.export.provenance import Origin, provenance
from kgtool.export.readme import readme
from kgtool.export.signature import Signer
from kgtool.export.staging import Staging, Written
from kgtool.export.void import counted
from kgtool.finding import Severity
from kgtool.formats import PackageFormat
from kgtool.lang import pick, plural
from kgtool.policy.history import Commit, commit_of
from kgtool.project import ExportProfile, Project, Statements
from kgtool.shacl import validate
from kgtool.snapshot import open_snapshot
from kgtool.write.graphs import to_turtle

Writer = Callable[[Bundle], Mapping[str, bytes]]
WRITERS: Mapping[PackageFormat, Writer] = {
    PackageFormat.TTL: rdf.turtle, PackageFormat.NT: rdf.ntriples, PackageFormat.TRIG: rdf.trig,
    PackageFormat.RDFXML: rdf.rdfxml, PackageFormat.JSONLD: jsonld.jsonld, PackageFormat.CSV: csvw.csv_files,
    PackageFormat.XLSX: xlsx.workbook, PackageFormat.GEOJSON: places.geojson, PackageFormat.ICS: calendar.ical,
    PackageFormat.SCHEMAORG: schemaorg.schemaorg,
}  # fmt: skip
# Ending to media type, and what such a file is.
_KINDS: Mapping[str, tuple[str, Texts]] = {
    ".nq": ("application/n-quads", texts(zh="資料(N-Quads,正規形式)", en="Data (N-Quads, canonical)")),
    ".nt": ("application/n-triples", texts(zh="資料(N-Triples,正規形式)", en="Data (N-Triples, canonical)")),
    ".ttl": ("text/turtle", texts(zh="資料(Turtle)", en="Data (Turtle)")),
    ".trig": ("application/trig", texts(zh="資料(TriG)", en="Data (TriG)")),
    ".rdf": ("application/rdf+xml", texts(zh="資料(RDF/XML)", en="Data (RDF/XML)")),
    ".jsonld": ("application/ld+json", texts(zh="資料(JSON-LD)", en="Data (JSON-LD)")),
    ".csv": ("text/csv", texts(zh="表格(CSV)", en="Table (CSV)")),
    ".json": ("application/csvm+json", texts(zh="表格說明(CSVW)", en="Description of the tables (CSVW)")),
    ".xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", texts(zh="試算表(XLSX)", en="Spreadsheet (XLSX)"),
    ),
    ".geojson": ("application/geo+json", texts(zh="地點(GeoJSON)", en="Places (GeoJSON)")),
    ".ics": ("text/calendar", texts(zh="行事曆(iCalendar)", en="Calendar (iCalendar)")),
}  # fmt: skip
_OTHERS: Mapping[str, Texts] = {
    "ontology.ttl": texts(zh="所用之本體與詞表", en="The ontology and vocabularies that are used"),
    "shapes.ttl": texts(zh="所適用之形狀", en="The shapes that apply"),
    "schema-org.jsonld": texts(zh="schema.org 檢視", en="View in schema.org's terms"),
    "catalogue.ttl": texts(zh="目錄(DCAT-AP、VoID)", en="Catalogue (DCAT-AP, VoID)"),
    "provenance.ttl": texts(zh="來歷(PROV-O)", en="Provenance (PROV-O)"),
    ABOUT: texts(zh="套件說明", en="What the package is"),
}
CATALOGUE, LICENCE = "catalogue.ttl", "LICENSE.txt"


class Exported(Struct, frozen=True):
    """What was written: where, how many files, and the dataset's figures; `digest` is "" where there is none."""

    target: Path
    files: int
    quads: int
    digest: str
    errors: int


def profile_of(project: Project, name: str) -> ExportProfile:
    """The profile of a name.

    Raises:
        UsageError: there is none; the hint names those that there are.
    """
    profiles = project.exports
    if name in profiles:
        return profiles[name]
    listed = "、".join(profiles) or "-"
    raise UsageError(
        "E-EXPORT-PROFILE",
        texts(zh=f"設定中沒有匯出設定檔「{name}」。", en=f"the settings have no export profile '{name}'."),
        texts(zh=f"可用:{listed};以 [tool.kgtool.exports.{name}] 定義。",
              en=f"There are: {listed}; [tool.kgtool.exports.{name}] would define it."),
    )  # fmt: skip


def moment_of(project: Project, commit: Commit | None, now: datetime.datetime) -> datetime.datetime:
    """The moment that a package is of: that of its commit, so that the same commit gives the same bytes.

    A work tree that differs from its commit, and a folder outside git, are of `now`.
    """
    return commit.when if commit is not None and not commit.dirty else now


def export(
    project: Project, now: datetime.datetime, name: str, *, city: str = "", target: Path | None = None,
    allow_findings: bool = False, signer: Signer | None = None,
) -> Exported:  # fmt: skip
    """Write a package; one that was there before is replaced in one step.

    Args:
        now: aware; used only where no commit tells the time.
        city: whose neighbourhood, as the user names it.
        target: the folder; `exports/NAME[-CITY]` in the project by default.
    Raises:
        UsageError: no such profile, city or query; a folder is in the way that is no package.
        ProjectError: the check found errors, or the files cannot be written; what was there is as it was.
    """
    profile = profile_of(project, name)
    commit = commit_of(project.root)
    moment = moment_of(project, commit, now)
    report = check(project, moment)
    errors = report.count(Severity.ERROR)
    if errors and not allow_findings:
        raise _failing(errors)
    origin = Origin(commit, report, allow_findings)
    snapshot = open_snapshot(
        project, moment, audience=profile.audience, reasons=profile.statements is Statements.INFERRED
    )
    bundle = make_bundle(snapshot, profile, governments(snapshot, city) if city else ())
    folder = target or project.root / "exports" / (f"{name}-{_slug(city)}" if city else name)
    must_be_free(folder)
    with Staging(folder) as staging:
        _write(staging, project, bundle, origin, signer)
        staging.commit()
        return Exported(folder, len(staging.written), len(bundle.quads), bundle.digest, errors)


def must_be_free(folder: Path) -> None:
    """Raises:
    UsageError: something is there that is no package, and would be replaced.
    """
    if folder.is_symlink() or (folder.exists() and not (folder / MANIFEST).is_file()):
        empty = folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())
        if not empty:
            raise UsageError(
                "E-EXPORT-TARGET",
                texts(
                    zh=f"{folder}:已存在且非匯出套件,不予取代。",
                    en=f"{folder}: exists and is no package; not replaced.",
                ),
                texts(zh="請以 --output 指定其他資料夾。", en="Name another folder with --output."),
            )


def _write(staging: Staging, project: Project, bundle: Bundle, origin: Origin, signer: Signer | None) -> None:
    data: list[Written] = []
    for files in _data_files(bundle):
        data += [staging.add(name, content) for name, content in files.items()]
    for name, content in rdf.model_files(bundle).items():
        staging.add(name, content)
    base = base_of(project, staging.target.name)
    counts = counted((*bundle.quads, *bundle.inferred))
    _describe(staging, bundle, origin, base, data, counts)
    licence = _licence(project)
    if licence is not None:
        staging.add(LICENCE, licence)
    language = bundle.languages[0] if bundle.languages else "zh-Hant"
    listed = [(file.name, pick(what_is(file.name), language)) for file in staging.written]
    facts = {
        "commit": origin.commit.id if origin.commit else "", "errors": str(origin.count(Severity.ERROR)),
        "licence": project.publication.license or (LICENCE if licence is not None else ""),
    }  # fmt: skip
    staging.add("README.md", readme(bundle, facts, listed))
    about = {
        **origin.about(), "profile": bundle.profile.name, "audience": str(bundle.profile.audience),
        "statements": str(bundle.profile.statements), "languages": list(bundle.languages), "base": base,
        "date": bundle.snapshot.today.isoformat(), "for": [seed.value for seed in bundle.seeds],
        "tombstones": [{"iri": old, "replaced-by": new or None} for old, new in bundle.tombstones],
        "shapes": {"violations": violations(bundle)},
        "dataset": {"file": "data.nq", "quads": len(bundle.quads), "inferred": len(bundle.inferred),
                    "triples": counts.triples, "rdfc-1.0": bundle.digest or None},
    }  # fmt: skip
    seal(staging, about, signer)


def seal(staging: Staging, about: dict[str, object], signer: Signer | None) -> None:
    """Write manifest.json, the list of digests and its signature: the last files of every package."""
    about["signer"] = {"ed25519": signer.public} if signer else None
    staging.add(ABOUT, about_text(about))
    listed = digests_text(Entry(file.name, file.sha256) for file in staging.written)
    staging.add(MANIFEST, listed)
    if signer:
        staging.add(SIGNATURE, signer.sign(listed))


def violations(bundle: Bundle) -> int:
    """Results of the package's own shapes over its data and model: what a package leaves out may be missed there."""
    return len(validate((*bundle.quads, *bundle.model), bundle.shapes)) if bundle.shapes else 0


def _data_files(bundle: Bundle) -> Iterator[Mapping[str, bytes]]:
    """One format's files at a time, so that no two are in memory at once."""
    yield rdf.quads_file(bundle)
    for form in bundle.profile.formats:
        if form in WRITERS:
            yield WRITERS[form](bundle)


def _describe(
    staging: Staging, bundle: Bundle, origin: Origin, base: str, data: Sequence[Written], counts: Counts
) -> None:
    prefixes = {**bundle.snapshot.project.prefixes, **CATALOGUE_PREFIXES}
    files = tuple(distribution(base, file) for file in data)
    triples = catalogue(bundle.snapshot, Placed(base, files=files), counts)
    staging.add(CATALOGUE, to_turtle(triples, prefixes).encode("utf-8", "surrogatepass"))
    origins = to_turtle(provenance(bundle, origin, base), prefixes)
    staging.add("provenance.ttl", origins.encode("utf-8", "surrogatepass"))


def distribution(base: str, file: Written) -> Distribution:
    """A data file as the catalogue has it."""
    media, title = _KINDS[Path(file.name).suffix]
    return Distribution(base + file.name, media, title, file.size, file.sha256)


def what_is(name: str) -> Texts:
    """What a file of a package is."""
    known = _OTHERS.get(name)
    if known is not None:
        return known
    kind = _KINDS.get(Path(name).suffix)
    return kind[1] if kind else texts(zh="授權文字", en="Text of the licence")


def base_of(project: Project, folder: str) -> str:
    """What the package's own IRIs begin with: its address where it is published, else a name below the data's."""
    publication = project.publication
    if publication.address:
        return f"{publication.address}{folder}/"
    base = project["base"]
    return f"{base}package/{folder}/" if base.endswith("/") else f"urn:kgtool:package:{folder}/"


def _licence(project: Project) -> bytes | None:
    name = project.publication.license_file
    if not name:
        return None
    path = (project.root / name).resolve()
    if not path.is_relative_to(project.root) or not path.is_file():
        raise ProjectError(
            "E-CONFIG-VALUE",
            texts(zh=f"設定「publication.license-file」有誤:沒有檔案 {name}。",
                  en=f"setting 'publication.license-file': there is no file {name}."),
            texts(zh="請更正設定。", en="Correct the setting."),
        )  # fmt: skip
    return path.read_bytes()


def _slug(city: str) -> str:
    return "".join(character if character.isalnum() or character in "-_" else "-" for character in city).strip("-")


def _failing(errors: int) -> ProjectError:
    return ProjectError(
        "E-EXPORT-FINDINGS",
        texts(zh=f"檢查有 {errors} 項錯誤,不予匯出。", en=f"the check found {errors} {plural(errors, 'error')}; nothing is exported."),
        texts(zh="請先以 `kgtool check` 更正;必要時用 --allow-findings,套件會載明。",
              en="Correct them (`kgtool check`); --allow-findings exports all the same, and the package says so."),
    )  # fmt: skip
