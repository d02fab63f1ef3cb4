"""Plain SVG out of what matplotlib writes: no style sheets, no shared symbols, no repeated ids.

Those get lost or clash when many drawings stand on one page or enter Typst (spec performance.md 5).
"""

from __future__ import annotations

import copy
import re

from lxml import etree

from lekp_lib.errors import BlockError
from lekp_lib.site.oud.svg import FONT_FAMILY

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(
    r"^(?:(?P<style>italic|oblique|normal)\s+)?(?:small-caps\s+)?(?:(?P<weight>\d{3}|bold|bolder|lighter|normal)\s+)?"
    r"(?:[a-z-]+\s+)?(?P<size>[\d.]+)px\s+(?P<family>.+)$"
)
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def _family(names: str) -> str:
    """Font names without quotes; our own font with the same fallbacks as everywhere."""
    plain = names.replace("'", "").replace('"', "")
    return FONT_FAMILY if plain.startswith("Source Sans Pro") else plain


def _expand_font(shorthand: str) -> dict[str, str]:
    """``600 9px 'Source Sans Pro'`` as separate attributes."""
    found = _FONT.match(shorthand.strip())
    if not found:
        raise BlockError(f"font {shorthand!r} in a drawing; expected [style] [weight] <size>px <family>")
    attributes = {
        "font-family": _family(found["family"]),
        "font-size": found["size"],
    }
    if found["weight"] not in (None, "normal", "400"):
        attributes["font-weight"] = found["weight"]
    if found["style"] not in (None, "normal"):
        attributes["font-style"] = found["style"]
    return attributes


def _value(node: etree._Element, name: str) -> str:
    """Attribute as text; empty when absent."""
    return str(node.get(name) or "")


def _without(node: etree._Element, name: str) -> str:
    """Remove an attribute and say what it was."""
    value = _value(node, name)
    if name in node.attrib:
        del node.attrib[name]
    return value


def _style_to_attributes(node: etree._Element) -> None:
    """Move ``style`` into presentation attributes; a style wins from an attribute of the same name."""
    for declaration in _without(node, "style").split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        if name == "font":
            for key, part in _expand_font(value).items():
                node.set(key, part)
        elif name == "font-family":
            node.set(name, _family(value))
        elif name:
            node.set(name, value.removesuffix("px"))


def _resolve_use(node: etree._Element, by_id: dict[str, etree._Element]) -> None:
    """Put a copy of the symbol in the place of a ``<use>``."""
    holder = etree.Element(f"{_SVG}g")
    for name in [str(name) for name in node.attrib]:
        if name not in ("x", "y", _HREF):
            holder.set(name, _value(node, name))
    x, y = _value(node, "x") or "0", _value(node, "y") or "0"
    moved = f"translate({x} {y})"
    holder.set("transform", f"{_value(holder, 'transform')} {moved}".strip())
    symbol = copy.deepcopy(by_id[_value(node, _HREF)[1:]])
    _without(symbol, "id")
    holder.append(symbol)
    parent = node.getparent()
    assert parent is not None
    parent.replace(node, holder)


def _tidy_ids(root: etree._Element, prefix: str) -> None:
    """Keep only ids that something refers to, each with the prefix."""
    used: set[str] = set()
    for node in root.iter(etree.Element):
        for name in [str(name) for name in node.attrib]:
            value = _value(node, name)
            names = _REFERENCE.findall(value)
            used.update(names)
            if names:
                node.set(name, _REFERENCE.sub(lambda found: f"url(#{prefix}-{found[1]})", value))
    for node in root.iter(etree.Element):
        own = _without(node, "id")
        if own in used:
            node.set("id", f"{prefix}-{own}")
        _without(node, "class")


def _drop_unused(root: etree._Element) -> None:
    """Remove metadata, style sheets, comments and definitions that nothing refers to."""
    etree.strip_elements(root, f"{_SVG}metadata", f"{_SVG}style", etree.Comment, with_tail=False)
    for definitions in root.findall(f".//{_SVG}defs"):
        for child in list(definitions):
            if child.get("id") is None:
                definitions.remove(child)
        parent = definitions.getparent()
        if len(definitions) == 0 and parent is not None:
            parent.remove(definitions)


def _flatten(root: etree._Element) -> None:
    """Unwrap groups without attributes, drop empty ones, and do away with turns by nothing."""
    for node in list(root.iter(f"{_SVG}g", f"{_SVG}text")):
        if re.fullmatch(r"rotate\(-?0(\.0*)?( [-\d.]+ [-\d.]+)?\)", _value(node, "transform")):
            del node.attrib["transform"]
    for node in reversed(list(root.iter(f"{_SVG}g"))):
        parent = node.getparent()
        if parent is None:
            continue
        if len(node) == 0:
            parent.remove(node)
        elif not node.attrib:
            index = parent.index(node)
            for child in reversed(list(node)):
                parent.insert(index, child)
            parent.remove(node)
    for node in root.iter(etree.Element):
        if node.tag != f"{_SVG}text" and node.text is not None and not node.text.strip():
            node.text = None
        node.tail = None if node.tail is None or not node.tail.strip() else node.tail


def _shorter_numbers(root: etree._Element) -> None:
    """Two decimals are enough at this size."""
    for node in root.iter(etree.Element):
        for name in ("d", "x", "y", "transform", "x1", "x2", "y1", "y2", "points", "width", "height"):
            if name in node.attrib:
                node.set(name, _NUMBER.sub(lambda found: f"{float(found[0]):.2f}", _value(node, name)))


def plain_svg(source: bytes, id_prefix: str) -> str:
    """Elements of an SVG file with presentation attributes only.

    Parameters
    ----------
    source
        SVG file as matplotlib writes it.
    id_prefix
        Start of the ids that remain (clip paths, hatches).

    Returns
    -------
    str
        Elements without the ``<svg>`` around them.

    Raises
    ------
    BlockError
        When the drawing has a font that cannot be written as attributes.
    """
    root = etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True))
    by_id = {_value(node, "id"): node for node in root.iter(etree.Element)}
    for node in root.iter(etree.Element):
        _style_to_attributes(node)
        if node.get("font-family") == FONT_FAMILY:  # the font of every document around a drawing
            del node.attrib["font-family"]
    for node in list(root.iter(f"{_SVG}use")):
        _resolve_use(node, by_id)
    _drop_unused(root)
    _tidy_ids(root, id_prefix)
    _flatten(root)
    _shorter_numbers(root)
    inner = "".join(etree.tostring(child, encoding="unicode") for child in root)
    inner = re.sub(r' xmlns(:\w+)?="[^"]*"', "", inner)
    return f'<g stroke-linejoin="round" stroke-linecap="butt">{inner}</g>'
