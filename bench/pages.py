"""Pages: CPU a page and bytes a page, by kind, against an aim. Queries' own time is not in it: query pages are left out.

    python bench/pages.py                                              # the project of this repository, 5 ms
    python bench/pages.py --project DIR --sample 40 --aim 20           # another, e.g. one that bench/make_network.py wrote

`first`: each page is asked for in processes of its own, forked from the one that loaded, as workers are. Such a process has
served the overview, the hub and one other page, and nobody has asked it for this one, in no language: what a page costs
that is not at hand, the pages of memory that the system copies for it included. `again` is the median of three more calls
in the same process. The time is the process's CPU (user and system) of one call.

The CPU of one call differs by half from moment to moment on a machine that others use, so a page's figure is the lowest of
several processes (--processes), of four times as many where it would miss the aim: what is left is the page's own.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import gzip
import os
import statistics
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from kgtool.pages import Pages, open_pages
from kgtool.project import open_project
from kgtool.snapshot import open_snapshot

_ROW = struct.Struct("ddd")  # first and again in ms, bytes after gzip
Figures = tuple[float, float, float]


def main() -> None:
    """Print a row a kind of page, then whether the aim is met; the status is 1 where it is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, default=Path())
    parser.add_argument("--sample", type=int, default=0, help="pages a kind; 0 measures all")
    parser.add_argument(
        "--processes",
        type=int,
        default=5,
        help="the lowest of so many is a page's figure, of four times as many where it would miss",
    )
    parser.add_argument("--aim", type=float, default=5.0, help="milliseconds that no page may take")
    parser.add_argument("--lang", default="en", choices=("en", "zh-hant", "ja"))
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
        "| pages | measured | first: median ms | p95 | worst | again: median ms | p95 | worst | heaviest KB gz |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    )
    every: dict[str, Figures] = {}
    kinds = _kinds(pages)
    served = _served(pages, kinds)
    for kind, paths in kinds.items():
        step = max(1, len(paths) // given.sample) if given.sample else 1
        rows = {
            path: _lowest(pages, f"/{given.lang}/{path}", served, given.processes, given.aim) for path in paths[::step]
        }
        every |= rows
        times = " | ".join(_spread([row[at] for row in rows.values()]) for at in (0, 1))
        sys.stdout.write(f"| {kind} | {len(rows)} | {times} | {max(row[2] for row in rows.values()) / 1024:.1f} |\n")
        sys.stdout.flush()
    if not _told(every, given.aim):
        raise SystemExit(1)


def _told(every: dict[str, Figures], aim: float) -> bool:
    """Say whether all pages are below the aim, and name the slowest."""
    sys.stdout.write("\n")
    met = True
    for at, name in enumerate(("first", "again")):
        over = [path for path, row in every.items() if row[at] >= aim]
        worst = max(every, key=lambda path: every[path][at])
        verdict = f"missed by {len(over)}" if over else "met"
        met = met and not over
        sys.stdout.write(
            f"{name} under {aim:g} ms: {verdict} of {len(every)} pages; worst {every[worst][at]:.1f} ms, {worst or '/'}\n"
        )
    return met


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


def _served(pages: Pages, kinds: dict[str, list[str]]) -> tuple[str, ...]:
    """What a process has served before: the overview, the hub, and two resources, of which it serves one."""
    cities = [path for kind, paths in kinds.items() if kind not in {"other pages", "hub", "term"} for path in paths]
    return ("", *kinds.get("hub", ()), *cities[:2])


def _lowest(pages: Pages, address: str, served: Sequence[str], processes: int, aim: float) -> Figures:
    """The lowest of several processes; of four times as many where it would miss the aim."""
    _, language, path = address.split("/", 2)
    before = [f"/{language}/{one}" for one in served if one != path or one not in served[2:]][:3]
    rows: list[Figures] = []
    while len(rows) < processes or (len(rows) < 4 * processes and min(row[0] for row in rows) >= aim):
        rows.append(_apart(pages, address, before))
    return min(row[0] for row in rows), min(row[1] for row in rows), rows[0][2]


def _apart(pages: Pages, address: str, served: Sequence[str]) -> Figures:
    """Measure a page in a process of its own."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        for one in served:
            pages.answer(one)
        os.write(into, _ROW.pack(*_measure(pages, address)))
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as told:
        row = told.read()
    os.waitpid(child, 0)
    if len(row) != _ROW.size:
        raise SystemExit(f"{address}: no page")
    first, again, size = _ROW.unpack(row)
    return first, again, size


def _measure(pages: Pages, path: str) -> Figures:
    times = []
    for _ in range(4):
        began = time.process_time()
        page = pages.answer(path)
        times.append((time.process_time() - began) * 1000)
    if page is None or page.status != 200:
        os._exit(1)
    return times[0], statistics.median(times[1:]), float(len(gzip.compress(page.body)))


if __name__ == "__main__":
    main()
