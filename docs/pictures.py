"""Draw the pictures of the README from the example edition: ``make pictures``.

Pages of the PDF of Gent by pdftoppm; its web page and pages of the site by Chromium, at the width of a desk and of a
telephone. None of them can show what a report or the site does not.
"""

from __future__ import annotations

import io
import shutil
import subprocess
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
#: Pages of paper, side by side: the brief, and a page of the full report.
PAPER = {"kort": ("kort.pdf", (1, 2)), "doel": ("rapport.pdf", (7,))}


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
            page.goto((report / "rapport.html").as_uri())
            page.evaluate("document.fonts.ready")
            _save(page.screenshot(), IMAGES / f"rapport-{width}.png")
        browser.close()


def _page_of_paper(pdf: Path, number: int) -> Image.Image:
    """One page of a PDF as a picture."""
    program = shutil.which("pdftoppm")
    if program is None:
        raise ReportError(
            "the pictures of the pages need pdftoppm; install it (Debian, Ubuntu: apt-get install poppler-utils)"
        )
    command = [program, "-png", "-r", "72", "-f", str(number), "-l", str(number), str(pdf)]
    return Image.open(io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout))  # noqa: S603


def _draw_paper(report: Path) -> None:
    """Pages of a PDF as one picture each, side by side on grey."""
    for name, (file, numbers) in PAPER.items():
        pages = [_page_of_paper(report / file, number) for number in numbers]
        width, height = pages[0].size
        sheet = Image.new("RGB", (len(pages) * (width + 12) + 12, height + 24), "#d9dde0")
        for place, picture in enumerate(pages):
            sheet.paste(picture, (12 + place * (width + 12), 12))
        target = io.BytesIO()
        sheet.save(target, "PNG")
        _save(target.getvalue(), IMAGES / f"{name}.png")


def main() -> int:
    """Make the pictures; 0 when all are there."""
    IMAGES.mkdir(exist_ok=True)
    parameters = read_parameters({"gemeente": "Gent", "editie": "voorbeeld"})
    with tempfile.TemporaryDirectory() as scratch:
        notebook = ROOT / "notebooks" / "gemeenterapport.ipynb"
        made = render_report(parameters, notebook=notebook, output_dir=Path(scratch), formats=("html", "pdf"))
        _build_site(Path(scratch) / "site")
        _draw(Path(scratch) / "site", made.folder)
        _draw_paper(made.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
