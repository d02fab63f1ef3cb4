"""An executed notebook as blocks in reading order: those of lekp as they are, ordinary outputs turned into one.

Nothing that a cell of the report shows is lost: it becomes a block, or a problem that names the cell, the reason and
the line to paste. Title, caption and text alternative of an ordinary output come from lines at the top of its cell::

    #| tbl-cap: Bomen per wijk
    #| fig-cap: Bomen per jaar
    #| fig-alt: Lijngrafiek van 2021 tot 2025. Het aantal bomen stijgt van 100 naar 4.310.
"""

import base64
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import mistune
from lxml.html import HtmlElement, fragment_fromstring
from nbformat import NotebookNode
from PIL import Image

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.present.blocks import MIME_JSON
from lekp_lib.present.format import number
from lekp_lib.present.tables import MISSING, cell_text
from lekp_lib.report.engine import HIDDEN_TAG, own_cells

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


_CODE_SPAN = re.compile(r"(`+)(?!`).+?\1")
#: Nodes of markdown that page and paper know.
_KNOWN = frozenset((
    "heading", "paragraph", "block_text", "list", "list_item", "block_quote", "thematic_break", "block_code",
    "text", "strong", "emphasis", "codespan", "softbreak", "linebreak", "link",
))  # fmt: skip


def _protected(line: str) -> str:
    """A pipe inside code in a row of a table is no edge of a cell."""
    return _CODE_SPAN.sub(lambda m: re.sub(r"(?<!\\)\|", r"\\|", m[0]), line) if line.lstrip().startswith("|") else line


def _plain(nodes: list[Node]) -> str:
    return "".join(node.get("raw", "") or _plain(node.get("children", [])) for node in nodes).strip()


def _caption(token: Node | None) -> list[Node] | None:
    """Inline tokens of a paragraph ``Tabel: …`` without that mark; ``None`` for any other token."""
    children = token.get("children") if token and token["type"] == "paragraph" else None
    if not children or not children[0].get("raw", "").startswith("Tabel:"):
        return None
    return [{**children[0], "raw": children[0]["raw"].removeprefix("Tabel:").lstrip()}, *children[1:]]


class _Cell:
    """A cell that is read: its options, the problems found in it, where its pictures are, and its markdown as nodes."""

    def __init__(self, number: int, cell: NotebookNode, folder: Path, problems: list[Problem]) -> None:
        self.number, self.cell, self.folder, self.problems = number, cell, folder, problems
        self.options = [(name, text.strip("\"'")) for name, text in _OPTION.findall(cell.source)]

    def refuse(self, found: str, expected: str, advice: str) -> Node | None:
        """Note a problem; nothing can be shown then."""
        first = next((line for line in self.cell.source.splitlines() if line.strip() and line[:2] != "#|"), "")
        self.problems.append(Problem(f"cel {self.number} ({first.strip()[:60]})", found, expected, advice))
        return None

    def refuse_text(self, found: str, advice: str = "") -> None:
        self.refuse(f"{found} in de tekst", "koppen, alinea's, lijsten, links, tabellen en beelden", advice)

    def option(self, name: str) -> str:
        """The next value of an option; several outputs of one cell have several lines."""
        place = next((place for place, (given, _) in enumerate(self.options) if given == name), None)
        return "" if place is None else self.options.pop(place)[1]

    def markdown(self, source: str) -> list[Node]:
        """The syntax tree of a text as nodes that page and paper know; the rest is refused."""
        text = "\n".join(_protected(line) for line in source.splitlines())
        tokens: Any = mistune.markdown(text, renderer=None, plugins=("table",))  # no formulas: a dollar is a dollar
        return self._nodes(tokens)

    def _nodes(self, tokens: list[Node]) -> list[Node]:
        solid = [token for token in tokens if token["type"] != "blank_line"]
        result: list[Node] = []
        for before, token, after in zip([None, *solid], solid, [*solid[1:], None], strict=False):
            if token["type"] == "table":
                result += self._table(token, _caption(before))
            elif after is None or after["type"] != "table" or _caption(token) is None:
                result += self._node(token)
        return result

    def _node(self, token: Node) -> list[Node]:
        kind, raw, children = token["type"], token.get("raw", ""), token.get("children", [])
        if kind.endswith("_html") and raw.lstrip().startswith("<!--"):
            return []
        if kind == "inline_html" and re.fullmatch(r"<br\s*/?>", raw):
            return [{"type": "linebreak"}]
        if kind == "paragraph" and [child["type"] for child in children] == ["image"]:
            return self._picture(children[0])
        if kind == "image":
            self.refuse_text("een beeld midden in een zin", "Zet het beeld in een alinea op zichzelf.")
        elif kind not in _KNOWN:
            self.refuse_text(f"{raw.strip()[:40] or kind!r}", "Schrijf het in markdown, zonder HTML.")
        elif kind == "link" and not token["attrs"]["url"].startswith(("#", "https://", "http://", "mailto:")):
            advice = "Geef een volledig adres, dat begint met https://."
            self.refuse_text(f"een link naar {token['attrs']['url']!r}", advice)
        elif kind == "paragraph" and any("|--" in str(child.get("raw")) for child in children):
            advice = "Schrijf | in een cel als \\|."
            self.refuse_text("een tabel met een rij die te veel of te weinig cellen heeft", advice)
        raw = raw.replace("\\|", "|") if kind == "codespan" else raw
        return [{"type": kind, "raw": raw, "children": self._nodes(children), "attrs": token.get("attrs", {})}]

    def _picture(self, token: Node) -> list[Node]:
        """A pasted picture, or a file beside the notebook."""
        address, alt = unquote(token["attrs"]["url"]), _plain(token.get("children", []))
        title = token["attrs"].get("title") or ""
        bundle = self.cell.get("attachments", {}).get(address.removeprefix("attachment:"), {})
        figure = None
        if not alt or _FILE_NAME.match(alt):
            advice = f"Schrijf ![Wat het beeld toont]({address})."
            self.refuse_text("een beeld zonder tekst voor wie het niet ziet", advice)
        elif kind := next((kind for kind in _PICTURES if kind in bundle), ""):
            figure = self.figure(base64.b64decode(bundle[kind]), _PICTURES[kind], alt, title)
        elif "://" not in address and (path := self.folder / address).is_file():
            kind = path.suffix.lower().lstrip(".").replace("jpg", "jpeg")
            figure = self.figure(path.read_bytes(), kind, alt, title)
        else:
            advice = "Plak het in de cel, of zet het bestand naast het notebook."
            self.refuse_text(f"een beeld dat er niet is ({address})", advice)
        return [{"type": "figuur", "data": figure["data"]}] if figure else []

    def _table(self, token: Node, caption: list[Node] | None) -> list[Node]:
        if not caption:
            advice = "Zet er een alinea en een lege regel boven:\n      Tabel: Wat deze tabel toont"
            self.refuse_text("een tabel zonder titel", advice)
            return []
        head, *body = token["children"]
        rows = [head["children"], *(row["children"] for part in body for row in part["children"])]
        cells = [[self._nodes(cell["children"]) for cell in row] for row in rows]
        align = [cell["attrs"].get("align") or "left" for cell in rows[0]]
        data = {"caption": self._nodes(caption), "head": cells[0], "align": align, "rows": cells[1:]}
        return [{"type": "tabel", "data": data}]

    def figure(self, content: str | bytes, kind: str, alt: str, title: str) -> Node | None:
        """A picture as SVG text, and its width on paper in mm; a bitmap is wrapped, at 100 dots an inch."""
        try:
            if kind == "svg":
                text = content if isinstance(content, str) else content.decode("utf-8")
                svg = text[text.index("<svg") :]
                size = _SIZE.search(svg)
                width_mm = float(size[1]) * 25.4 / 72 if size else _ROOM_MM
            else:
                data = base64.b64decode(content) if isinstance(content, str) else content
                with Image.open(io.BytesIO(data), formats=[kind.upper()]) as picture:
                    width, height = picture.size
                address = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
                svg, width_mm = wrapped(address, width, height), width * 25.4 / 100
        except (ValueError, OSError) as error:
            return self.refuse(f"een beeld dat niet te lezen is ({error})", "een beeld als PNG, JPEG, GIF of SVG", "")
        width_mm = round(min(_ROOM_MM, width_mm), 1)
        return {"kind": "figuur", "data": {"svg": svg, "alt": alt, "title": title, "note": "", "width_mm": width_mm}}


def wrapped(address: str, width: float, height: float) -> str:
    """A bitmap, of which ``address`` holds the bytes, inside an SVG of its size."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{address}"/></svg>'
    )


# ---- tables of pandas, from the HTML in which a notebook keeps them

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?= 00:00:00$|$)")
_ABSENT = {"nan", "none", "nat", "<na>", ""}
#: What a letter and the air between two columns take of the room on paper in a table.
_LETTER_MM, _AIR_MM = 1.6, 3.0


def _columns(rows: Sequence[HtmlElement]) -> list[list[str]]:
    """Texts of some rows by column; one that spans rows or columns stands in each of them."""
    grid: list[dict[int, str]] = [{} for _ in rows]
    for index, row in enumerate(rows):
        for cell in row.iterchildren("th", "td"):
            column = next(place for place in range(10_000) if place not in grid[index])
            text = " ".join(cell.text_content().split())
            for down in range(index, min(index + int(cell.get("rowspan") or 1), len(grid))):
                grid[down] |= {column + across: text for across in range(int(cell.get("colspan") or 1))}
    return [list(column) for column in zip(*([row[key] for key in sorted(row)] for row in grid), strict=True)]


def _value(text: str) -> Any:
    """What a cell held before pandas printed it, as far as a reader can tell."""
    if text.lower() in _ABSENT:
        return None
    if _NUMBER.fullmatch(text) or text.lower() in ("true", "false"):
        return json.loads(text.lower())
    found = _DATE.match(text)
    return dt.date.fromisoformat(found[0]) if found else text


def _dutch(head: str, values: Sequence[Any]) -> list[str]:
    """Cells of one column in Dutch, its numbers with as many decimals as they need."""
    floats = [Decimal(repr(value)) for value in values if isinstance(value, float)]
    most = 2 if any(abs(item) >= 1 for item in floats) else 4
    places = min(most, max([0, *(-int(item.normalize().as_tuple().exponent) for item in floats)]))
    whole = [int(value) if isinstance(value, float) and not places else value for value in values]
    return [cell_text(value, head, places) for value in whole]


def _pandas_table(root: HtmlElement, table: HtmlElement, caption: str) -> dict[str, Any] | str:
    """Data of a block ``tabel`` from the HTML of a DataFrame or a Styler, whose own formats stay as they are.

    ``root`` is what stands around the table: pandas says there how many rows there are when it leaves some out.
    In words what is wrong, when it cannot be shown.
    """
    heads, texts = (_columns(table.xpath(f"./{part}/tr")) for part in ("thead", "tbody"))
    if not texts or len(heads) != len(texts):
        return "een tabel zonder rijen of zonder kolomkoppen"
    index = len(table.xpath("./tbody/tr[1]/th"))
    # The names of the index stand in the last row of the heads, those of the columns on several levels.
    labels = [next(filter(None, reversed(head)), "") for head in heads[:index]]
    labels += [" · ".join(dict.fromkeys(filter(None, head))) for head in heads[index:]]
    if "geometry" in labels:
        return 'een tabel met een kolom "geometry"; laat die weg met drop(columns="geometry"), of teken ze met plot()'
    if index == 1 and len(labels) > 1 and not labels[0] and all(text.lstrip("-").isdigit() for text in texts[0]):
        labels, texts = labels[1:], texts[1:]  # an index that only counts
    values = [[_value(text) for text in column] for column in texts]
    if (table.get("id") or "").startswith("T_"):  # of a Styler
        cells = [[MISSING if text.lower() in _ABSENT else text for text in column] for column in texts]
    else:
        cells = [_dutch(label, column) for label, column in zip(labels, values, strict=True)]
    labels = [label or "onderdeel" for label in labels]
    words = [" ".join([label, *column]).split(" ") for label, column in zip(labels, cells, strict=True)]
    if sum(max(map(len, column)) * _LETTER_MM + _AIR_MM for column in words) > _ROOM_MM:
        return f"een tabel van {len(labels)} kolommen, te breed voor papier"
    numeric = [any(type(value) in (int, float) for value in column) for column in values]
    size = next((re.findall(r"\d+", item.text_content()) for item in root.iter("p")), [])
    return {
        "caption": caption,
        "columns": [{"label": label, "numeric": right} for label, right in zip(labels, numeric, strict=True)],
        "parts": [{"label": "", "rows": [list(row) for row in zip(*cells, strict=True)]}],
        "note": f"Niet alle {number(int(size[0]))} rijen zijn getoond." if size else "", "marks": {}, "closed": False,
    }  # fmt: skip


# ---- outputs


def _text_block(cell: _Cell, source: str) -> Node | None:
    nodes = cell.markdown(source)
    return {"kind": "markdown", "data": {"nodes": nodes}} if nodes else None


def _parsed(cell: _Cell, data: Any) -> Any:
    """Data of a block of lekp for paper: markdown with its syntax tree, and no drawings for a telephone."""
    if isinstance(data, list):
        return [_parsed(cell, item) for item in data]
    if not isinstance(data, dict):
        return data
    parsed = {key: _parsed(cell, value) for key, value in data.items() if key != "narrow"}
    return parsed | {"nodes": cell.markdown(data["markdown"])} if "markdown" in data else parsed


def _lines_block(text: str) -> Node | None:
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return {"kind": "uitvoer", "data": {"lines": lines}} if any(lines) else None


def _table(cell: _Cell, source: str) -> Node | None:
    """A table of pandas, or of anything that shows itself as one table."""
    root = fragment_fromstring(source, create_parent="div")
    found = root.findall(".//table")
    if len(found) != 1:
        return cell.refuse("HTML", "een tabel, een figuur of tekst", "Gebruik display(Markdown(…)) voor tekst.")
    title = cell.option("tbl-cap") or (found[0].findtext("caption") or "").strip()
    if not title:
        advice = "Plak bovenaan de cel en vul aan:\n      #| tbl-cap: Wat deze tabel toont"
        return cell.refuse("een tabel zonder titel", "een regel met de titel bovenaan de cel", advice)
    table = _pandas_table(root, found[0], title)
    if isinstance(table, str):
        advice = 'Kies de kolommen: tabel[["kolom 1", "kolom 2"]].'
        return cell.refuse(table, "een tabel die op een blad past", advice)
    return {"kind": "tabel", "data": table}


def _plain_result(cell: _Cell, text: str, has_picture: bool) -> Node | None:
    """The last value of a cell that has no richer form."""
    if _OBJECT.match(text.strip()):
        found = f"de uitvoer {text.strip()[:60]!r}, die een lezer niets zegt"
        advice = "Zet een puntkomma achter de laatste regel, of geef de cel de tag 'niet-in-verslag'."
        return None if has_picture else cell.refuse(found, "een tabel, een figuur of tekst", advice)
    if "dtype:" in text:
        advice = 'Toon ze als tabel: reeks.to_frame("naam").'
        return cell.refuse("een reeks (Series) van pandas", "een tabel", advice)
    return _lines_block(text.strip().strip("'"))


_NO_ALTERNATIVE = (
    "een figuur zonder tekst voor wie ze niet ziet", "een regel met die tekst bovenaan de cel, één per figuur",
    "Plak bovenaan de cel en vul aan:\n      #| fig-alt: Lijngrafiek van … tot …. De lijn stijgt van … naar ….",
)  # fmt: skip


def _shown(cell: _Cell, output: NotebookNode, has_picture: bool) -> Node | None:
    """One rich output as a block; ``None`` when there is nothing to show or a problem was noted."""
    data = {kind: "".join(value) if isinstance(value, list) else value for kind, value in output.data.items()}
    if "text/markdown" in data:
        return _text_block(cell, data["text/markdown"])
    if picture := next((kind for kind in _PICTURES if kind in data), None):
        alt, title = cell.option("fig-alt"), cell.option("fig-cap")
        return cell.figure(data[picture], _PICTURES[picture], alt, title) if alt else cell.refuse(*_NO_ALTERNATIVE)
    if "text/html" in data:
        return _table(cell, data["text/html"])
    if others := sorted(set(data) - {"text/plain"}):
        found, advice = f"uitvoer van de soort {others[0]}", "Toon ze als figuur of tabel."
        return cell.refuse(found, "een tabel, een figuur of tekst", advice)
    return _plain_result(cell, data.get("text/plain", ""), has_picture)


def _code_pieces(cell: _Cell, contents: Contents) -> Iterator[tuple[Node, str]]:
    outputs = cell.cell.get("outputs", [])
    has_picture = any(kind in output.get("data", {}) for output in outputs for kind in _PICTURES)
    for output in outputs:
        block, html = None, ""
        if output.output_type == "stream" and output.name == "stderr":
            contents.warnings.append(f"cel {cell.number}: {output.text.strip()}")
        elif output.output_type == "stream":
            block = _lines_block(output.text)
        elif output.output_type == "error":
            advice = "Verbeter de cel en voer alles opnieuw uit."
            cell.refuse(f"{output.ename}: {output.evalue}", "een cel zonder fout", advice)
        elif MIME_JSON in output.data:
            data = output.data[MIME_JSON]
            contents.facts = data.get("facts", {}) | contents.facts  # the first block speaks for all
            html = _STYLE.sub("", "".join(output.data["text/html"])).strip()
            # A chapter that has nothing to say here is no block.
            block = {"kind": data["kind"], "data": _parsed(cell, data["data"])} if html else None
        else:
            block = _shown(cell, output, has_picture)
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
    for number_, node in own_cells(notebook):
        tags = frozenset(node.metadata.get("tags", []))
        if HIDDEN_TAG in tags or node.cell_type == "raw":
            continue
        cell = _Cell(number_, node, folder, problems)
        blocks = _code_pieces(cell, contents) if node.cell_type == "code" else [(_text_block(cell, node.source), "")]
        contents.pieces += [Piece(number_, block, html, tags) for block, html in blocks if block]
    ReportProblems.raise_any("dit notebook kan nog geen verslag worden", problems)
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
    width = min(widest, highest * facts["logo_aspect"])
    return width, width / facts["logo_aspect"]
