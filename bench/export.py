"""Bulk export of generated data against rdflib and `oxigraph convert`: seconds of CPU and peak memory, and how they grow.

    python bench/export.py [--triples 100000 1000000] [--others]

Each measurement is a process of its own; CPU is user and system time of it and of what it started, memory the peak resident
set. kgtool sorts and writes canonical N-Quads with a digest of the dataset; oxigraph and rdflib write in their own order.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EX = "https://example.org/bench/"
RDFLIB = """
import sys, rdflib
graph = rdflib.Graph()
graph.parse(sys.argv[1], format="nt")
graph.serialize(sys.argv[2], format="nt", encoding="utf-8")
"""
# A process that runs another one and says what that cost: its own figures would be those of the benchmark.
MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"status": done.returncode, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}))
"""


def generate(folder: Path, triples: int) -> Path:
    """A project of one N-Triples file: visits with hosts, dates, labels in two languages, one blank node in a thousand."""
    data = folder / "data"
    data.mkdir(parents=True)
    (folder / "kgtool.toml").write_text('[exports.bulk]\nbulk = true\nformats = ["nq"]\n', encoding="utf-8")
    file = data / "visits.nt"
    rdf, label = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://www.w3.org/2004/02/skos/core#prefLabel"
    with file.open("w", encoding="utf-8") as out:
        for number in range(triples // 5):
            visit = f"<{EX}visit/{(number * 7919) % (triples // 5)}>"
            out.write(
                f'{visit} <{rdf}> <{EX}Visit> .\n{visit} <{label}> "Visit {number}"@en .\n{visit} <{label}> "訪問 {number}"@zh-Hant .\n'
            )
            out.write(f'{visit} <{EX}when> "20{number % 100:02}-04-02"^^<http://www.w3.org/2001/XMLSchema#date> .\n')
            host = f"_:b{number}" if number % 1000 == 0 else f"<{EX}city/{number % 500}>"
            out.write(f"{visit} <{EX}host> {host} .\n")
    return file


def measure(command: list[str]) -> dict[str, float]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", MEASURE, *command], env=env, capture_output=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    if found["status"]:
        raise SystemExit(f"{command[:3]} failed")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument(
        "--others", action="store_true", help="measure oxigraph and rdflib too (rdflib takes 1 GB a million triples)"
    )
    parser.add_argument("--rdflib-up-to", type=int, default=1_000_000)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    oxigraph = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    sys.stdout.write("triples    program          CPU s   peak MB   µs a triple\n")
    for triples in options.triples:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            file = generate(folder, triples)
            runs = {
                "kgtool": [
                    sys.executable,
                    "-m",
                    "kgtool",
                    "export",
                    "bulk",
                    "--allow-findings",
                    "--project",
                    str(folder),
                    "--output",
                    str(folder / "p"),
                ]
            }
            if options.others and oxigraph:
                runs["oxigraph convert"] = [
                    oxigraph,
                    "convert",
                    "--from-file",
                    str(file),
                    "--to-file",
                    str(folder / "o.nq"),
                ]
            if options.others and triples <= options.rdflib_up_to:
                runs["rdflib"] = [sys.executable, "-c", RDFLIB, str(file), str(folder / "r.nt")]
            for name, command in runs.items():
                found = measure(command)
                each = found["cpu"] / triples * 1e6
                sys.stdout.write(f"{triples:>9}  {name:<16} {found['cpu']:>6.1f} {found['mb']:>9.0f} {each:>9.1f}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
