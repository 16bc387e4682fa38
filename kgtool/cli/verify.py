"""kgtool verify PACKAGE"""

from __future__ import annotations

import json
from pathlib import Path

import click

from kgtool.cli.common import language_of, write_out
from kgtool.lang import pick, plural


@click.command("verify")
@click.argument("package", type=click.Path(path_type=Path))
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    default=None,
    metavar="KEY",
    help="簽署者之公鑰(PEM)/ The signer's public key.",
)
@click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", help="輸出格式 / Output format."
)
@click.option("--lang", default=None, metavar="TAG", help="訊息語言 / Language of messages: zh-Hant or en.")
def command(package: Path, key: Path | None, form: str, lang: str | None) -> int:
    """核對套件之摘要值、簽章、形狀與目錄。 / Check a package's digests, signature, shapes and catalogue.

    0: 無誤 / nothing wrong; 1: 有誤 / something is; 2: 無法核對 / cannot be checked.
    """
    from kgtool.export.signature import public_key
    from kgtool.export.verify import verify

    language = language_of(lang)
    chinese = language != "en"
    found = verify(package, public_key(key) if key else "")
    if form == "json":
        faults = [{"what": str(f.what), "file": f.name, "message": dict(f.message)} for f in found.faults]
        table = {
            "ok": not faults,
            "files": found.files,
            "faults": faults,
            "notes": [dict(note) for note in found.notes],
        }
        write_out(json.dumps(table, ensure_ascii=False, indent=1) + "\n")
        return int(bool(faults))
    lines = [f"{fault.name}: {pick(fault.message, language)} ({fault.what})" for fault in found.faults]
    lines += [("註: " if chinese else "note: ") + pick(note, language) for note in found.notes]
    count = len(found.faults)
    lines.append(
        (f"{found.files} 個檔案:{f'{count} 項有誤' if count else '無誤'}") if chinese
        else f"{found.files} {plural(found.files, 'file')}: " + (f"{count} {plural(count, 'fault')}" if count else "nothing wrong")
    )  # fmt: skip
    write_out("\n".join(lines) + "\n")
    return int(bool(count))
