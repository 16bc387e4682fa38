"""Findings in files that changed since a revision. `run_git` is how git is called, never through a shell.

"Since" is since the point where the revision and the work tree parted (git's three dots), so work that landed on the
other branch meanwhile is not one's own. A file that git does not track counts as changed: nothing else is known of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from kgtool.errors import ProjectError, UsageError, texts, why
from kgtool.finding import Finding

if TYPE_CHECKING:
    import subprocess

# No program that a checkout's configuration names may run: a file-system monitor, an external diff, a pager.
_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_SECONDS = 60


class Changes(Struct, frozen=True):
    """Names (relative to the project, POSIX) of the tracked files that changed, and of all tracked files.

    `commit` is what they are compared with.
    """

    changed: frozenset[str]
    tracked: frozenset[str]
    commit: str = ""

    def keep(self, findings: Iterable[Finding], always: frozenset[str]) -> tuple[Finding, ...]:
        """The findings in changed files, in order; those without a file, and of untracked files, stay.

        Args:
            always: rules whose findings stay wherever they are.
        """
        still = self.tracked - self.changed
        return tuple(f for f in findings if f.place.path not in still or f.rule in always)


def changes_since(root: Path, revision: str) -> Changes:
    """What changed below `root` since `revision`, in the work tree and its index. Cost: three short runs of git.

    Raises:
        ProjectError: git is not installed, or `root` is in no checkout.
        UsageError: there is no such revision.
    """
    if _git(root, "rev-parse", "--is-inside-work-tree").strip() != b"true":
        raise _no_checkout(root)
    commit = _commit(root, revision)
    diff = _git(root, "diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff", commit, "--", ".")
    return Changes(_names(diff), _names(_git(root, "ls-files", "-z", "--", ".")), commit)


def before(root: Path, changes: Changes, names: Iterable[str]) -> Mapping[str, bytes]:
    """The files as they were, those that were there. Cost: a run of git (5 ms) a file."""
    found = ((name, run_git(root, "show", f"{changes.commit}:./{name}")) for name in names)
    return {name: done.stdout for name, done in found if done.returncode == 0}


def _commit(root: Path, revision: str) -> str:
    """The commit to compare with: where `revision` and HEAD parted, `revision` itself when they share no history."""
    found = run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode != 0 or "\0" in revision:
        raise UsageError(
            "E-GIT-REVISION",
            texts(zh=f"--changed-since {revision}:沒有這個版本。", en=f"--changed-since {revision}: no such revision."),
            texts(zh="請給分支、標籤或提交;CI 之淺層複製須先取得完整歷史(fetch-depth: 0)。",
                  en="Give a branch, tag or commit; a shallow clone in CI needs its history first (fetch-depth: 0)."),
        )  # fmt: skip
    commit = found.stdout.decode().strip()
    base = run_git(root, "merge-base", commit, "HEAD")
    return base.stdout.decode().strip() if base.returncode == 0 else commit


def _names(output: bytes) -> frozenset[str]:
    return frozenset(os.fsdecode(name) for name in output.split(b"\0") if name)


def _git(root: Path, *arguments: str) -> bytes:
    done = run_git(root, *arguments)
    if done.returncode != 0:
        raise _no_checkout(root, done.stderr.decode("utf-8", "replace").strip().splitlines())
    return done.stdout


def run_git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """git in a folder, without anything that a checkout's configuration could make it run.

    Raises:
        ProjectError: git is not installed, or did not end in time.
    """
    import subprocess

    try:
        return subprocess.run(
            [*_GIT, *arguments], cwd=root, env={**_environment(), "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except ValueError:  # a NUL in an argument
        return subprocess.CompletedProcess(arguments, 128, b"", b"")
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = why(error) if isinstance(error, OSError) else texts(zh="逾時", en="timeout")
        raise ProjectError(
            "E-GIT",
            texts(zh=f"無法執行 git({reason['zh-Hant']})。", en=f"git cannot be run ({reason['en']})."),
            texts(zh="此功能需要 git。", en="This needs git."),
        ) from error


def _environment() -> dict[str, str]:
    """Without the GIT_DIR that git gives the hooks of a linked work tree: alone, it makes any working folder the top of one,
    and what lies in a project below the top would have other names. From its folder git finds the same one again.
    """
    alone = "GIT_DIR" in os.environ and "GIT_WORK_TREE" not in os.environ
    return {name: value for name, value in os.environ.items() if not (alone and name == "GIT_DIR")}


def _no_checkout(root: Path, said: Iterable[str] = ()) -> ProjectError:
    reason = next(iter(said), "")
    tail = f" ({reason})" if reason else ""
    return ProjectError(
        "E-GIT-NONE",
        texts(zh=f"{root}:不是 git 工作目錄{tail}。", en=f"{root}: not in a git checkout{tail}."),
        texts(zh="--changed-since 只用於 git 版本庫之內。", en="--changed-since works inside a git checkout only."),
    )
