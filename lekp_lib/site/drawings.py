"""Drawings of a report stored once: what all reports share as files, what one page repeats as one definition.

A report draws the same map cells, dots and axes again and again. Nothing is drawn otherwise here: a run of paths
becomes an image of the same paths, a repeated run a reference, a repeated style a class.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import NamedTuple

from lekp_lib.site.context import link

_SVG = re.compile(r'<svg\b[^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>.*?</svg>', re.DOTALL)
#: What a drawing has from its page anyway.
_IDLE = re.compile(
    r' (?:xmlns|width|height|font-family|focusable)="[^"]*"(?=[^<>]*viewBox=)| font-family="Source[^"]*"'
)
_PATHS = re.compile(r'(?:<g><path d="[^"<>]*" style="[^"<>]*"/></g>)+')
_STYLE = re.compile(r' style="([^"<>]*)"')
_LEAF = r"<(?:path|image)\b[^<>]*/>|<text\b[^<>]*>[^<>]*</text>"
_ALONE = re.compile(rf"<g>({_LEAF})</g>")
_RUN = re.compile(rf"(?:{_LEAF}){{2,}}")
#: A shorter run of paths is not worth a request, a shorter repeated run not a name.
_WORTH_A_FILE, _WORTH_A_NAME = 1500, 150


class Shared(NamedTuple):
    """A page whose drawings are stored once: its HTML, the styles of its drawings, the files that they show."""

    html: str
    styles: str
    files: dict[str, bytes]


def _repeated(pattern: re.Pattern[str], html: str) -> list[str]:
    """What drawings of a page hold more than once, most often first."""
    counts = Counter(found for svg in _SVG.finditer(html) for found in pattern.findall(svg[0]))
    return [found for found, count in counts.most_common() if count > 1]


def share_drawings(html: str, here: str) -> Shared:
    """Store the drawings of a page once.

    Parameters
    ----------
    html
        Contents of a report.
    here
        Path of the page that shows it.

    Returns
    -------
    Shared
        The name of each file is the hash of its content, so that all reports share it.
    """
    files: dict[str, bytes] = {}

    def as_files(drawing: re.Match[str]) -> str:
        size = f'width="{drawing[1]}" height="{drawing[2]}"'

        def as_image(run: re.Match[str]) -> str:
            if len(run[0]) < _WORTH_A_FILE:
                return run[0]
            box = f'viewBox="0 0 {drawing[1]} {drawing[2]}"'
            content = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{run[0]}</svg>\n'.encode()
            path = f"assets/tekening/{hashlib.sha256(content).hexdigest()[:16]}.svg"
            files[path] = content
            return f'<image href="{link(here, path)}" {size}/>'

        return _ALONE.sub(r"\1", _PATHS.sub(as_image, _IDLE.sub("", drawing[0])))

    html = _SVG.sub(as_files, html)
    classes = {style: f"t{number}" for number, style in enumerate(_repeated(_STYLE, html))}

    def as_class(style: re.Match[str]) -> str:
        return f' class="{classes[style[1]]}"' if style[1] in classes else style[0]

    html = _SVG.sub(lambda drawing: _STYLE.sub(as_class, drawing[0]), html)
    names = {run: f"h{number}" for number, run in enumerate(_repeated(_RUN, html)) if len(run) >= _WORTH_A_NAME}
    defined: set[str] = set()

    def as_reference(run: re.Match[str]) -> str:
        name = names.get(run[0])
        if name is None or name in defined:
            return run[0] if name is None else f'<use href="#{name}"/>'
        defined.add(name)
        return f'<g id="{name}">{run[0]}</g>'

    html = _SVG.sub(lambda drawing: _RUN.sub(as_reference, drawing[0]), html)
    return Shared(html, "".join(f".{name}{{{style}}}" for style, name in classes.items()), files)
