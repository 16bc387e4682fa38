"""kgtool config"""

from __future__ import annotations

import json
from pathlib import Path

import click

from kgtool.cli.common import common_options, open_from, write_out


@click.command("config")
@common_options
def command(project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None) -> int:
    """列出每項設定、其值與出處。 / Show every setting, its value and where it comes from."""
    project = open_from(project_dir, {"sources": sources, "as-of": as_of, "lang": lang})
    lines = [f"# {project.config}"]
    for name, setting in project.settings.items():
        value = setting.value
        if isinstance(value, dict) and value:
            lines += [
                f"{name}.{key} = {json.dumps(item, ensure_ascii=False)}  # {setting.origin}"
                for key, item in sorted(value.items())
            ]
        else:
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}  # {setting.origin}")
    write_out("\n".join(lines) + "\n")
    return 0
