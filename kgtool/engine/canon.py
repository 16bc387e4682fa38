"""Canonical labels of blank nodes, found in a process of their own.

RDFC-1.0 takes time that grows with the cube where blank nodes look alike (a list of 500 equal items: 16 s), and
pyoxigraph's recurses into the end of its stack (20,000: SIGSEGV). Only triples that hold a blank node go there.
Source: RDF Dataset Canonicalization (RDFC-1.0) §4.4.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import time
from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.engine.wire import Term, from_term, to_term

SECONDS = 20.0
_MEMORY = 2 << 30


def canonical(triples: Iterable[ox.Triple], seconds: float = SECONDS) -> frozenset[ox.Triple] | None:
    """The triples with canonical labels; None when that was not done in time, or cannot be.

    Equal results mean isomorphic graphs. Cost: nothing without blank nodes; else a fork, and about 40 µs a triple.
    """
    every = set(triples)
    blank = {t for t in every if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)}
    if not blank:
        return frozenset(every)
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        _child(blank, theirs)
    os.close(theirs)
    try:
        data = _all(ours, time.monotonic() + seconds)
    finally:
        os.close(ours)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    if not data.endswith(b"\n"):
        return None
    rows = json.loads(data)
    return frozenset((every - blank) | {_triple(*map(to_term, row)) for row in rows})


def canonical_here(triples: Iterable[ox.Triple]) -> frozenset[ox.Triple]:
    """The same in this process, without a bound: for one that is confined itself. Cost: as `canonical`, without the fork."""
    every = set(triples)
    blank = {t for t in every if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)}
    if not blank:
        return frozenset(every)
    dataset = ox.Dataset(ox.Quad(*triple) for triple in blank)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset((every - blank) | {quad.triple for quad in dataset})


def _triple(subject: Term, predicate: Term, value: Term) -> ox.Triple:
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        raise ValueError("no triple")  # noqa: TRY004 - what came is not what was sent
    return ox.Triple(subject, predicate, value)


def _all(ours: int, end: float) -> bytes:
    """Everything the child writes before the moment; what it wrote by then when it is late."""
    out = bytearray()
    while (left := end - time.monotonic()) > 0 and select.select([ours], [], [], left)[0]:
        part = os.read(ours, 1 << 20)
        if not part:
            return bytes(out)
        out += part
    return b""


def _child(triples: Iterable[ox.Triple], out: int) -> None:
    """The child's whole life."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        bound = _MEMORY + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        resource.setrlimit(resource.RLIMIT_AS, (bound, resource.getrlimit(resource.RLIMIT_AS)[1]))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        rows = [[from_term(term) for term in (q.subject, q.predicate, q.object)] for q in dataset]
        data = json.dumps(rows).encode() + b"\n"
        while data:
            data = data[os.write(out, data) :]
    finally:
        os._exit(0)
