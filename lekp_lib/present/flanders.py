"""The report on all Flemish municipalities together: totals, counts of verdicts, provinces and regions."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any, ClassVar

import pandas as pd

from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError
from lekp_lib.pact import Target
from lekp_lib.parameters import ReportParameters, read_parameters
from lekp_lib.present import charts, text
from lekp_lib.present import format as fmt
from lekp_lib.present.blocks import Block, Group, Opened, chart, check_accent, heading, paragraph, short_id
from lekp_lib.present.municipality import RULES, rules_block, words_block
from lekp_lib.present.results import MIN_COUNTED, counts_text, end_dates, opened_edition, plain, results_of
from lekp_lib.present.tables import table_block
from lekp_lib.present.theme import MARKS, STATE_COLOURS

#: Parameters that are about one municipality.
OWN_ONLY = ("gemeente", "pact", "logo", "cijfers")


class Flanders(Opened):
    """All that can be shown of the municipalities together.

    Parameters
    ----------
    edition
        Frozen figures.
    parameters
        Validated parameters; those about one municipality do not count.
    """

    VARIABLE = "vlaanderen"
    OLD_NAMES: ClassVar = {
        "summary": "kort()", "overview": "kort()", "totals": "totalen()", "werf": 'doelen("1")', "at": 'doel("bomen")',
        "target": 'doel("bomen")', "provinces": "provincies()", "regions": "regios()", "coverage": "dekking()",
        "oldest": "oudste()", "verdicts": "oordelen()", "rules": "regels()", "glossary": "woorden()",
    }  # fmt: skip

    def __init__(self, edition: Edition, parameters: ReportParameters) -> None:
        self.edition, self.parameters = edition, parameters
        self.on, self.catalog = edition.reference_date, edition.catalog
        self.results = results_of(edition, parameters)

    # ---- tables for the analyst

    @cached_property
    def cijfers(self) -> pd.DataFrame:
        """One row per target: totals and counts of all municipalities together.

        Examples
        --------
        >>> vlaanderen = open_flanders(editie="voorbeeld")
        >>> vlaanderen.cijfers.loc["bomen", "members"]
        np.int64(285)
        """
        return self._totals.copy()

    @cached_property
    def _totals(self) -> pd.DataFrame:
        """What the blocks tell of, whatever a cell does with the table above."""
        areas = self.results.areas
        rows = areas[areas["area_kind"] == "vlaanderen"]
        # A target whose versions count in other units has a row per unit: the one that most municipalities have.
        rows = rows.sort_values("counted", kind="stable").drop_duplicates("target_id", keep="last")
        return rows.set_index("target_id").loc[[target.id for target in self.catalog.targets]]

    def _row(self, target: Target) -> dict[str, Any]:
        return {str(name): plain(value) for name, value in self._totals.loc[target.id].items()}

    @cached_property
    def gebieden(self) -> pd.DataFrame:
        """One row per area (Flanders, province, region) and target."""
        return self.results.areas.copy()

    def gemeenten(self, doel: str) -> pd.DataFrame:
        """All municipalities for one target, by NIS code."""
        rows = self.results.with_units(self.results.of_target(doel))
        return self.results.places.join(rows.drop(columns="target_id"))

    # ---- identity

    def resolved_parameters(self) -> ReportParameters:
        """The parameters with one name for the edition, and no municipality."""
        return self.parameters.model_copy(update={"gemeente": "*", "pact": "auto", "editie": self.edition.id})

    @property
    def run_id(self) -> str:
        """Short id of the edition, the parameters and the code."""
        return short_id("vlaanderen", self.edition.manifest.model_dump_json(), self.resolved_parameters().of_figures())

    @cached_property
    def headline(self) -> str:
        """The message of the report."""
        return text.line("vlaanderen_kop", v=self._values)

    @cached_property
    def _values(self) -> SimpleNamespace:
        numbered = [target.id for target in self.catalog.pact_targets]
        rows = self._totals.loc[numbered]
        enough = rows[rows["counted"] >= MIN_COUNTED]
        ordered = enough["share_pct"].dropna().sort_values(ascending=False)
        named = [SimpleNamespace(naam=self.catalog.target(str(key)).name, deel=share) for key, share in ordered.items()]
        return SimpleNamespace(
            genoeg=len(enough), doelen=len(numbered), peildatum=self.on, gemeenten=int(rows["members"].max()),
            verst=named[0] if named else None, minst=named[-1] if len(named) > 1 else None,
            fictief=self.edition.fictitious,
        )  # fmt: skip

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What stands around the report."""
        return self.edition_facts(
            title=f"Klimaatpactverslag Vlaanderen, {self.edition.title}", heading=self.headline,
            description=f"{self.headline}. Lokaal Energie- en Klimaatpact, stand op {fmt.date_text(self.on)}.",
            keywords=["klimaatpact", "LEKP", "Vlaanderen"], place="Vlaanderen", slug="vlaanderen", run=self.run_id,
            accent=check_accent(self.parameters.huisstijl),
        )  # fmt: skip

    # ---- blocks

    def kort(self) -> Block:
        """The message, and for each of the 17 how many municipalities have which verdict."""
        lead = text.sentences("vlaanderen_inleiding", v=self._values)
        counts = self._counts()
        drawn = chart(
            "vlaanderen-oordelen", lambda size: charts.stacked(counts, STATE_COLOURS, size=size),
            "Oordelen van de gemeenten, per doel",
            f"Aantal gemeenten, stand op {fmt.date_text(self.on)}" + self.results.fictitious,
            "Staven met het aantal gemeenten per oordeel, per doel. De tabel met oordelen zegt hetzelfde.",
            "Van links naar rechts: " + fmt.join_list(word for word in MARKS if counts[word].sum()) + ".",
        )  # fmt: skip
        return self.shown("kort", heading(self.headline, 1), paragraph(*lead), drawn)

    def _counts(self) -> pd.DataFrame:
        """Number of municipalities per verdict; one row per target, by name."""
        names, rows = {target.id: target.name for target in self.catalog.pact_targets}, self.results.assessments
        counts = pd.crosstab(rows["target_id"], rows["verdict"])
        return counts.reindex(index=list(names), columns=list(MARKS), fill_value=0).rename(index=names)

    def totalen(self) -> Block:
        """Totals against the levels of the same municipalities together."""
        rows = [self._total_row(target) for target in self.catalog.pact_targets]
        note = "Een totaal telt alleen gemeenten met een bruikbaar cijfer, naast de niveaus van dezelfde gemeenten."
        block = table_block(pd.DataFrame(rows), "De gemeenten samen naast hun niveaus samen", note)
        return self.shown("totalen", block)

    def _total_row(self, target: Target) -> dict[str, str]:
        row = self._row(target)
        enough, share, required = row["counted"] >= MIN_COUNTED, row["share_pct"], row["expected_pct"]
        adds_up = enough and row["value"] is not None and row["level"] is not None and not target.parts
        unit = self._unit(target)
        return {
            "Doel": target.name, "Gemeenten": f"{row['counted']} van {row['applying']}",
            "Samen": fmt.amount(row["value"], unit) if adds_up else "–",
            "Niveau samen": fmt.amount(row["level"], unit) if adds_up else "–",
            "Deel": fmt.percent(share) if enough and share is not None and not target.parts else "–",
            "Vereist": fmt.percent(required) if enough and required is not None and not target.parts else "–",
            "In orde": self._area_cell(row) if target.parts else "–",
        }  # fmt: skip

    def _unit(self, target: Target) -> Any:
        wanted = self._row(target)["level_indicator"]
        return next((item.unit for item in target.indicators if item.id == wanted), target.indicators[0].unit)

    def doelen(self, werf: str | None = None) -> Block:
        """The sections of all targets, of one werf or of all."""
        blocks: list[Block] = [heading(self.results.chapter_title(werf))]
        for target in self.catalog.pact_targets:
            if werf in (None, target.werf):
                blocks += self._target_blocks(target)
        return self.shown(f"doelen {werf}", *blocks)

    def doel(self, doel: str) -> Block:
        """One target: how many municipalities stand where, together and on the map."""
        return self.shown(f"doel {doel}", *self._target_blocks(self.catalog.target(doel)))

    def _target_blocks(self, target: Target) -> list[Block]:
        row = self._row(target)
        decimals, unit = self.results.measure(target)
        median, counts = row["median_value"], self.results.map_counts[target.id]
        told = SimpleNamespace(
            ja_nee=bool(target.parts), telt=int(row["counted"]), geldt=int(row["applying"]),
            doel_in=self._unit(target).plural if self._head(target) != target.short_name else "",
            ja=int(row["yes"] or 0), nee=int(row["no"] or 0), maat=unit,
            mediaan="" if median is None else fmt.number(median, decimals),
            samen=self._total_row(target), oordelen=counts_text(self.results.of_target(target.id)["verdict"]),
        )  # fmt: skip
        sentences = text.sentences("vlaanderen_doel", d=told)
        shown: dict[str, Any] = {
            "title": fmt.upper_first(text.macro("grafiek", "kaart_telling", counts, counts)), "narrow": "",
            "svg": self.results.map(target).svg(f"{target.id}-vlaanderen"), "width_pct": 62,
            "subtitle": ("Ja of nee" if target.parts else f"In {unit}") + self.results.fictitious,
            "alt": f"Kaart van de gemeenten voor {fmt.lower_first(target.name)}. " + " ".join(sentences),
            "note": "" if target.parts else "Van licht naar donker: verder op weg naar het niveau van het pact.",
        }  # fmt: skip
        parts: list[Block] = [heading(target.name, 3, target.id), paragraph(" ".join(sentences))]
        drawn = [Block("grafiek", shown, shown["alt"])] if counts.n + counts.ja + counts.nee else []  # no empty map
        return [Group([*parts, *drawn], keep=True)]

    def _area_table(self, kind: str, targets: Sequence[Target], caption: str) -> Block:
        """Share of the level per area: areas in the rows, targets in the columns."""
        areas, told = self.results.areas, self._totals["level_indicator"].fillna("")
        # Areas are told in the unit in which Flanders is told, so that a column holds one thing.
        same_unit = areas["level_indicator"].fillna("") == areas["target_id"].map(told)
        rows = areas[(areas["area_kind"] == kind) & same_unit]
        cells = rows.assign(cell=[self._area_cell(row) for row in rows.to_dict("records")])
        wide = cells.pivot_table(index="area", columns="target_id", values="cell", aggfunc="first")
        wide = wide[[target.id for target in targets]].set_axis(list(map(self._head, targets)), axis=1)
        note = "Tussen haakjes: gemeenten met een cijfer. Onder 3 staat er geen deel."
        return table_block(wide.fillna("–").rename_axis(index="Gebied"), caption, note, closed=True)

    def _head(self, target: Target) -> str:
        several = len({level.indicator for level in target.levels.values()}) > 1
        return f"{target.short_name} ({self._unit(target).symbol})" if several else target.short_name

    @staticmethod
    def _area_cell(row: Mapping[Any, Any]) -> str:
        share, counted = plain(row["share_pct"]), int(row["counted"])
        if plain(row["yes"]) is not None:
            return f"{row['yes']:.0f} van {row['yes'] + row['no']:.0f}" if row["yes"] + row["no"] else "–"
        return f"{fmt.percent(share) if share is not None and counted >= 3 else '–'} ({counted})"

    def provincies(self) -> Block:
        """All targets per province."""
        return self._by_werf("provincies", "provincie")

    def regios(self) -> Block:
        """All targets per reference region."""
        return self._by_werf("regios", "referentieregio")

    def _by_werf(self, key: str, kind: str) -> Block:
        of = self.catalog.of_werf
        tables = [self._area_table(kind, of(werf.id), f"{werf.label}, per {kind}") for werf in self.catalog.werven]
        return self.shown(key, *tables)

    def oordelen(self) -> Block:
        """Number of municipalities per verdict and target."""
        counts = self._counts().rename_axis(index="Doel", columns=None)
        return table_block(counts.loc[:, counts.sum() > 0], "Aantal gemeenten per oordeel en per doel", closed=True)

    def dekking(self) -> Block:
        """Per target: how many municipalities have a figure, from when, and from whom."""
        rows = [self._coverage_row(target) for target in self.catalog.pact_targets]
        return table_block(pd.DataFrame(rows), "Dekking van de cijfers per doel", closed=True)

    def _coverage_row(self, target: Target) -> dict[str, str]:
        rows = self.results.of_target(target.id)
        known = rows[rows["reference_date"].notna()].sort_values("reference_date", kind="stable")
        names = [self.catalog.sources[key].name for key in known["source_id"].unique() if key in self.catalog.sources]
        first, last = end_dates(known) if len(known) else ("–", "–")
        return {
            "Doel": target.name, "Met cijfer": f"{len(known)} van {len(rows)}",
            "Van": first, "Tot": last, "Bron": fmt.join_list(sorted(names)) or "–",
        }  # fmt: skip

    def oudste(self) -> Block:
        """The figures that are too old to be judged, with the municipalities."""
        rows = self.results.assessments
        old, months = rows[rows["reason"] == "too_old"], self.parameters.max_ouderdom_maanden
        if old.empty:
            return paragraph(f"Geen enkel cijfer is ouder dan {months} maanden.")
        frame = self.results.dated(old.sort_values("reference_date"))
        return table_block(frame, f"Cijfers van meer dan {months} maanden oud", closed=True)

    def regels(self) -> Block:
        """The rules behind every number."""
        return self.shown("regels", rules_block(self.catalog, self.parameters, ("optellen", *RULES)))

    def woorden(self) -> Block:
        """Words that the report uses, explained."""
        return self.shown("woorden", words_block(self.catalog))


def open_flanders(*, edition: Edition | None = None, **parameters: object) -> Flanders:
    """Open the report on Flanders; the one opening call of its notebook.

    Parameters
    ----------
    edition
        An edition that is open already.
    **parameters
        The parameters of :class:`~lekp_lib.parameters.ReportParameters` but those about one municipality.

    Returns
    -------
    Flanders

    Raises
    ------
    LekpError
        When a parameter or the edition is wrong; the message says what to do.
    """
    if own := [name for name in OWN_ONLY if name in parameters]:
        raise ParameterError(f"{', '.join(own)}: dit verslag gaat over alle gemeenten; laat dit weg")
    checked = read_parameters({"gemeente": "*", **parameters})
    return Flanders(edition or opened_edition(checked.editie), checked)
