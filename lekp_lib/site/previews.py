"""Pictures for social media: one per kind of page, with the words of the kind and the edition on it."""

from __future__ import annotations

import io
from collections.abc import Iterator

from lekp_lib.report.fonts import font_folder
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.palette import INK, MAP_CLASSES, PAPER, SOFT
from lekp_lib.site.page import ASSETS, SiteFile
from lekp_lib.site.world import SiteWorld

#: By the first part of the path; all other pages have the picture of home.
_WORDS = {
    "": "Hoe ver staat uw gemeente\nmet het klimaatpact?",
    "gemeente": "Het klimaatpact\nin uw gemeente",
    "doel": "Een klimaatdoel\nin alle gemeenten",
    "vlaanderen": "Het klimaatpact\nin heel Vlaanderen",
    "vergelijk": "Gemeenten naast elkaar",
    "kalender": "Wanneer komen er\nnieuwe cijfers?",
    "methode": "Hoe een oordeel\ntot stand komt",
    "gegevens": "Alle cijfers\nom zelf mee te werken",
}
#: What the large networks ask for, in pixels.
_SIZE = (1200, 630)
_DPI = 100


def _kind(path: str) -> str:
    first = path.partition("/")[0]
    return first if first in _WORDS else ""


def preview_path(path: str) -> str:
    """The picture of a page."""
    return f"{ASSETS}/beeld/{_kind(path) or 'start'}.png"


def preview_words(path: str, site_name: str) -> str:
    """Text alternative of the picture of a page."""
    return f"{site_name}: {' '.join(_WORDS[_kind(path)].split())}"


def _picture(words: str, site_name: str, edition: str, banner: str) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.patches import RegularPolygon

    folder = font_folder()
    bold = FontProperties(fname=folder / "SourceSansPro-Bold.otf")
    plain = FontProperties(fname=folder / "SourceSansPro-Regular.otf")
    figure = Figure(figsize=(_SIZE[0] / _DPI, _SIZE[1] / _DPI), dpi=_DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, _SIZE[0])
    axes.set_ylim(0, _SIZE[1])
    axes.axis("off")
    for column in range(5):
        for row in range(7):
            centre = (985 + column * 56 + (row % 2) * 28, 60 + row * 84 * 0.58 * 1.7)
            colour = MAP_CLASSES[(column * 3 + row * 2) % len(MAP_CLASSES)]
            axes.add_patch(RegularPolygon(centre, 6, radius=32, facecolor=colour, edgecolor=PAPER, linewidth=3))
    axes.text(70, 540, site_name, fontproperties=plain, fontsize=26, color=SOFT, va="center")
    axes.text(70, 340, words, fontproperties=bold, fontsize=47, color=INK, va="center", linespacing=1.15)
    axes.text(70, 130, edition, fontproperties=plain, fontsize=23, color=SOFT, va="center")
    if banner:
        axes.text(
            78, 70, banner, fontproperties=bold, fontsize=23, color=INK, va="center",
            bbox={"facecolor": "#FFF4D6", "edgecolor": INK, "linewidth": 2, "pad": 9},
        )  # fmt: skip
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return _small(buffer.getvalue())


def _small(png: bytes) -> bytes:
    """The same picture in at most 64 colours: a third of the bytes, and no difference on a telephone."""
    from PIL import Image

    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(64).save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def preview_files(world: SiteWorld, site_name: str) -> Iterator[SiteFile]:
    """One picture per kind of page; that of an example edition carries its banner."""
    edition = f"Stand op {date_long(world.on)}. Onafhankelijk open hulpmiddel."
    for kind, words in _WORDS.items():
        content = _picture(words, site_name, edition, world.edition.manifest.banner)
        yield SiteFile(preview_path(f"{kind}/index.html"), content)
