"""Pages: CPU a page and bytes a page, by kind. Queries' own time is not in it: query pages are left out.

    python bench/pages.py                                              # the project of this repository
    python bench/pages.py --project DIR --sample 300                   # another, e.g. one that bench/make_network.py wrote

`first` is a page that nobody has asked for in that language: it was asked for once in another, so that what is made once a snapshot is not
counted, but what is made once a language is. `again` is the median of three more calls, as a server answers them. The time is the
process's CPU (user and system) of one call; as in a server, what was loaded is taken out of the garbage collector's sight first.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import gzip
import statistics
import sys
import time
from pathlib import Path

from kgtool.pages import Pages, open_pages
from kgtool.project import open_project
from kgtool.snapshot import open_snapshot


def main() -> None:
    """Print one row a kind of page: how many were measured, CPU of first calls and of later ones, heaviest page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=Path())
    parser.add_argument("--sample", type=int, default=0, help="pages a kind; 0 measures all")
    given = parser.parse_args()
    began = time.process_time()
    snapshot = open_snapshot(open_project(given.project, {}, {}), datetime.datetime.now(datetime.UTC))
    read = time.process_time() - began
    pages = open_pages(snapshot)
    opened = time.process_time() - began - read
    gc.collect()
    gc.freeze()
    sys.stdout.write(
        f"{len(snapshot.stated):,} triples; reading {read:.1f} s, opening the pages {opened:.1f} s of CPU\n\n"
    )
    sys.stdout.write(
        "| pages | measured | first: median ms | p95 | worst | again: median ms | p95 | worst | heaviest KB gz |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    )
    for kind, paths in _kinds(pages).items():
        step = max(1, len(paths) // given.sample) if given.sample else 1
        rows = [_measure(pages, path) for path in paths[::step]]
        times = " | ".join(_spread([row[at] for row in rows]) for at in (0, 1))
        sys.stdout.write(f"| {kind} | {len(rows)} | {times} | {max(row[2] for row in rows) / 1024:.1f} |\n")


def _spread(times: list[float]) -> str:
    times = sorted(times)
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    return f"{statistics.median(times):.1f} | {p95:.1f} | {times[-1]:.1f}"


def _kinds(pages: Pages) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    view = pages.room.contexts["en"].view
    hub = pages.room.contexts["en"].hub
    for path in pages.paths():
        if path.startswith("queries/") or path == "query":
            continue
        node = view.at(path)
        kind = (
            "hub"
            if node == hub
            else "term"
            if path.startswith("term/")
            else view.kind(node).value
            if node >= 0
            else "other pages"
        )
        found.setdefault(kind, []).append(path)
    return found


def _measure(pages: Pages, path: str) -> tuple[float, float, int]:
    pages.answer(f"/ja/{path}")
    times = []
    for _ in range(4):
        began = time.process_time()
        page = pages.answer(f"/en/{path}")
        times.append((time.process_time() - began) * 1000)
        if page is None or page.status != 200:
            raise SystemExit(f"{path}: no page")
    return times[0], statistics.median(times[1:]), len(gzip.compress(page.body)) if page else 0


if __name__ == "__main__":
    main()
