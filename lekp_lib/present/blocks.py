"""Blocks: what a notebook cell shows, once as HTML, once as data for paper, once as plain text."""

import base64
import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt

from lekp_lib import __version__
from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError, ReportError
from lekp_lib.pact import project_folder
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.theme import PANEL, PAPER, Drawing, contrast, css_variables, mark_data

MIME_JSON = "application/vnd.lekp+json"
TEMPLATES = Path(__file__).parent / "templates"
#: Largest logo; it stands in every page of every report.
MAX_LOGO_BYTES, _MAX_PIXELS = 200_000, 4_000_000
MIN_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@cache
def html_environment() -> Environment:
    """The HTML templates, which all know the parts of ``_delen.html.j2``; values are escaped, but not drawings."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    environment.globals |= {"mark_data": mark_data, "markdown": MarkdownIt("commonmark", {"html": False}).render}
    environment.globals |= vars(environment.get_template("_delen.html.j2").module)
    return environment


@cache
def styles() -> str:
    """The style sheet of all blocks."""
    return css_variables() + (TEMPLATES / "stijl.css").read_text(encoding="utf-8")


class Values(SimpleNamespace):
    """What a template may mention, only to be read: a cell that changed it would change what later cells show."""

    def __setattr__(self, name: str, value: Any) -> None:
        raise ReportError(f"{name}: cijfers van het verslag zijn alleen te lezen; zet uw eigen waarde in een variabele")


class Block:
    """Something that a cell shows to the reader of the report.

    Parameters
    ----------
    kind
        Name of the template ``templates/<kind>.html.j2`` and of the function in the paper template.
    data
        Finished texts, numbers for bars and drawings as SVG text, or what makes them; JSON can hold all of it.
    text
        The same content as plain text.
    """

    #: About the report as a whole (title, edition, banner, run), and whether the styles travel with this block.
    facts: Mapping[str, Any] = MappingProxyType({})
    with_styles = False

    def __init__(self, kind: str, data: Mapping[str, Any] | Callable[[], Mapping[str, Any]], text: str = "") -> None:
        self.kind, self._data, self.text = kind, data, text

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The content; made when it is first asked for."""
        return self._data() if callable(self._data) else self._data

    def html(self) -> str:
        """Accessible fragment: valid inside ``<main>``, no script, no address of elsewhere but links."""
        return html_environment().get_template(f"{self.kind}.html.j2").render(d=self.data).strip()

    def json(self) -> dict[str, Any]:
        """What the paper template reads."""
        return {"kind": self.kind, "data": self.data, "facts": dict(self.facts)}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        style = f"<style data-lekp>{styles()}</style>\n" if self.with_styles else ""
        return {"text/plain": self.text, "text/html": style + self.html(), MIME_JSON: self.json()}


class Group(Block):
    """Blocks that belong together, shown one after the other; with ``keep`` paper does not part them."""

    def __init__(self, blocks: Sequence[Block], keep: bool = False) -> None:
        self.blocks, self.keep = tuple(blocks), keep
        super().__init__("groep", self._content, "\n\n".join(block.text for block in self.blocks if block.text))

    def _content(self) -> dict[str, Any]:
        return {"blocks": [{"kind": block.kind, "data": block.data} for block in self.blocks], "keep": self.keep}

    def html(self) -> str:
        """The fragments of all parts."""
        return "\n".join(block.html() for block in self.blocks)


def heading(text: str, level: int = 2, anchor: str = "") -> Block:
    """A heading; ``anchor`` is its id on the page."""
    return Block("kop", {"level": level, "text": text, "id": anchor}, text)


def paragraph(*sentences: str, points: Sequence[str] = ()) -> Block:
    """Paragraphs, and a list below them."""
    return Block("tekst", {"title": "", "paragraphs": list(sentences), "points": list(points)}, " ".join(sentences))


def chart(key: str, draw: Callable[[Any], Drawing], title: str, subtitle: str, alt: str, note: str = "") -> Block:
    """A drawing with its texts: in its usual form, and narrow for a telephone."""
    svg, narrow = draw("wide").svg(key), draw("narrow").svg(f"{key}-s")
    data = {"title": title, "subtitle": subtitle, "alt": alt, "svg": svg, "narrow": narrow, "note": note}
    return Block("grafiek", data, alt)


def short_id(*parts: str) -> str:
    """Short id of texts and of the code: the same input always has the same id."""
    return hashlib.sha256("\n".join([*parts, __version__]).encode()).hexdigest()[:10]


class Opened:
    """What a notebook opens: its blocks carry its facts, the first one its styles too."""

    #: Name of the variable in the notebook, and what stands now for names of before.
    VARIABLE: ClassVar[str] = "rapport"
    OLD_NAMES: ClassVar[Mapping[str, str]] = {}
    edition: Edition
    _first_block = ""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What stands around the pages."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        """Names of before say their new one."""
        if name in self.OLD_NAMES:
            new = f"{self.VARIABLE}.{self.OLD_NAMES[name]}"
            raise ReportError(f"{self.VARIABLE}.{name} bestaat niet meer: schrijf {new}.")
        raise AttributeError(f"{self.VARIABLE} heeft geen {name!r}; dir({self.VARIABLE}) toont wat het heeft")

    def edition_facts(self, **own: Any) -> dict[str, Any]:
        """What stands around the pages: edition, banner, date of the build, and what the caller adds."""
        manifest = self.edition.manifest
        built = dt.datetime.combine(manifest.built, dt.time(), dt.UTC)
        return {
            "year": self.edition.reference_date.year, "edition": self.edition.id, "banner": manifest.banner or "",
            "built": built.isoformat(), "licence": manifest.origin, "accent": "", "logo": "", "logo_aspect": 1.0,
            "nis": "", **own,
        }  # fmt: skip

    def shown(self, key: str, *blocks: Block) -> Block:
        """One block, or several as a group, with the facts; the styles go with the first key, whenever it runs."""
        self._first_block = self._first_block or key
        block = blocks[0] if len(blocks) == 1 else Group(blocks)
        block.facts, block.with_styles = self.facts, key == self._first_block
        return block


# ---- the look of a municipality: logo and accent colour ------------------------------------------------------------


def check_accent(colour: str) -> str:
    """An accent colour, if text in it can be read.

    Parameters
    ----------
    colour
        ``#`` and six hexadecimal digits; empty keeps the colour of lekp.

    Raises
    ------
    ParameterError
        When it is no colour, or its contrast is below 4,5 to 1 on white or on the grey of panels (WCAG 2.2, 1.4.3).
    """
    if not colour:
        return ""
    if not _COLOUR.fullmatch(colour):
        raise ParameterError(f"huisstijl: er staat {colour!r}; verwacht wordt een kleur zoals '#0B5394'")
    # Cut off, not rounded: 4.497 must not read as 4.50 and be refused.
    on_paper, on_panel = (int(100 * contrast(colour, ground)) / 100 for ground in (PAPER, PANEL))
    if min(on_paper, on_panel) < MIN_CONTRAST:
        raise ParameterError(
            f"huisstijl: {colour} heeft een contrast van {on_paper:.2f} op wit en {on_panel:.2f} op grijs; "
            f"verwacht wordt minstens {MIN_CONTRAST} op allebei. Neem een donkerder tint van dezelfde kleur."
        )
    return colour


def read_logo(path: Path, option: str = "logo") -> tuple[bytes, float]:
    """Read a logo, without its comments, places and profiles.

    Parameters
    ----------
    path
        A PNG, which cannot carry a script: of at most 200 kB and 4 million pixels.
    option
        Name of what was given, for the message.

    Returns
    -------
    bytes, float
        The picture, and its width divided by its height.

    Raises
    ------
    ParameterError
        When the file is absent, too large or no PNG.
    """
    from PIL import Image

    found, clean = "geen leesbaar bestand", io.BytesIO()
    with suppress(OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        data = path.read_bytes()
        found = f"{len(data)} bytes, geen hele png"
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if len(data) <= MAX_LOGO_BYTES and image.width * image.height <= _MAX_PIXELS:
                image.load()
                image.info = {key: value for key, value in image.info.items() if key == "transparency"}
                image.save(clean, format="PNG")
                return clean.getvalue(), image.width / image.height
            found = f"{len(data)} bytes en {image.width} x {image.height} pixels"
    raise ParameterError(
        f"{option} {path}: gevonden {found}; verwacht een leesbaar png-bestand van hoogstens {MAX_LOGO_BYTES} bytes en "
        f"{_MAX_PIXELS} pixels, want elke pagina laadt het"
    )


def branding_facts(parameters: ReportParameters, nis: str, folder: Path) -> dict[str, Any]:
    """Accent and logo as the exporters print them; empty texts where none were given.

    Parameters
    ----------
    parameters
        Those of the report.
    nis
        Stands for ``{nis}`` in the path of the logo.
    folder
        Where a relative path starts, after the folder of the project.
    """
    facts = {"accent": check_accent(parameters.huisstijl), "logo": "", "logo_aspect": 1.0}
    if not parameters.logo:
        return facts
    named = parameters.logo.replace("{nis}", nis)
    places = [folder / named, project_folder(folder).parent / named]
    found = next((place for place in places if place.is_file()), None)
    if found is None and "{nis}" in parameters.logo:
        return facts  # a folder of logos need not have one for everyone
    content, aspect = read_logo(found or Path(named))
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    return {**facts, "logo": address, "logo_aspect": round(aspect, 4)}
