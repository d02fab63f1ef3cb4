"""Web pages complete in one file: the fonts inside, the page around the blocks, and the checks before it is written."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import unescape
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from font_source_sans_pro import font_directory
from jinja2 import Environment, FileSystemLoader
from lxml import etree, html
from markupsafe import Markup
from slugify import slugify

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.paths import write_file
from lekp_lib.present import blocks
from lekp_lib.present.format import date_text
from lekp_lib.present.theme import known_characters
from lekp_lib.report.files import cache_folder
from lekp_lib.report.outputs import NEW_PAGE_TAG, Contents, Piece, logo_size, report_facts

TEMPLATES = Path(__file__).parent / "templates"

# ---- Source Sans Pro (OFL 1.1), from the package font-source-sans-pro
#
# A subset per page would cost 0,16 s per weight, so all pages share one fixed character set, made once per machine.

#: CSS weight and style of the fonts of a page, by name in the file name.
_WEB_FACES = {"Regular": (400, "normal"), "Semibold": (600, "normal"), "Bold": (700, "normal"), "It": (400, "italic")}
#: What paper may ask for: the same, and bold italic for emphasis inside bold text.
_PAPER_FACES = (*_WEB_FACES, "SemiboldIt", "BoldIt")
#: Latin-1 and Latin Extended-A for names of people and places, typography, and signs.
_CHARACTERS = "".join(
    [*map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x180)), "₂²³≥≤−→←↑↓↗▲▼◆–—…‘’‚“”„†•‰‹›€™≈≠\u202f"]
)
#: Kerning, ligatures, accents, figures of equal width; all else of the font is left out.
_FEATURES = ["kern", "liga", "mark", "ccmp", "locl", "tnum", "lnum"]


def _font_cache() -> Path:
    packages = [f"{name} {version(name)}" for name in ("font-source-sans-pro", "fonttools")]
    return cache_folder("fonts", *packages, _CHARACTERS, *_FEATURES)


def _subset(face: str, characters: Iterable[str], **look: Any) -> bytes:
    """A font with some characters, and TrueType outlines: Chromium prints others as Type 3, and Typst is slower."""
    from fontTools import subset

    options = subset.Options(hinting=False, recalc_timestamp=False, **look)
    result = BytesIO()
    source = Path(font_directory) / f"SourceSansPro-{face}.ttf"
    with subset.load_font(str(source), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(characters))
        subsetter.subset(font)
        subset.save_font(font, result, options)
    return result.getvalue()


@cache
def web_fonts() -> Mapping[str, bytes]:
    """The fonts of a page as WOFF2, about 18 kB each: weights 400, 600 and 700, and italic."""
    fonts = {}
    # The licence reserves the name "Source" for the whole font, and asks that its notice stays.
    names = {"obfuscate_names": True, "name_IDs": [0, 1, 2, 3, 4, 5, 6, 13, 14]}
    for face in _WEB_FACES:
        path = _font_cache() / f"{face}.woff2"
        if not path.is_file():
            write_file(path, _subset(face, _CHARACTERS, layout_features=_FEATURES, flavor="woff2", **names))
        fonts[face] = path.read_bytes()
    return fonts


def font_css(addresses: Mapping[str, str]) -> str:
    """``@font-face`` rules for the fonts of :func:`web_fonts` at addresses that need no escaping."""
    return "\n".join(
        f'@font-face{{font-family:"Source Sans Pro";font-weight:{weight};font-style:{slope};font-display:swap;'
        f'src:url("{addresses[face]}") format("woff2")}}'
        for face, (weight, slope) in _WEB_FACES.items()
    )


@cache
def font_folder() -> Path:
    """Folder with exactly one file per face that paper uses, with all its characters.

    Without features that nothing asks for, Typst takes a fifteenth less time. The folder keeps the bytes of a PDF the
    same on every machine: of two files of a face, Typst takes the one that the file system lists first.
    """
    folder = _font_cache() / "papier"
    for target in (folder / f"{face}.ttf" for face in _PAPER_FACES):
        if not target.is_file():
            features = [*_FEATURES, "mkmk", "pnum"]
            write_file(target, _subset(target.stem, known_characters(), layout_features=features, name_IDs=["*"]))
    return folder


def missing_characters(text: str) -> set[str]:
    """Characters that the font lacks; on paper each of them stops the build. Line ends and tabs count as spaces.

    Examples
    --------
    >>> missing_characters("CO₂ ≥ 3 m²"), missing_characters("a🌳")
    (set(), {'🌳'})
    """
    return set(text) - known_characters()


# ---- the page

_HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1\s*>", re.DOTALL)
_ID = re.compile(r"""id=["'](?<=\sid=["'])([^"']+)["']""")
_TO_PART = re.compile(r'<a href="#([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


@cache
def environment() -> Environment:
    """Templates of this room and of the blocks."""
    made = blocks.html_environment().overlay(loader=FileSystemLoader([TEMPLATES, blocks.TEMPLATES]))
    made.filters["drawing"] = named_drawing
    return made


def text_of(template: str, **values: Any) -> str:
    """A plain text from a template, with at most one empty line between two others."""
    return re.sub(r"\n{3,}", "\n\n", environment().get_template(template).render(**values)).strip() + "\n"


@cache
def font_face_css() -> str:
    """The rules with the fonts inside, about 75 kB, so that a page needs no other file."""
    codes = {face: base64.b64encode(data).decode() for face, data in web_fonts().items()}
    return font_css({face: f"data:font/woff2;base64,{code}" for face, code in codes.items()})


@cache
def _page_css() -> Markup:
    return Markup("\n".join([font_face_css(), (TEMPLATES / "verslag.css").read_text("utf-8"), blocks.styles()]))  # noqa: S704


def named_drawing(svg: str, alt: str) -> Markup:
    """A drawing inside the page, with its name for who does not see it, and ids that the page has once."""
    prefix = f"t{hashlib.sha256(f'{alt}{svg}'.encode()).hexdigest()[:8]}-"
    named = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", svg)
    return Markup(named.replace("<svg", Markup('<svg role="img" aria-label="{}"').format(alt), 1))  # noqa: S704


def _piece_html(piece: Piece) -> str:
    kind, data = piece.block["kind"], piece.block["data"]
    if piece.html or kind == "tabel":
        return piece.html or blocks.Block(kind, data).html()
    return environment().get_template(f"{kind}.html.j2").render(d=data).strip()


def _with_anchors(fragments: Sequence[str]) -> tuple[list[str], str, list[dict[str, Any]]]:
    """Every heading with an id that the page has once, the title, and the headings of level 2 and 3 as contents."""
    taken = {"inhoud-van-het-verslag", *(name for text in fragments for name in _ID.findall(text))}
    titles, entries = [""], list[dict[str, Any]]()

    def marked(match: re.Match[str]) -> str:
        level, attributes, inner = int(match[1]), match[2], match[3]
        text, given = " ".join(unescape(re.sub(r"<[^>]*>", "", inner)).split()), _ID.search(attributes)
        base = slugify(text, max_length=60, word_boundary=True) or "deel"
        free = (name for name in (base, *(f"{base}-{number}" for number in range(2, 999))) if name not in taken)
        anchor = given[1] if given else next(free)
        taken.add(anchor)
        entry: dict[str, Any] = {"text": text, "anchor": anchor, "entries": []}
        if level == 1:
            titles.append(text)
        elif level == 2:
            entries.append(entry)
        elif level == 3 and entries and "class=" not in attributes:
            entries[-1]["entries"].append(entry)
        return match[0] if given else f'<h{level} id="{anchor}"{attributes}>{inner}</h{level}>'

    return [_HEADING.sub(marked, text) for text in fragments], next(filter(None, titles), ""), entries


def _without_dead_ends(fragments: list[str]) -> list[str]:
    """Links to a part that the notebook leaves out become plain words."""
    there = {found for text in fragments for found in _ID.findall(text)}
    return [_TO_PART.sub(lambda match: match[0] if match[1] in there else match[2], text) for text in fragments]


def page_of(contents: Contents) -> str:
    """The web page of a notebook that has been read, complete in one file.

    Raises
    ------
    ReportProblems
        When the page does not pass its checks; all problems at once.
    """
    facts, pieces = report_facts(contents), contents.pieces
    fragments, heading, entries = _with_anchors([_piece_html(piece) for piece in pieces])
    title = facts["title"] or heading
    if not title:
        raise ReportProblems("de pagina heeft geen titel", [Problem("notebook", "geen kop", "een eerste kop: # Titel")])
    cells = [
        {"html": Markup(fragment), "new_page": NEW_PAGE_TAG in piece.tags}  # noqa: S704 -- finished above
        for piece, fragment in zip(pieces, _without_dead_ends(fragments), strict=True)
    ]
    split = next((place for place, cell in enumerate(cells) if place and "<h2" in str(cell["html"])), len(cells))
    built = facts["moment"] and f"gemaakt op {date_text(facts['moment'].date())}"
    footer = " · ".join(filter(None, (facts["edition"] and f"editie {facts['edition']}", built, facts["run"])))
    page = environment().get_template("verslag.html.j2").render(
        facts=facts, title=title, entries=entries, head=cells[:split], body=cells[split:], footer=footer,
        css=_page_css(), printed_banner=re.sub(r"[^\w ,.:;()-]", " ", facts["banner"]),
        logo=[round(side) for side in logo_size(facts, 240, 64)],
    )  # fmt: skip
    return checked(page, f"de pagina {title!r}", cells=len(cells))


def page_files(contents: Contents, _report: object) -> dict[str, str]:
    """The file ``rapport.html``."""
    return {"rapport.html": page_of(contents)}


# ---- checks: what axe and browsers let pass, and what no reader may meet

_HIDDEN = "ancestor-or-self::*[@aria-hidden='true']"
_NAMED = "@role='img' and (@aria-label!='' or @aria-labelledby or title)"
_ONE_FILE = "een pagina in één bestand"
#: Elements that may not be there: where they are, what is found, what is expected.
_REFUSED = (
    ("/html[not(@lang='nl-BE')]", "een andere taal dan nl-BE", "lang='nl-BE'"),
    ("/html/head[not(normalize-space(title))]", "geen titel", "een titel in <head>"),
    ("/html[count(//main)!=1]", "geen of meer dan één <main>", "precies één <main>"),
    ("/html[count(//h1)!=1]", "geen of meer dan één kop van niveau 1", "één titel met #, de andere koppen met ##"),
    ("(//h1 | //h2 | //h3 | //h4)[not(normalize-space())]", "een lege kop", "een kop met tekst"),
    (f"//img[not(normalize-space(@alt)) and not(@role='presentation') and not({_HIDDEN})]", "een beeld zonder tekst",
     "alt met wat het beeld zegt: #| fig-alt: … bovenaan de cel"),
    (f"//svg[not({_HIDDEN}) and not(ancestor::svg) and not(ancestor-or-self::*[{_NAMED}])]",
     "een tekening zonder rol en naam", "role='img' met een naam, of aria-hidden='true'"),
    ("//table[not(normalize-space(caption))]", "een tabel zonder titel", "een titel: #| tbl-cap: … bovenaan de cel"),
    ("//table[not(thead)]", "een tabel zonder kolomkoppen", "een rij met kolomkoppen"),
    ("//th[not(normalize-space())]", "een lege kopcel", "het woord dat de kolom of rij noemt"),
    ("//th[not(contains(' col row colgroup rowgroup ', concat(' ', @scope, ' ')))]", "een kopcel zonder scope",
     "scope"),
    ("//tbody/tr[not(th)]", "een rij zonder kopcel", "een eerste cel <th scope='row'>"),
    ("//script | //iframe | //object | //embed | //base | //form", "een script of een vreemde pagina",
     "een pagina die zonder werkt"),
    ("//@*[starts-with(name(), 'on')]/..", "een attribuut met code", "een pagina die zonder script werkt"),
    ("//a[starts-with(@href, 'javascript:') or starts-with(@href, 'data:')]", "een link met code",
     "een link naar een pagina"),
    ("(//@src | //@srcset | //@poster | //@data | //@action | //@formaction | //@background)"
     "[not(starts-with(., 'data:'))]/.. | //link", "iets dat van elders geladen wordt", _ONE_FILE),
    ("//@href[not(starts-with(., '#') or starts-with(., 'data:') or parent::a)]/..",
     "iets dat van elders geladen wordt", _ONE_FILE),
)  # fmt: skip
#: Words of Python, with the look behind after their first letter (quicker), and what nbconvert says of an image.
_LEAK = re.compile(
    r"(?:n(?<!\wn)an|N(?<!\wN)(?:aN|aT|one)|T(?<!\wT)raceback)\b|<NA>|object at 0x"
    r"|No description has been provided for this image"
)
_CSS_ADDRESS = re.compile(r"""url\(\s*['"]?(?!data:|#)([^'")\s]+)|@import\s+([^;]+)""", re.IGNORECASE)
_READ: Any = etree.XPath("//text()[not(parent::style or parent::script)] | //@alt | //@aria-label | //@title")
_ALL_TEXT: Any = etree.XPath("//text() | //@alt | //@aria-label | //@title", smart_strings=False)
_CSS: Any = etree.XPath("//style/text() | //@style")


def _problem(element: Any, found: str, expected: str) -> Problem:
    heading = element.xpath("string((ancestor::section | ancestor::div)[last()]//*[self::h2 or self::h3][1])")
    place = f"<{element.tag}>, regel {element.sourceline}" + (f", onder {str(heading).strip()!r}" if heading else "")
    return Problem(place, found, expected)


def _reading_order(root: Any) -> Iterator[Problem]:
    """Skipped heading levels, ids that stand twice, links to nothing."""
    level, ids = 0, set[str]()
    for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        before, level = level, int(heading.tag[1])
        if level > before + 1:
            yield _problem(heading, f"een kop van niveau {level} na een van niveau {before}", f"hoogstens {before + 1}")
    for element in root.xpath("//*[@id]"):
        if element.get("id") in ids:
            yield _problem(element, f"id {element.get('id')!r} een tweede keer", "een id die de pagina één keer heeft")
        ids.add(element.get("id"))
    for link in root.xpath("//a[starts-with(@href, '#')]"):
        if link.get("href")[1:] not in ids:
            yield _problem(link, f"een link naar {link.get('href')!r}, wat de pagina niet heeft", "een link die klopt")


def _problems(root: Any) -> Iterator[Problem]:
    for path, found, expected in _REFUSED:
        yield from (_problem(element, found, expected) for element in root.xpath(path))
    yield from _reading_order(root)
    for text in (
        _READ(root) if _LEAK.search("\n".join(_ALL_TEXT(root))) else ()
    ):  # as one text: in a quarter of the time
        if leak := _LEAK.search(text):
            yield _problem(text.getparent(), f"{leak[0]!r} in de tekst", "woorden, zoals 'niet bekend'")
    for css in _CSS(root):
        if address := _CSS_ADDRESS.search(css):
            yield _problem(css.getparent(), f"{address[0][:80]!r} wordt van elders geladen", _ONE_FILE)


def checked(page: str, what: str, cells: int | None = None, script: str = "") -> str:
    """A finished page, when it may be published; it is only read, because lxml would write ``viewBox`` as ``viewbox``.

    Parameters
    ----------
    page
        The whole page.
    what
        What it is called in the message.
    cells
        Number of pieces that went in; each must be a child of ``<main>`` with class ``cell``. ``None``: not checked.
    script
        The one script that the page may have.

    Raises
    ------
    ReportProblems
        About text alternatives, drawings without name, tables, headings, ids, addresses that would be loaded, script,
        words of Python, language and title; all at once.
    """
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    root: Any = html.document_fromstring(page.replace(script, "", 1).encode(), parser=parser)
    problems = list(_problems(root))
    there = int(root.xpath("count(//main/*[contains(concat(' ', @class, ' '), ' cell ')])"))
    if cells not in (None, there):
        problems.append(Problem("pagina", f"{there} delen", f"{cells}, zoveel als het notebook toont"))
    ReportProblems.raise_any(f"{what} komt niet door de controle", problems)
    return page
