"""The pages of the site: which there are, and what their templates need besides the context itself."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from mistune import html as markdown_html

from lekp_lib.edition.edition import MANIFEST_NAME
from lekp_lib.errors import ReportError
from lekp_lib.indicators.assess import assess
from lekp_lib.pact import Target
from lekp_lib.paths import sha256_of
from lekp_lib.present import format as fmt
from lekp_lib.present import maps
from lekp_lib.present.quality import rhythm_words
from lekp_lib.present.results import GOOD, JUDGED, MIN_COUNTED
from lekp_lib.present.theme import PAPER, Drawing
from lekp_lib.site import downloads as files
from lekp_lib.site.changes import edition_changes, feed_entries
from lekp_lib.site.context import Page, SiteContext, SiteFile, edition_path, former_municipalities, link, target_path

#: Fewer figures make no number of a province or region, and no map.
MIN_IN_AREA, MIN_ON_MAP = 3, 10
NEWEST = 5
#: Highest number of targets of each class of the map on home; fixed, so that editions compare.
CLASS_ENDS = (3, 6, 9, 12, 17)
_HOME_WORDS = {
    "klasse-1": "0 tot 3 doelen", "klasse-2": "4 tot 6 doelen", "klasse-3": "7 tot 9 doelen",
    "klasse-4": "10 tot 12 doelen", "klasse-5": "13 tot 17 doelen", "zonder oordeel": "te weinig oordelen",
    "niet van toepassing": "niet ondertekend",
}  # fmt: skip


# ---- home ------------------------------------------------------------------------------------------------------------


def _together(target: Target, row: Mapping[Any, Any] | None) -> str:
    """All municipalities together: a share of the target, the middle one of percentages, or how many are in order."""
    unit = target.indicators[0].unit
    if row is None:
        return ""
    if target.parts:
        return f"{fmt.number(row['yes'])} van {fmt.number(row['yes'] + row['no'])} in orde"
    if fmt.is_percent(unit):
        return "" if pd.isna(row["median_value"]) else f"mediaan {fmt.amount(row['median_value'], unit)}"
    several = len({level.indicator for level in target.levels.values()}) > 1
    of = f" (doel in {row['unit']})" if several else ""
    return "" if pd.isna(row["share_pct"]) else fmt.percent(row["share_pct"], 1) + of


def _target_rows(context: SiteContext) -> list[tuple[str, list[dict[str, Any]]]]:
    """The 17 targets in all municipalities together, per werf."""
    areas = context.results.areas
    flanders = areas[(areas["area_kind"] == "vlaanderen") & (areas["counted"] >= MIN_COUNTED)].sort_values("counted")
    largest = {row["target_id"]: row for row in flanders.to_dict("records")}
    rows: list[dict[str, Any]] = []
    for target in context.edition.catalog.pact_targets:
        verdicts = Counter(values[target.id].oordeel for values in context.values.values())
        counts = {"goed": sum(verdicts[word] for word in GOOD), "beoordeeld": sum(verdicts[word] for word in JUDGED)}
        applying = verdicts.total() - verdicts["niet van toepassing"]
        rows.append({"doel": target, **counts, "geldt": applying, "samen": _together(target, largest.get(target.id))})
    labels = {werf.id: werf.label for werf in context.edition.catalog.werven}
    return [(labels[werf], list(found)) for werf, found in groupby(rows, key=lambda row: row["doel"].werf)]


def _newest_figures(context: SiteContext) -> list[dict[Any, Any]]:
    """The figures with the newest reference dates, one per target and source."""
    figures = context.edition.figures
    figures = figures[figures["target_id"].isin(context.targets)].sort_values(["reference_date", "retrieved"])
    return figures.drop_duplicates(["target_id", "source_id"], keep="last").iloc[::-1].head(NEWEST).to_dict("records")


def _good_counts(context: SiteContext, nis: str) -> tuple[int, int, int]:
    """How many of the 17 targets of a municipality are good, judged, applying."""
    verdicts = Counter(context.values[nis][target.id].oordeel for target in context.edition.catalog.pact_targets)
    judged = sum(verdicts[word] for word in JUDGED)
    return sum(verdicts[word] for word in GOOD), judged, verdicts.total() - verdicts["niet van toepassing"]


def home_class(good: int, judged: int, applying: int) -> str:
    """Class of a municipality on the map of home.

    Few verdicts would look like few targets on track, and that is something else.
    """
    if not applying:
        return "niet van toepassing"
    return "zonder oordeel" if judged * 2 < applying else f"klasse-{1 + np.searchsorted(CLASS_ENDS, good)}"


def _home_map(context: SiteContext) -> dict[str, Any]:
    """Every municipality in the colour of how many targets are on track, each a link; and the counts per class."""
    results, counts = context.results, {nis: _good_counts(context, nis) for nis in context.municipalities}
    classes = pd.Series({nis: home_class(*numbers) for nis, numbers in counts.items()})
    paths = {nis: link("index.html", context.path(nis)) for nis in counts}

    def links(ax: Axes) -> None:
        for nis, shape in zip(results.hexagons["nis"], results.hexagons.geometry, strict=True):
            ax.add_patch(
                Polygon(shape.exterior.coords, fc=PAPER, ec="none", alpha=0.01, url=paths[nis], clip_on=False, zorder=9)
            )

    base = maps.target_map(maps.ground(results.hexagons), classes)
    svg = Drawing(base.frame, ("home", id(context)), base.base, links).svg("kaart-vlaanderen")
    for nis, (good, _, applying) in counts.items():
        words = f"{context.municipalities[nis].name}: {good} van de {applying} doelen gehaald of op koers"
        named = Markup('<a tabindex="-1" href="{}"><title>{}</title>').format(paths[nis], words)
        svg = svg.replace(f'<a href="{paths[nis]}" target="_blank">', named)
    numbers = maps.class_counts(classes)
    legend = [(words, maps.FILLS[name], numbers[name]) for name, words in _HOME_WORDS.items() if name in numbers]
    most, coloured = numbers.get("klasse-4", 0) + numbers.get("klasse-5", 0), classes.str.startswith("klasse").any()
    drawn = Markup(svg)  # noqa: S704 -- drawn by ourselves; the names in it are escaped above
    return {"svg": drawn, "legende": legend, "meeste": most, "ingekleurd": coloured}


def _home(context: SiteContext) -> Page:
    named = sorted(context.municipalities.values(), key=lambda place: place.name)
    letters = [(letter, list(found)) for letter, found in groupby(named, key=lambda place: place.name[:1].upper())]
    figures = {"werven": _target_rows(context), "nieuwste": _newest_figures(context), "kaart": _home_map(context)}
    return Page("index.html", "start", {"letters": letters, **figures, "vroegere": former_municipalities(context)})


# ---- targets ---------------------------------------------------------------------------------------------------------


def _target_groups(context: SiteContext, target: Target) -> list[tuple[str, list[str]]]:
    """Municipalities with a figure, without one, and those for whom the target does not hold."""
    groups: dict[str, list[str]] = {"Met een cijfer": [], "Zonder cijfer": [], "Doel geldt niet": []}
    for nis, values in context.values.items():
        label = "Met een cijfer" if values[target.id].heeft_cijfer else "Zonder cijfer"
        groups[label if values[target.id].geldt else "Doel geldt niet"].append(nis)
    return [(label, codes) for label, codes in groups.items() if codes]


def _area_cells(target: Target, row: Mapping[Any, Any]) -> list[str]:
    """What a table says of one area: counts for yes/no, else sums and shares; nothing from too few municipalities."""
    counted = f"{row['counted']} van {row['applying']}"
    if target.parts:
        return [fmt.number(row["yes"]), fmt.number(row["no"]), counted]
    units = {level.indicator: level.unit for level in target.levels.values()}
    unit = units.get(row["level_indicator"], target.indicators[0].unit)
    sums = ("value", "level", "share_pct", "expected_pct")
    names = ("median_value", "", "median_share_pct", "") if fmt.is_percent(unit) else sums

    def words(name: str) -> str:
        least = MIN_COUNTED if row["area_kind"] == "vlaanderen" else MIN_IN_AREA
        if not name or row["counted"] < least or pd.isna(row[name]):
            return ""
        return fmt.percent(row[name], 1) if name.endswith("_pct") else fmt.amount(row[name], unit)

    return [*map(words, names), counted]


def _area_tables(context: SiteContext, target: Target) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Rows of the areas where the target holds, per kind of area, Flanders first."""
    areas = context.results.areas
    own = areas[(areas["target_id"] == target.id) & (areas["applying"] > 0)].sort_values("area")
    several = len(set(own["level_indicator"].dropna())) > 1
    tables = []
    for kind in ("provincie", "referentieregio"):
        rows = pd.concat([own[own["area_kind"] == "vlaanderen"], own[own["area_kind"] == kind]]).to_dict("records")
        named = [(f"{row['area']}, doel in {row['unit']}" if several else row["area"], row) for row in rows]
        tables.append((kind, [(name, _area_cells(target, row)) for name, row in named]))
    return [table for table in tables if table[1]]


def _target_map(context: SiteContext, target: Target) -> dict[str, Any]:
    """The map of a target with its legend; nothing when too few municipalities have a figure."""
    classes = context.results.map_classes[target.id]
    known = int((classes.str.startswith("klasse-") | classes.isin(["ja", "nee"])).sum())
    legend = context.results.legend([target])
    svg = Markup(context.results.map(target).svg(f"kaart-{target.id}"))  # noqa: S704 -- drawn by ourselves
    return {"svg": svg, "legende": legend, "bekend": known} if known >= MIN_ON_MAP else {}


def _target_page(context: SiteContext, target: Target) -> Page:
    verdicts = Counter(values[target.id].oordeel for values in context.values.values())
    decimals, measure = context.results.measure(target)
    rates = {} if target.parts else dict(context.results.rates[target.id])
    values = {
        "doel": target, "groepen": _target_groups(context, target), "oordelen": verdicts, "maat": measure,
        "maten": {nis: fmt.number(rate, decimals) for nis, rate in rates.items()},
        "gebieden": _area_tables(context, target), "kaart": _target_map(context, target),
        "provincies": sorted({place.province for place in context.municipalities.values()}),
        "bestanden": files.target_files(context, target.id),
    }  # fmt: skip
    return Page(target_path(target.id), "doel", values)


# ---- drawings of a report --------------------------------------------------------------------------------------------

_SVG = re.compile(r'<svg\b[^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>.*?</svg>', re.DOTALL)
#: What a drawing has from its page anyway.
_IDLE = re.compile(
    r' (?:xmlns|width|height|font-family|focusable)="[^"]*"(?=[^<>]*viewBox=)| font-family="Source[^"]*"'
)
_PATHS = re.compile(r'(?:<path d="[^"<>]*" style="[^"<>]*"/>)+')
_STYLE = re.compile(r' style="([^"<>]*)"')
_LEAF = r"<(?:path|image)\b[^<>]*/>|<text\b[^<>]*>[^<>]*</text>"
_RUN = re.compile(rf"(?:{_LEAF}){{2,}}")
#: A shorter run of paths is not worth a request, a shorter repeated run not a name.
_WORTH_A_FILE, _WORTH_A_NAME = 1500, 150


def _repeated(pattern: re.Pattern[str], html: str) -> list[str]:
    """What drawings of a page hold more than once, most often first."""
    counts = Counter(found for svg in _SVG.finditer(html) for found in pattern.findall(svg[0]))
    return [found for found, count in counts.most_common() if count > 1]


def share_drawings(html: str, here: str) -> tuple[str, str, dict[str, bytes]]:
    """Store the drawings of a page once: what all reports share as files, what one page repeats as one definition.

    A report draws the same map cells, dots and axes again and again. Nothing is drawn otherwise here: a run of paths
    becomes an image of the same paths, a repeated run a reference, a repeated style a class.

    Parameters
    ----------
    html
        Contents of a report.
    here
        Path of the page that shows it.

    Returns
    -------
    tuple of str, str and dict
        The page, the styles of its drawings, and the files that they show. The name of each file is the hash of its
        content, so that all reports share it.
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

        return _PATHS.sub(as_image, _IDLE.sub("", drawing[0]))

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
    return html, "".join(f".{name}{{{style}}}" for style, name in classes.items()), files


# ---- municipalities and Flanders -------------------------------------------------------------------------------------

_MAIN = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_NO_REPORT = {"verslag": "", "stijlen": "", "titel": "", "omschrijving": ""}
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)">')


def read_report(folder: Path, path: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What a page takes from the page of a report: title, description, contents of ``<main>``; and its drawings.

    Raises
    ------
    ReportError
        When it is no such page.
    """
    source = folder / "rapport.html"
    html = source.read_text(encoding="utf-8")
    main, title, description = _MAIN.search(html), _TITLE.search(html), _DESCRIPTION.search(html)
    if main is None or title is None or description is None:
        raise ReportError(f"{source}: geen pagina van een verslag; maak het opnieuw met lekp batch --force")
    shown, styles, drawings = share_drawings(main[1].strip(), path)
    # The report escapes its own texts; its exporter has checked the page.
    values = {"verslag": Markup(shown), "stijlen": Markup(styles)}  # noqa: S704
    return {**values, "titel": unescape(title[1]), "omschrijving": unescape(description[1])}, drawings


def municipality_pages(context: SiteContext, nis: str, downloads: Sequence[SiteFile]) -> Iterator[Page | SiteFile]:
    """Everything of one municipality that is no download: its latest page, its frozen one, its feed.

    Parameters
    ----------
    context
        Edition and reports.
    nis
        Code of the municipality.
    downloads
        Its files.
    """
    path, frozen = context.path(nis), edition_path(context.edition.id, context.slug(nis))
    feed, report = f"gemeente/{context.slug(nis)}/wijzigingen.xml", context.reports.get(nis)
    values = {"plaats": context.municipalities[nis], "bestanden": downloads, "vast": frozen, "feed": feed, "run": ""}
    yield Page(feed, "wijzigingen", {**values, "berichten": feed_entries(context, nis)})
    if report is None:
        yield Page(path, "gemeente", {**values, **_NO_REPORT})
        return
    shown, drawings = read_report(report.folder, path)
    yield Page(path, "gemeente", {**values, **shown})
    yield from (SiteFile(drawing, content) for drawing, content in drawings.items())
    yield Page(frozen, "vast", {**values, "run": report.run})


def _flanders(context: SiteContext) -> Iterator[Page | SiteFile]:
    path, folder = "vlaanderen/index.html", files.flanders_folder(context)
    values = {"bestanden": files.flanders_files(context), "werven": _target_rows(context)}
    shown, drawings = read_report(folder, path) if folder else (_NO_REPORT, {})
    yield Page(path, "vlaanderen", {**values, **shown})
    yield from (SiteFile(drawing, content) for drawing, content in drawings.items())


# ---- calendar, method, data ------------------------------------------------------------------------------------------


def _calendar(context: SiteContext) -> Page:
    states, targets = files.source_states(context), context.targets.values()
    coming = [state for state in states if state.next_expected and not state.overdue]
    groups = {
        "Te laat": [state for state in states if state.overdue],
        "Op komst": sorted(coming, key=lambda state: str(state.next_expected)),
        "Zonder verwachte datum": [state for state in states if not state.next_expected],
    }
    served = {state.source.id: [t.name for t in targets if state.source.id in t.sources] for state in states}
    values = {
        "groepen": groups, "bronnen": states, "bestanden": files.calendar_files(context), "doelen": served,
        "ritme": rhythm_words,
    }  # fmt: skip
    return Page("kalender/index.html", "kalender", values)


#: Method texts in the order of a report; those of a chapter of their own come after them.
_RULES = (
    "oordeel", "vereist_pad", "ja_nee", "jaarlijks_tempo", "noemer", "afronding", "tempo", "vergelijking", "fusies",
)  # fmt: skip
_OWN_CHAPTER = ("beperkingen", "onafhankelijk")
#: Thresholds tried to tell how much hangs on the one in use.
_OTHER_THRESHOLDS = (0.6, 0.8)


def _method_text(context: SiteContext, concept: str) -> tuple[str, str, Markup]:
    """Anchor, title and text of one method text, with the parameters in it."""
    given = context.parameters.model_dump()
    values = {name: fmt.short_number(value) if isinstance(value, float) else value for name, value in given.items()}
    title, text = context.edition.catalog.method_texts[concept]
    body = Markup(markdown_html(text.format_map(values)))  # noqa: S704 -- mistune escapes the rest
    return concept.replace("_", "-"), title, body


def _sensitivity(context: SiteContext) -> list[tuple[float, int]]:
    """How many verdicts on the 17 targets are others with another threshold."""
    mine, numbered = context.results.assessments, [target.id for target in context.edition.catalog.pact_targets]
    found = []
    for threshold in _OTHER_THRESHOLDS:
        other = assess(context.edition, context.parameters.model_copy(update={"drempel_licht": threshold}))
        found.append((threshold, int(((mine["verdict"] != other["verdict"]) & mine["target_id"].isin(numbered)).sum())))
    return found


def _changes_per_target(context: SiteContext) -> list[tuple[str, list[int]]]:
    """Per target: verdicts that changed, and figures that were revised, came in, went away."""
    changes = edition_changes(context)
    if changes is None:
        return []
    verdicts, figures = changes.verdicts["target_id"].value_counts(), changes.figures.value_counts(["target_id", "wat"])
    kinds = ("herzien", "nieuw", "verdwenen")
    rows = [
        (target.name, [int(verdicts.get(key, 0)), *(int(figures.get((key, kind), 0)) for kind in kinds)])
        for key, target in context.targets.items()
    ]
    return [(name, numbers) for name, numbers in rows if any(numbers)]


def _method(context: SiteContext) -> Page:
    rest = [concept for concept in context.edition.catalog.method_texts if concept not in (*_RULES, *_OWN_CHAPTER)]
    values = {
        "regels": [_method_text(context, concept) for concept in (*_RULES, *rest)],
        "beperkingen": _method_text(context, "beperkingen"), "drempels": _sensitivity(context),
        "wijzigingen": edition_changes(context), "per_doel": _changes_per_target(context),
        "bestanden": files.change_files(context),
        "aantal": len(context.edition.catalog.pact_targets) * len(context.municipalities),
    }  # fmt: skip
    return Page("methode/index.html", "methode", values)


def _data(context: SiteContext) -> Page:
    made, manifest = files.data_files(context), context.edition.manifest
    tables = files.table_columns(context)
    own = {table["naam"]: [file for file in made if PurePosixPath(file.path).stem == table["naam"]] for table in tables}
    values = {
        "losse": [file for file in made if all(file not in found for found in own.values())], "van_tabel": own,
        "tabellen": tables, "bronnen": files.used_sources(context), "verwijzing": files.citation(context),
        "invoer": sorted(manifest.inputs, key=lambda item: (item.imported, item.name), reverse=True),
        "correcties": files.correction_rows(context),
        "vingerafdruk": sha256_of(context.edition.folder / MANIFEST_NAME),
    }  # fmt: skip
    return Page("gegevens/index.html", "gegevens", values)


def shared_pages(context: SiteContext) -> Iterator[Page | SiteFile]:
    """All pages but those of the municipalities."""
    edition = context.edition
    yield _home(context)
    for slug, chain in former_municipalities(context):
        yield Page(f"gemeente/{slug}/index.html", "vroeger", {"fusies": chain})
    yield Page("doel/index.html", "doelen", {"werven": _target_rows(context)})
    for target in context.targets.values():
        yield _target_page(context, target)
    yield from _flanders(context)
    yield Page("vergelijk/index.html", "vergelijk", {})
    for group in context.groups:
        yield Page(group.path, "rooster", {"groep": group})
    yield from (_calendar(context), _method(context), _data(context))
    about = {"onafhankelijk": _method_text(context, "onafhankelijk"), "verwijzing": files.citation(context)}
    yield Page("over/index.html", "over", about)
    yield Page("toegankelijkheid/index.html", "toegankelijkheid", {})
    yield Page("editie/index.html", "edities", {})
    yield Page(edition_path(edition.id), "editie", {})
    if context.address:
        yield Page("404.html", "niet_gevonden", {})
