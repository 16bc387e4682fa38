"""Values to HTML: the only module that imports jinja2. Every template is compiled before the first page is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined


class Renderer:
    """Compiled templates; autoescape is always on, a name that is not there is an error."""

    def __init__(self) -> None:
        folder = resources.files("kgtool.pages").joinpath("templates")
        texts = {
            item.name: item.read_text(encoding="utf-8") for item in folder.iterdir() if item.name.endswith(".html")
        }
        self._environment = Environment(
            loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            auto_reload=False,
        )  # fmt: skip
        self._templates = {name: self._environment.get_template(name) for name in sorted(texts)}

    def render(self, template: str, values: Mapping[str, Any]) -> bytes:
        """One page as UTF-8; blank lines between elements are left out."""
        text = self._templates[template].render(values)
        return re.sub(r"\n[ \t]*(?=\n)", "", text).encode("utf-8", "replace")
