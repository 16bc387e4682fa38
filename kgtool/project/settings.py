"""Settings: found, read, checked, and kept with where each came from (`kgtool config` prints that)."""

from __future__ import annotations

import datetime
import os
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from kgtool.errors import ProjectError, did_you_mean, texts
from kgtool.late import closest
from kgtool.project.audiences import Audiences, read_audiences
from kgtool.project.exports import ExportProfile, read_exports
from kgtool.project.find import find_config
from kgtool.project.forms import FORMS
from kgtool.project.presets import Preset, read_presets
from kgtool.project.publication import Publication, read_publication
from kgtool.project.remotes import Remote, read_remotes
from kgtool.project.table import TableError
from kgtool.project.tables import TABLES
from kgtool.project.waivers import Waiver, WaiverError, plain_waivers, read_waivers
from kgtool.terms import WELL_KNOWN

FOLDER_KINDS = ("ontology", "data", "shapes", "queries")
# What each setting may hold, and its default. The names are those of the file.
DEFAULTS: Mapping[str, tuple[type, Any]] = {
    "model": (str, ""),
    "ontology": (list, ["ontology"]),
    "data": (list, ["data"]),
    "shapes": (list, ["shapes"]),
    "queries": (list, ["queries"]),
    "sources": (str, ""),
    "base": (str, ""),
    **{name: (dict, {}) for name in TABLES},
    "timezone": (str, "UTC"),
    "languages": (list, ["zh-Hant", "en"]),
    "lang": (str, ""),
    "as-of": (str, ""),
    "fail-on": (str, "error"),
    "engine": (str, "kgtool"),
    "reasoner": (str, "kgtool"),
    "format": (str, ""),
    "baseline": (str, ""),
    "accept": (list, []),
    "waivers": (list, []),
}
# How people call the types of the file.
_KINDS = {"str": ("a string in quotes", "加引號之字串"), "list": ("a list", "清單"), "dict": ("a table", "表")}
# Settings that KGTOOL_<NAME> gives too: those that a command line option gives, and the zone.
FROM_ENVIRONMENT = (
    "sources", "lang", "as-of", "fail-on", "format", "timezone", "baseline", "engine", "reasoner",
)  # fmt: skip


class Setting(Struct, frozen=True):
    """A value and where it came from: `default`, `pyproject.toml`, `kgtool.toml`, `KGTOOL_…` or an option."""

    value: Any
    origin: str


class Project(Struct, frozen=True):
    """A folder and its settings. Frozen: every command is a function of it.

    Attributes:
        root: the folder that the settings' paths are relative to (absolute).
        config: the file the settings came from.
        settings: name to value and origin, sorted by name.
    """

    root: Path
    config: Path
    settings: Mapping[str, Setting]

    def __getitem__(self, name: str) -> Any:
        return self.settings[name].value

    @property
    def model(self) -> str:
        return str(self["model"])

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefix to namespace: the well-known ones, then the project's own, which win."""
        return {**WELL_KNOWN, **self["prefixes"]}

    @property
    def presets(self) -> dict[str, Preset]:
        return read_presets(self["presets"])

    @property
    def exports(self) -> dict[str, ExportProfile]:
        return read_exports(self["exports"])

    @property
    def publication(self) -> Publication:
        return read_publication(self["publication"])

    @property
    def audiences(self) -> Audiences:
        return read_audiences(self["audiences"])

    @property
    def remotes(self) -> dict[str, Remote]:
        """Engines elsewhere, by name."""
        return read_remotes(self["remotes"])

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        return read_waivers(self["waivers"])

    @property
    def sources(self) -> Path | None:
        """The folder of source texts, None when none is set. It may lie outside the project and may not exist."""
        return self._path("sources")

    @property
    def baseline(self) -> Path | None:
        """The file of known findings, None when none is set. It may not exist."""
        return self._path("baseline")

    def _path(self, name: str) -> Path | None:
        """A path of the settings is relative to their file, one of an option or variable to the working folder."""
        value = str(self[name])
        if not value:
            return None
        origin = self.settings[name].origin
        here = origin in {"pyproject.toml", "kgtool.toml", "default"}
        try:
            return (self.root / value).resolve() if here else Path(value).expanduser().resolve()
        except (OSError, RuntimeError, ValueError):  # a link to itself, nobody's home, a NUL
            raise _bad(
                name, f"'{value}' ({origin}): no such path", f"「{value}」({origin}):沒有這個路徑", self.config
            ) from None

    def folders(self, kind: str) -> tuple[Path, ...]:
        """The folders of a kind; a default folder that is absent is none, one that the settings name must be there."""
        named = self.settings[kind].origin != "default"
        out = []
        for value in self[kind]:
            try:
                path = (self.root / value).resolve()
            except (OSError, RuntimeError, ValueError):  # a link that leads back to itself, a NUL
                raise _bad(kind, f"{value}: no such folder", f"{value}:沒有這個資料夾", self.config) from None
            if not path.is_relative_to(self.root):
                raise _bad(kind, f"{value}: outside the project", f"{value}:在專案資料夾之外", self.config)
            if os.path.exists(path):  # noqa: PTH110 - raises nothing
                out.append(path)
            elif named:
                raise _bad(kind, f"{value}: no such folder", f"{value}:沒有這個資料夾", self.config)
        return tuple(out)

    def today(self, now: datetime.datetime) -> datetime.date:
        """The date that `--as-of` or the setting gives, else the day of `now` (aware) in the configured zone."""
        if self["as-of"]:
            return datetime.date.fromisoformat(self["as-of"])
        return now.astimezone(zoneinfo.ZoneInfo(self["timezone"])).date()


def open_project(start: Path, environ: Mapping[str, str], options: Mapping[str, str | None]) -> Project:
    """The project that `start` (a folder or file) lies in.

    Args:
        environ: `KGTOOL_*` variables are taken from here.
        options: command-line options by setting name; None is not given.
    Raises:
        ProjectError: no settings upwards to the repository's root, unreadable TOML, an unknown or ill-typed setting.
    """
    config, table = find_config(start)
    settings = {name: Setting(default, "default") for name, (_, default) in DEFAULTS.items()}
    for name, value in table.items():
        _check_known(name, config)
        settings[name] = Setting(plain_waivers(value) if name == "waivers" else value, config.name)
    for name in FROM_ENVIRONMENT:
        variable = "KGTOOL_" + name.upper().replace("-", "_")
        if environ.get(variable):
            settings[name] = Setting(environ[variable], variable)
    for name, option in options.items():
        if option is not None:
            settings[name] = Setting(option, "--" + name)
    for name, setting in settings.items():
        _check_value(name, setting, config)
    return Project(config.parent, config, MappingProxyType(dict(sorted(settings.items()))))


def _check_known(name: str, config: Path) -> None:
    if name in DEFAULTS:
        return
    raise ProjectError(
        "E-CONFIG-KEY",
        texts(zh=f"{config}:不認得的設定「{name}」。", en=f"{config}: unknown setting '{name}'."),
        did_you_mean(closest(name, DEFAULTS))
        or texts(zh=f"可用之設定:{'、'.join(DEFAULTS)}", en=f"Settings: {', '.join(DEFAULTS)}"),
    )  # fmt: skip


def _bad(name: str, en: str, zh: str, config: Path) -> ProjectError:
    return ProjectError(
        "E-CONFIG-VALUE",
        texts(zh=f"{config}:設定「{name}」有誤:{zh}。", en=f"{config}: setting '{name}': {en}."),
        texts(zh="請更正設定後重試;`kgtool config` 列出所有設定與出處。",
              en="Correct it and try again; `kgtool config` lists every setting and where it comes from."),
    )  # fmt: skip


def _check_value(name: str, setting: Setting, config: Path) -> None:
    kind = DEFAULTS[name][0].__name__
    value: Any = setting.value
    if type(value).__name__ != kind:
        en, zh = _KINDS[kind]
        raise _bad(name, f"must be {en}", f"須為{zh}", config)
    if kind == "list" and name != "waivers" and not all(isinstance(item, str) for item in value):
        raise _bad(name, "must hold strings", "須為字串清單", config)
    if name == "waivers":
        _check_waivers(value, config)
    if name in TABLES:
        _check_table(name, value, config)
    try:
        if name in FORMS:
            FORMS[name](value)
    except TableError as error:
        raise _bad(
            name, f"'{value}' ({setting.origin}): {error.en}", f"「{value}」({setting.origin}):{error.zh}", config
        ) from error


def _check_waivers(value: list[Any], config: Path) -> None:
    try:
        read_waivers(value)
    except WaiverError as error:
        raise _bad(f"waivers[{error.number}]", error.said["en"], error.said["zh-Hant"], config) from error


def _check_table(name: str, value: Mapping[str, Any], config: Path) -> None:
    try:
        TABLES[name](value)
    except TableError as error:
        raise _bad(".".join(part for part in (name, error.key) if part), error.en, error.zh, config) from error
