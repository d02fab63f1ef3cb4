"""Build the site in a folder that takes the place of the former one when it is whole, and show it on this machine."""

import datetime as dt
import io
import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from lekp_lib import __version__
from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError, ReportError, system_text
from lekp_lib.present import blocks
from lekp_lib.present.format import date_text
from lekp_lib.present.text import FILTERS
from lekp_lib.present.theme import MARKS, css_variables, mark_svg
from lekp_lib.report.files import move_into_place, output_error, scratch_folder
from lekp_lib.report.page import TEMPLATES, font_css, web_fonts
from lekp_lib.report.processes import can_fork
from lekp_lib.site.context import HOME_PATH, EditionEntry, Page, SiteContext, SiteFile, edition_path, link, target_path
from lekp_lib.site.downloads import font_name, municipality_files, shared_files
from lekp_lib.site.pages import municipality_pages, shared_pages

HOST = "127.0.0.1"
NAME = "Klimaatpact per gemeente"
#: At the root of every site: what it is, and its editions, newest first.
SITE_FILE = "site.json"
MENU = (
    ("Gemeenten", HOME_PATH), ("Doelen", "doel/index.html"), ("Vlaanderen", "vlaanderen/index.html"),
    ("Vergelijk", "vergelijk/index.html"), ("Kalender", "kalender/index.html"), ("Methode", "methode/index.html"),
    ("Gegevens", "gegevens/index.html"),
)  # fmt: skip
FOOT = (("Over deze site", "over/index.html"), ("Toegankelijkheid", "toegankelijkheid/index.html"))
_HERE = Path(__file__).parent


class Built(NamedTuple):
    """Number of pages, number of all files, their bytes together."""

    pages: int
    files: int
    size: int


class OutputFolder(NamedTuple):
    """Where the site comes, and what an earlier site there holds; ``fictitious`` is ``None`` in an empty place."""

    folder: Path
    editions: tuple[EditionEntry, ...] = ()
    fictitious: bool | None = None


# ---- where the site comes --------------------------------------------------------------------------------------------


def read_output_folder(folder: Path) -> OutputFolder:
    """Look at the place where the site will come.

    Raises
    ------
    ParameterError
        When something else stands there: a site takes the place of the whole folder.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return OutputFolder(folder)
    try:
        content = json.loads((folder / SITE_FILE).read_text(encoding="utf-8"))
        if content["lekp"] != "site":
            raise KeyError("lekp")
        rows = [(str(e["id"]), str(e["title"]), e["reference_date"]) for e in content["editions"]]
        entries = tuple(EditionEntry(key, title, dt.date.fromisoformat(day)) for key, title, day in rows)
        return OutputFolder(folder, entries, bool(content["fictitious"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise ParameterError(
            f"{folder}: hier staat iets dat geen site van lekp is; verwacht een vroegere site, een lege map of geen "
            "map, want de nieuwe site komt in de plaats. Kies een andere --site-dir"
        ) from None


def older_editions(output: OutputFolder, edition: Edition) -> tuple[EditionEntry, ...]:
    """Editions that stay beside the new one, newest first.

    Raises
    ------
    ParameterError
        When the earlier site shows a newer edition, or invented figures would come beside real ones.
    """
    others = tuple(entry for entry in output.editions if entry.id != edition.id)
    way_out = "Kies een andere --site-dir"
    if others and output.fictitious is not edition.fictitious:
        there, here = ("echte", "fictieve") if edition.fictitious else ("fictieve", "echte")
        raise ParameterError(
            f"{output.folder}: de site daar toont {there} cijfers en editie {edition.id!r} heeft {here}; die staan "
            f"nooit in één site. {way_out}"
        )
    if newer := [entry.id for entry in others if entry.reference_date > edition.reference_date]:
        raise ParameterError(
            f"{output.folder}: de site daar toont editie {newer[0]!r}, die nieuwer is dan {edition.id!r}; een adres "
            f"toont altijd de nieuwste. {way_out}"
        )
    return others


# ---- pages and files -------------------------------------------------------------------------------------------------


@cache
def _environment() -> Environment:
    templates = FileSystemLoader([_HERE / "templates", blocks.TEMPLATES])
    environment = blocks.html_environment().overlay(loader=templates)
    environment.filters = environment.filters | FILTERS
    environment.globals |= {"merken": list(MARKS), "merknummer": {word: n for n, word in enumerate(MARKS)}}
    environment.globals |= vars(environment.get_template("delen.html.j2").module)
    return environment


def public_address(address: str, path: str) -> str:
    """Full address of a page; that of its folder for an ``index.html``.

    Examples
    --------
    >>> public_address("https://klimaat.example/pact/", "gemeente/gent/index.html")
    'https://klimaat.example/pact/gemeente/gent/'
    """
    return address + quote(path.removesuffix(HOME_PATH))


def render(context: SiteContext, page: Page) -> bytes:
    """A page with its header, menu and footer, as the bytes of an HTML file."""
    whole = page.path == "404.html"

    def to(path: str) -> str:
        return context.address + path if whole else link(page.path, path)

    name = f"{page.template}.xml.j2" if page.path.endswith(".xml") else f"{page.template}.html.j2"
    text = _environment().get_template(name).render(
        {**page.values, "pad": page.path, "site": context, "manifest": context.edition.manifest}, naar=to, menu=MENU,
        voet=FOOT, sitenaam=NAME, versie=__version__, doelpad=target_path,
        beeld=f"{context.address}assets/beeld.png" if context.address else to("assets/beeld.png"),
        adres=public_address(context.address, page.path) if context.address and not whole else "",
        openbaar=lambda path: public_address(context.address, path) if context.address else to(path),
    )  # fmt: skip
    return text.encode()


def _style() -> bytes:
    """The style of all pages: fonts as files beside it, colours, blocks of the reports, marks, what the site adds."""
    fonts = font_css({face: f"fonts/{font_name(data)}" for face, data in web_fonts().items()})
    marks = [
        f'.merk-{number}::before,.m{number}::before{{background-image:url("data:image/svg+xml,{quote(mark_svg(word))}")}}'
        for number, word in enumerate(MARKS)
    ]
    own = (_HERE / "site.css").read_text(encoding="utf-8")
    page = (TEMPLATES / "verslag.css").read_text(encoding="utf-8")
    return "\n".join([fonts, css_variables(), page, blocks.styles(), own, *marks]).encode()


def _social_picture(context: SiteContext) -> bytes:
    """One picture for social media; that of an example edition carries its banner."""
    from matplotlib.figure import Figure

    from lekp_lib.present.theme import INK, PAPER, SOFT, style

    lines = (
        (540, NAME, 36, SOFT), (340, "Hoe ver staat uw gemeente\nmet het klimaatpact?", 68, INK),
        (150, f"Stand op {date_text(context.on)}. Onafhankelijk open hulpmiddel.", 31, SOFT),
        (80, context.edition.manifest.banner, 31, INK),
    )  # fmt: skip
    with style():
        figure, buffer = Figure(figsize=(12, 6.3), facecolor=PAPER), io.BytesIO()
        for y, words, size, colour in lines:
            figure.text(70 / 1200, y / 630, words, fontsize=size, color=colour, weight=600 if colour == INK else 400)
        figure.savefig(buffer, format="png", dpi=100, metadata={"Software": None})
    return buffer.getvalue()


def _assets(context: SiteContext) -> Iterator[SiteFile]:
    yield SiteFile("assets/site.css", _style())
    yield SiteFile("assets/beeld.png", _social_picture(context))
    for data in web_fonts().values():
        yield SiteFile(f"assets/fonts/{font_name(data)}", data)
    for script in sorted((_HERE / "scripts").glob("*.js")):
        yield SiteFile(f"assets/{script.name}", script.read_bytes())
    if context.logo:
        yield SiteFile("assets/logo.png", context.logo)


def _site_json(context: SiteContext) -> SiteFile:
    edition = context.edition
    entries = (EditionEntry(edition.id, edition.title, context.on), *context.older)
    rows = [{**entry._asdict(), "reference_date": entry.reference_date.isoformat()} for entry in entries]
    content = {"lekp": "site", "fictitious": edition.fictitious, "editions": rows}
    return SiteFile(SITE_FILE, (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())


def _sitemap(context: SiteContext, paths: Iterable[str]) -> SiteFile:
    addresses = [public_address(context.address, path) for path in paths if path != "404.html"]
    text = _environment().get_template("sitemap.xml.j2").render(adressen=addresses, dag=context.today.isoformat())
    return SiteFile("sitemap.xml", text.encode())


def _write(root: Path, context: SiteContext, parts: Iterable[Page | SiteFile]) -> None:
    """Write pages and files, each once."""
    for part in parts:
        place = root / part.path
        if not place.resolve().is_relative_to(root.resolve()):
            raise ReportError(f"site: {part.path!r} ligt buiten de site")
        place.parent.mkdir(parents=True, exist_ok=True)
        content = render(context, part) if isinstance(part, Page) else part.content
        try:
            with place.open("xb") as file:
                file.write(content)
        except FileExistsError:
            # A drawing that many pages share has its hash as its name; anything else twice is a mistake of ours.
            if not part.path.startswith("assets/tekening/"):
                raise ReportError(f"site: {part.path!r} wordt twee keer gemaakt") from None


def _write_municipality(context: SiteContext, root: Path, nis: str) -> None:
    files = municipality_files(context, nis)
    _write(root, context, [*files, *municipality_pages(context, nis, files)])


#: What children do with one municipality; set before they are forked, because a context is too large to send.
_work: Callable[[str], None]


def _in_child(nis: str) -> None:
    _work(nis)


def _write_municipalities(context: SiteContext, root: Path, workers: int) -> None:
    """All municipalities, in forked children where the process may fork."""
    global _work  # noqa: PLW0603
    _work = partial(_write_municipality, context, root)
    if workers == 1 or not can_fork():
        for nis in context.municipalities:
            _work(nis)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        list(pool.map(_in_child, context.municipalities, chunksize=4))


def _link_or_copy(source: str, target: str) -> None:
    """Without a second copy on disk where that is possible; a symbolic link is never followed."""
    if Path(source).is_symlink():
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _fill(context: SiteContext, output: OutputFolder, root: Path, workers: int) -> int:
    """Everything of the site; how many pages there are."""
    _write(root, context, [*shared_files(context), *shared_pages(context), *_assets(context), _site_json(context)])
    _write_municipalities(context, root, workers)
    found = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.html"))
    pages = [path for path in found if not path.endswith("-presentatie.html")]
    if context.address:
        _write(root, context, [_sitemap(context, pages)])
    for entry in context.older:
        there = output.folder / Path(edition_path(entry.id)).parent
        if there.is_dir() and not there.is_symlink():
            shutil.copytree(there, root / "editie" / entry.id, copy_function=_link_or_copy)
    return len(pages)


def build_site(context: SiteContext, output: OutputFolder, workers: int = 1) -> Built:
    """Build the site of an edition.

    Parameters
    ----------
    context
        The edition, its reports and the choices of the publisher.
    output
        Where the site comes; an earlier site there is replaced when the new one is whole.
    workers
        Processes at a time.

    Returns
    -------
    Built

    Raises
    ------
    ReportError
        When the folder cannot be written to.
    """
    target = output.folder.resolve()
    try:
        with scratch_folder(target.parent) as scratch:
            root = scratch / "site"
            root.mkdir()
            pages = _fill(context, output, root, workers)
            sizes = [path.stat().st_size for path in root.rglob("*") if path.is_file()]
            move_into_place(root, target)
    except OSError as error:
        raise output_error(error, output.folder) from None
    return Built(pages, len(sizes), sum(sizes))


# ---- a look on this machine ------------------------------------------------------------------------------------------


class _FilesOnly(SimpleHTTPRequestHandler):
    """Serves the files of one folder: no lists of folders, nothing behind a symbolic link."""

    def send_head(self) -> Any:
        root = Path(self.directory).resolve()
        place = Path(self.translate_path(self.path))
        place = place / HOME_PATH if place.is_dir() else place
        if not place.is_file() or place.resolve() != root / place.relative_to(self.directory):
            self.send_error(404)
            return None
        return super().send_head()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the library
        """Nobody reads a line per request."""


def local_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server for a folder, on this machine only; ``serve_forever`` starts it.

    Parameters
    ----------
    folder
        The site, or a folder above it.
    port
        0 takes a free one.

    Raises
    ------
    ParameterError
        When the port is in use.
    """
    real = str(folder.resolve())
    try:
        return ThreadingHTTPServer((HOST, port), lambda *given: _FilesOnly(*given, directory=real))
    except OSError as error:
        raise ParameterError(f"--port {port}: niet bruikbaar ({system_text(error)}); kies een andere") from None
