"""Values as JSON inside a script element: no character that HTML would read stays as it is."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

# Source: HTML Living Standard §4.12.1.3, restrictions for contents of script elements.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def embedded(value: Any) -> Markup:
    """Compact JSON that stands in a script element as data."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704 - every character that HTML reads is escaped above
