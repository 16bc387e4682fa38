"""KG317: presets of the settings that call a query, or give a parameter, that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kgtool.checks.context import Inputs
from kgtool.errors import Texts, texts
from kgtool.finding import Finding, Place
from kgtool.late import closest
from kgtool.project import Preset


def preset_findings(inputs: Inputs) -> Iterator[Finding]:
    """One finding a preset that cannot run, at its table in the settings' file. Cost: none without presets."""
    broken = {problem.place.path for problem in inputs.catalog.problems}
    for preset in inputs.project.presets.values():
        query = inputs.catalog.queries.get(preset.query)
        if query is not None:
            for name in sorted(preset.params.keys() - query.params.keys()):
                zh, en = _near(name, query.params)
                yield _finding(inputs, preset, f"{preset.query}?{name}", texts(
                    zh=f"預設查詢 {preset.name}:查詢 {preset.query} 沒有參數「{name}」{zh}。",
                    en=f"preset {preset.name}: query {preset.query} has no parameter '{name}'{en}."))  # fmt: skip
        elif not any(path.endswith(f"/{preset.query}.rq") for path in broken):  # a broken query is told already
            zh, en = _near(preset.query, inputs.catalog.queries)
            yield _finding(inputs, preset, preset.query, texts(
                zh=f"預設查詢 {preset.name}:沒有名為「{preset.query}」之查詢{zh}。",
                en=f"preset {preset.name}: there is no query named '{preset.query}'{en}."))  # fmt: skip


def _near(name: str, known: Iterable[str]) -> tuple[str, str]:
    """How a sentence about a name that there is not goes on, in Chinese and in English."""
    near = closest(name, sorted(known))
    return (f",是否指「{near}」", f"; did you mean '{near}'") if near else ("", "")


def _finding(inputs: Inputs, preset: Preset, value: str, message: Texts) -> Finding:
    config = inputs.project.config
    pattern = re.compile(rf"^[ \t]*\[[^\]\n]*presets\.\"?{re.escape(preset.name)}\"?\]", re.MULTILINE)
    found = pattern.search(text := config.read_text(encoding="utf-8"))
    line = text.count("\n", 0, found.start()) + 1 if found else 0
    return inputs.finding("KG317", Place(config.name, line, 1 if found else 0), message, value=value)
