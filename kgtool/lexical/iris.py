"""IRIs: a scheme that is safe to publish and to link. Source: RFC 3986 §3.1, RFC 3987; IANA's registry for the names.

The parser has refused relative IRIs, spaces, wrong percent-encoding, ports and hosts already (`load.said`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kgtool.late import late
from kgtool.lexical.remark import Remark, info, shown, warning

# Schemes that identify something for everybody. `tel`, `geo`, `doi` and `info` occur as values of data.
ALLOWED = frozenset({"http", "https", "urn", "tag", "mailto", "tel", "geo", "doi", "info", "ni", "did", "ark"})
# Schemes that run code, or mean something else on every machine.
UNSAFE = frozenset({"javascript", "vbscript", "data", "file", "blob", "about", "view-source", "jar", "filesystem"})
_SCHEME = late("([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY = re.compile("https?://([^/?#]*)", re.IGNORECASE)


def iri(value: str, prefixes: Mapping[str, str]) -> Iterator[Remark]:
    """Remarks on an absolute IRI.

    Args:
        prefixes: the project's; `<gov:harbour>` is an IRI of the scheme `gov`, and hardly meant.
    """
    if value.startswith(("https://", "http://")):
        if "@" in value or value[7:8] in {"", "/", ":", "?", "#"}:
            yield from _authority(value)
        return
    found = _SCHEME.match(value)
    scheme = found[1].lower() if found else ""
    if scheme in UNSAFE:
        yield warning(
            "KG013",
            f"IRI 之「{scheme}:」不安全,不得公開:{shown(value)}",
            f"'{scheme}:' is unsafe in published data: {shown(value)}",
        )
    elif found and found[1] in prefixes and not value.startswith(scheme + "://"):
        yield warning("KG013", f"<{shown(value)}> 是完整 IRI;若指前綴名稱,請去掉角括號:{shown(value)}",
                      f"<{shown(value)}> is a full IRI; for the prefixed name drop the angle brackets: {shown(value)}")  # fmt: skip
    elif scheme not in ALLOWED and not scheme.startswith(("urn", "x-")):
        yield info(
            "KG013",
            f"IRI 之「{scheme}:」不在常用清單:{shown(value)}",
            f"the scheme '{scheme}:' is not on the list: {shown(value)}",
        )
    if value.lower().startswith(("http:", "https:")):
        yield from _authority(value)


def _authority(value: str) -> Iterator[Remark]:
    found = _AUTHORITY.match(value)
    host = found[1] if found else ""
    if "@" in host:
        yield warning(
            "KG013", f"IRI 含帳號或密碼:{shown(value)}", f"the IRI holds a user name or password: {shown(value)}"
        )
    elif not host or host.startswith(":"):
        yield warning("KG013", f"IRI 沒有主機名稱:{shown(value)}", f"the IRI has no host: {shown(value)}")
