"""An executed notebook as blocks in reading order: those of lekp as they are, ordinary outputs turned into one.

Nothing that a cell of the report shows is lost: it becomes a block, or a problem that names the cell, the reason and
the line to paste. Title, caption and text alternative of an ordinary output come from lines at the top of its cell::

    #| tbl-cap: Bomen per wijk
    #| fig-cap: Bomen per jaar
    #| fig-alt: Lijngrafiek van 2021 tot 2025. Het aantal bomen stijgt van 100 naar 4.310.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import mistune
from lxml import html as lxml_html
from nbformat import NotebookNode

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.present.blocks import MIME_JSON
from lekp_lib.report.engine import HIDDEN_TAG, own_cells
from lekp_lib.report.tables import pandas_table

Node = dict[str, Any]
#: Tag of a cell that starts a page on paper.
NEW_PAGE_TAG = "nieuwe-pagina"

_OPTION = re.compile(r"^#\|\s*(tbl-cap|fig-cap|fig-alt)\s*:\s*(.*?)\s*$", re.MULTILINE)
_STYLE = re.compile(r"^\s*<style data-lekp>.*?</style>\s*", re.DOTALL)
_PICTURES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif"}
_FILE_NAME = re.compile(r"^\S*\.(png|jpe?g|gif|svg|webp)$", re.IGNORECASE)
#: What the last line of a drawing cell leaves behind: ``<Axes: …>``, ``[<matplotlib.lines.Line2D …>]``, ``Text(…)``.
_OBJECT = re.compile(r"^[\[(]*\s*(<.*>|array\(|Text\(|\(?array)", re.DOTALL)
_SIZE = re.compile(r"""<svg[^>]*?\bviewBox=["'][\d.\-]+[ ,]+[\d.\-]+[ ,]+([\d.]+)[ ,]+([\d.]+)""", re.DOTALL)
_ROOM_MM = 174.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of the report: a block as data, its finished HTML when it is one of lekp, and its cell."""

    cell: int
    block: Node
    html: str = ""
    tags: frozenset[str] = frozenset()


@dataclass(slots=True)
class Contents:
    """What a notebook holds.

    Attributes
    ----------
    pieces
        In reading order.
    facts
        About the report as a whole, from the blocks of lekp.
    warnings
        What cells wrote to standard error; no part of the report.
    """

    pieces: list[Piece] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def find(self, kind: str) -> Any:
        """Data of the first block of a kind; ``None`` when the notebook shows none."""
        return next((piece.block["data"] for piece in self.pieces if piece.block["kind"] == kind), None)


class _Cell:
    """A cell that is read: its options, the problems found in it, and where its pictures are."""

    def __init__(self, number: int, cell: NotebookNode, folder: Path, problems: list[Problem]) -> None:
        self.number, self.cell, self.folder, self.problems = number, cell, folder, problems
        self.options: dict[str, list[str]] = {}
        for name, text in _OPTION.findall(cell.source):
            self.options.setdefault(name, []).append(text.strip("\"'"))

    def refuse(self, found: str, expected: str, advice: str) -> None:
        first = next((line for line in self.cell.source.splitlines() if line.strip() and line[:2] != "#|"), "")
        self.problems.append(Problem(f"cel {self.number} ({first.strip()[:60]})", found, expected, advice))

    def option(self, name: str) -> str:
        """The next value of an option; several outputs of one cell have several lines."""
        values = self.options.get(name, [])
        return values.pop(0) if values else ""


# ---- pictures


def _picture_svg(content: str | bytes, kind: str) -> tuple[str, float]:
    """A picture as SVG text, and its width on paper in mm; a bitmap is wrapped, at 150 dots an inch or less."""
    if kind == "svg":
        text = content if isinstance(content, str) else content.decode("utf-8")
        text = text[text.index("<svg") :]
        size = _SIZE.search(text)
        return text, min(_ROOM_MM, float(size[1]) * 25.4 / 72 if size else _ROOM_MM)
    data = base64.b64decode(content) if isinstance(content, str) else content
    width, height = _pixels(data, kind)
    code = base64.b64encode(data).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{code}"/></svg>'
    )
    return svg, min(_ROOM_MM, width * 25.4 / 100)


def _pixels(data: bytes, kind: str) -> tuple[int, int]:
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(data), formats=[kind.upper()]) as picture:
        return picture.size


def _figure(cell: _Cell, content: str | bytes, kind: str, alt: str, title: str) -> Node | None:
    try:
        svg, width = _picture_svg(content, kind)
    except (ValueError, OSError) as error:
        cell.refuse(f"een beeld dat niet te lezen is ({error})", "een beeld als PNG, JPEG, GIF of SVG", "")
        return None
    return {"kind": "figuur", "data": {"svg": svg, "alt": alt, "title": title, "note": "", "width_mm": round(width, 1)}}


def _drawn(cell: _Cell, data: Mapping[str, Any], kind: str) -> Node | None:
    alt, title = cell.option("fig-alt"), cell.option("fig-cap")
    if not alt:
        cell.refuse(
            "een figuur zonder tekst voor wie ze niet ziet",
            "een regel met die tekst bovenaan de cel, één per figuur",
            "Plak bovenaan de cel en vul aan:\n      #| fig-alt: Lijngrafiek van … tot …. De lijn stijgt van … naar ….",
        )
        return None
    content = data[kind]
    return _figure(cell, "".join(content) if isinstance(content, list) else content, _PICTURES[kind], alt, title)


# ---- markdown


@cache
def _parser() -> Callable[[str], Any]:
    """Markdown without HTML and without formulas: a dollar is a dollar."""
    return mistune.create_markdown(renderer=None, plugins=["table"])


_CODE_SPAN = re.compile(r"(`+)(?!`).+?\1")


def _protected(line: str) -> str:
    """A pipe inside code in a row of a table is no edge of a cell."""
    return _CODE_SPAN.sub(lambda m: re.sub(r"(?<!\\)\|", r"\\|", m[0]), line) if line.lstrip().startswith("|") else line


class _Markdown:
    """Turns the syntax tree of one text into nodes that page and paper know; the rest is refused."""

    _KNOWN = frozenset((
        "heading", "paragraph", "block_text", "list", "list_item", "block_quote", "thematic_break", "block_code",
        "text", "strong", "emphasis", "codespan", "softbreak", "linebreak", "link",
    ))  # fmt: skip

    def __init__(self, cell: _Cell) -> None:
        self.cell = cell

    def refuse(self, found: str, advice: str = "") -> None:
        self.cell.refuse(f"{found} in de tekst", "koppen, alinea's, lijsten, links, tabellen en beelden", advice)

    def read(self, source: str) -> list[Node]:
        return self.nodes(_parser()("\n".join(_protected(line) for line in source.splitlines())))

    def nodes(self, tokens: list[Node]) -> list[Node]:
        solid = [token for token in tokens if token["type"] != "blank_line"]
        result: list[Node] = []
        for before, token, after in zip([None, *solid], solid, [*solid[1:], None], strict=False):
            if token["type"] == "table":
                result += self.table(token, _caption(before))
            elif after is None or after["type"] != "table" or _caption(token) is None:
                result += self.node(token)
        return result

    def node(self, token: Node) -> list[Node]:
        kind, raw, children = token["type"], token.get("raw", ""), token.get("children", [])
        if kind.endswith("_html") and raw.lstrip().startswith("<!--"):
            return []
        if kind == "inline_html" and re.fullmatch(r"<br\s*/?>", raw):
            return [{"type": "linebreak"}]
        if kind == "paragraph" and [child["type"] for child in children] == ["image"]:
            return self.picture(children[0])
        if kind == "image":
            self.refuse("een beeld midden in een zin", "Zet het beeld in een alinea op zichzelf.")
        elif kind not in self._KNOWN:
            self.refuse(f"{raw.strip()[:40] or kind!r}", "Schrijf het in markdown, zonder HTML.")
        elif kind == "link" and not token["attrs"]["url"].startswith(("#", "https://", "http://", "mailto:")):
            self.refuse(f"een link naar {token['attrs']['url']!r}", "Geef een volledig adres, dat begint met https://.")
        elif kind == "paragraph" and any("|--" in str(child.get("raw")) for child in children):
            self.refuse("een tabel met een rij die te veel of te weinig cellen heeft", "Schrijf | in een cel als \\|.")
        raw = raw.replace("\\|", "|") if kind == "codespan" else raw
        return [{"type": kind, "raw": raw, "children": self.nodes(children), "attrs": token.get("attrs", {})}]

    def picture(self, token: Node) -> list[Node]:
        address, alt = unquote(token["attrs"]["url"]), _plain(token.get("children", []))
        if not alt or _FILE_NAME.match(alt):
            self.refuse("een beeld zonder tekst voor wie het niet ziet", f"Schrijf ![Wat het beeld toont]({address}).")
            return []
        content, kind = self.picture_bytes(address)
        figure = _figure(self.cell, content, kind, alt, token["attrs"].get("title") or "") if kind else None
        return [{"type": "figuur", "data": figure["data"]}] if figure else []

    def picture_bytes(self, address: str) -> tuple[str | bytes, str]:
        """Content and kind of a pasted picture or of a file beside the notebook; no kind when there is none."""
        bundle = self.cell.cell.get("attachments", {}).get(address.removeprefix("attachment:"), {})
        if kind := next((kind for kind in _PICTURES if kind in bundle), ""):
            return base64.b64decode(bundle[kind]), _PICTURES[kind]
        if "://" not in address and (path := self.cell.folder / address).is_file():
            return path.read_bytes(), path.suffix.lower().lstrip(".").replace("jpg", "jpeg")
        self.refuse(
            f"een beeld dat er niet is ({address})", "Plak het in de cel, of zet het bestand naast het notebook."
        )
        return b"", ""

    def table(self, token: Node, caption: list[Node] | None) -> list[Node]:
        if not caption:
            advice = "Zet er een alinea en een lege regel boven:\n      Tabel: Wat deze tabel toont"
            self.refuse("een tabel zonder titel", advice)
            return []
        head, *body = token["children"]
        rows = [head["children"], *(row["children"] for part in body for row in part["children"])]
        cells = [[self.nodes(cell["children"]) for cell in row] for row in rows]
        align = [cell["attrs"].get("align") or "left" for cell in rows[0]]
        return [
            {
                "type": "tabel",
                "data": {"caption": self.nodes(caption), "head": cells[0], "align": align, "rows": cells[1:]},
            }
        ]


def _plain(nodes: list[Node]) -> str:
    return "".join(node.get("raw", "") or _plain(node.get("children", [])) for node in nodes).strip()


def _caption(token: Node | None) -> list[Node] | None:
    """Inline tokens of a paragraph ``Tabel: …`` without that mark; ``None`` for any other token."""
    children = token.get("children") if token and token["type"] == "paragraph" else None
    if not children or not children[0].get("raw", "").startswith("Tabel:"):
        return None
    return [{**children[0], "raw": children[0]["raw"].removeprefix("Tabel:").lstrip()}, *children[1:]]


# ---- outputs


def _text_block(cell: _Cell, source: str) -> Node | None:
    nodes = _Markdown(cell).read(source)
    return {"kind": "markdown", "data": {"nodes": nodes}} if nodes else None


def _parsed(cell: _Cell, data: Any) -> Any:
    """Data of a block of lekp, with the syntax tree beside every text that is markdown."""
    if isinstance(data, list):
        return [_parsed(cell, item) for item in data]
    if not isinstance(data, dict):
        return data
    parsed = {key: _parsed(cell, value) for key, value in data.items()}
    return parsed | {"nodes": _Markdown(cell).read(data["markdown"])} if "markdown" in data else parsed


def _lines_block(text: str) -> Node | None:
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return {"kind": "uitvoer", "data": {"lines": lines}} if any(lines) else None


def _tables(cell: _Cell, source: str) -> Node | None:
    """A table of pandas, or of anything that shows itself as one table."""
    root = lxml_html.fragment_fromstring(source, create_parent="div")
    found = root.findall(".//table")
    if len(found) != 1:
        cell.refuse("HTML", "een tabel, een figuur of tekst", "Gebruik display(Markdown(…)) voor tekst.")
        return None
    title = cell.option("tbl-cap") or (found[0].findtext("caption") or "").strip()
    if not title:
        cell.refuse(
            "een tabel zonder titel",
            "een regel met de titel bovenaan de cel",
            "Plak bovenaan de cel en vul aan:\n      #| tbl-cap: Wat deze tabel toont",
        )
        return None
    table = pandas_table(root, found[0], title)
    if isinstance(table, str):
        cell.refuse(table, "een tabel die op een blad past", 'Kies de kolommen: tabel[["kolom 1", "kolom 2"]].')
        return None
    return {"kind": "tabel", "data": table}


def _plain_result(cell: _Cell, text: str, has_picture: bool) -> Node | None:
    """The last value of a cell that has no richer form."""
    if _OBJECT.match(text.strip()):
        if not has_picture:
            cell.refuse(
                f"de uitvoer {text.strip()[:60]!r}, die een lezer niets zegt",
                "een tabel, een figuur of tekst",
                "Zet een puntkomma achter de laatste regel, of geef de cel de tag 'niet-in-verslag'.",
            )
        return None
    if "dtype:" in text:
        cell.refuse("een reeks (Series) van pandas", "een tabel", 'Toon ze als tabel: reeks.to_frame("naam").')
        return None
    return _lines_block(text.strip().strip("'"))


def _shown(cell: _Cell, data: Mapping[str, Any], has_picture: bool) -> Node | None:
    """One rich output as a block; ``None`` when there is nothing to show or a problem was noted."""
    joined = {kind: "".join(value) if isinstance(value, list) else value for kind, value in data.items()}
    picture = next((kind for kind in _PICTURES if kind in data), None)
    if "text/markdown" in data:
        return _text_block(cell, joined["text/markdown"])
    if picture:
        return _drawn(cell, data, picture)
    if "text/html" in data:
        return _tables(cell, joined["text/html"])
    others = sorted(set(data) - {"text/plain"})
    if others:
        cell.refuse(
            f"uitvoer van de soort {others[0]}", "een tabel, een figuur of tekst", "Toon ze als figuur of tabel."
        )
        return None
    return _plain_result(cell, joined.get("text/plain", ""), has_picture)


def _code_pieces(cell: _Cell, contents: Contents) -> Iterator[tuple[Node, str]]:
    outputs = cell.cell.get("outputs", [])
    has_picture = any(kind in output.get("data", {}) for output in outputs for kind in _PICTURES)
    for output in outputs:
        block: Node | None = None
        html = ""
        if output.output_type == "stream" and output.name == "stderr":
            contents.warnings.append(f"cel {cell.number}: {output.text.strip()}")
        elif output.output_type == "stream":
            block = _lines_block(output.text)
        elif output.output_type == "error":
            cell.refuse(
                f"{output.ename}: {output.evalue}", "een cel zonder fout", "Verbeter de cel en voer alles opnieuw uit."
            )
        elif MIME_JSON in output.data:
            block = dict(output.data[MIME_JSON])
            contents.facts = (block.pop("facts", None) or {}) | contents.facts  # the first block speaks for all
            html = _STYLE.sub("", "".join(output.data["text/html"])).strip()
            # A chapter that has nothing to say here is no block.
            block = {**block, "data": _parsed(cell, block["data"])} if html else None
        else:
            block = _shown(cell, output.data, has_picture)
        if block:
            yield block, html


def read_contents(notebook: NotebookNode, folder: Path) -> Contents:
    """Read an executed notebook.

    Parameters
    ----------
    notebook
        Executed notebook.
    folder
        Folder of the notebook that the analyst edits; pictures of markdown cells are looked up there.

    Raises
    ------
    ReportProblems
        With everything that cannot stand in a report: cell, reason and line to paste, all at once.
    """
    contents, problems = Contents(), list[Problem]()
    for number, node in own_cells(notebook):
        tags = frozenset(node.metadata.get("tags", []))
        if HIDDEN_TAG in tags:
            continue
        cell = _Cell(number, node, folder, problems)
        if node.cell_type == "markdown":
            block = _text_block(cell, node.source)
            contents.pieces += [Piece(number, block, "", tags)] if block else []
        elif node.cell_type == "code":
            for block, html in _code_pieces(cell, contents):
                contents.pieces.append(Piece(number, block, html, tags))
    if problems:
        raise ReportProblems("dit notebook kan nog geen verslag worden", problems)
    return contents


# ---- about the report as a whole

#: About the report as a whole, as the blocks of lekp tell it; a notebook without them has these. ``built`` is the only
#: clock of the document; ``logo`` a PNG as ``data:`` address, ``logo_aspect`` its width divided by its height.
_FACTS: dict[str, Any] = {
    "title": "", "description": "", "keywords": (), "place": "", "year": None, "edition": "", "run": "", "banner": "",
    "built": "", "licence": "", "accent": "", "logo": "", "logo_aspect": 1.0,
}  # fmt: skip


def report_facts(contents: Contents) -> dict[str, Any]:
    """The facts, with the words that stand on every page and the moment of the build."""
    facts = _FACTS | contents.facts
    head = " ".join(filter(None, ("Klimaatpactverslag", str(facts["year"] or ""))))
    facts["running"] = ", ".join(filter(None, (head, facts["place"])))
    facts["moment"] = dt.datetime.fromisoformat(facts["built"]) if facts["built"] else None
    return facts


def logo_size(facts: dict[str, Any], widest: float, highest: float) -> tuple[float, float]:
    """Width and height of the logo inside a room, with its own proportions."""
    aspect = facts["logo_aspect"]
    return (highest * aspect, highest) if highest * aspect <= widest else (widest, widest / aspect)
