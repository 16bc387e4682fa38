"""One file to quads, one at a time, for data that does not fit into memory. Nothing is looked at before it is parsed.

The first syntax error stops it: what is streamed on cannot be taken back. `kgtool check` reports all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.errors import ProjectError, texts, why
from kgtool.formats import RDF_SUFFIXES
from kgtool.load.limits import BUFFER
from kgtool.project import REFUSED, ProjectFile


def stream(file: ProjectFile) -> Iterator[ox.Quad]:
    """The quads of one file, its own graph as default; blank nodes get labels that no other file has.

    Cost: about 1.5 µs a quad; memory of one statement.
    Raises:
        ProjectError: refused, unreadable, or a syntax error; the message has file and line.
    """
    if file.refused:
        raise _stopped(file, REFUSED[file.refused]["zh-Hant"], REFUSED[file.refused]["en"])
    graph, default = ox.NamedNode(file.graph), ox.DefaultGraph()
    form = ox.RdfFormat.from_media_type(RDF_SUFFIXES[file.path.suffix])
    try:
        with file.path.open("rb") as source:
            for quad in ox.parse(source, format=form, rename_blank_nodes=True):
                if quad.graph_name == default:
                    yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
                else:
                    yield quad
    except SyntaxError as error:
        raise _stopped(file, f"第 {error.lineno or 0} 行:語法錯誤", f"line {error.lineno or 0}: {error.msg}") from error
    except MemoryError as error:
        if BUFFER not in str(error):  # the system's memory, and no fault of the file
            raise
        zh, en = "有字串、IRI 或註解過長", "a literal, IRI or comment is too long"
        raise _stopped(file, zh, en) from error
    except OSError as error:
        said = why(error)
        raise _stopped(file, f"無法讀取({said['zh-Hant']})", f"cannot be read ({said['en']})") from error


def _stopped(file: ProjectFile, zh: str, en: str) -> ProjectError:
    return ProjectError(
        "E-FILE-READ",
        texts(zh=f"{file.name}:{zh.rstrip('。')}。", en=f"{file.name}: {en.rstrip('.')}."),
        texts(zh="`kgtool check` 列出所有問題。", en="`kgtool check` lists everything that is wrong."),
    )
