"""Commits: which one a folder stands at, and the files of another one laid out in a folder of their own."""

from __future__ import annotations

import datetime
import io
import tarfile
from pathlib import Path

from msgspec import Struct

from kgtool.errors import ProjectError, UsageError, texts
from kgtool.policy.changed import run_git


class Commit(Struct, frozen=True):
    """A commit, when it was made (aware), and whether the folder differs from it."""

    id: str
    when: datetime.datetime
    dirty: bool


def commit_of(root: Path) -> Commit | None:
    """The commit that the folder is checked out at, None outside a checkout or before the first commit."""
    try:
        head = run_git(root, "rev-parse", "--verify", "--quiet", "HEAD")
        if head.returncode != 0:
            return None
        when = run_git(root, "log", "-1", "--format=%cI").stdout.decode().strip()
        changed = run_git(root, "status", "--porcelain", "--untracked-files=all", "--", ".").stdout
    except ProjectError:
        return None
    return Commit(head.stdout.decode().strip(), datetime.datetime.fromisoformat(when), bool(changed.strip()))


def revision_of(root: Path, name: str) -> str | None:
    """The commit that a name means in the checkout around `root`, None when it means none."""
    try:
        found = run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except ProjectError:
        return None
    return found.stdout.decode().strip() if found.returncode == 0 else None


def lay_out(root: Path, revision: str, folder: Path) -> Path:
    """Write the whole tree of a commit into `folder`; the place in it that `root` has in its checkout.

    Raises:
        UsageError: there is no such revision.
        ProjectError: git failed.
    """
    commit = revision_of(root, revision)
    if commit is None:
        raise UsageError(
            "E-GIT-REVISION",
            texts(zh=f"{revision}:沒有這個版本。", en=f"{revision}: no such revision."),
            texts(zh="請給分支、標籤或提交。", en="Give a branch, tag or commit."),
        )
    top = Path(run_git(root, "rev-parse", "--show-toplevel").stdout.decode().strip())
    archive = run_git(top, "archive", "--format=tar", commit)
    if archive.returncode != 0:
        raise ProjectError(
            "E-GIT",
            texts(zh=f"無法取出版本 {revision}。", en=f"revision {revision} cannot be read."),
            texts(zh="淺層複製須先取得完整歷史。", en="A shallow clone needs its history first."),
        )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return folder / root.resolve().relative_to(top.resolve())
