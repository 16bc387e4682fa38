"""Bounds on what is given to a parser, measured on the bytes before it runs.

pyoxigraph 0.5.13 dies by SIGSEGV on 100,000 nested `<<(` and on 10,000 nested JSON-LD objects, and takes 526 s for
100,000 nested RDF/XML elements; 100,000 nested `[` or `(` it survives, but no reader of the graph needs them.
"""

from __future__ import annotations

import re

from kgtool.errors import texts
from kgtool.late import late
from kgtool.load.problem import Problem, place

# Levels of [ ], ( ) and << >> in one another; a person's file has three.
MOST_NESTED = 500
# A JSON-LD or RDF/XML file is walked by the program itself before it is parsed.
MOST_WALKED = 64 * 1024 * 1024
# What the parser says of a token that is longer than its buffer.
BUFFER = "buffer maximal size"
# What is left of a text when only these bytes matter: cheap (one C pass), and enough to count brackets outside strings.
_KEPT = b"[]()<>\"'#\n\r"
_DROPPED = bytes(byte for byte in range(256) if byte not in _KEPT)
_ESCAPED = late(rb"\\.", re.DOTALL)
_REDUCED = late(
    rb'"""(?:[^"]++|""?+(?!"))*+"{3,5}|\'\'\'(?:[^\']++|\'\'?+(?!\'))*+\'{3,5}'
    rb'|"[^"\n\r]*"|\'[^\'\n\r]*\'|#[^\n\r]*|(<<|[\[(])|(>>|[\])])|<[^<>"\n\r]*>'
)
_WHOLE = late(
    rb'"""(?:[^"\\]++|\\.|""?+(?!"))*+"""|\'\'\'(?:[^\'\\]++|\\.|\'\'?+(?!\'))*+\'\'\''
    rb'|"(?:[^"\\\n\r]++|\\.)*+"|\'(?:[^\'\\\n\r]++|\\.)*+\'|\\.|#[^\n\r]*|(<<|[\[(])|(>>|[\])])|<[^<>"\s]*>'
    rb"|(@[A-Za-z]++(?:-[A-Za-z0-9]++)*+--(?:ltr|rtl))",
    re.DOTALL,
)


def too_deep(data: bytes) -> Problem | None:
    """Nesting past the limit in a Turtle, TriG, N-Triples or N-Quads file.

    Cost: a count of three bytes; for a file with more openers than the limit one C pass and one match a string.
    """
    if data.count(b"[") + data.count(b"(") + data.count(b"<<") <= MOST_NESTED:
        return None
    plain = _ESCAPED.sub(b"", data) if b"\\" in data else data
    if _passes(_REDUCED, plain.translate(None, _DROPPED)) < 0:
        return None
    offset = max(_passes(_WHOLE, data), 0)
    return limit(*place(data, offset), MOST_NESTED)


def limit(line: int, column: int, most: int) -> Problem:
    """The refusal of a file that nests deeper than `most`."""
    message = texts(
        zh=f"巢狀逾 {most} 層,未讀取此檔;請改用具名資源(IRI)分開書寫。",
        en=f"nested more than {most} levels deep; the file is not read. Name the inner resources and write them apart.",
    )
    return Problem("KG006", line, column, message)


def too_large(data: bytes) -> Problem | None:
    """A JSON-LD or RDF/XML file larger than the program walks."""
    if len(data) <= MOST_WALKED:
        return None
    size = f"{MOST_WALKED // 1024 // 1024} MiB"
    message = texts(zh=f"檔案逾 {size},未讀取;請轉為 Turtle 或 N-Triples。",
                    en=f"larger than {size}; the file is not read. Convert it to Turtle or N-Triples.")  # fmt: skip
    return Problem("KG006", 1, 1, message)


def too_long(data: bytes) -> Problem:
    """The refusal of what stands behind a token that the parser's buffer cannot hold, at the longest. Cost: a match a token."""
    longest = max(_WHOLE.finditer(data), key=lambda match: match.end() - match.start(), default=None)
    message = texts(zh="有字串、IRI 或註解過長(至多 16 MiB,JSON-LD 更短),其後未讀取;請另存檔案並以 IRI 指向。",
                    en="a literal, IRI or comment is too long (16 MiB at the most, less in JSON-LD); what follows is not read. "
                    "Keep it in a file of its own and point at it.")  # fmt: skip
    return Problem("KG006", *place(data, longest.start() if longest else 0), message)


def rdf12(data: bytes) -> Problem | None:
    """The first `<<` or base direction outside strings, IRIs and comments: RDF 1.2, which other tools do not read."""
    if b"<<" not in data and b"--ltr" not in data and b"--rtl" not in data:
        return None
    for match in _WHOLE.finditer(data):
        if match[3]:
            tag = match[3].decode()
            message = texts(zh=f"{tag} 之書寫方向是 RDF 1.2 語法,此處不支援;請移除。",
                            en=f"the base direction in {tag} is RDF 1.2, which is not supported; remove it.")  # fmt: skip
            return Problem("KG010", *place(data, match.start()), message, stops=False)
        if match[1] == b"<<":
            message = texts(zh="<< >> 是 RDF 1.2 語法,此處不支援;請以具名資源描述該敘述。",
                            en="<< >> is RDF 1.2, which is not supported; describe the statement by a resource of its own.")  # fmt: skip
            return Problem("KG010", *place(data, match.start()), message, stops=False)
    return None


def _passes(pattern: re.Pattern[bytes], data: bytes) -> int:
    """The offset where nesting passes the limit, -1 when it does not."""
    depth = 0
    for match in pattern.finditer(data):
        if match.lastindex == 1:
            depth += 1
            if depth > MOST_NESTED:
                return match.start()
        elif match.lastindex == 2 and depth:
            depth -= 1
    return -1
