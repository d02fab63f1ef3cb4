"""The figures of a report as files: SVG for editing and print, PNG of 1600 px for slides, all in one archive.

Each file carries its own title, source and, for an example edition, warning: it travels without the report.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence

import typst

from lekp_lib.adapter import Assessment
from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.pact.models import Kind
from lekp_lib.report.fonts import font_folder
from lekp_lib.report.paper import paper_fonts
from lekp_lib.site.oud.block import typst_string
from lekp_lib.site.oud.downloads.about import attribution
from lekp_lib.site.oud.downloads.own_figures import shown_assessments
from lekp_lib.site.oud.embedded_font import font_faces
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.report_figures import overview_picture, overview_rows
from lekp_lib.site.oud.report_view import ReportView
from lekp_lib.site.oud.target_figures import can_compare, can_draw_trend, hexmap, strip, trend

#: Width of a PNG in pixels.
PNG_WIDTH = 1600
#: Pages of one Typst document at a time: a page in memory takes some 8 MB.
_BATCH = 12


def _of_target(view: ReportView, item: Assessment) -> Iterator[tuple[str, Figure]]:
    """The figures that the section of a target shows, under the same conditions."""
    stem = f"{item.target.nr:02}" if item.target.nr is not None else "21"
    stem = f"{stem}-{item.target.id.replace('_', '-')}"
    if can_draw_trend(item):
        yield f"{stem}-verloop", trend(item, view.scene)
    comparison = view.comparison(item.target.id)
    if item.applies and can_compare(comparison):
        if item.target.kind is not Kind.YES_NO:
            yield f"{stem}-vergelijking", strip(item, comparison, view.scene)
        yield f"{stem}-kaart", hexmap(item, comparison, view.scene)


def pictures(view: ReportView) -> dict[str, Figure]:
    """Figures by file name without ending: the overview, then per target trend, comparison and map.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    dict of str to Figure
        Only figures that the report shows; an empty one is never made.
    """
    rows = overview_rows(view.assessments, view.catalog, view.assessor.flanders_median_pct)
    found = {"00-overzicht": overview_picture(rows, view.assessments, view.scene)}
    for item in shown_assessments(view):
        found.update(_of_target(view, item))
    return found


def svg_files(figures: dict[str, Figure]) -> dict[str, str]:
    """Complete SVG documents by name; they share one subset of the font: making it is the slow part."""
    drawn = {name: figure.standalone_svg(fonts="") for name, figure in figures.items()}
    fonts = font_faces("".join(sorted(set("".join(drawn.values())))))
    return {name: figure.standalone_svg(fonts=fonts) for name, figure in figures.items()}


def _page(figure: Figure) -> str:
    svg = typst_string(figure.standalone_svg(fonts=""))
    return f'#page(width: {PNG_WIDTH}pt, height: auto, margin: 0pt, image(bytes({svg}), format: "svg", width: 100%))'


def _rendered(figures: Sequence[Figure]) -> list[bytes]:
    source = "\n".join(_page(figure) for figure in figures)
    try:
        # One pixel per point. Every figure is one page, however it is filled.
        pages: object = typst.compile(
            source.encode(),
            format="png",
            ppi=72,
            font_paths=paper_fonts(),
            ignore_system_fonts=True,
            root=str(font_folder()),
        )
    except typst.TypstError as error:
        problem = Problem("a figure", f"Typst: {error.message}", "a drawing that Typst takes", " ".join(error.hints))
        raise ReportProblems("the figures could not be made as PNG", [problem]) from None
    return [bytes(item) for item in pages] if isinstance(pages, list) else [pages]  # type: ignore[list-item]


def png_files(figures: dict[str, Figure]) -> dict[str, bytes]:
    """PNG files of 1600 px wide by name, with title, source and warning inside.

    Parameters
    ----------
    figures
        From :func:`pictures`.

    Raises
    ------
    ReportProblems
        When Typst refuses a drawing.
    """
    names, drawn = list(figures), list(figures.values())
    images: list[bytes] = []
    for start in range(0, len(drawn), _BATCH):
        images += _rendered(drawn[start : start + _BATCH])
    return dict(zip(names, images, strict=True))


def archive_bytes(view: ReportView) -> bytes:
    """All figures of a report in one ZIP archive: folders ``svg`` and ``png``, and how to cite them.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    bytes
        Equal input gives equal bytes: every entry carries the date of the edition.
    """
    figures = pictures(view)
    files: dict[str, bytes] = {"bronvermelding.txt": attribution(view).encode()}
    files |= {f"svg/{name}.svg": text.encode() for name, text in svg_files(figures).items()}
    files |= {f"png/{name}.png": data for name, data in png_files(figures).items()}
    alternatives = [f"{name}: {figure.words.alt}" for name, figure in figures.items()]
    files["tekstalternatieven.txt"] = ("\n".join(alternatives) + "\n").encode()
    built: dt.date = view.edition.manifest.built
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (built.year, built.month, built.day, 0, 0, 0))
            # A PNG is compressed already.
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()
