"""The command line: one file a command; arguments, printing, exit status. No RDF here.

A command's module is imported when the command is run, so that `kgtool --help` costs no more than click.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence

import click

from kgtool import __version__
from kgtool.cli.common import Running, complain, discard_output, message_language_of
from kgtool.errors import KgError, texts

# Command to its module and the line that `--help` shows; kept here so that listing imports nothing.
COMMANDS = {
    "check": "檢查專案:語法、推理、形狀、查詢、證據、時間 / Check a project",
    "query": "執行具名查詢或查詢檔 / Run a named query or a query file",
    "push": "將檢查過的圖放入遠端引擎 / Put the checked graph into an engine elsewhere",
    "fmt": "將 Turtle 檔排成一致的版面 / Lay out Turtle files in one way",
    "explain": "說明一項敘述何以成立 / Say why a statement holds",
    "serve": "SPARQL 端點、連結資料與查詢 API / Serve SPARQL, linked data and the queries' API",
    "infer": "印出推得而未載明之三元組 / Print what follows and is not stated",
    "cite": "產生可貼上的證據節點 / Print evidence ready to paste",
    "source": "管理來源文字 / Bring source texts to hand, describe new ones",
    "export": "匯出套件給夥伴、資料平臺或研究者,或靜態網站 / Write a package for partners, or a static site",
    "verify": "核對套件 / Check a package",
    "diff": "以文字說明兩個版本之差異 / Say what changed between two versions",
    "rule": "說明規則代碼 / Explain a rule code",
    "init": "建立另一城市的小專案 / Write a small project of another city",
    "config": "列出設定與其出處 / Show every setting and where it comes from",
    "completion": "產生指令補全 / Print shell completion",
}
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"kgtool.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="結束狀態 / Exit status: 0 clean; 1 findings; 2 cannot run; 3 remote failed; 130 interrupted.",
)
@click.version_option(__version__, prog_name="kgtool")
@click.option("--debug", is_flag=True, help="顯示程式內部錯誤的完整追蹤 / Show a traceback for an internal error.")
def group(debug: bool) -> None:
    """城市國際事務知識圖譜:以程式碼方式檢查、查詢、引證。

    A city's international relations as a knowledge graph kept as code.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit with the status that `cli/__init__` documents; no traceback without `--debug`."""
    # Little of what a command makes is ever garbage: looking through it every 700 objects takes a twentieth of a check.
    gc.set_threshold(500_000)
    gc.enable()
    Running.own = True
    sys.exit(status(list(sys.argv[1:] if arguments is None else arguments)))


def status(arguments: list[str]) -> int:
    """Run a command line and return its exit status; messages go to standard error."""
    Running.project = None
    try:
        result = group.main(args=arguments, prog_name="kgtool", standalone_mode=False)
        return int(result) if isinstance(result, int) else 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        if _is_help(error):
            error.show()
        else:
            from kgtool.cli.usage import usage_error

            complain(usage_error(error, list(COMMANDS), _asked(arguments)), message_language_of(arguments))
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except SystemExit:
        # click leaves so when the reader of its help has gone (`kgtool --help | head`).
        discard_output()
        return 0
    except KgError as error:
        complain(error, message_language_of(arguments))
        return error.exit_status
    except Exception as error:
        if "--debug" in arguments:
            import traceback

            traceback.print_exc()
        complain(_internal(error), message_language_of(arguments))
        return EXIT_USAGE


def _is_help(error: click.ClickException) -> bool:
    """`kgtool` alone is answered with its help, which click raises as an error."""
    return isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ()))


def _asked(arguments: Sequence[str]) -> str:
    """The command that a command line calls, with the commands that it lies in."""
    command: click.Command | None = group
    names = ["kgtool"]
    for argument in arguments:
        found = command.get_command(click.Context(command), argument) if isinstance(command, click.Group) else None
        if found is not None:
            command = found
            names.append(argument)
    return " ".join(names)


def _internal(error: Exception) -> KgError:
    said = f"{type(error).__name__}: {error}"
    return KgError(
        "E-INTERNAL",
        texts(zh=f"程式內部錯誤:{said}", en=f"internal error: {said}"),
        texts(
            zh="請以 `kgtool --debug …` 重跑並回報(見 SECURITY.md)。",
            en="Run `kgtool --debug …` again and report it (SECURITY.md says where).",
        ),
    )
