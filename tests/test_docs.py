"""What the documents say is true: their commands run, their links lead somewhere, their lists are complete.

A ```console block holds commands behind `$ ` and what they print; `…` alone on a line stands for any lines. It runs in the
repository's root, or where `<!-- in: FOLDER -->` above it says. `<!-- not run -->` above it leaves it out. `make check` is
run as what it comes to, `kgtool check` with the sources beside the repository; of `make test` only its form is compared, of
any other target what `make -n` prints.
KGTOOL_REGENERATE=1 writes docs/cli.md and what the blocks' commands print.
"""

from __future__ import annotations

import dataclasses
import importlib
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from conftest import ROOT, Ran, shared

from kgtool.cli import COMMANDS, group

Tool = Callable[..., Ran]
REGENERATE = bool(os.environ.get("KGTOOL_REGENERATE"))
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CLI = ROOT / "docs" / "cli.md"
ERRORS = ROOT / "docs" / "errors.md"
ANY = "…"
MOST_NOT_RUN = 6
_SECONDS = re.compile(r"([((])[0-9]+\.[0-9]( 秒| s)([))])")
_AS_OF = re.compile(r"(基準日|as of) [0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclasses.dataclass(frozen=True)
class Block:
    """One console block: where it stands, where it runs, and each command with the lines that follow it."""

    document: Path
    line: int
    folder: Path
    run: bool
    steps: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def blocks(document: Path) -> Iterator[Block]:
    lines = document.read_text(encoding="utf-8").split("\n")
    remark, start, inside = "", 0, False
    for number, line in enumerate(lines, 1):
        if inside and line == "```":
            inside = False
            place = re.fullmatch(r"<!-- in: (\S+) -->", remark)
            folder = ROOT / place[1] if place else ROOT
            yield Block(document, start, folder, remark != "<!-- not run -->", tuple(_steps(lines[start : number - 1])))
            remark = ""
        elif not inside and line == "```console":
            inside, start = True, number
        elif not inside and line.strip():
            remark = line.strip()


def _steps(lines: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    command, output = "", []  # type: str, list[str]
    for line in lines:
        if line.startswith("$ "):
            if command:
                yield command, tuple(output)
            command, output = line[2:], []
        else:
            output.append(line.rstrip())
    yield command, tuple(output)


BLOCKS = [block for document in DOCUMENTS if document.exists() for block in blocks(document)]
RUN = [block for block in BLOCKS if block.run]


def said(command: str, folder: Path, kgtool: Tool) -> list[str]:
    """What a command prints, on standard output and then on standard error, without blanks at the ends of lines."""
    words = shlex.split(command)
    env: dict[str, str] = {}
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        key, _, env[key] = words.pop(0).partition("=")
    if words == ["make", "check"]:
        words, env = ["kgtool", "check"], {"KGTOOL_SOURCES": str(shared("sources"))}
    if words[0] == "make":
        # As from a shell: `make test` runs this test itself, and its own flags must not reach the make that is asked here.
        plain = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
        done = subprocess.run(
            [*words[:1], "-n", *words[1:]], cwd=folder, env=plain, capture_output=True, text=True, check=True
        )
        return _plain(done.stdout)
    assert words[0] == "kgtool", f"{command}: only kgtool and make are run; mark the block with <!-- not run -->"
    assert not {"|", ">", "<", "&&", ";"} & set(words), f"{command}: the shell's signs are not run"
    ran = kgtool(*words[1:], cwd=folder, env=env)
    return _plain(ran.out + ran.err)


def _plain(text: str) -> list[str]:
    """Lines without blanks at their ends, running times, and the day of the run, which the report names as its date."""
    text = _AS_OF.sub(r"\1 TODAY", _SECONDS.sub(r"\g<1>0.0\2\3", text))
    return [line.rstrip() for line in text.rstrip("\n").split("\n")]


def matches(expected: list[str], found: list[str]) -> bool:
    pattern = "".join(r"(?:.*\n)*?" if line == ANY else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in found)) is not None


@pytest.mark.parametrize("block", RUN, ids=str)
def test_commands_of_a_document_print_what_it_shows(block: Block, kgtool: Tool) -> None:
    assert block.folder.is_dir(), f"{block}: there is no {block.folder}"
    for command, shown in block.steps:
        assert command, f"{block}: a console block begins with a command"
        found = said(command, block.folder, kgtool)
        expected = _plain("\n".join(shown))
        if command == "make test":
            assert "python -m pytest" in found[-1]
            assert re.search("[0-9]+ passed", expected[-1]), f"{block}: the last line of pytest says how many passed"
            continue
        if REGENERATE and not matches(expected, found):
            _rewrite(block.document, command, shown, found)
            continue
        assert matches(expected, found), f"{block}: {command}\n" + "\n".join(found)


def _rewrite(document: Path, command: str, shown: tuple[str, ...], found: list[str]) -> None:
    """Put what was found in place of what is shown; behind a leading `…` only as many last lines as there were."""
    if shown and shown[0] == ANY:
        found = [ANY, *found[len(found) - len(shown) + 1 :]]
    text = document.read_text(encoding="utf-8")
    before = "\n".join([f"$ {command}", *shown])
    assert text.count(before) == 1, f"{document}: {command} stands there more than once"
    document.write_text(text.replace(before, "\n".join([f"$ {command}", *found])), encoding="utf-8")


def test_few_blocks_are_left_out_and_the_readme_shows_commands() -> None:
    assert sum(not block.run for block in BLOCKS) <= MOST_NOT_RUN
    assert any(block.document.name == "README.md" for block in RUN)


def test_matching_is_exact_but_for_the_sign_of_omission() -> None:
    assert matches(["a", "b"], ["a", "b"])
    assert matches(["a", ANY], ["a"])
    assert matches([ANY, "c"], ["a", "b", "c"])
    assert matches(["a", ANY, "c", ANY], ["a", "b", "b", "c", "c", "d"])
    assert not matches(["a"], ["a", "b"])
    assert not matches(["a", ANY, "c"], ["a", "b"])
    assert not matches(["a.c"], ["abc"])
    assert _plain("as of 2031-05-04: x (6.0 s)\ny(12.3 秒)  \n") == ["as of TODAY: x (0.0 s)", "y(0.0 秒)"]


def test_rewriting_puts_what_was_printed_in_place_of_what_is_shown(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("```console\n$ one\n@@\n$ two\n…\nold\n```\n", encoding="utf-8")
    (block,) = blocks(document)
    for (command, shown), found in zip(block.steps, (["1", "2"], ["3", "4", "new"]), strict=True):
        _rewrite(document, command, shown, found)
    assert document.read_text(encoding="utf-8") == "```console\n$ one\n1\n2\n$ two\n…\nnew\n```\n"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_of_the_repository(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    for target in targets:
        path = target.partition("#")[0]
        if path and not re.match(r"(https?|mailto):", target):
            assert (document.parent / path).exists(), f"{document.name}: {target} leads nowhere"


def test_documents_that_the_program_names_exist() -> None:
    named = {name for path in sources() for name in re.findall(r"docs/[\w./-]+\.md", path.read_text(encoding="utf-8"))}
    assert "docs/errors.md" in named
    assert {name for name in named if not (ROOT / name).is_file()} == set()


# docs/cli.md is what the program's own help says.


def contexts() -> Iterator[click.Context]:
    """The program and each of its commands, in the order of `kgtool --help`."""
    top = click.Context(group, info_name="kgtool", terminal_width=100, max_content_width=100, **group.context_settings)
    yield top
    for name in COMMANDS:
        command = importlib.import_module(f"kgtool.cli.{name}").command
        below = click.Context(command, info_name=name, parent=top)
        yield below
        for other, command_below in sorted(getattr(command, "commands", {}).items()):
            yield click.Context(command_below, info_name=f"{name} {other}", parent=top)


def cli_document() -> str:
    """docs/cli.md: every command's `--help`."""
    parts = [
        "# 指令 / Commands\n\n<!-- Written by tests/test_docs.py from the program's own help: KGTOOL_REGENERATE=1 -->\n",
        "[設定與環境變數 / settings and variables](configuration.md) · [錯誤代碼 / error codes](errors.md)\n",
    ]
    for context in contexts():
        text = "\n".join(line.rstrip() for line in context.get_help().splitlines())
        parts.append(f"## {context.command_path}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def test_cli_document_is_what_the_program_s_help_says() -> None:
    if REGENERATE:
        CLI.write_text(cli_document(), encoding="utf-8")
    assert CLI.read_text(encoding="utf-8") == cli_document(), "KGTOOL_REGENERATE=1 writes it again"


# docs/errors.md lists the codes of the program's errors, each once, in both languages.


def sources() -> list[Path]:
    return sorted((ROOT / "kgtool").rglob("*.py"))


def test_errors_document_lists_every_code_of_the_program_and_no_other() -> None:
    used = {code for path in sources() for code in re.findall(r'"(E-[A-Z-]+)"', path.read_text(encoding="utf-8"))}
    rows = re.findall(r"^\| `(E-[A-Z-]+)` \| (.+) \| (.+) \|$", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)
    codes = [code for code, _, _ in rows]
    assert len(codes) == len(set(codes))
    assert set(codes) == used
    for code, when, what in rows:
        for cell in (when, what):
            assert re.search("[一-龥]", cell), f"{code}: no Chinese in: {cell}"
            assert re.search("[A-Za-z]{2}", cell), f"{code}: no English in: {cell}"
