"""Draw the pictures of the README from the example edition: ``make pictures``.

Two are pages of the PDF of Gent, made by the same exporter as every report. The others are pages of the site in
Chromium, at the width of a desk and of a telephone. None of them can show what a report or the site does not.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import typst
from lekp_lib.present.block import typst_text
from lekp_lib.report.execute import execute
from lekp_lib.report.pdf import paper_fonts
from lekp_lib.report.typst_exporter import TypstExporter
from PIL import Image

from lekp_lib.edition import Edition
from lekp_lib.errors import ReportError
from lekp_lib.parameters import read_parameters
from lekp_lib.report.fonts import font_folder
from lekp_lib.site.build import build_site
from lekp_lib.site.frame import Look
from lekp_lib.site.standing import Standing
from lekp_lib.site.world import SiteWorld

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "img"
#: A4 is 8.27 inch wide: about 800 pixels.
PPI = 96.0
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
PICTURES = {"overzicht": "De 17 doelen in één oogopslag", "doel": "Hernieuwbare energie met burgers"}


def _page_of(source: bytes, heading: str, world: dict[str, Any]) -> int:
    """Page on which a heading stands, from 1."""
    found = f"query(heading).find(item => item.body == [{typst_text(heading)}]).location().page()"
    asked = source + f"\n#context [#metadata({found}) <page-of>]".encode()
    return int(typst.query(asked, "<page-of>", field="value", one=True, **world))


def _save(picture: bytes, file: Path) -> None:
    """Flat colours and smooth letters: 128 colours look the same in a third of the bytes."""
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
    sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB\n")


def _build_site(folder: Path) -> None:
    """Pages of the example edition; reports are not in these pictures, so none is needed."""
    edition = Edition.open("voorbeeld")
    # The day on which the edition was frozen: the pictures stay the same on another day.
    world = SiteWorld(edition, edition.manifest.built, {})
    build_site(world, Look(), Standing(folder))


def _answer(folder: Path, route: Any) -> None:
    """A file of the site for an address of it, so that no folder of this machine is in a picture."""
    name = route.request.url.removeprefix(ADDRESS).partition("#")[0]
    route.fulfill(path=folder / (name or "index.html"))


def _draw_site(folder: Path) -> None:
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
        browser.close()


def main() -> int:
    """Make the pictures; 0 when all are there."""
    edition = Edition.open("voorbeeld")
    parameters = read_parameters({"gemeente": "Gent", "editie": edition.id})
    executed = ROOT / "outputs" / "pictures.ipynb"
    notebook = execute(ROOT / "notebooks" / "gemeenterapport.ipynb", executed, parameters.model_dump())
    executed.unlink()
    source = TypstExporter().from_notebook_node(notebook)[0].encode()
    world = {"font_paths": paper_fonts(), "ignore_system_fonts": True, "root": str(font_folder())}
    pages = typst.compile(source, format="png", ppi=PPI, **world)
    IMAGES.mkdir(exist_ok=True)
    for name, heading in PICTURES.items():
        _save(pages[_page_of(source, heading, world) - 1], IMAGES / f"{name}.png")
    with tempfile.TemporaryDirectory() as scratch:
        _build_site(Path(scratch) / "site")
        _draw_site(Path(scratch) / "site")
    return 0


if __name__ == "__main__":
    sys.exit(main())
