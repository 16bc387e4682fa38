"""The composite action's steps, run as shell from the same text that the action has, and the pre-commit hooks' manifest.

The runner's part is played here: inputs and `${{ }}` become environment variables, bash runs with GitHub's options. The
steps that would reach out (set-up of Python, installation) are not run; `kgtool` is this checkout's.
Source: GitHub Actions, Metadata syntax for actions, `runs.steps[*].shell`.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

from kgtool.formats import FailOn, ReportFormat

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEPS = {step.get("id", step["name"]): step for step in ACTION["runs"]["steps"]}
EXPRESSION = re.compile(r"\$\{\{\s*([a-z.-]+(?:_[a-z]+)*)\s*\}\}")
BAD = {"data/visit.ttl": "gov:harbour cd:territory place:harbour"}
MAKE = Callable[..., Path]


@dataclass(frozen=True)
class Step:
    """What a step did: its status, what it printed, and its outputs."""

    status: int
    out: str
    outputs: dict[str, str]
    summary: str


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Step]:
    """Run a step of the action with inputs, as the runner does."""
    runner = tmp_path / "runner"
    (runner / "bin").mkdir(parents=True)
    shim = runner / "bin" / "kgtool"
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m kgtool "$@"\n', encoding="utf-8")
    shim.chmod(0o755)

    def step(name: str, cwd: Path, **inputs: str) -> Step:
        given = {key: spec["default"] for key, spec in ACTION["inputs"].items()}
        given |= {key.replace("_", "-"): value for key, value in inputs.items()}
        context = {**{f"inputs.{key}": value for key, value in given.items()}, "github.action_path": str(ROOT)}
        output, summary = runner / "output", runner / "summary"
        output.write_text("", encoding="utf-8")
        summary.write_text("", encoding="utf-8")
        env = {
            "PATH": f"{runner / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "CI": "true", "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(tmp_path),
            "RUNNER_TEMP": str(runner), "KGTOOL_LANG": "en",
        }  # fmt: skip
        for key, value in STEPS[name]["env"].items():
            env[key] = EXPRESSION.sub(lambda match: context[match[1]], value)
        script = runner / "script.sh"
        script.write_text(STEPS[name]["run"], encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script], cwd=cwd, env=env, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
        )  # fmt: skip
        rows = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
        return Step(done.returncode, done.stdout, rows, summary.read_text(encoding="utf-8"))

    return step


def test_a_clean_project_passes(run: Callable[..., Step], make_project: MAKE) -> None:
    make_project({})
    step = run("check", make_project({}).parent, path="project")
    assert (step.status, step.outputs) == (0, {"report": "", "exit-status": "0"})
    assert "nothing found" in step.out
    assert step.summary.startswith("## kgtool check\n")


def test_a_finding_fails_and_stands_beside_its_line(run: Callable[..., Step], make_project: MAKE) -> None:
    step = run("check", make_project(BAD).parent, path="project")
    assert (step.status, step.outputs["exit-status"]) == (1, "1")
    assert "\n::error file=project/data/visit.ttl,line=1," in "\n" + step.out
    assert "| ❌ error | data/visit.ttl:1:" in step.summary


@pytest.mark.parametrize("form", [form.value for form in ReportFormat])
def test_every_format_works_and_reports_to_a_file_unless_it_is_for_the_log(
    run: Callable[..., Step], make_project: MAKE, form: str
) -> None:
    step = run("check", make_project(BAD), format=form)
    assert step.status == 1
    if form in {"github", "human"}:
        assert step.outputs["report"] == ""
        assert "KG001" in step.out
    else:
        assert "KG001" in Path(step.outputs["report"]).read_text(encoding="utf-8")
        assert step.out == f"kgtool: {step.outputs['report']} (exit status 1)\n"


@pytest.mark.parametrize(("level", "status"), [(level.value, int(level is not FailOn.NEVER)) for level in FailOn])
def test_fail_on_decides(run: Callable[..., Step], make_project: MAKE, level: str, status: int) -> None:
    assert run("check", make_project(BAD), fail_on=level).status == status


def test_what_cannot_run_is_status_two_without_a_report(run: Callable[..., Step], make_project: MAKE) -> None:
    step = run("check", make_project({}), path="nowhere", format="sarif")
    assert (step.status, step.outputs) == (2, {"report": "", "exit-status": "2"})
    assert "kgtool: E-PATH-NONE: " in step.out
    (annotation,) = [line for line in step.out.splitlines() if line.startswith("::")]
    assert annotation.startswith("::error title=kgtool E-PATH-NONE::")


def test_an_error_names_what_was_given_and_is_still_one_annotation(
    run: Callable[..., Step], make_project: MAKE
) -> None:
    step = run("check", make_project({}), path="no%where\n::warning::x")
    (annotation,) = [line for line in step.out.splitlines() if line.startswith("::")]
    assert annotation.startswith("::error title=kgtool E-PATH-NONE::")
    assert "no%25where" in annotation


def test_a_run_that_cannot_report_does_not_pass_off_the_report_of_another(
    run: Callable[..., Step], make_project: MAKE
) -> None:
    folder = make_project(BAD)
    first, second = (run("check", folder, format="sarif").outputs["report"] for _ in range(2))
    assert first != second
    assert Path(first).name == Path(second).name == "kgtool.sarif"
    assert run("check", folder, path="nowhere", format="sarif").outputs["report"] == ""


def test_the_program_is_installed_by_the_pip_of_python(run: Callable[..., Step], tmp_path: Path) -> None:
    """The working folder is a checkout, which may be anybody's: a pip.py there is not run."""
    (tmp_path / "pip.py").write_text("raise SystemExit('another pip')\n", encoding="utf-8")
    shim = tmp_path / "runner" / "bin" / "python"
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@" --help\n', encoding="utf-8")
    shim.chmod(0o755)
    for version in ("", "0.1.0"):
        step = run("install", tmp_path, version=version)
        assert (step.status, "another pip" in step.out) == (0, False)
        assert "pip install" in step.out


def test_sources_baseline_and_revision_reach_the_program(run: Callable[..., Step], make_project: MAKE) -> None:
    folder = make_project({})
    assert "E-BASELINE" in run("check", folder, baseline="none.json").out
    assert "E-GIT-NONE" in run("check", folder, changed_since="HEAD").out
    assert run("check", folder, sources=str(folder)).status == 0


@pytest.mark.parametrize("name", ["path", "format", "fail_on", "sources", "changed_since", "baseline"])
def test_no_input_becomes_a_command(run: Callable[..., Step], make_project: MAKE, name: str) -> None:
    folder = make_project({})
    for text in ('"; touch pwned; "', "$(touch pwned)", "`touch pwned`", "--help\ntouch pwned"):
        run("check", folder, **{name: text})
    assert not (folder / "pwned").exists()


def test_no_script_holds_an_expression_and_every_variable_is_set() -> None:
    for step in STEPS.values():
        if "run" not in step:
            continue
        assert "${{" not in step["run"]
        assert set(re.findall(r"\$\{?(KG_[A-Z_]+)", step["run"])) == set(step["env"])
    used = {
        match
        for step in STEPS.values()
        for value in step.get("env", {}).values()
        for match in EXPRESSION.findall(value)
    }
    assert {name.removeprefix("inputs.") for name in used if name.startswith("inputs.")} == set(ACTION["inputs"])


def test_scripts_are_sound_shell() -> None:
    checker = shutil.which("shellcheck")
    for step in STEPS.values():
        if "run" not in step:
            continue
        assert subprocess.run(["bash", "-n"], input=step["run"], text=True, check=False).returncode == 0
        if checker:
            done = subprocess.run(
                [checker, "-s", "bash", "-"], input=step["run"], text=True, check=False, capture_output=True
            )
            assert done.stdout == ""


def test_the_action_is_composite_and_says_what_every_input_is() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert all(spec["description"] and isinstance(spec["default"], str) for spec in ACTION["inputs"].values())
    assert all("uses" in step or step["shell"] == "bash" for step in STEPS.values())
    for name, spec in ACTION["outputs"].items():
        assert spec["value"] == f"${{{{ steps.check.outputs.{name} }}}}"


def test_the_hooks_run_commands_that_exist_on_files_that_are_meant(make_project: MAKE) -> None:
    assert [hook["id"] for hook in HOOKS] == ["kgtool-check", "kgtool-fmt"]
    for hook in HOOKS:
        assert {"id", "name", "description", "entry", "language"} <= set(hook)
        assert hook["language"] == "python"
    assert (HOOKS[0]["pass_filenames"], HOOKS[0]["always_run"]) == (False, True)
    assert re.search(HOOKS[1]["files"], "data/a.ttl")
    assert not re.search(HOOKS[1]["files"], "a.ttl.bak")


def test_the_layout_hook_takes_a_file_name_for_no_option(make_project: MAKE) -> None:
    """pre-commit runs the entry, then `args`, then the files' names."""
    folder = make_project({"-x.ttl": "<urn:s> a <urn:T>."}, 'data = ["-x.ttl"]\n')
    command = [*shlex.split(HOOKS[1]["entry"]), *HOOKS[1]["args"], "-x.ttl"]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, check=False, capture_output=True, timeout=120,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"-x.ttl\n", b"")


def test_a_hook_runs_in_the_repository_as_pre_commit_does(make_project: MAKE) -> None:
    folder = make_project(BAD)
    command = shlex.split(HOOKS[0]["entry"])
    assert command[0] == "kgtool"
    done = subprocess.run(
        [sys.executable, "-m", *command, "--format", "json"], cwd=folder, check=False, capture_output=True, timeout=120,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1
    assert [row["rule"] for row in json.loads(done.stdout)["findings"]] == ["KG001"]
