"""What both exporters take from an executed notebook: facts about the report, and its pieces in reading order.

A piece is a markdown cell or one shown output. An output that the wanted format does not have is refused, because
leaving it out would be a silent gap; streams, prompts and code never become a piece (spec design.md 9.1, traps 9, 10).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from lekp_lib.errors import Problem, ReportError, ReportProblems
from lekp_lib.present.lab_style import MIME_LAB_STYLE

#: Outputs may carry facts under this type, so that a notebook run by hand in JupyterLab keeps its banner.
MIME_FACTS = "application/vnd.lekp.facts+json"

#: Cells with one of these tags start a page on paper.
NEW_PAGE_TAGS = frozenset({"doel", "nieuwe-pagina"})

#: Cells with this tag are working cells: nothing of them is in the report.
HIDDEN_TAG = "niet-in-verslag"

#: A cell with this tag says that the report leaves out targets or chapters on purpose.
SELECTION_TAG = "keuze-van-doelen"

_SHOWN = ("display_data", "execute_result")
_HTML_H2 = re.compile(r"<h2\b", re.IGNORECASE)
_MARKDOWN_H2 = re.compile(r"^ {0,3}##(?!#)", re.MULTILINE)


class ReportFacts(BaseModel):
    """Facts about one report, from ``metadata.lekp`` of the notebook and from outputs of type ``MIME_FACTS``.

    Attributes
    ----------
    title
        Title of the document; unique per municipality. Empty: the exporter takes the first ``h1``.
    description, keywords
        For search engines and the properties of the PDF.
    municipality, year
        Name of the municipality and year of the report; stand in the footer of every page.
    running
        What stands there instead, for what is no report of a municipality.
    edition, run
        Id of the edition, and id of the run that made the report.
    banner
        Warning repeated on every page, such as "Voorbeeldeditie: fictieve cijfers". Empty: none.
    built
        Moment of the build, with time zone; the only clock of the document.
    licence
        Sentence about reuse, shown in the footer of the web page.
    accent
        Accent colour of the page; empty for that of lekp.
    logo, logo_aspect
        The municipality's own logo, cleaned, as a ``data:`` address; its width divided by its height.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    municipality: str = ""
    year: int | None = None
    running: str = ""
    edition: str = ""
    run: str = ""
    banner: str = ""
    built: AwareDatetime | None = None
    licence: str = ""
    accent: str = Field(default="", pattern=r"^(#[0-9A-Fa-f]{6})?$")
    logo: str = Field(default="", pattern=r"^(data:image/(png|svg\+xml);base64,[A-Za-z0-9+/]+=*)?$")
    logo_aspect: float = Field(default=1.0, gt=0)

    @property
    def running_title(self) -> str:
        """``Klimaatpactverslag 2025, Gent``, as far as known."""
        if self.running:
            return self.running
        head = f"Klimaatpactverslag {self.year}" if self.year else "Klimaatpactverslag"
        return f"{head}, {self.municipality}" if self.municipality else head


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of the report.

    Attributes
    ----------
    source
        Markdown when ``is_markdown``, otherwise finished markup in the wanted format.
    where
        For messages: ``cell 4, output 2``.
    new_page
        Whether it starts a page on paper.
    opens_chapter
        Whether it holds a heading of level 2; what comes before the first one is the head of the report.
    """

    source: str
    is_markdown: bool
    where: str
    new_page: bool = False
    opens_chapter: bool = False


def logo_size(aspect: float, widest: float, highest: float) -> tuple[float, float]:
    """Width and height of a logo inside a room, with its own proportions.

    Examples
    --------
    >>> logo_size(2.0, 240, 64), logo_size(10.0, 240, 64)
    ((128.0, 64), (240, 24.0))
    """
    return (highest * aspect, highest) if highest * aspect <= widest else (widest, widest / aspect)


def is_selection(nb: NotebookNode) -> bool:
    """Whether a notebook says by a tag that it leaves out parts on purpose."""
    return any(SELECTION_TAG in _tags(cell) for cell in nb.cells)


def _text(value: Any) -> str:
    """Notebook files may keep a text as a list of lines."""
    return "".join(value) if isinstance(value, list) else str(value)


def _tags(cell: NotebookNode) -> frozenset[str]:
    return frozenset(cell.get("metadata", {}).get("tags", ()))


def _cells(nb: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    for number, cell in enumerate(nb.cells, 1):
        if HIDDEN_TAG not in _tags(cell):
            yield f"cell {number}", cell


def report_facts(nb: NotebookNode) -> ReportFacts:
    """Facts of a report.

    Parameters
    ----------
    nb
        Executed notebook.

    Returns
    -------
    ReportFacts
        The metadata of the notebook; facts in outputs go before it.

    Raises
    ------
    ReportError
        When a fact has the wrong type, naming it.
    """
    given: dict[str, Any] = dict(nb.metadata.get("lekp", {}))
    for _, cell in _cells(nb):
        for output in cell.get("outputs", ()):
            given.update(output.get("data", {}).get(MIME_FACTS, {}))
    try:
        return ReportFacts.model_validate(given)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}, found {e['input']!r}" for e in error.errors())
        raise ReportError(f"the facts of the report (notebook metadata 'lekp') are not usable: {faults}") from None


def _output_pieces(cell: NotebookNode, where: str, mimetype: str, problems: list[Problem]) -> Iterator[Piece]:
    new_page = bool(_tags(cell) & NEW_PAGE_TAGS)
    for number, output in enumerate(cell.get("outputs", ()), 1):
        place = f"{where}, output {number}"
        if output.output_type == "error":
            problems.append(
                Problem(
                    place, f"{output.ename}: {output.evalue}", "a cell that ran to its end", "Run the notebook again."
                )
            )
        if output.output_type not in _SHOWN or set(output.data) == {MIME_FACTS} or MIME_LAB_STYLE in output.data:
            continue
        if mimetype not in output.data:
            problems.append(
                Problem(
                    place,
                    ", ".join(sorted(output.data)) or "no data",
                    f"an output with {mimetype}",
                    "Show a block of lekp (Figure, Table, Note ...), end the last line with a semicolon, "
                    f"or give the cell the tag {HIDDEN_TAG!r}.",
                )
            )
            continue
        chapter = bool(_HTML_H2.search(_text(output.data.get("text/html", ""))))
        yield Piece(_text(output.data[mimetype]), False, place, new_page, chapter)
        new_page = False


def report_pieces(nb: NotebookNode, mimetype: str) -> tuple[Piece, ...]:
    """Pieces of a report in reading order.

    Parameters
    ----------
    nb
        Executed notebook.
    mimetype
        The one format that is wanted: ``text/html`` or ``text/x-typst``.

    Returns
    -------
    tuple of Piece
        Every markdown cell that is not blank, and every shown output.

    Raises
    ------
    ReportProblems
        When a cell failed, or shows something that does not exist in the wanted format; all such cells at once.
    """
    problems: list[Problem] = []
    pieces: list[Piece] = []
    for where, cell in _cells(nb):
        if cell.cell_type == "markdown" and cell.source.strip():
            chapter = bool(_MARKDOWN_H2.search(cell.source))
            pieces.append(Piece(_text(cell.source), True, where, bool(_tags(cell) & NEW_PAGE_TAGS), chapter))
        elif cell.cell_type == "code":
            pieces.extend(_output_pieces(cell, where, mimetype, problems))
    if problems:
        raise ReportProblems("the notebook cannot become a report", problems)
    return tuple(pieces)


def head_length(pieces: tuple[Piece, ...]) -> int:
    """Number of pieces before the first chapter; the contents stand there."""
    return next((index for index, piece in enumerate(pieces) if piece.opens_chapter), len(pieces))
