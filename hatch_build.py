"""The wheel's build hook: bundles of web/ under KGTOOL_BUNDLE=1, where anything missing fails; one line and nothing else without.

A plain `pip install` needs no Node: the query page then has its plain text area, the network its table.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before the wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundles, or say that they are left out."""
        if os.environ.get("KGTOOL_BUNDLE") != "1":
            self.app.display_info(
                "without the editor's bundle (KGTOOL_BUNDLE=1 builds it): the pages work with a plain text area"
            )
            return
        web = Path(self.root) / "web"
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise RuntimeError("KGTOOL_BUNDLE=1 needs node and npm: apt-get install npm")
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-progress", "--silent"], cwd=web, check=True)
        out = Path(self.root) / "kgtool" / "pages" / "static" / "bundle"
        subprocess.run([node, "build.mjs", str(out)], cwd=web, check=True)
        for name in ("editor.js", "graph.js", "layout.js", "notices.txt"):
            if not (out / name).is_file():
                raise RuntimeError(f"the bundle lacks {name}")
