"""Draw the two pictures of the README from the report of Gent in the example edition: ``make pictures``.

Both are pages of the PDF, made by the same exporter as every report, so they cannot show what a report does not.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from lekp_lib.edition import Edition
from lekp_lib.parameters import read_parameters
from lekp_lib.present.block import typst_text
from lekp_lib.report.execute import execute
from lekp_lib.report.fonts import font_folder
from lekp_lib.report.pdf import paper_fonts
from lekp_lib.report.typst_exporter import TypstExporter

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "img"
#: A4 is 8.27 inch wide: about 800 pixels.
PPI = 96.0
PICTURES = {"overzicht": "De 17 doelen in één oogopslag", "doel": "Hernieuwbare energie met burgers"}


def _page_of(source: bytes, heading: str, world: dict[str, Any]) -> int:
    """Page on which a heading stands, from 1."""
    found = f"query(heading).find(item => item.body == [{typst_text(heading)}]).location().page()"
    asked = source + f"\n#context [#metadata({found}) <page-of>]".encode()
    return int(typst.query(asked, "<page-of>", field="value", one=True, **world))


def main() -> int:
    """Make the pictures; 0 when both are there."""
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
        file = IMAGES / f"{name}.png"
        with Image.open(io.BytesIO(pages[_page_of(source, heading, world) - 1])) as page:
            # Flat colours and smooth letters: 128 colours look the same in a third of the bytes.
            page.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
        sys.stdout.write(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
