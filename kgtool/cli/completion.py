"""kgtool completion bash|zsh|fish"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from kgtool.cli.common import write_out


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """印出指令補全腳本,例如 eval "$(kgtool completion bash)"。 / Print the completion script of a shell."""
    kind = get_completion_class(shell)
    if kind is not None:
        write_out(kind(ctx.find_root().command, {}, "kgtool", "_KGTOOL_COMPLETE").source() + "\n")
    return 0
