"""A folder and its settings: where they are found, who overrides whom, what is refused, and which files make a project."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import ROOT, Ran

from kgtool.errors import ProjectError
from kgtool.formats import RDF_SUFFIXES
from kgtool.load import load
from kgtool.project import Project, open_project, project_files

NOON = datetime.datetime(2021, 12, 31, 12, tzinfo=datetime.UTC)


def opened(start: Path, environ: Mapping[str, str] | None = None, **options: str | None) -> Project:
    return open_project(start, environ or {}, {name.replace("_", "-"): value for name, value in options.items()})


def names(project: Project, kind: str = "data") -> list[str]:
    return [file.name for file in project_files(project, kind, tuple(RDF_SUFFIXES))]


def failure(start: Path, environ: Mapping[str, str] | None = None, **options: str | None) -> ProjectError:
    with pytest.raises(ProjectError) as caught:
        opened(start, environ, **options)
    return caught.value


# --- where settings are found


def test_the_nearest_settings_upwards_win(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "kgtool.toml").write_text('base = "outer"', encoding="utf-8")
    assert opened(inner).config == tmp_path / "kgtool.toml"
    (tmp_path / "a" / "kgtool.toml").write_text('base = "inner"', encoding="utf-8")
    assert (opened(inner).root, opened(inner)["base"]) == (tmp_path / "a", "inner")
    assert opened(tmp_path)["base"] == "outer"


def test_settings_stand_in_pyproject_too_and_kgtool_toml_wins_in_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.kgtool]\nbase = "python"', encoding="utf-8")
    assert (opened(tmp_path)["base"], opened(tmp_path).settings["base"].origin) == ("python", "pyproject.toml")
    (tmp_path / "kgtool.toml").write_text('base = "own"', encoding="utf-8")
    assert (opened(tmp_path)["base"], opened(tmp_path).settings["base"].origin) == ("own", "kgtool.toml")


def test_a_pyproject_without_settings_is_passed_over(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.other]\nx = 1", encoding="utf-8")
    (tmp_path / "kgtool.toml").write_text("", encoding="utf-8")
    assert opened(inner).root == tmp_path


def test_the_search_stops_at_the_root_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "kgtool.toml").write_text("", encoding="utf-8")
    repository = tmp_path / "repository"
    (repository / "deep").mkdir(parents=True)
    assert opened(repository / "deep").root == tmp_path
    (repository / ".git").mkdir()
    error = failure(repository / "deep")
    assert error.code == "E-PROJECT-NONE"
    assert error.message["en"] == f"No [tool.kgtool] settings at or above {repository / 'deep'}."
    assert error.message["zh-Hant"] == f"從 {repository / 'deep'} 向上找不到 [tool.kgtool] 設定。"
    (repository / "kgtool.toml").write_text("", encoding="utf-8")
    assert opened(repository / "deep").root == repository


def test_a_worktree_whose_git_is_a_file_is_a_repository_too(tmp_path: Path) -> None:
    (tmp_path / "kgtool.toml").write_text("", encoding="utf-8")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_text("gitdir: elsewhere", encoding="utf-8")
    assert failure(tmp_path / "tree").code == "E-PROJECT-NONE"


def test_a_file_of_the_project_leads_to_its_settings(make_project: Callable[..., Path]) -> None:
    folder = make_project({"data/a.ttl": ""})
    assert opened(folder / "data" / "a.ttl").root == folder


def test_settings_may_begin_with_a_byte_order_mark(make_project: Callable[..., Path]) -> None:
    assert opened(make_project({}, '\ufeffbase = "https://example.org/"'))["base"] == "https://example.org/"


# --- who overrides whom


def test_an_option_wins_over_the_environment_which_wins_over_the_file(make_project: Callable[..., Path]) -> None:
    folder = make_project({}, 'as-of = "2001-01-01"\nfail-on = "info"')
    environ = {"KGTOOL_AS_OF": "2002-02-02", "OTHER_AS_OF": "2009-09-09"}
    steps = [
        (opened(make_project({}, "", "bare")), "", "default"),
        (opened(folder), "2001-01-01", "kgtool.toml"),
        (opened(folder, environ), "2002-02-02", "KGTOOL_AS_OF"),
        (opened(folder, environ, as_of=None), "2002-02-02", "KGTOOL_AS_OF"),
        (opened(folder, environ, as_of="2003-03-03"), "2003-03-03", "--as-of"),
    ]
    for project, value, origin in steps:
        assert (project["as-of"], project.settings["as-of"].origin) == (value, origin)
    assert opened(folder, environ)["fail-on"] == "info"


def test_every_setting_that_an_option_gives_a_variable_gives_too(make_project: Callable[..., Path]) -> None:
    values = {
        "sources": "texts", "lang": "en", "as-of": "2001-01-01", "fail-on": "never", "format": "json", "timezone": "Asia/Tokyo",
        "baseline": "known.json", "engine": "pyshacl", "reasoner": "owlrl",
    }  # fmt: skip
    variables = {name: f"KGTOOL_{name.upper().replace('-', '_')}" for name in values}
    project = opened(make_project({}), {variables[name]: value for name, value in values.items()})
    for name, value in values.items():
        assert (project[name], project.settings[name].origin) == (value, variables[name])
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert all(f"_{variable.removeprefix('KGTOOL_')}`" in page for variable in variables.values())


def test_an_empty_variable_says_nothing_and_an_empty_option_says_none(make_project: Callable[..., Path]) -> None:
    folder = make_project({}, 'as-of = "2001-01-01"')
    assert opened(folder, {"KGTOOL_AS_OF": ""})["as-of"] == "2001-01-01"
    assert opened(folder, {}, as_of="")["as-of"] == ""


def test_config_shows_every_value_and_where_it_comes_from(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    settings = 'fail-on = "warning"\nlanguages = ["en"]\n[prefixes]\nisle = "https://example.org/isle/"\n[presets.all]\nquery = "ships"\n'
    folder = make_project({}, settings)
    ran = kgtool(
        "config", "--as-of", "2021-12-31", cwd=folder, env={"KGTOOL_FAIL_ON": "info", "KGTOOL_TIMEZONE": "Asia/Taipei"}
    )
    assert (ran.status, ran.err) == (0, "")
    first, *lines = ran.out.splitlines()
    assert first == f"# {folder / 'kgtool.toml'}"
    for line in (
        'as-of = "2021-12-31"  # --as-of',
        'fail-on = "info"  # KGTOOL_FAIL_ON',
        'timezone = "Asia/Taipei"  # KGTOOL_TIMEZONE',
        'languages = ["en"]  # kgtool.toml',
        'data = ["data"]  # default',
        'prefixes.isle = "https://example.org/isle/"  # kgtool.toml',
        'presets.all = {"query": "ships"}  # kgtool.toml',
    ):
        assert line in lines
    shown = {re.split(r"[. ]", line)[0] for line in lines}
    assert shown == set(opened(folder).settings)


def test_source_texts_lie_beside_the_settings_or_where_the_user_stands(
    make_project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path in the settings is the project's; one in a variable or option is the user's, who may stand elsewhere."""
    folder = make_project({}, 'sources = "texts"')
    monkeypatch.chdir(tmp_path)
    assert opened(folder).sources == folder / "texts"
    assert opened(folder, {"KGTOOL_SOURCES": "texts"}).sources == tmp_path / "texts"
    assert opened(folder, {}, sources="../x").sources == tmp_path.parent / "x"
    assert opened(make_project({}, "", "none")).sources is None


def test_a_path_that_is_none_is_a_wrong_value(make_project: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for value in ("~nobody-of-that-name/texts", str(tmp_path / "loop"), "a\x00"):
        with pytest.raises(ProjectError) as caught:
            _ = opened(make_project({}), {"KGTOOL_SOURCES": value}).sources
        assert caught.value.code == "E-CONFIG-VALUE"
        assert "(KGTOOL_SOURCES): no such path" in caught.value.message["en"]
    with pytest.raises(ProjectError) as caught:
        _ = opened(make_project({}, 'baseline = "a\\u0000"')).baseline
    assert "(kgtool.toml): no such path" in caught.value.message["en"]


ZONES = [("UTC", "2021-12-31"), ("Asia/Taipei", "2022-01-01"), ("America/New_York", "2021-12-31")]


@pytest.mark.parametrize(("zone", "day"), ZONES)
def test_today_is_the_day_in_the_zone_of_the_project(zone: str, day: str, make_project: Callable[..., Path]) -> None:
    late = datetime.datetime(2021, 12, 31, 18, tzinfo=datetime.UTC)
    assert opened(make_project({}, f'timezone = "{zone}"')).today(late).isoformat() == day
    assert (
        opened(make_project({}, f'timezone = "{zone}"'), {}, as_of="1999-09-09").today(late).isoformat() == "1999-09-09"
    )


def test_the_prefixes_of_the_project_win_over_the_well_known_ones(make_project: Callable[..., Path]) -> None:
    prefixes = opened(
        make_project({}, '[prefixes]\nk = "https://example.org/k#"\n"" = "https://example.org/"')
    ).prefixes
    assert prefixes["k"] == "https://example.org/k#"
    assert prefixes[""] == "https://example.org/"
    assert prefixes["skos"] == "http://www.w3.org/2004/02/skos/core#"


PREFIXES = [
    '"a b" = "https://example.org/"', '"1a" = "https://example.org/"', "a = 1", 'a = "isle"',
    'a = "https://example.org/a b"', 'a = "https://example.org/<x>"',
]  # fmt: skip


@pytest.mark.parametrize("line", PREFIXES)
def test_a_prefix_that_no_file_could_use_is_refused(line: str, make_project: Callable[..., Path]) -> None:
    """Else every query of the project would fail, with the engine's words."""
    assert failure(make_project({}, f"[prefixes]\n{line}")).code == "E-CONFIG-VALUE"


@pytest.mark.parametrize(("text", "said"), [
    ("x = " + "[" * 5_000 + "]" * 5_000, "nested too deeply"), ("[prefixes]\nx = " + "{a=" * 3_000 + "1" + "}" * 3_000, "nested too deeply"),
    ("x = " + "1" * 6_000, "limit"), ("x = 2013-02-30", "Invalid date"),
])  # fmt: skip
def test_settings_that_no_reader_takes_are_said_to_be_so(
    text: str, said: str, make_project: Callable[..., Path]
) -> None:
    error = failure(make_project({}, text))
    assert error.code == "E-CONFIG-TOML"
    assert said in error.message["en"]


def test_values_of_a_preset_are_what_a_user_would_type(make_project: Callable[..., Path]) -> None:
    params = 'year = 2004, open = true, rate = 1.5, day = 2013-06-08, name = "x"'
    table = f'[presets.p]\nquery = "q"\nparams = {{ {params} }}\nsummary = {{ en = "P" }}'
    preset = opened(make_project({}, table)).presets["p"]
    assert preset.params == {"year": "2004", "open": "true", "rate": "1.5", "day": "2013-06-08", "name": "x"}
    assert (preset.query, preset.summary) == ("q", {"en": "P"})


# --- which files


def test_files_are_listed_in_one_order_without_hidden_and_other_ones(make_project: Callable[..., Path]) -> None:
    texts = ("b.ttl", "a/z.nt", "a.ttl", "A.trig", "a/b/c.nq", ".x.ttl", ".git/a.ttl", "a.txt", "a.ttl.bak", "港.ttl")
    folder = make_project({f"data/{name}": "" for name in texts})
    expected = ["data/A.trig", "data/a.ttl", "data/a/b/c.nq", "data/a/z.nt", "data/b.ttl", "data/港.ttl"]
    assert names(opened(folder)) == expected
    assert names(opened(folder), "shapes") == []


def test_a_file_has_a_graph_of_its_own_name(make_project: Callable[..., Path]) -> None:
    project = opened(make_project({"data/港 1.ttl": "", "data/a.ttl": ""}))
    graphs = [file.graph for file in project_files(project, "data", (".ttl",))]
    assert graphs == ["urn:kgtool:graph:data/a.ttl", "urn:kgtool:graph:data/%E6%B8%AF%201.ttl"]


def test_several_folders_and_single_files_may_be_named_and_none_is_read_twice(
    make_project: Callable[..., Path],
) -> None:
    folder = make_project(
        {"one/a.ttl": "", "one/deep/c.ttl": "", "two/b.ttl": "", "three/x.ttl": "", "three/y.ttl": ""},
        'data = ["two", "one", "one/deep", "three/y.ttl"]',
    )
    assert names(opened(folder)) == ["one/a.ttl", "one/deep/c.ttl", "three/y.ttl", "two/b.ttl"]


def test_a_link_inside_its_folder_is_read_and_one_that_leaves_it_is_refused(make_project: Callable[..., Path]) -> None:
    folder = make_project({"data/a.ttl": "", "elsewhere/b.ttl": "", "data/deep/c.ttl": ""})
    links = {
        "data/in.ttl": "a.ttl", "data/deep/up.ttl": "../a.ttl", "data/out.ttl": "../elsewhere/b.ttl",
        "data/absolute.ttl": "/etc/hostname", "data/nowhere.ttl": "missing.ttl", "data/loop.ttl": "loop.ttl",
        "data/to-folder": "deep", "data/to-folder.ttl": "deep",
    }  # fmt: skip
    for name, goal in links.items():
        (folder / name).symlink_to(goal)
    found = {file.name: file.refused for file in project_files(opened(folder), "data", (".ttl",))}
    assert found == {
        "data/a.ttl": "", "data/deep/c.ttl": "", "data/in.ttl": "", "data/deep/up.ttl": "", "data/out.ttl": "symlink",
        "data/absolute.ttl": "symlink", "data/nowhere.ttl": "symlink", "data/loop.ttl": "symlink", "data/to-folder": "symlink",
        "data/to-folder.ttl": "symlink",
    }  # fmt: skip


def test_what_is_no_regular_file_is_refused_wherever_it_is_named(make_project: Callable[..., Path]) -> None:
    folder = make_project({"data/a.ttl": ""}, 'data = ["data", "pipe.ttl"]')
    os.mkfifo(folder / "data" / "b.ttl")
    os.mkfifo(folder / "pipe.ttl")
    found = {file.name: file.refused for file in project_files(opened(folder), "data", (".ttl",))}
    assert found == {"data/a.ttl": "", "data/b.ttl": "special", "pipe.ttl": "special"}


def test_a_folder_that_the_settings_name_must_be_there_and_inside(
    make_project: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    folder = make_project({"a.md": ""})
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to("loop")
    said = {
        "missing": ("E-CONFIG-VALUE", "missing: no such folder"),
        "../outside": ("E-CONFIG-VALUE", "../outside: outside the project"),
        "link": ("E-CONFIG-VALUE", "link: outside the project"),
        "loop": ("E-CONFIG-VALUE", "loop: no such folder"),
        "a\\u0000": ("E-CONFIG-VALUE", "no such folder"),
        "a.md": ("E-FOLDER", f"{folder / 'a.md'}: is no folder and no .ttl, "),
    }
    for value, (code, words) in said.items():
        (folder / "kgtool.toml").write_text(f'data = ["{value}"]', encoding="utf-8")
        with pytest.raises(ProjectError) as caught:
            names(opened(folder))
        assert caught.value.code == code
        assert words in caught.value.message["en"]


def test_the_shipped_model_is_read_from_the_program_and_its_data_is_not(make_project: Callable[..., Path]) -> None:
    project = opened(make_project({"data/a.ttl": "", "shapes/own.ttl": ""}, 'model = "city-diplomacy"'))
    assert names(project) == ["data/a.ttl"]
    shapes = project_files(project, "shapes", (".ttl",))
    assert [file.name for file in shapes if not file.shipped] == ["shapes/own.ttl"]
    assert "model:shapes/core.ttl" in [file.name for file in shapes]
    assert all(file.path.is_file() for file in shapes)
    assert {file.graph.split(":")[2] for file in shapes if file.shipped} == {"model"}


def test_a_file_whose_ending_is_in_capitals_is_read(make_project: Callable[..., Path]) -> None:
    """Else nobody would miss what it says."""
    root = make_project(
        {"data/A.TTL": "<https://x.example/a> <https://x.example/p> 1 .", "queries/ask/Q.RQ": "SELECT * {}"}
    )
    files = project_files(open_project(root, {}, {}), "data", (".ttl",))
    assert [file.name for file in files] == ["data/A.TTL"]
    assert load(files).size == 1
    assert [file.name for file in project_files(open_project(root, {}, {}), "queries", (".rq",))] == [
        "queries/ask/Q.RQ"
    ]
