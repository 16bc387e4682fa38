"""xsd:integer and the twelve types derived from it. Source: XSD 1.1 Part 2 §3.4.13 to §3.4.25.

No int() of what a file says: Python's refuses 4,300 digits and accepts full-width digits and underscores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kgtool.late import late
from kgtool.lexical.remark import Remark, error, shown

# Lowest and highest value; None is no bound.
RANGES: Mapping[str, tuple[int | None, int | None]] = MappingProxyType({
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
})  # fmt: skip
_INTEGER = late("([+-]?)([0-9]+)")
# More digits than any bound has: such a number is judged by its sign alone.
_MANY = 25
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def integer(value: str, name: str) -> Iterator[Remark]:
    """Remarks on the lexical form (white space collapsed) of xsd:`name`."""
    found = _INTEGER.fullmatch(value)
    if found is None:
        yield _no_integer(value, name)
        return
    digits = found[2].lstrip("0") or "0"
    number = int(digits[:_MANY]) * (-1 if found[1] == "-" else 1)
    lowest, highest = RANGES[name]
    if (lowest is not None and number < lowest) or (highest is not None and number > highest):
        low, high = ("…" if bound is None else str(bound) for bound in (lowest, highest))
        yield error("KG020", f"「{shown(value)}」超出 xsd:{name} 之範圍({low} 至 {high})。",
                    f"'{shown(value)}' is out of the range of xsd:{name} ({low} to {high}).")  # fmt: skip


def _no_integer(value: str, name: str) -> Remark:
    narrow = value.translate(_FULL_WIDTH)
    if narrow != value and _INTEGER.fullmatch(narrow):
        hint_zh, hint_en = f":含全形數字,請寫「{narrow}」", f": it has full-width digits, write '{narrow}'"
    elif re.fullmatch("[+-]?[0-9]+(?:[_,  ][0-9]+)+", value):
        hint_zh, hint_en = ":數字不分節", ": digits are not grouped"
    else:
        hint_zh, hint_en = "", ""
    return error(
        "KG020", f"「{shown(value)}」不是 xsd:{name}{hint_zh}。", f"'{shown(value)}' is no xsd:{name}{hint_en}."
    )
