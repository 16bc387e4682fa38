"""Pictures of the main pages, from the project itself: `make screenshots` writes docs/pages/*.webp. Needs chromium."""

from __future__ import annotations

import base64
import datetime
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from pages_server import launched, served  # noqa: E402 - the tests' small server and browser

from kgtool.project import open_project  # noqa: E402
from kgtool.serve.app import App  # noqa: E402
from kgtool.serve.settings import ServeSettings  # noqa: E402
from kgtool.snapshot import open_snapshot  # noqa: E402

# Name, address, width, height of the picture, colour scheme. Whole pages are cut: a picture shows what a first look shows.
MATRIX = "ja/queries/attendance-matrix?series=evt:lantern&since=2004&until=2013"
PICTURES = (
    ("overview", "zh-hant/", 1280, 1100, "light"), ("city", "zh-hant/id/government/busan", 1280, 1250, "light"),
    ("agreement", "en/id/agreement/male-2013", 1280, 1250, "dark"), ("matrix", MATRIX, 1280, 800, "light"),
    ("phone", "zh-hant/", 390, 844, "dark"),
)  # fmt: skip
SHRINK = """async (png) => {
  const image = new Image(); image.src = 'data:image/png;base64,' + png; await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height); canvas.getContext('2d').drawImage(image, 0, 0);
  const blob = await canvas.convertToBlob({type: 'image/webp', quality: 0.8});
  const bytes = new Uint8Array(await blob.arrayBuffer()); let text = ''; for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}"""


def main() -> None:
    """Write every picture; source texts are not shown."""
    project = open_project(ROOT, {}, {})
    snapshot = open_snapshot(project, datetime.datetime.now(datetime.UTC))
    folder = ROOT / "docs" / "pages"
    folder.mkdir(exist_ok=True)
    with served(lambda address: App(snapshot, ServeSettings(address=address))) as site, sync_playwright() as started:
        browser = launched(started)
        for name, path, width, height, scheme in PICTURES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.goto(f"{site}/{path}")
            png = base64.b64encode(page.screenshot()).decode()
            page.goto("about:blank")
            (folder / f"{name}.webp").write_bytes(base64.b64decode(page.evaluate(SHRINK, png)))
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
