"""The check of an edition before it reaches a report: coverage, outliers, suspects, refused rows, revisions, ages."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pandas as pd

from lekp_lib.data.checks import Finding, check_figures
from lekp_lib.data.importing import ImportContext, changes_of, read_entry
from lekp_lib.data.readers import ReadResult
from lekp_lib.data.store import Ledger, RawStore, add_months, next_due
from lekp_lib.edition import Edition
from lekp_lib.edition.edition import as_read
from lekp_lib.errors import LekpError
from lekp_lib.pact import Source, Target, load_catalog, own_files, project_folder
from lekp_lib.parameters import ReportParameters, read_parameters
from lekp_lib.present import charts
from lekp_lib.present import format as fmt
from lekp_lib.present.blocks import Block, Opened, chart, heading, paragraph, short_id
from lekp_lib.present.results import JUDGED, MIN_COUNTED, end_dates, opened_edition, plain, results_of
from lekp_lib.present.tables import table_block

#: So many times the middle half beyond its edge is far: Tukey's outer fence (Exploratory Data Analysis, 1977).
FENCE = 3.0
#: Rows of long tables that are shown.
SHOWN = 200
#: Rules that an edition as a whole cannot break any more.
_OF_IMPORTS = ("not_yet", "unknown_nis", "form", "duplicate")


class SeenImport(NamedTuple):
    """One import of the ledger, read again from its raw bytes: what it gave, what it changed, or why it fails."""

    name: str
    day: dt.date
    result: ReadResult
    revised: pd.DataFrame
    problem: str = ""


class DataCheck(Opened):
    """All that can be said of the figures of one edition.

    Parameters
    ----------
    edition
        Frozen figures.
    parameters
        With the greatest age of a figure that gets a verdict.
    data_dir
        Folder with raw files and imports.
    project
        Folder with the declarations of the project; may be absent.
    """

    VARIABLE = "controle"
    OLD_NAMES: ClassVar = {
        "summary": "kort()", "coverage": "dekking()", "sources": "bronnen()", "outliers": "uitschieters()",
        "suspects": "na_te_kijken()", "refused": "geweigerd()", "revisions": "herzien()", "oldest": "oudste()",
    }  # fmt: skip

    def __init__(self, edition: Edition, parameters: ReportParameters, data_dir: Path, project: Path) -> None:
        self.edition, self.parameters, self.data_dir, self.project = edition, parameters, data_dir, project
        self.on, self.catalog, self.register = edition.reference_date, edition.catalog, edition.register
        self.results = results_of(edition, parameters)

    @cached_property
    def cijfers(self) -> pd.DataFrame:
        """All figures of the edition."""
        return self.edition.figures.copy()

    @cached_property
    def nieuwste(self) -> pd.DataFrame:
        """The newest figure of every municipality and target, oldest first, with the name of the municipality."""
        return self._newest.copy()

    @cached_property
    def _newest(self) -> pd.DataFrame:
        figures = self.edition.figures.sort_values("reference_date", kind="stable")
        return figures.groupby(["target_id", "nis"]).tail(1).join(self.results.places["name"], on="nis", how="inner")

    @cached_property
    def bevindingen(self) -> tuple[Finding, ...]:
        """What the rules of plausibility find in the frozen figures."""
        figures = as_read(pd.concat([self.edition.figures, self.edition.frame("totals")]))
        found = check_figures(figures, self.catalog, self.register, today=self.edition.manifest.built)
        return tuple(item for item in found if item.rule not in _OF_IMPORTS)

    @cached_property
    def inlezingen(self) -> list[SeenImport]:
        """All imports of the data folder, oldest first."""
        catalog, project = self.catalog, self.project if self.project.is_dir() else None
        with suppress(LekpError):  # a mistake in a declaration of the project is no matter of a data check
            catalog = load_catalog(own=own_files(self.project)) if project else catalog
        context = ImportContext(catalog, self.register, self.data_dir, project)
        known: dict[str, list[ReadResult]] = {}
        return [self._seen(entry, context, known) for entry in Ledger(self.data_dir).entries()]

    def _seen(self, entry: Any, context: ImportContext, known: dict[str, list[ReadResult]]) -> SeenImport:
        name = entry.sha256[:12]
        try:
            name = RawStore(self.data_dir).passport(entry.sha256).name
            result, yields = read_entry(entry, context), context.shape(entry.shape).yields
        except LekpError as error:
            return SeenImport(name, entry.date, ReadResult(), pd.DataFrame(), str(error))
        changes = changes_of(result, known.setdefault(yields, []))
        known[yields].append(result)
        return SeenImport(name, entry.date, result, changes[changes["kind"].eq("revised")])

    # ---- identity

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What stands around the pages."""
        return self.edition_facts(
            title=f"Datacontrole, {self.edition.title}", heading=f"Datacontrole van {self.edition.title}",
            description=f"Dekking, uitschieters en ouderdom van de cijfers van {self.edition.title}.",
            keywords=["LEKP", "datacontrole"], place="Datacontrole", slug="datacontrole",
            run=short_id("datacontrole", self.edition.manifest.model_dump_json(), self.parameters.of_figures()),
        )  # fmt: skip

    # ---- blocks

    def kort(self) -> Block:
        """What was checked, and how much there is to look at."""
        figures, places = len(self.edition.figures), self.edition.figures["nis"].nunique()
        refused = sum(len(item.result.refused) for item in self.inlezingen)
        told = [
            f"Deze editie bevat {fmt.count_noun(figures, 'cijfer', 'cijfers')} van {places} gebieden.",
            f"De vaste regels vinden {fmt.count_noun(len(self.bevindingen), 'cijfer', 'cijfers')} om na te kijken.",
            f"Bij het inlezen werden {fmt.count_noun(refused, 'rij', 'rijen')} geweigerd.",
        ]
        return self.shown("kort", heading(self.facts["heading"], 1), paragraph(*told))

    def dekking(self) -> Block:
        """Per target: municipalities with a recent figure, an old one, and none; and how many get a verdict."""
        frame = pd.DataFrame([self._coverage_row(target) for target in self.catalog.targets])
        counts = frame.set_index("Doel")[["Recent", "Te oud", "Zonder cijfer"]]
        colours = {"Recent": "#1F77B4", "Te oud": "#C27C00", "Zonder cijfer": "#FFFFFF"}
        drawn = chart(
            "dekking", lambda size: charts.stacked(counts, colours, size=size), "Gemeenten met een cijfer, per doel",
            "Van links naar rechts: recent, te oud, zonder cijfer",
            "Staven met het aantal gemeenten met een recent, een te oud en geen cijfer. De tabel zegt dat ook.",
        )  # fmt: skip
        return self.shown("dekking", drawn, table_block(frame, "Dekking van de cijfers per doel", closed=True))

    def _coverage_row(self, target: Target) -> dict[str, Any]:
        rows = self.results.of_target(target.id)
        known, old = rows["reference_date"].notna(), rows["reason"] == "too_old"
        dates = rows["reference_date"].dropna().sort_values()
        return {
            "Doel": target.name, "Recent": int((known & ~old).sum()), "Te oud": int(old.sum()),
            "Zonder cijfer": int((~known).sum()), "Met oordeel": int(rows["verdict"].isin(JUDGED).sum()),
            "Middelste datum": fmt.short_date(plain(dates.iloc[(len(dates) - 1) // 2])) if len(dates) else "–",
        }  # fmt: skip

    def bronnen(self) -> Block:
        """Per source: what it gave, from when, and whether the next figure is late."""
        rows = [self._source_row(str(key), part) for key, part in self.edition.figures.groupby("source_id", sort=False)]
        frame = pd.DataFrame(rows).sort_values("Cijfers", ascending=False)
        return self.shown("bronnen", table_block(frame, "Dekking van de cijfers per bron"))

    def _source_row(self, source_id: str, part: pd.DataFrame) -> dict[str, Any]:
        source, newest = self.catalog.sources.get(source_id), plain(part["reference_date"].max())
        expected, late = next_due(source, newest, self.edition.manifest.built) if source else (None, False)
        names = {target.id: target.short_name for target in self.catalog.measured}
        first, last = end_dates(part.sort_values("reference_date", kind="stable"))
        return {
            "Bron": source.name if source else source_id, "Cijfers": len(part), "Gemeenten": part["nis"].nunique(),
            "Doelen": fmt.join_list(names.get(t, t) for t in part["target_id"].unique()),
            "Van": first, "Tot": last,
            "Volgende": f"{fmt.date_text(expected, 'maand')}{', te laat' if late else ''}" if expected else "–",
        }  # fmt: skip

    @cached_property
    def ver(self) -> pd.DataFrame:
        """Rates that lie far from the middle half, farthest first: target, municipality, rate, median."""
        return self._far.copy()

    @cached_property
    def _far(self) -> pd.DataFrame:
        rows = []
        for target in self.catalog.targets:
            rates = self.results.rates[target.id]
            if target.parts or len(rates) < MIN_COUNTED:
                continue
            low, middle, high = rates.quantile([0.25, 0.5, 0.75])
            reach = FENCE * max(high - low, abs(middle) / 100)
            far = rates[(rates < low - reach) | (rates > high + reach)]
            decimals, unit = self.results.measure(target)
            rows += [(target.name, nis, rate, middle, decimals, unit, abs(rate - middle)) for nis, rate in far.items()]
        frame = pd.DataFrame(rows, columns=["target", "nis", "rate", "median", "decimals", "unit", "distance"])
        frame = frame.sort_values(["target", "distance"], ascending=[True, False])
        return frame.join(self.results.places["name"], on="nis")

    def uitschieters(self) -> Block:
        """Municipalities whose figure lies far from that of the others."""
        if self._far.empty:
            return self.shown("uitschieters", paragraph("Geen enkel cijfer ligt ver van de andere."))
        rows = [
            {
                "Doel": row["target"], "Gemeente": row["name"], "Cijfer": fmt.number(row["rate"], row["decimals"]),
                "Mediaan": fmt.number(row["median"], row["decimals"]), "Geteld in": row["unit"],
            }
            for row in self._far.head(SHOWN).to_dict("records")
        ]  # fmt: skip
        note = f"Ver is: meer dan {FENCE:.0f} keer de breedte van de middelste helft buiten die helft. "
        note = (note + _left_out(len(self._far))).strip()
        return self.shown("uitschieters", table_block(pd.DataFrame(rows), "Cijfers die ver van de andere liggen", note))

    def na_te_kijken(self) -> Block:
        """What the rules of plausibility find."""
        if not self.bevindingen:
            return self.shown("na_te_kijken", paragraph("De regels vinden in deze editie niets om na te kijken."))
        levels = {"error": "kan niet", "confirm": "te bevestigen", "warning": "na te kijken"}
        found, note = self.bevindingen[:SHOWN], _left_out(len(self.bevindingen))
        rows = [{"Waar": item.where, "Wat": item.message, "Hoe erg": levels[item.level]} for item in found]
        return self.shown("na_te_kijken", table_block(pd.DataFrame(rows), "Cijfers om na te kijken", note))

    def geweigerd(self) -> Block:
        """Files that were imported, and every row of them that was refused."""
        if not self.inlezingen:
            told = f"In de map {self.data_dir.name} staat geen ingelezen bestand; "
            return self.shown("geweigerd", paragraph(told + "lees bestanden in met lekp data import."))
        files = [
            {"Bestand": item.name, "Ingelezen": fmt.date_text(item.day), "Rijen": item.result.rows,
             "Geweigerd": len(item.result.refused), "Probleem": item.problem or "–"}
            for item in self.inlezingen
        ]  # fmt: skip
        refused = pd.concat([item.result.refused.assign(file=item.name) for item in self.inlezingen])
        blocks = [table_block(pd.DataFrame(files), "Ingelezen bestanden")]
        if len(refused):
            names = {"cell": "Cel", "found": "Gevonden", "expected": "Verwacht", "advice": "Wat te doen"}
            shown = _first_rows(refused, names)
            blocks.append(table_block(shown, "Geweigerde rijen", f"In totaal {fmt.number(len(refused))}."))
        else:
            blocks.append(paragraph("Geen enkele rij van deze bestanden werd geweigerd."))
        return self.shown("geweigerd", *blocks)

    def herzien(self) -> Block:
        """Figures that a later file changed, and figures that municipalities corrected."""
        corrected = fmt.count_noun(len(self.edition.frame("corrections")), "cijfer", "cijfers")
        told = paragraph(f"Door gemeenten gecorrigeerd in deze editie: {corrected}.")
        revised = pd.concat([pd.DataFrame(), *(item.revised.assign(file=item.name) for item in self.inlezingen)])
        if revised.empty:
            none = paragraph("Geen enkel ingelezen bestand herzag een cijfer van een vroeger bestand.")
            return self.shown("herzien", none, told)
        names = {"nis": "NIS", "figure": "Cijfer", "date": "Datum", "old": "Vroeger", "new": "Nu"}
        table = table_block(_first_rows(revised, names), "Herziene cijfers", _left_out(len(revised)))
        return self.shown("herzien", table, told)

    def oudste(self) -> Block:
        """How old the figures are per target, and the oldest ones by name."""
        limit = add_months(self.on, -self.parameters.max_ouderdom_maanden)
        days = {str(key): [*map(plain, part)] for key, part in self._newest.groupby("target_id")["reference_date"]}
        targets = [target for target in self.catalog.pact_targets if target.id in days]
        dates = [days[target.id] for target in targets]
        blocks: list[Block] = []
        if targets:
            ends = [fmt.short_date(sorted(known)[(len(known) - 1) // 2]) for known in dates]
            words = [t.name for t in targets], dates, ends, limit, f"te oud voor {fmt.short_date(limit)}"
            blocks.append(chart(
                "ouderdom", lambda size: charts.ages(*words, size), "Ouderdom van het nieuwste cijfer",
                "Per doel van het oudste tot het nieuwste, met de middelste datum",
                "Lijnen van het oudste tot het nieuwste cijfer per doel. De tabel noemt de oudste.",
            ))  # fmt: skip
        oldest, note = self.results.dated(self._newest.head(SHOWN)), _left_out(len(self._newest))
        blocks.append(table_block(oldest, "De oudste cijfers", note, closed=True))
        return self.shown("oudste", *blocks)


def _left_out(count: int) -> str:
    """How many of so many rows a long table does not show; empty when it shows all."""
    return f"Niet getoond: nog {fmt.number(count - SHOWN)}." if count > SHOWN else ""


def _first_rows(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """So many rows as are shown, by file, with the names that readers know."""
    named = {"file": "Bestand", **names}
    return rows[list(named)].rename(columns=named).head(SHOWN).reset_index(drop=True)


def rhythm_words(source: Source) -> str:
    """How often a source publishes, for readers."""
    return source.rhythm.replace("_", " ")


def status_events(statuses: Iterable[Any], warning: str = "") -> list[tuple[str, dt.date, str, str, str]]:
    """One event of a calendar per source with a next figure, on the day from which it may be there.

    Parameters
    ----------
    statuses
        State of the sources on one day: rows of :func:`~lekp_lib.data.store.source_statuses`, with a column
        ``precision``: how precise the newest reference date is.
    warning
        Stands in front of every title: that the figures are invented.
    """
    events = []
    for item in statuses:
        if item.next_expected is None or item.last_reference is None:
            continue
        last = fmt.date_text(item.last_reference, item.precision)
        told = f"Laatste peildatum: {last}. Ritme: {rhythm_words(item.source)}."
        late = f" Let op: verwacht in {fmt.date_text(item.next_expected, 'maand')}, te laat." if item.overdue else ""
        title = f"{warning}. " * bool(warning) + f"Nieuw cijfer verwacht: {item.source.name}"
        events.append((f"bron-{item.source.id}", item.next_expected, title, told + late, item.source.url))
    return events


def _escaped(text: str) -> str:
    """Text value: backslash, semicolon, comma and line ends written as RFC 5545 3.3.11 asks; no control characters."""
    plain = re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", re.sub("\r\n?", "\n", text))
    return re.sub(r"[\\;,]", r"\\\g<0>", plain).replace("\n", "\\n")


def _folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, without cutting a character in two (RFC 5545 3.1)."""
    raw, pieces = line.encode(), list[str]()
    while raw:
        # The blank with which a continuation begins counts too.
        pieces.append(raw[: 74 if pieces else 75].decode(errors="ignore"))
        raw = raw[len(pieces[-1].encode()) :]
    return "\r\n ".join(pieces)


def write_calendar(events: Iterable[tuple[str, dt.date, str, str, str]], name: str, today: dt.date) -> bytes:
    """Calendar file (RFC 5545) with whole-day events, whose texts may hold anything.

    Parameters
    ----------
    events
        In the order to be written: what names the event for ever, so that a newer calendar updates it and does not
        double it, its day, title, description and address.
    name
        Name of the calendar.
    today
        Day on which it is made.

    Returns
    -------
    bytes
        UTF-8 with CRLF line ends.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//lekp//bronnenkalender//NL", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_escaped(name)}"]
    for uid, day, title, description, url in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{hashlib.sha256(uid.encode()).hexdigest()[:24]}@lekp",
            f"DTSTAMP:{today:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(title)}",
        ]
        lines += [f"DESCRIPTION:{_escaped(description)}"] * bool(description)
        # An address is no text value: it may not hold blanks or line ends, and is left out when it does.
        lines += [f"URL:{url}"] * bool(re.fullmatch("[!-~]+", url))
        lines += ["TRANSP:TRANSPARENT", "END:VEVENT"]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def open_datacontrole(
    *,
    editie: str = "gepubliceerd",
    gegevensmap: str = "data",
    max_ouderdom_maanden: int = 24,
    edition: Edition | None = None,
) -> DataCheck:
    """Open the check of one edition; the one opening call of the notebook ``datacontrole``.

    Parameters
    ----------
    editie
        As for a report.
    gegevensmap
        Folder with raw files and imports; a relative one is that of the project of the working folder.
    max_ouderdom_maanden
        An older figure gets no verdict.
    edition
        An edition that is open already.

    Returns
    -------
    DataCheck

    Raises
    ------
    LekpError
        When a parameter or the edition is wrong.
    """
    checked = read_parameters({"gemeente": "*", "editie": editie, "max_ouderdom_maanden": max_ouderdom_maanden})
    project, data_dir = project_folder(Path()), Path(gegevensmap)
    if not data_dir.is_absolute() and not data_dir.is_dir():
        data_dir = project.parent / data_dir
    return DataCheck(edition or opened_edition(checked.editie), checked, data_dir, project)
