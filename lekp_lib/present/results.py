"""One edition assessed and compared once, and one row of values per target for the templates that tell of it."""

import datetime as dt
import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from lekp_lib.edition.edition import MANIFEST_NAME, Edition, find_edition
from lekp_lib.errors import ReportError
from lekp_lib.indicators.areas import areas
from lekp_lib.indicators.assess import assess
from lekp_lib.indicators.compare import compare, published_targets, similar_better, verdict_changes
from lekp_lib.pact import Level, Target
from lekp_lib.parameters import ReportParameters
from lekp_lib.paths import sha256_of
from lekp_lib.present import format as fmt
from lekp_lib.present import maps
from lekp_lib.present.blocks import Values
from lekp_lib.present.theme import MARKS, Drawing

#: Verdicts that count a target as good, as behind, and as judged.
GOOD = ("doel gehaald", "op koers")
BEHIND = ("lichte achterstand", "grote achterstand")
MISSED = "niet gehaald op de einddatum"
JUDGED = (*GOOD, *BEHIND, MISSED, "nog niet vereist")
ABSENT = ("niet in deze editie", "niet geregistreerd")
NOT_APPLICABLE = "niet van toepassing"
#: With fewer municipalities there is no total, median, dot plot or spread.
MIN_COUNTED = 10
#: A multiple of the present pace is told between these.
_TOLD_TIMES = (1.5, 10.0)
_NEARLY = 0.1
#: Singular of what a level is counted per.
_PER_ONE = {"inwoners": "inwoner", "wooneenheden": "wooneenheid", "huishoudens": "huishouden"}


_MAP_WORDS = {
    "klasse-1": "minder dan een kwart van het niveau", "klasse-2": "een kwart tot de helft",
    "klasse-3": "de helft tot driekwart", "klasse-4": "driekwart en meer",
    "klasse-5": "op het niveau, of in orde", "nee": "niet in orde",
    "zonder oordeel": "zonder bruikbaar cijfer", "niet in deze editie": "niet in deze editie",
    "niet geregistreerd": "niet geregistreerd", "niet van toepassing": "niet van toepassing",
}  # fmt: skip


#: A row of a table as plain values.
Row = Mapping[str, Any]


def plain(value: Any) -> Any:
    """A cell of a table as plain Python: ``None`` for what is missing, a date for a time stamp."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


class Results:
    """Assessments of all municipalities for one set of parameters, with what stands around them.

    Parameters
    ----------
    edition
        Frozen figures.
    parameters
        Validated parameters; the municipality matters only where a pact version is asked for.
    """

    def __init__(self, edition: Edition, parameters: ReportParameters) -> None:
        self.edition, self.parameters = edition, parameters
        self.catalog, self.register, self.on = edition.catalog, edition.register, edition.reference_date

    @cached_property
    def assessments(self) -> pd.DataFrame:
        """Municipality x target, as documented with the tables."""
        return assess(self.edition, self.parameters)

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """Municipality x target x group."""
        return compare(self.assessments, self.edition)

    @cached_property
    def published_targets(self) -> pd.DataFrame:
        """Targets that municipalities published themselves, beside the computed ones."""
        return published_targets(self.assessments, self.edition)

    @cached_property
    def areas(self) -> pd.DataFrame:
        """Area x target."""
        return areas(self.assessments, self.edition, self.parameters)

    @property
    def fictitious(self) -> str:
        """What a chart adds to its subtitle when the figures are invented, or not frozen."""
        own = " (eigen cijfers, niet bevroren)" if self.edition.manifest.banner else ""
        return " (fictieve cijfers)" if self.edition.fictitious else own

    @cached_property
    def places(self) -> pd.DataFrame:
        """All municipalities by NIS code: name, province."""
        found = [(p.nis, p.name, p.province) for p in self.register.municipalities(self.on)]
        return pd.DataFrame(found, columns=["nis", "name", "province"]).set_index("nis")

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of every municipality by NIS code."""
        return dict(self.places["name"])

    @cached_property
    def _tables(self) -> dict[str, tuple[pd.DataFrame, Mapping[Any, Any]]]:
        """What is asked of one municipality, with the positions of the rows of each."""
        figures = self.edition.figures.sort_values("reference_date", kind="stable")
        tables = {"assessments": self.assessments, "figures": figures, "comparisons": self.comparisons}
        return {name: (table, table.groupby("nis").indices) for name, table in tables.items()}

    @lru_cache(maxsize=8)  # noqa: B019 -- results live as long as the process
    def rows(self, table: str, nis: str) -> pd.DataFrame:
        """Rows of one municipality: ``assessments`` as in the catalogue, ``figures`` oldest first, ``comparisons``."""
        frame, rows = self._tables[table]
        return frame.iloc[list(rows.get(nis, ()))]

    def records(self, table: str, nis: str, target_id: str) -> Sequence[Row]:
        """Rows of one municipality and target as plain values: of ``assessments``, ``figures`` or ``comparisons``."""
        return self._records(table, nis).get(target_id, ())

    @lru_cache(maxsize=8)  # noqa: B019 -- results live as long as the process
    def _records(self, table: str, nis: str) -> dict[str, tuple[Row, ...]]:
        """The same by target; everyone gets the same ones, so that nobody may change them."""
        found: dict[str, tuple[Row, ...]] = {}
        for row in self.rows(table, nis).to_dict("records"):
            values = MappingProxyType({str(key): plain(value) for key, value in row.items()})
            found[row["target_id"]] = (*found.get(row["target_id"], ()), values)
        return found

    def with_units(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Assessments with the unit of the figure as ``unit``, and that of the level, which may differ, apart."""
        symbols = {(t.id, item.id): item.unit.symbol for t in self.catalog.targets for item in t.indicators}
        keys = pd.Series(list(zip(rows["target_id"], rows["indicator"], strict=True)), rows.index, dtype=object)
        return rows.assign(unit=keys.map(symbols).fillna(rows["unit"]), level_unit=rows["unit"])

    def of_target(self, target_id: str) -> pd.DataFrame:
        """All municipalities for one target, by NIS code."""
        return self._by_target[self.catalog.target(target_id).id]

    @cached_property
    def _by_target(self) -> dict[str, pd.DataFrame]:
        return {str(name): part.set_index("nis") for name, part in self.assessments.groupby("target_id", sort=False)}

    def chapter_title(self, werf: str | None) -> str:
        """Heading over the targets of one werf, or of all."""
        labels = {item.id: item.label for item in self.catalog.werven}
        if werf is not None and werf not in labels:
            raise ReportError(f"werf: er staat {werf!r}; verwacht wordt een van {', '.join(labels)}")
        return labels[werf] if werf else "De doelen"

    @cached_property
    def rates(self) -> dict[str, pd.Series]:
        """Rate of every municipality whose figure may be compared, by NIS code; per target."""
        return {name: rows["rate"].dropna() for name, rows in self._by_target.items()}

    @cached_property
    def yes_counts(self) -> dict[str, tuple[int, int]]:
        """Municipalities that have all parts of a yes/no target in order, and those with a known answer; per target."""
        found = {}
        for target in (target for target in map(self.catalog.target, self._by_target) if target.parts):
            rows = self.of_target(target.id)
            known = rows.loc[rows["verdict"] != NOT_APPLICABLE, "parts_yes"].dropna()
            found[target.id] = int((known >= len(target.parts)).sum()), len(known)
        return found

    @cached_property
    def yardsticks(self) -> dict[str, float]:
        """Rate that counts as 100 % on maps and axes: the highest level that any municipality has; per target."""
        highest = {name: rows["rate_level"].max() for name, rows in self._by_target.items()}
        return {name: 100.0 if math.isnan(level) else float(level) for name, level in highest.items()}

    def measure(self, target: Target) -> tuple[int, str]:
        """Decimals and unit of the rate of a target: (1, "bomen per 100 inwoners")."""
        unit, shown = target.indicators[0].unit, target.comparison
        if shown is None:
            return 0, "procent van het doel"
        if shown.per is None or shown.n is None:
            return shown.decimals, unit.plural
        return shown.decimals, f"{unit.plural} per {fmt.number(shown.n)} {shown.per}"

    def similar_better(self, place: str, value: Values, decimals: int) -> list[str]:
        """Municipalities of the same size that are on track or better with a higher rate: "Wichelen (16,1)"."""
        found = () if value.target.parts else self._similar_better[place, value.id]
        return [f"{self.names[nis]} ({fmt.number(self.rates[value.id][nis], decimals)})" for nis in found]

    @cached_property
    def _similar_better(self) -> dict[tuple[str, str], list[str]]:
        return similar_better(self.assessments, self.edition)

    def path(self, value: Values) -> tuple[tuple[dt.date, float], ...]:
        """Steps of the required path of a target: date and share of the level."""
        level, begin, end = value.niveau_regel, value.rij["path_start"], value.einddatum
        if end is None:
            return ()
        if value.soort == "jaarlijks_tempo":
            base = int(value.vergelijkt_met or end.year)
            asked = {year: level.required_average(base, year) for year in range(base + 1, end.year + 1)}
            return tuple((dt.date(year, 12, 31), average / value.niveau) for year, average in asked.items())
        eve = begin if value.soort == "reductie" else begin - dt.timedelta(days=1)
        return (eve, 0.0), (end, 1.0)

    @cached_property
    def hexagons(self) -> gpd.GeoDataFrame:
        """The tile map: one hexagon per municipality, with name and province, by NIS code."""
        tiles = pd.DataFrame([(nis, *place) for nis, place in self.register.tiles().items()], columns=["nis", "q", "r"])
        return maps.hexagons(tiles.join(self.places, on="nis", how="inner"))

    @cached_property
    def boundaries(self) -> gpd.GeoDataFrame:
        """Real boundaries where the edition has them, else the tile map; with ``nis``, ``name`` and ``province``."""
        found = self.edition.frame("boundaries")
        return self.hexagons if found.empty else maps.boundaries(found, self.places)

    def dated(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Municipality, target and date of some figures, as a table shows them."""
        names = {target.id: target.name for target in self.catalog.measured}
        cells = zip(rows["nis"], rows["target_id"], rows["reference_date"], rows["date_precision"], strict=True)
        body = [(self.names[nis], names[t], fmt.date_text(plain(day), sure)) for nis, t, day, sure in cells]
        return pd.DataFrame(body, columns=["Gemeente", "Doel", "Datum"])

    def legend(self, targets: Iterable[Target]) -> list[dict[str, str]]:
        """Classes that stand on the maps of some targets, in words, with their colour and mark."""
        used = {name for target in targets for name in self.map_classes[target.id].unique()}
        shown = {name: words for name, words in _MAP_WORDS.items() if name in used}
        return [{"text": words, "state": name, **maps.FILLS[name]._asdict()} for name, words in shown.items()]

    def changes(self, nis: str) -> Values | None:
        """Title of the edition before, and the targets whose verdict changed; ``None`` when this edition names none."""
        before = self.edition.predecessor
        if before is None:
            return None
        own = self._verdict_changes[self._verdict_changes["nis"] == nis]
        names = [self.catalog.target(target_id).name for target_id in own["target_id"]]
        rows = pd.DataFrame({"Doel": names, "Vroeger": own["before"], "Nu": own["after"]}).reset_index(drop=True)
        return Values(editie=before.title, doelen=names, rijen=rows)

    @cached_property
    def _verdict_changes(self) -> pd.DataFrame:
        before = self.edition.predecessor
        return verdict_changes(before, self.edition, self.parameters) if before else pd.DataFrame()

    @cached_property
    def _ground(self) -> maps.Ground:
        return maps.ground(self.hexagons)

    @cached_property
    def map_classes(self) -> dict[str, pd.Series]:
        """Class of every municipality on the map of a target; per target."""
        targets = map(self.catalog.target, self._by_target)
        return {t.id: maps.map_classes(self.of_target(t.id), self.yardsticks[t.id], len(t.parts)) for t in targets}

    @cached_property
    def map_counts(self) -> dict[str, Values]:
        """Municipalities in order and not, at the level, with a colour, and without a figure; per target."""
        return {name: _map_counts(self, name, classes) for name, classes in self.map_classes.items()}

    def map(self, target: Target, nis: str = "") -> Drawing:
        """The map of one target, with the outline of one municipality."""
        drawing = self._maps[target.id]
        return maps.outlined(drawing, self._ground, nis) if nis else drawing

    @cached_property
    def _maps(self) -> dict[str, Drawing]:
        """Maps without outline, which all municipalities share."""
        return {name: maps.target_map(self._ground, classes) for name, classes in self.map_classes.items()}

    @lru_cache(maxsize=8)  # noqa: B019 -- results live as long as the process
    def values(self, nis: str) -> dict[str, Values]:
        """What a template may mention of each target of one municipality, by target."""
        return {target_id: self._value(row) for target_id, (row,) in self._records("assessments", nis).items()}

    @lru_cache(maxsize=8)  # noqa: B019 -- results live as long as the process
    def sha256(self, nis: str) -> str:
        """Hash of all figures and verdicts of one municipality."""
        shown = [self._records(name, nis) for name in ("figures", "assessments", "comparisons")]
        return hashlib.sha256(repr(shown).encode()).hexdigest()

    def _value(self, row: Row) -> Values:
        target = self.catalog.target(row["target_id"])
        level, figures = target.level_for(row["pact_version"]), self.records("figures", row["nis"], target.id)
        parts, verdict, day = _parts(target, figures), row["verdict"], row["reference_date"]
        unknown = [part for part, known in zip(target.parts, parts, strict=True) if not known.bekend]
        value = Values(
            **_target_values(target, level, row), **self._figure_values(target, row), onderdelen=parts, target=target,
            rij=row, gezocht=unknown or target.parts or (row["level_indicator"],), oordeel=verdict, reden=row["reason"],
            geldt=verdict != NOT_APPLICABLE, beoordeeld=verdict in JUDGED, goed=verdict in GOOD,
            achterstand=verdict in BEHIND, te_laat=verdict == MISSED, ontbreekt=verdict in ABSENT,
            heeft_cijfer=day is not None,
        )  # fmt: skip
        return Values(**vars(value), **self._progress(value, row), **self._newest_level(value))

    def _newest_level(self, value: Values) -> dict[str, Any]:
        """The level with the newest count of inhabitants, beside the one that is used."""
        level, years = value.niveau_regel, range(self.on.year + 1, self.parameters.noemerjaar, -1)
        counts = (self.register.population(value.nis, year, self.on) for year in years)
        counted = level and value.geteld_per == "inwoners" and value.noemer
        found = next(filter(None, counts), None) if counted else None
        if found is None or found.value == value.noemer:
            return {"nieuw_niveau": None}
        shown = _level_for(level, level.factor, found.value)
        return {"nieuwe_noemer": found.value, "nieuwe_datum": found.date, "nieuw_niveau": shown}

    def _figure_values(self, target: Target, row: Row) -> dict[str, Any]:
        first = target.indicators[0]
        indicator, minder = next((i for i in target.indicators if i.id == row["indicator"]), first), first.label
        source = self.catalog.sources.get(row["source_id"] or "")
        other, told = self.catalog.sources.get(row.get("other_source_id") or ""), ("reference_date", "source_id")
        figures = self.records("figures", row["nis"], target.id) if other else ()
        asked = (row.get("other_date"), row.get("other_source_id"))
        precise = (item["date_precision"] for item in figures if tuple(item[name] for name in told) == asked)
        return {
            "waarde": row["value"], "datum": row["reference_date"], "precisie": row["date_precision"] or "dag",
            "eenheid_cijfer": indicator.unit, "eigen_reeks": indicator.id == first.id,
            "vergelijkt_met": row["base_year"], "waarde_van": row["status"], "sinds": row["since"],
            "minder_wat": minder.removeprefix("Minder ") if minder.startswith("Minder ") else None,
            "leeftijd_maanden": row["age_months"], "dagen_erbij": _days_beyond(row, self.on),
            "was": row["original"], "bron": source.name if source else row["source_id"] or "",
            "bron_url": row["url"] or (source.url if source else ""), "rang": source.rank if source else "",
            "bewaarders": self.holders(target), "gewogen": _weighed_range(target, row),
            "grens_maanden": self.parameters.max_ouderdom_maanden,
            "ander_waarde": row.get("other_value"), "ander_is_deel": row.get("other_measure") == "aandeel_pct",
            "ander_datum": row.get("other_date"), "ander_precisie": next(precise, "dag"),
            "ander_bron": other.name if other else "",
        }  # fmt: skip

    def holders(self, target: Target) -> list[Values]:
        """Who keeps the figures of a target: the one that the catalogue names, else its sources."""
        if target.holder is not None:
            return [Values(name=target.holder.naam, url=target.holder.adres, how=target.holder.hoe)]
        found = [self.catalog.sources[key] for key in target.sources if key in self.catalog.sources]
        return [Values(name=source.name, url=source.url, how="") for source in found]

    def _progress(self, value: Values, row: Row) -> dict[str, Any]:
        """Shares of the level, what is left to do, and how the present pace compares with it."""
        share, expected = row["share_pct"], row["expected_pct"]
        pace, needed = row["pace_per_year"], row["needed_per_year"]
        open_amount = needed is not None or (value.te_laat and value.waarde is not None)
        times = needed / pace if needed is not None and pace is not None and pace > 0 else None
        begin = value.datum + dt.timedelta(days=1) if value.datum else None
        return {
            "deel": share, "vereist": expected, "decimalen": fmt.decimals_apart(share, expected),
            "vereist_niveau": None if expected is None or value.niveau is None else expected * value.niveau / 100,
            "tempo": row["tempo"] or "", "tempo_per_jaar": pace, "nodig_per_jaar": needed,
            "te_gaan": value.niveau - value.waarde if open_amount else None,
            "aankomst": int(row["arrival_year"]) if row["arrival_year"] is not None else None,
            "keer": None if times is None or times < _TOLD_TIMES[0] else _times(times), "vanaf": begin,
            "verwacht": _projected(value, row["projected_pct"]),
            "oud_cijfer": (value.leeftijd_maanden or 0) > 12, "peildatum": self.on,
        }  # fmt: skip


def _projected(value: Values, share_pct: float | None) -> float | None:
    """Where the present pace leads at the deadline; counted things are whole."""
    if share_pct is None:
        return None
    # Without the noise of the binary product: 2.101 stays 2.101.
    amount: float = round(value.niveau * share_pct / 100, 6)
    return float(int(amount)) if value.eenheid.counted else amount


def _weighed_range(target: Target, row: Row) -> tuple[int, int] | None:
    """The least and the most that a figure can be once it is weighed, where it is counted and the level weighs."""
    rule = target.weight_rule
    if rule is None or row["reason"] != "other_unit" or row["indicator"] != rule.counted:
        return None
    weights = [band.weight * factor for band in rule.bands for factor in rule.part_factors.values()]
    return int(row["value"] * min(weights)), int(row["value"] * max(weights))


def _times(times: float) -> Values:
    """A multiple of the present pace in parts of words: "bijna", "ruim", and a whole number."""
    whole = int(fmt.rounded(times))
    return Values(
        heel=whole, bijna=whole - times > _NEARLY, ruim=times - whole > _NEARLY, anderhalf=times < 1.75,
        meer=times > _TOLD_TIMES[1],
    )  # fmt: skip


def _target_values(target: Target, level: Level | None, row: Row) -> dict[str, Any]:
    """What a target is, and what it asks of the municipality."""
    unit = level.unit if level else target.indicators[0].unit
    per = row["denominator_kind"] or "inwoners"
    part = level.of_which if level and row["denominator"] else None
    series = next((i for i in target.indicators if level and i.id == level.indicator), target.indicators[0])
    return {
        "nis": row["nis"], "id": target.id, "nummer": target.nr, "naam": target.name, "werf": target.werf,
        "soort": target.kind, "pact": row["pact_version"], "eerste_pact": min(target.levels, default=None),
        "onderdelen_naam": "plannen" if len(target.parts) > 1 else "ja/nee", "reeks": series.label,
        "per_woord": per if level and level.per_n != 1 else _PER_ONE[per],
        "waarvan": _level_for(level, part.factor, row["denominator"]) if level and part else None,
        "waarvan_naam": next((i.label for i in target.indicators if part and i.id == part.indicator), ""),
        "niveau": row["level"], "eenheid": unit, "per_inwoner": row["denominator"] is not None, "geteld_per": per,
        "noemer": row["denominator"], "noemer_datum": row["denominator_date"], "einddatum": row["deadline"],
        "basisjaar": row["path_start"].year, "niveau_regel": level,
    }  # fmt: skip


def _level_for(level: Level, factor: float | None, count: float) -> float:
    """What a factor per so many asks of a count; counted things are whole."""
    exact = (factor or 0) * count / (level.per_n or 1)
    return float(int(exact + 1e-9)) if level.unit.counted else exact


def _parts(target: Target, figures: Sequence[Row]) -> list[Values]:
    """Newest answer of every part of a yes/no target."""
    names = {item.id: item.label for item in target.indicators}
    newest = {row["indicator"]: (bool(row["value"]), row["since"]) for row in figures}
    answers = [(names[part], *newest.get(part, (None, None))) for part in target.parts]
    return [Values(naam=name, ja=yes, bekend=yes is not None, sinds=since) for name, yes, since in answers]


def _days_beyond(row: Row, on: dt.date) -> int:
    """Days of an age beyond its whole months: a limit of 24 months is passed by "24 maanden en 1 dag"."""
    if row["age_months"] is None:
        return 0
    begin = pd.Timestamp(row["reference_date"]) + pd.DateOffset(months=int(row["age_months"]))
    return max((pd.Timestamp(on) - begin).days, 0)


def end_dates(rows: pd.DataFrame) -> list[str]:
    """Date of the first and the last row, as exact as their sources give it."""
    ends = rows.iloc[[0, -1]].to_dict("records")
    return [fmt.short_date(plain(row["reference_date"]), row["date_precision"]) for row in ends]


def counts_text(verdicts: Iterable[str]) -> str:
    """How many have which verdict: "2 keer op koers en 1 keer lichte achterstand"."""
    counts = Counter(verdicts)
    return fmt.join_list(f"{counts[word]} keer {word}" for word in MARKS if counts[word])


def to_discuss(values: Sequence[Values]) -> list[Values]:
    """Three targets for a council to talk about: the largest arrears, then those on track whose pace falls short.

    Lowest share of what was required first; equal ones by the larger missing share. Targets whose deadline has passed
    take no part. Yes/no targets have no share of what is required.
    """
    behind = [v for v in values if v.achterstand and v.vereist and v.soort != "ja_nee"]
    behind.sort(key=lambda v: (round(v.deel / v.vereist, 9), v.deel - v.vereist))
    return [*behind, *(v for v in values if v.oordeel == "op koers" and v.tempo == "nee")][:3]


def _map_counts(results: Results, target_id: str, classes: pd.Series) -> Values:
    """Municipalities in order and not, at the level (of which pact, where pacts ask for another one), and known."""
    target, rows = results.catalog.target(target_id), results.of_target(target_id)
    asked = {(level.indicator, level.factor, level.value) for level in target.levels.values()}
    measured = rows["pact_version"].where(rows["rate_level"] == results.yardsticks[target_id]).dropna()
    pact = min(measured, default="") if len(asked) > 1 else ""
    counts = {str(name): int(count) for name, count in classes.value_counts().items()}
    return Values(
        soort=target.kind, naam=target.name, ja=counts.get("ja", 0), nee=counts.get("nee", 0),
        vol=counts.get("klasse-5", 0), pact=pact, n=int(classes.str.startswith("klasse-").sum()),
        geen=sum(counts.get(name, 0) for name in ABSENT),
    )  # fmt: skip


@lru_cache(maxsize=4)
def _results(edition: Edition, parameters: ReportParameters) -> Results:
    return Results(edition, parameters)


def results_of(edition: Edition, parameters: ReportParameters) -> Results:
    """The results of an edition, computed once per set of parameters that matter for everyone."""
    own = {} if parameters.pact != "auto" else {"gemeente": "*"}
    return _results(edition, parameters.model_copy(update={**own, "logo": "", "huisstijl": "", "cijfers": ""}))


@lru_cache(maxsize=8)
def _edition_as_of(folder: Path, own: Path | None, *_hashes: str) -> Edition:
    if not own:
        return Edition.open(str(folder))
    from lekp_lib.edition.prepare import with_own_figures  # all that reads files of people: few reports need it

    return with_own_figures(folder, own)


def opened_edition(id_or_path: str, cijfers: str = "") -> Edition:
    """An edition, read once per process as long as its manifest and the file of one's own figures stay the same.

    Parameters
    ----------
    id_or_path
        As for :meth:`~lekp_lib.edition.Edition.open`.
    cijfers
        Filled-in template with figures of one's own; empty for none.

    Raises
    ------
    LekpError
        As for :meth:`~lekp_lib.edition.Edition.open`, or with every mistake of the file.
    """
    folder, own = find_edition(id_or_path).resolve(), Path(cijfers).resolve() if cijfers else None
    files = [path for path in (folder / MANIFEST_NAME, own) if path and path.is_file()]
    return _edition_as_of(folder, own, *map(sha256_of, files))
