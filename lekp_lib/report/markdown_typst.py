"""Markdown cells as Typst, with the same parser that nbconvert uses for the web page.

Whatever the converter does not know is refused: something that stands in the web page and silently misses on paper
would be a gap (spec design.md 10.2). All text enters as code strings, so nothing in it is read as markup (10.3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from nbconvert.filters.markdown_mistune import MarkdownWithMath

from lekp_lib.errors import ReportError
from lekp_lib.present.block import typst_string, typst_text

Token = dict[str, Any]

#: A paragraph that begins so, right above a table, is the caption of the table.
CAPTION_MARK = "Tabel:"


@cache
def _parser() -> MarkdownWithMath:
    """The parser without a renderer gives the syntax tree."""
    return MarkdownWithMath(renderer=None)  # type: ignore[arg-type]


def _refuse(token: Token, found: str = "") -> ReportError:
    kind = found or token["type"].replace("_", " ")
    text = str(token.get("raw") or token.get("text") or "").strip()
    shown = f" ({text[:60]!r})" if text else ""
    return ReportError(
        f"markdown: found {kind}{shown}, which paper cannot show; expected headings, paragraphs, bold, italic, lists, "
        "links, code words, quotes, lines and tables. Use a block of lekp for anything else."
    )


def _children(token: Token) -> str:
    return "".join(_inline(child) for child in token.get("children", ()))


def _link(token: Token) -> str:
    address = token["attrs"]["url"]
    if address.startswith("#"):
        # Anchors of the web page need not exist on paper; the words stay.
        return _children(token)
    if not address.startswith(("https://", "http://", "mailto:")):
        raise _refuse(token, f"a link to {address!r}")
    return f"#link({typst_string(address)})[{_children(token)}];"


_INLINE: dict[str, Callable[[Token], str]] = {
    "text": lambda token: typst_text(token["raw"]),
    "strong": lambda token: f"#strong[{_children(token)}];",
    "emphasis": lambda token: f"#emph[{_children(token)}];",
    "codespan": lambda token: f"#raw({typst_string(token['raw'])});",
    "link": _link,
    "softbreak": lambda token: " ",
    "linebreak": lambda token: "#linebreak();",
}


def _inline(token: Token) -> str:
    if token["type"] not in _INLINE:
        raise _refuse(token)
    return _INLINE[token["type"]](token)


def _heading(token: Token) -> str:
    return f"#heading(level: {token['attrs']['level']})[{_children(token)}]\n\n"


def _list(token: Token) -> str:
    name = "enum" if token["attrs"].get("ordered") else "list"
    start = token["attrs"].get("start", 1)
    options = f"start: {start}, " if name == "enum" and start != 1 else ""
    items = []
    for item in token["children"]:
        if item["type"] != "list_item":
            raise _refuse(item)
        items.append(f"[{_blocks(item['children']).strip()}]")
    return f"#{name}({options}{', '.join(items)})\n\n"


def _row(cells: Sequence[Token]) -> str:
    return ", ".join(f"[{_children(cell)}]" for cell in cells)


def _table(token: Token, caption: str = "") -> str:
    parts = {part["type"]: part["children"] for part in token["children"]}
    heads = parts["table_head"]
    align = ", ".join(cell["attrs"].get("align") or "left" for cell in heads)
    rows = "".join(f", {_row(row['children'])}" for row in parts.get("table_body", ()))
    table = f"table(columns: {len(heads)}, align: ({align},), table.header({_row(heads)}){rows})"
    title = f"caption: figure.caption(position: top)[{caption}], " if caption else ""
    return f"#figure(kind: table, supplement: none, numbering: none, outlined: false, {title}{table})\n\n"


_BLOCK: dict[str, Callable[[Token], str]] = {
    "heading": _heading,
    "paragraph": lambda token: f"{_children(token)}\n\n",
    "block_text": _children,
    "list": _list,
    "block_quote": lambda token: f"#quote(block: true)[{_blocks(token['children']).strip()}]\n\n",
    "thematic_break": lambda token: "#lekp-rule\n\n",
    "table": _table,
    "blank_line": lambda token: "",
}


def _caption(token: Token) -> str | None:
    """Caption in a paragraph ``Tabel: ...``, without the mark; ``None`` for any other paragraph."""
    children = token.get("children") or []
    if token["type"] != "paragraph" or not children or not children[0].get("raw", "").startswith(CAPTION_MARK):
        return None
    first = {**children[0], "raw": children[0]["raw"].removeprefix(CAPTION_MARK).lstrip()}
    return "".join(_inline(child) for child in [first, *children[1:]])


def _blocks(tokens: Sequence[Token]) -> str:
    solid = [token for token in tokens if token["type"] != "blank_line"]
    parts: list[str] = []
    for index, token in enumerate(solid):
        following = solid[index + 1]["type"] if index + 1 < len(solid) else ""
        if following == "table" and _caption(token) is not None:
            continue
        if token["type"] == "table":
            caption = _caption(solid[index - 1]) if index else None
            parts.append(_table(token, caption or ""))
        elif token["type"] in _BLOCK:
            parts.append(_BLOCK[token["type"]](token))
        else:
            raise _refuse(token)
    return "".join(parts)


def markdown_typst(source: str) -> str:
    """Typst markup of one markdown cell.

    Parameters
    ----------
    source
        Markdown; headings, paragraphs, bold, italic, lists, links, code words, quotes, lines, tables. A paragraph
        ``Tabel: ...`` right above a table is its caption.

    Returns
    -------
    str
        Typst markup that ends with a blank line. ``#lekp-rule`` is defined in ``templates/lekp.typ``.

    Raises
    ------
    ReportError
        When the markdown holds anything else: HTML, pictures, formulas, code blocks, struck text.

    Examples
    --------
    >>> print(markdown_typst("Een *zin*.").strip())
    #"Een ";#emph[#"zin";];#".";
    """
    tokens: list[Token] = _parser()(source)  # type: ignore[assignment]
    return _blocks(tokens)
