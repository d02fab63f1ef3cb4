"""Draw the pictures of the README from the example edition: ``make pictures``.

Two are parts of the report of Gent, the others pages of the site, all in Chromium, at the width of a desk and of a
telephone. None of them can show what a report or the site does not.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from lekp_lib.edition import Edition
from lekp_lib.errors import ReportError
from lekp_lib.parameters import read_parameters
from lekp_lib.report.make import render_report
from lekp_lib.site.build import OutputFolder, build_site
from lekp_lib.site.context import SiteContext

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "img"
#: Pages of the site, each drawn at these widths and cut off below this height, in pixels.
SITE_PAGES = {
    "home": "index.html",
    "doel": "doel/bomen/index.html",
    "vergelijk": "vergelijk/index.html#gemeenten=gent,sint-niklaas,aalst",
    "kalender": "kalender/index.html",
}
ADDRESS = "https://klimaat.example/"
WIDTHS = {1280: 960, 390: 844}
BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
#: Parts of the report, by the id of their element.
PICTURES = {"overzicht": "kort", "doel": "hernieuwbare_projecten"}


def _save(picture: bytes, file: Path) -> None:
    """Flat colours and smooth letters: 128 colours look the same in a third of the bytes."""
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
    sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB\n")


def _build_site(folder: Path) -> None:
    """Pages of the example edition; reports are not in these pictures, so none is needed."""
    edition = Edition.open("voorbeeld")
    # The day on which the edition was frozen: the pictures stay the same on another day.
    build_site(SiteContext(edition, edition.manifest.built), OutputFolder(folder))


def _answer(folder: Path, route: Any) -> None:
    """A file of the site for an address of it, so that no folder of this machine is in a picture."""
    name = route.request.url.removeprefix(ADDRESS).partition("#")[0]
    route.fulfill(path=folder / (name or "index.html"))


def _draw(folder: Path, report: Path) -> None:
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise ReportError(
            "the pictures of the site need Chromium; install it (Debian, Ubuntu: apt-get install chromium)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        for width, height in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.route(f"{ADDRESS}**", partial(_answer, folder))
            for name, path in SITE_PAGES.items():
                page.goto(ADDRESS + path)
                page.reload()  # a new choice in the same address counts from a fresh page
                page.evaluate("document.fonts.ready")
                _save(page.screenshot(), IMAGES / f"site-{name}-{width}.png")
        page = browser.new_page(viewport={"width": 1280, "height": 960})
        page.goto(report.as_uri())
        for name, element in PICTURES.items():
            _save(page.locator(f"#{element}").first.screenshot(), IMAGES / f"{name}.png")
        browser.close()


def main() -> int:
    """Make the pictures; 0 when all are there."""
    IMAGES.mkdir(exist_ok=True)
    parameters = read_parameters({"gemeente": "Gent", "editie": "voorbeeld"})
    with tempfile.TemporaryDirectory() as scratch:
        notebook = ROOT / "notebooks" / "gemeenterapport.ipynb"
        made = render_report(parameters, notebook=notebook, output_dir=Path(scratch), formats=("html",))
        _build_site(Path(scratch) / "site")
        _draw(Path(scratch) / "site", made.folder / "rapport.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
