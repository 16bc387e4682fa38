"""The rows of the architecture, read from the imports: an arrow upward or sideways fails, with its file and line."""

from __future__ import annotations

import ast
import functools
import itertools
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT

# Top to bottom; a room imports from rows below its own only. The ten rows of docs/architecture.md, finer where the code
# has an order of its own: in row 2 `locate` needs `load` and both it and `write` need the tokens of `turtle`; in row 1
# `catalog` needs `project`; in row 0 everything may need `errors`. `__init__` holds the version and is below all.
ROWS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("serve", "site"),
    ("pages", "export", "diff"),
    ("snapshot",),
    ("check", "query", "cite", "explain", "push", "init", "fmt"),
    ("checks", "describe", "report", "policy", "built"),
    ("shacl", "reason", "named", "audience"),
    ("engine",),
    ("locate", "write"),
    ("load", "sources", "dates", "cache", "turtle", "lexical"),
    ("catalog", "rules", "index"),
    ("project",),
    ("finding", "formats", "lang", "terms"),
    ("errors", "late", "trial"),
    ("__init__",),
)
ROW = {room: len(ROWS) - number for number, rooms in enumerate(ROWS) for room in rooms}
EVERY = tuple(room for rooms in ROWS for room in rooms)
BELOW_CLI = tuple(room for rooms in ROWS[2:] for room in rooms)
# A third-party package to the modules that may import it: a room, or one module of it.
OWNERS: dict[str, tuple[str, ...]] = {
    "click": ("cli",),
    "rich": ("cli",),
    "starlette": ("serve",),
    "jinja2": ("pages",),
    "markupsafe": ("pages",),
    "openpyxl": ("export",),
    "icalendar": ("export",),
    "cryptography": ("export",),
    "pyshacl": ("shacl.reference",),
    "owlrl": ("reason.reference",),
    "rdflib": ("shacl.reference", "reason.reference", "write"),
    "SPARQLWrapper": ("engine",),
    "yaml": ("catalog",),
    "edtf": ("dates",),
    "msgspec": EVERY,
    "pyoxigraph": BELOW_CLI,
}
# What of pyoxigraph is more than terms, and whose it is.
GUARDED = {"parse": "load", "Store": "engine", "serialize": "write"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 50
TENANT = re.compile("kaohsiung|高雄", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Fault:
    """What breaks a rule of the house, and where."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, eq=False)
class Module:
    """One file of the package. `dotted` is its name below `kgtool`, e.g. `shacl.reference`; a package's own is `shacl`."""

    path: str
    dotted: str
    package: str
    source: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.dotted.split(".", 1)[0]


def modules(package: Path) -> Iterator[Module]:
    for file in sorted(package.rglob("*.py")):
        yield parsed(file.relative_to(package).as_posix(), file.read_text(encoding="utf-8"))


@functools.cache
def parsed(name: str, source: str) -> Module:
    parts = name.removesuffix(".py").split("/")
    within = parts[:-1]
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return Module(f"kgtool/{name}", ".".join(parts), ".".join(["kgtool", *within]), source, ast.parse(source))


def imports(module: Module) -> Iterator[tuple[int, str, str]]:
    """Line, dotted module and imported name ("" for none) of every import: nested, for types only, or by a call."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            base = module.package.split(".")
            stem = base[: len(base) - node.level + 1] if node.level else []
            origin = ".".join([*stem, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, origin, alias.name
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"import_module", "__import__"}:
            yield node.lineno, _called(node), ""


def _called(node: ast.Call) -> str:
    """The module that a call imports, as far as its first argument says; "?" when it says nothing."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.JoinedStr):
        first = first.values[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value.rstrip(".")
    return "?"


def target(rooms: frozenset[str], origin: str, name: str) -> str:
    """The room of our own that an import leads to, "" when it leads outside."""
    first, *rest = origin.split(".")
    if first != "kgtool":
        return ""
    if rest:
        return rest[0]
    return name if name in rooms else "__init__"


def arrow_faults(package: Path) -> Iterator[Fault]:
    """Arrows that run upward or sideways, third-party imports outside their owner, rooms without a row."""
    found = list(modules(package))
    rooms = frozenset(module.room for module in found)
    for module in found:
        yield from _arrows_of(module, rooms)


@functools.cache
def _arrows_of(module: Module, rooms: frozenset[str]) -> tuple[Fault, ...]:
    if module.room not in ROW:
        return (Fault(module.path, 1, f"{module.room} has no row: give it one in tests/test_layers.py"),)
    faults: list[Fault] = []
    for line, origin, name in imports(module):
        room = target(rooms, origin, name)
        faults += _arrow(module, line, room) if room else _outside(module, line, origin, name)
    return (*faults, *_guarded_uses(module))


def _arrow(module: Module, line: int, room: str) -> Iterator[Fault]:
    if room == module.room:
        return
    if room not in ROW or ROW[room] > ROW[module.room]:
        yield Fault(module.path, line, f"{module.room} imports {room}, which is above it")
    elif ROW[room] == ROW[module.room]:
        yield Fault(module.path, line, f"{module.room} imports {room}, which is beside it")


def _outside(module: Module, line: int, origin: str, name: str) -> Iterator[Fault]:
    top = origin.split(".", maxsplit=1)[0]
    if top in sys.stdlib_module_names:
        return
    owners = OWNERS.get(top)
    if owners is None:
        yield Fault(module.path, line, f"{top} has no owner: give it one in tests/test_layers.py")
    elif not any(module.dotted == owner or module.dotted.startswith(owner + ".") for owner in owners):
        yield Fault(module.path, line, f"{module.dotted} imports {top}, which belongs to {' and '.join(owners)}")
    elif top == "pyoxigraph" and name in GUARDED:
        yield from _guard(module, line, name)


def _guarded_uses(module: Module) -> Iterator[Fault]:
    names = {
        alias.asname or alias.name
        for node in ast.walk(module.tree) if isinstance(node, ast.Import)
        for alias in node.names if alias.name == "pyoxigraph"
    }  # fmt: skip
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in GUARDED and ast.unparse(node.value) in names:
            yield from _guard(module, node.lineno, node.attr)


def _guard(module: Module, line: int, name: str) -> Iterator[Fault]:
    if module.room != GUARDED[name]:
        yield Fault(module.path, line, f"{module.room} uses pyoxigraph.{name}, which belongs to {GUARDED[name]}")


def circle_faults(package: Path) -> Iterator[Fault]:
    """Modules that import each other, directly or by way of others, for types too: they can only be understood together."""
    found = {module.dotted: module for module in modules(package)}
    uses = {name: {*_used_modules(module, found)} - {name} for name, module in found.items()}
    reached = {name: _reachable(uses, name) for name in found}
    for name, far in reached.items():
        if name in far:
            circle = sorted(other for other in far if name in reached[other])
            yield Fault(found[name].path, 1, f"a circle of imports: {', '.join(circle)}")


def _used_modules(module: Module, found: dict[str, Module]) -> Iterator[str]:
    for _, origin, name in imports(module):
        if origin.split(".", 1)[0] == "kgtool":
            base = origin.removeprefix("kgtool").lstrip(".")
            full = f"{base}.{name}".strip(".")
            if full in found or base in found:
                yield full if full in found else base


def _reachable(uses: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(uses[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += uses[name]
    return seen


def style_faults(package: Path) -> Iterator[Fault]:
    """Files and functions that grew too long, and statements that the house does not use."""
    for module in modules(package):
        yield from _style_of(module)


@functools.cache
def _style_of(module: Module) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    lines = module.source.splitlines()
    if len(lines) > LONGEST_FILE:
        faults.append(Fault(module.path, len(lines), f"{len(lines)} lines; {LONGEST_FILE} are the most"))
    if not ast.get_docstring(module.tree):
        faults.append(Fault(module.path, 1, "no docstring"))
    if module.dotted.rsplit(".", 1)[-1] in {"utils", "util", "helpers", "misc"}:
        faults.append(Fault(module.path, 1, "a room without a duty: name it by what it does"))
    for number, line in enumerate(lines, 1):
        if re.search(r"#.*\b(TODO|FIXME|XXX)\b", line):
            faults.append(Fault(module.path, number, "unfinished"))
    for node in ast.walk(module.tree):
        faults += _statement(module, node)
    return tuple(faults)


def _statement(module: Module, node: ast.AST) -> Iterator[Fault]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > LONGEST_FUNCTION:
            yield Fault(module.path, node.lineno, f"{node.name} has {length} lines; {LONGEST_FUNCTION} are the most")
    elif isinstance(node, ast.Assert):
        yield Fault(module.path, node.lineno, "assert")
    elif isinstance(node, ast.ExceptHandler) and node.type is None:
        yield Fault(module.path, node.lineno, "bare except")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
        yield Fault(module.path, node.lineno, "print")


def shown(faults: Iterable[Fault]) -> str:
    return "\n".join(str(fault) for fault in sorted(faults))


def new(find: Callable[[Path], Iterator[Fault]], copy: Path) -> str:
    """What a checker finds in a changed copy and not in the program itself."""
    return shown({*find(copy)} - {*find(ROOT / "kgtool")})


# --- the program as it is


def test_no_import_runs_upward_or_sideways_or_around_an_owner() -> None:
    assert shown(arrow_faults(ROOT / "kgtool")) == ""


def test_no_modules_import_each_other() -> None:
    assert shown(circle_faults(ROOT / "kgtool")) == ""


def test_files_and_functions_are_short_and_say_what_they_are() -> None:
    assert shown(style_faults(ROOT / "kgtool")) == ""


def test_every_room_of_the_program_is_in_one_row_only() -> None:
    rooms = list(itertools.chain.from_iterable(ROWS))
    assert sorted(rooms) == sorted(set(rooms))
    assert {module.room for module in modules(ROOT / "kgtool")} <= set(rooms)


@pytest.mark.parametrize("folder", ["kgtool", "ontology", "shapes", "queries"])
def test_the_first_tenant_is_named_in_its_own_files_only(folder: str) -> None:
    """The model serves any city; of the queries only a header's examples may name one."""
    named = []
    for file in sorted((ROOT / folder).rglob("*")):
        if not file.is_file() or file.suffix == ".pyc":
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if TENANT.search(line) and not (folder == "queries" and line.startswith("#+")):
                named.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()}")
        if TENANT.search(file.name):
            named.append(f"{file.relative_to(ROOT)}")
    assert named == []


# --- the checker itself: each injected fault is reported with its file and line, and nothing else is


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, to break."""
    return Path(shutil.copytree(ROOT / "kgtool", tmp_path / "kgtool", ignore=shutil.ignore_patterns("__pycache__")))


def inject(copy: Path, file: str, text: str) -> int:
    """Append a text to a file (made when it is missing); the number of the last line, on which the fault stands."""
    path = copy / file
    before = path.read_text(encoding="utf-8") if path.exists() else '"""New."""\n'
    path.write_text(before + text + "\n", encoding="utf-8")
    return len((before + text).splitlines())


def test_the_unmodified_copy_is_clean(copy: Path) -> None:
    assert shown(arrow_faults(copy)) == ""
    assert shown(style_faults(copy)) == ""
    assert len(list(modules(copy))) == len(list(modules(ROOT / "kgtool")))


BESIDE_AND_ABOVE = [
    ("upward", "load.py", "from kgtool.check import check", "load imports check, which is above it"),
    ("to the top", "errors.py", "import kgtool.cli.common", "errors imports cli, which is above it"),
    ("sideways", "reason/reference.py", "from kgtool.shacl import validate", "reason imports shacl, which is beside it"),
    ("sideways in row 0", "lang.py", "from kgtool.terms import CD", "lang imports terms, which is beside it"),
    ("sideways in row 2", "sources.py", "from kgtool.load import load", "sources imports load, which is beside it"),
    ("in a function", "rules.py", "def f() -> None:\n    from kgtool.cli import main", "rules imports cli, which is above it"),
    ("for types only", "load.py", "if TYPE_CHECKING:\n    from kgtool.check import check", "load imports check, which is above it"),
    ("from the package", "lang.py", "from kgtool import check", "lang imports check, which is above it"),
    ("relative", "shacl/reference.py", "from ..check import check", "shacl imports check, which is above it"),
    ("relative name", "load.py", "from . import check", "load imports check, which is above it"),
    ("by a call", "load.py", 'importlib.import_module("kgtool.check")', "load imports check, which is above it"),
    ("by a made name", "load.py", 'import_module(f"kgtool.cli.{x}")', "load imports cli, which is above it"),
    ("to a room that is not there", "load.py", "import kgtool.nowhere", "load imports nowhere, which is above it"),
]  # fmt: skip
OWNED = [
    ("click below the command line", "query.py", "import click", "query imports click, which belongs to cli"),
    ("yaml in a function", "load.py", "def f() -> None:\n    from yaml import safe_load", "load imports yaml, which belongs to catalog"),
    ("pyshacl beside its adapter", "shacl/other.py", "import pyshacl.errors",
     "shacl.other imports pyshacl, which belongs to shacl.reference"),
    ("rdflib in a report", "report/human.py", "from rdflib.term import Node",
     "report.human imports rdflib, which belongs to shacl.reference and reason.reference and write"),
    ("nobody's package", "load.py", "import numpy", "numpy has no owner: give it one in tests/test_layers.py"),
    ("a name that cannot be read", "load.py", "__import__(x)", "? has no owner: give it one in tests/test_layers.py"),
    ("parse outside load", "named.py", "ox.parse", "named uses pyoxigraph.parse, which belongs to load"),
    ("Store by name", "named.py", "from pyoxigraph import Store", "named uses pyoxigraph.Store, which belongs to engine"),
    ("Store by another name", "named.py", "def f() -> None:\n    import pyoxigraph as p; p.Store()",
     "named uses pyoxigraph.Store, which belongs to engine"),
    ("serialize outside write", "load/dataset.py", "ox.serialize", "load uses pyoxigraph.serialize, which belongs to write"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "what"),
    [row[1:] for row in BESIDE_AND_ABOVE + OWNED],
    ids=[row[0] for row in BESIDE_AND_ABOVE + OWNED],
)
def test_an_injected_import_is_reported_with_file_and_line(copy: Path, file: str, text: str, what: str) -> None:
    line = inject(copy, file, text)
    assert new(arrow_faults, copy) == f"kgtool/{file}:{line}: {what}"


def test_an_injected_circle_is_reported(copy: Path) -> None:
    inject(copy, "shacl/plan.py", "if TYPE_CHECKING:\n    from kgtool.shacl.parse import make_plan")
    assert "kgtool/shacl/plan.py:1: a circle of imports: " in new(circle_faults, copy)


def test_rdf_on_the_command_line_is_reported(copy: Path) -> None:
    line = inject(copy, "cli/rule.py", "import pyoxigraph")
    assert new(arrow_faults, copy).startswith(
        f"kgtool/cli/rule.py:{line}: cli.rule imports pyoxigraph, which belongs to serve"
    )


def test_a_room_without_a_row_is_reported(copy: Path) -> None:
    inject(copy, "extra.py", "")
    assert new(arrow_faults, copy) == "kgtool/extra.py:1: extra has no row: give it one in tests/test_layers.py"


STATEMENTS = [
    ("a long function", "def f() -> None:\n" + "    x = 1\n" * 50, "f has 51 lines; 50 are the most", -50),
    ("an assert", "assert True", "assert", 0),
    ("a bare except", "try:\n    pass\nexcept:\n    pass", "bare except", -1),
    ("a print", "print(1)", "print", 0),
    ("a promise to go on later", "x = 1  # TODO: more", "unfinished", 0),
]


@pytest.mark.parametrize(
    ("text", "what", "offset"), [row[1:] for row in STATEMENTS], ids=[row[0] for row in STATEMENTS]
)
def test_an_injected_statement_is_reported_with_file_and_line(copy: Path, text: str, what: str, offset: int) -> None:
    line = inject(copy, "formats.py", text)
    assert new(style_faults, copy) == f"kgtool/formats.py:{line + offset}: {what}"


def test_a_long_file_is_reported(copy: Path) -> None:
    inject(copy, "formats.py", "\n" * LONGEST_FILE)
    line = len((copy / "formats.py").read_text(encoding="utf-8").splitlines())
    assert new(style_faults, copy) == f"kgtool/formats.py:{line}: {line} lines; 300 are the most"


def test_a_module_without_a_docstring_or_a_duty_is_reported(copy: Path) -> None:
    (copy / "utils.py").write_text("x = 1\n", encoding="utf-8")
    assert new(style_faults, copy) == (
        "kgtool/utils.py:1: a room without a duty: name it by what it does\nkgtool/utils.py:1: no docstring"
    )
