"""The .rq files of a project as `NamedQuery` values, and what is wrong with those that are none."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from kgtool.catalog import text as sparql
from kgtool.catalog.header import HeaderError, read_header
from kgtool.catalog.model import ColumnText, ColumnType, NamedQuery, Param, ParamType, QueryTest
from kgtool.errors import Texts, texts, why
from kgtool.finding import Finding, Place, Severity
from kgtool.project import Project, ProjectFile, project_files

__all__ = ["Catalog", "ColumnText", "ColumnType", "NamedQuery", "Param", "ParamType", "QueryTest", "load_catalog"]

ROLES = ("ask", "check", "build")
# Parameter types whose values stand in a column of a type of another name.
_OFFERED = {ParamType.LANG: ColumnType.STRING, ParamType.YEAR: ColumnType.INTEGER}


class Catalog(Struct, frozen=True):
    """The queries by name (sorted), and a finding for every file that could not become one."""

    queries: Mapping[str, NamedQuery]
    problems: tuple[Finding, ...]
    files: tuple[ProjectFile, ...]

    def role(self, role: str) -> tuple[NamedQuery, ...]:
        return tuple(query for query in self.queries.values() if query.role == role)


def load_catalog(project: Project) -> Catalog:
    """Read every .rq file. A project's own query replaces a shipped one of the same name.

    Cost: linear in the files' text. Nothing is parsed as SPARQL here: the engine does that.
    """
    queries: dict[str, NamedQuery] = {}
    problems: list[Finding] = []
    files = project_files(project, "queries", (".rq",))
    for file in sorted(files, key=lambda file: (not file.shipped, file.name)):
        query = _read(file, project, problems)
        if query is None:
            continue
        other = queries.get(query.name)
        if other is not None and other.file.shipped == file.shipped:
            problems.append(
                _problem(
                    file, 1, texts(zh=f"與 {other.file.name} 同名。", en=f"has the same name as {other.file.name}.")
                )
            )
            continue
        queries[query.name] = query
    for query in list(queries.values()):
        problems += _offers(query, queries)
    return Catalog(dict(sorted(queries.items())), tuple(problems), files)


def _offers(query: NamedQuery, queries: Mapping[str, NamedQuery]) -> list[Finding]:
    """A `values_query` that a form could not run as it is, or whose first column is of another type."""
    out = []
    for param in query.params.values():
        other = queries.get(param.values_query)
        if not param.values_query:
            continue
        if other is None or other.form != "SELECT" or not other.columns:
            zh, en = "不是有欄位之 SELECT 查詢", "is no SELECT query with columns"
        elif any(each.required for each in other.params.values()):
            zh, en = "有必填參數", "needs parameters"
        elif next(iter(other.columns.values())) not in {_OFFERED.get(param.type, param.type.value), ColumnType.ANY}:
            zh, en = f"之首欄型別不是 {param.type}", f"has no {param.type} as its first column"
        else:
            continue
        zh = f"參數「{param.name}」之 values_query「{param.values_query}」{zh}。"
        out.append(
            _problem(
                query.file, 1, texts(zh=zh, en=f"parameter '{param.name}': values_query '{param.values_query}' {en}.")
            )
        )
    return out


def _read(file: ProjectFile, project: Project, problems: list[Finding]) -> NamedQuery | None:
    if file.refused:
        return None
    try:
        text = file.path.read_text(encoding="utf-8-sig")
        header = read_header(text)
    except (OSError, UnicodeDecodeError) as error:
        said = why(error)
        message = texts(zh=f"無法讀取:{said['zh-Hant']}", en=f"cannot be read: {said['en']}")
        problems.append(_problem(file, 1 if isinstance(error, UnicodeDecodeError) else 0, message))
        return None
    except HeaderError as error:
        problems.append(_problem(file, error.line, error.message, error.fix))
        return None
    for line, message in _mistakes(text, header.params, project):
        problems.append(_problem(file, line, message))
        return None
    parent = file.path.parent.name
    return NamedQuery(
        file.path.stem, parent if parent in ROLES else "ask", file, text, sparql.form(text),
        header.summary, header.description, header.params, header.columns, header.tests,
        header.code, header.severity, header.fix, header.column_texts, header.budget,
    )  # fmt: skip


def _mistakes(text: str, params: Mapping[str, Param], project: Project) -> list[tuple[int, Texts]]:
    """What makes a query unusable before it is parsed: no form, a forbidden word, a parameter it never mentions or of no class."""
    if not sparql.form(text):
        return [
            (
                1,
                texts(
                    zh="不是 SELECT、ASK、CONSTRUCT 或 DESCRIBE 查詢。",
                    en="not a SELECT, ASK, CONSTRUCT or DESCRIBE query.",
                ),
            )
        ]
    word = sparql.forbidden(text)
    if word:
        line, _ = sparql.line_of(text, word.start)
        return [(line, texts(zh=f"查詢不得使用 {word.text}。", en=f"a query must not use {word.text}."))]
    mentioned = sparql.variables(text)
    for name, param in params.items():
        if name not in mentioned:
            return [
                (1, texts(zh=f"參數「{name}」在查詢中未使用。", en=f"parameter '{name}' is never used in the query."))
            ]
        kind = param.cls
        if kind and not kind.startswith("<") and kind.partition(":")[0] not in project.prefixes:
            zh, en = (
                f"參數「{name}」之類別「{kind}」前綴未知。",
                f"parameter '{name}': class '{kind}' has no known prefix.",
            )
            return [(1, texts(zh=zh, en=en))]
    return []


def _problem(file: ProjectFile, line: int, message: Texts, fix: Texts | None = None) -> Finding:
    fallback = texts(
        zh="請更正查詢檔(格式見 docs/queries.md)。", en="Correct the query file (docs/queries.md gives the form)."
    )
    return Finding(
        Place(file.name, line), "KG301", "query-broken", "", "", "", Severity.ERROR, message, fix or fallback
    )
