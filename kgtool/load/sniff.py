"""What a file is when it is not RDF in UTF-8: told from its first bytes, so that the message can name it.

Cost: constant for the signatures; one pass for conflict markers and for the guess of an encoding.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kgtool.errors import Texts, texts
from kgtool.late import late
from kgtool.load.problem import Problem, place

BOM = b"\xef\xbb\xbf"
# First bytes, longest first where one begins another: UTF-32-LE begins as UTF-16-LE does.
_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UNPACK = texts(zh="請解壓縮後放入專案。", en="unpack it and put the file itself there.")
_SIGNATURES: tuple[tuple[bytes, str, str, Texts], ...] = (
    (b"\x1f\x8b", "gzip 壓縮檔", "a gzip file", _UNPACK),
    (b"PK\x03\x04", "ZIP 檔(或 Office 文件)", "a ZIP file (or an Office document)", _UNPACK),
    (b"BZh", "bzip2 壓縮檔", "a bzip2 file", _UNPACK),
    (b"\xfd7zXZ\x00", "xz 壓縮檔", "an xz file", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd 壓縮檔", "a zstd file", _UNPACK),
    (b"%PDF-", "PDF 文件", "a PDF document",
     texts(zh="請將其中之事實寫成 Turtle。", en="write its facts as Turtle.")),
    (b"SQLite format 3\x00", "SQLite 資料庫", "an SQLite database",
     texts(zh="請匯出為 Turtle。", en="export it as Turtle.")),
    (b"version https://git-lfs.github.com/spec/", "Git LFS 指標,不是檔案內容", "a Git LFS pointer, not the file itself",
     texts(zh="請執行 `git lfs pull`。", en="run `git lfs pull`.")),
)  # fmt: skip
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_XML = re.compile(rb"\s*(?:<\?xml\b|<!DOCTYPE\b|<rdf:RDF\b)")
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{"])')
_CONFLICT = late(rb"^<{7} .*?^={7}\r?$.*?^>{7} ", re.DOTALL | re.MULTILINE)
_HEAD = 1024
# Lead bytes of the commonest characters (Big5 level 1, GB 2312 level 1, JIS X 0208 level 1 and kana).
_GUESSES: tuple[tuple[str, str, Callable[[int, int], bool]], ...] = (
    ("Big5", "cp950", lambda lead, _: 0xA4 <= lead <= 0xC6),
    ("GBK", "gb18030", lambda lead, trail: 0xB0 <= lead <= 0xD7 and trail >= 0xA1),
    ("Shift_JIS", "cp932", lambda lead, _: 0x82 <= lead <= 0x97),
    ("EUC-KR", "cp949", lambda lead, trail: 0xB0 <= lead <= 0xC8 and trail >= 0xA1),
)
_PAIR = late(rb"[\x81-\xfe][\x40-\xfe]")


def other_encoding(data: bytes) -> Problem | None:
    """A UTF-16 or UTF-32 file, by its byte order mark or by its zero bytes."""
    name = next((name for mark, name in _ENCODINGS if data.startswith(mark)), "")
    head = data[:_HEAD]
    if not name and len(head) >= 8 and head.count(0) * 3 >= len(head):
        name = "UTF-16" if head.count(0) * 3 < len(head) * 2 else "UTF-32"
    if not name:
        return None
    message = texts(zh=f"這是 {name} 編碼之檔案;請另存為無 BOM 之 UTF-8。",
                    en=f"the file is {name}; save it as UTF-8 without BOM.")  # fmt: skip
    return Problem("KG003", 1, 1, message)


def other_format(data: bytes, suffix: str) -> Problem | None:
    """A file that is something else altogether: packed, a pointer, a page, XML or JSON under another name."""
    for signature, zh, en, step in _SIGNATURES:
        if data.startswith(signature):
            return _named(zh, en, step)
    start = len(BOM) if data.startswith(BOM) else 0
    head = data[start : start + _HEAD]
    if _HTML.match(head):
        return _named("HTML 網頁(多半是存下的錯誤頁)", "an HTML page (often a saved error page)",
                      texts(zh="請重新下載資料檔本身。", en="download the data file itself again."))  # fmt: skip
    if suffix in {".ttl", ".trig", ".nt", ".nq"}:
        if _XML.match(head):
            return _named("XML(可能是 RDF/XML)", "XML (perhaps RDF/XML)",
                          texts(zh="請轉為 Turtle,或改副檔名為 .rdf 並於設定 accept 列入 rdfxml。",
                                en="convert it to Turtle, or name it .rdf and list rdfxml in the setting accept."))  # fmt: skip
        if _JSON.match(head):
            return _named("JSON(可能是 JSON-LD)", "JSON (perhaps JSON-LD)",
                          texts(zh="請轉為 Turtle,或改副檔名為 .jsonld 並於設定 accept 列入 jsonld。",
                                en="convert it to Turtle, or name it .jsonld and list jsonld in the setting accept."))  # fmt: skip
    return None


def _named(zh: str, en: str, step: Texts) -> Problem:
    return Problem(
        "KG004", 1, 1, texts(zh=f"這是{zh},不是 RDF;{step['zh-Hant']}", en=f"this is {en}, not RDF; {step['en']}")
    )


def conflict(data: bytes) -> Problem | None:
    """Unresolved conflict markers. Asked only about a file that does not parse: a literal may quote them."""
    found = _CONFLICT.search(data) if b"<<<<<<< " in data else None
    if found is None:
        return None
    message = texts(zh="檔中有未解決之合併衝突標記(<<<<<<<);請擇定內容後刪去標記。",
                    en="unresolved merge conflict markers (<<<<<<<); choose the content and remove the markers.")  # fmt: skip
    return Problem("KG005", *place(data, found.start()), message)


def not_utf8(data: bytes) -> Problem | None:
    """The first byte that is not UTF-8, with a guess at what the file is saved as."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"0x{data[error.start]:02X}"
        guess = _guess(data)
        message = texts(
            zh=f"位元組 {byte} 不是 UTF-8" + (f",看來是 {guess} 編碼;請另存為無 BOM 之 UTF-8。" if guess else "。"),
            en=f"byte {byte} is not UTF-8" + (f"; the file looks like {guess}: save it as UTF-8 without BOM." if guess else "."),
        )  # fmt: skip
        return Problem("KG003", *place(data, error.start), message)
    return None


def _guess(data: bytes) -> str:
    """A legacy encoding in which most double bytes are common characters, "" when none fits."""
    best, name = 0.5, ""
    for label, codec, common in _GUESSES:
        try:
            data.decode(codec)
        except UnicodeDecodeError:
            continue
        pairs = _PAIR.findall(data)
        share = sum(common(pair[0], pair[1]) for pair in pairs) / max(len(pairs), 1)
        if share > best:
            best, name = share, label
    return name
