"""The frame around every page: header, menu, breadcrumb, footer, and the style that all pages share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from lekp_lib.present.blocks import styles
from lekp_lib.report.fonts import font_face_rule, web_faces
from lekp_lib.site.menu import FOOT, MENU
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.palette import css_variables
from lekp_lib.site.page import ASSETS, HOME_PATH, Page, SiteFile, link
from lekp_lib.site.previews import preview_files, preview_path, preview_words
from lekp_lib.site.sitemap import NOT_FOUND, public_address
from lekp_lib.site.world import SiteWorld

SITE_NAME = "Klimaatpact per gemeente"
INDEPENDENCE = "Onafhankelijk open hulpmiddel. Geen officieel document van de Vlaamse overheid."
CSS_PATH = f"{ASSETS}/site.css"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Look:
    """What a publisher may choose.

    Attributes
    ----------
    base_url
        Address at which the site will stand, with a slash at its end; empty when it is not known.
    logo
        Own logo as a file of the site, or ``None``.
    logo_text
        Name of the publisher, the text alternative of the logo.
    """

    base_url: str = ""
    logo: SiteFile | None = None
    logo_text: str = ""


def site_css() -> str:
    """The style of all pages: fonts as files beside it, colours, page, components, frame."""
    fonts = [font_face_rule(face, f"fonts/{face.name}.woff2") for face in web_faces()]
    old = files("lekp_lib.site.oud")
    page, component = (old.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "style.css"))
    return "\n".join(
        [*fonts, css_variables(), page, component, styles(), (_HERE / "site.css").read_text(encoding="utf-8")]
    )


class Frame:
    """Puts pages into their frame.

    Parameters
    ----------
    world
        The edition that the pages are about.
    look
        Choices of the publisher.
    """

    def __init__(self, world: SiteWorld, look: Look) -> None:
        self._world = world
        self._look = look
        manifest = world.edition.manifest
        self._shared = {
            "site_name": SITE_NAME,
            "independence": INDEPENDENCE,
            "menu": MENU,
            "foot": FOOT,
            "banner": manifest.banner,
            "origin": manifest.origin,
            "edition_line": (
                f"Editie {world.edition.title}, stand op {date_long(world.on)}. "
                f"Site gemaakt op {date_long(world.today)}."
            ),
            "css": CSS_PATH,
            "logo": look.logo.path if look.logo else "",
            "logo_text": look.logo_text,
        }

    @cached_property
    def _template(self) -> Template:
        environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        return environment.get_template("page.html")

    def render(self, page: Page) -> bytes:
        """A page in its frame, as the bytes of an HTML file."""
        base = self._look.base_url
        first = "Alle gemeenten" if page.path.startswith("gemeente/") else "Start"
        crumbs = () if page.path == HOME_PATH else ((first, HOME_PATH), *page.crumbs)
        text = self._template.render(
            self._shared,
            page=page,
            body=Markup(page.body),  # noqa: S704 -- kinds of pages hand out finished HTML only
            crumbs=crumbs,
            address=public_address(page.path, base) if base and page.path != NOT_FOUND.path else "",
            image=base + preview_path(page.path) if base else link(page.path, preview_path(page.path)),
            image_alt=preview_words(page.path, SITE_NAME),
            to=lambda path: base + path if page.path == NOT_FOUND.path else link(page.path, path),
        )
        return text.encode("utf-8")

    def files(self) -> Iterator[SiteFile]:
        """What the frame needs besides pages: style, fonts, the logo."""
        yield SiteFile(CSS_PATH, site_css().encode("utf-8"))
        for face in web_faces():
            yield SiteFile(f"{ASSETS}/fonts/{face.name}.woff2", face.woff2)
        yield from preview_files(self._world, SITE_NAME)
        if self._look.logo:
            yield self._look.logo
