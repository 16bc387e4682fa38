"""README.md of a package, in the partner's language: what it is, what is in it, how to trust and how to read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kgtool.errors import Texts
from kgtool.export.bundle import Bundle
from kgtool.lang import Fields, pick

# The sentences by language; {…} is filled in. What is not there falls back to zh-Hant, then en.
_TEXTS: Mapping[str, Texts] = {
    "about": {
        "en": "This package was made by kgtool from {title} as of {day} (commit {commit}). It is meant for: {audience}.",
        "zh-Hant": "本套件由 kgtool 依「{title}」製成,基準日 {day}(提交 {commit})。對象:{audience}。",
        "ja": "本パッケージは「{title}」から kgtool により作成されました(基準日 {day}、コミット {commit})。対象:{audience}。",
    },
    "for": {
        "en": "It holds what the graph says of {cities}: what names them, what names that, and whatever these name.",
        "zh-Hant": "內容為圖譜中關於 {cities} 者:提及其者、再提及該等者,以及其所提及之一切。",
        "ja": "{cities} に関する内容:それらに言及するもの、さらにそれに言及するもの、およびそれらが言及するすべて。",
    },
    "findings": {
        "en": "The check of the graph had {errors} {errors?error|errors}; it was exported all the same (--allow-findings).",
        "zh-Hant": "圖譜檢查有 {errors} 項錯誤,仍經指定匯出(--allow-findings)。",
        "ja": "グラフの検査で {errors} 件の誤りがありましたが、指定により出力しました(--allow-findings)。",
    },
    "contents": {"en": "Contents", "zh-Hant": "內容", "ja": "内容"},
    "class": {"en": "class", "zh-Hant": "類別", "ja": "クラス"},
    "number": {"en": "number", "zh-Hant": "數量", "ja": "件数"},
    "files": {"en": "Files", "zh-Hant": "檔案", "ja": "ファイル"},
    "trust": {"en": "Checking it", "zh-Hant": "查驗", "ja": "検証"},
    "sha": {
        "en": "`sha256sum -c MANIFEST.sha256` checks every file without kgtool; `kgtool verify .` checks everything.",
        "zh-Hant": "`sha256sum -c MANIFEST.sha256` 不需 kgtool 即可核對每個檔案;`kgtool verify .` 核對全部。",
        "ja": "`sha256sum -c MANIFEST.sha256` は kgtool なしで全ファイルを検証します。`kgtool verify .` はすべてを検証します。",
    },
    "digest": {
        "en": "Digest of the dataset (RDFC-1.0, SHA-256), the same whatever its blank nodes are called: `{digest}`",
        "zh-Hant": "資料集摘要值(RDFC-1.0、SHA-256,不受空白節點名稱影響):`{digest}`",
        "ja": "データセットのダイジェスト(RDFC-1.0、SHA-256。空白ノードの名前によらない):`{digest}`",
    },
    "reading": {"en": "Reading it", "zh-Hant": "閱讀說明", "ja": "読み方"},
    "claims": {
        "en": "A claim says who claims it; it is not a record. A date between two bounds means some day within, not all of them.",
        "zh-Hant": "主張載明何人所稱,並非紀錄。日期有上下界者,指其間某日,非整段期間。",
        "ja": "主張は誰の主張かを示し、記録ではありません。上下限のある日付は期間中のいずれかの日を指します。",
    },
    "inferred": {
        "en": "What follows by OWL 2 RL and is not stated stands apart: in files named `inferred`, and in a graph of its own.",
        "zh-Hant": "依 OWL 2 RL 推得而未載明者另置於 `inferred` 檔及獨立之圖中。",
        "ja": "OWL 2 RL により導かれ、明示されていないものは `inferred` のファイルと独立したグラフに分けてあります。",
    },
    "schemaorg": {
        "en": "`schema-org.jsonld`, `places.geojson`, `events.ics` and the tables are views with less in them than the RDF files.",
        "zh-Hant": "`schema-org.jsonld`、`places.geojson`、`events.ics` 與表格為簡化之檢視,內容少於 RDF 檔。",
        "ja": "`schema-org.jsonld`、`places.geojson`、`events.ics` と表は RDF ファイルより情報の少ない表示です。",
    },
    "gone": {"en": "Renamed, merged or withdrawn", "zh-Hant": "更名、合併或撤回", "ja": "改称・統合・取下げ"},
    "licence": {"en": "Licence", "zh-Hant": "授權", "ja": "ライセンス"},
    "none": {"en": "not stated", "zh-Hant": "未載明", "ja": "記載なし"},
}  # fmt: skip


def readme(bundle: Bundle, facts: Mapping[str, str], files: Iterable[tuple[str, str]]) -> bytes:
    """README.md.

    Args:
        facts: `commit`, `errors` (of the check, "0" for none) and `licence`.
        files: names and what each is, in the language.
    """
    language = bundle.languages[0] if bundle.languages else "zh-Hant"
    publication = bundle.snapshot.project.publication

    def say(key: str, **values: str) -> str:
        return pick(_TEXTS[key], language).format_map(Fields(values))

    title = pick(publication.title, language)
    out = [f"# {title}", "", pick(publication.description, language), "", say(
        "about", title=title, day=bundle.snapshot.today.isoformat(), commit=facts["commit"][:12] or "-",
        audience=str(bundle.profile.audience),
    )]  # fmt: skip
    if bundle.seeds:
        out.append(say("for", cities=", ".join(bundle.name(seed, language) for seed in bundle.seeds)))
    if facts["errors"] != "0":
        out += ["", f"**{say('findings', errors=facts['errors'])}**"]
    out += ["", f"## {say('contents')}", "", f"| {say('class')} | {say('number')} |", "|---|---|"]
    out += [
        f"| {_cell(bundle.name(ox.NamedNode(cls), language) if cls else '-')} | {len(nodes)} |"
        for cls, nodes in bundle.classes.items()
    ]
    out += ["", f"## {say('files')}", ""] + [f"- `{name}`: {what}" for name, what in files]
    out += ["", f"## {say('trust')}", "", say("sha")]
    if bundle.digest:
        out += ["", say("digest", digest=bundle.digest)]
    out += ["", f"## {say('reading')}", "", say("claims")]
    out += [say("inferred")] if bundle.inferred else []
    out += [say("schemaorg")]
    if bundle.tombstones:
        out += ["", f"## {say('gone')}", ""]
        out += [f"- <{old}>" + (f" → <{new}>" if new else "") for old, new in bundle.tombstones]
    out += ["", f"## {say('licence')}", "", facts["licence"] or say("none"), ""]
    return "\n".join(out).encode("utf-8", "surrogatepass")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
