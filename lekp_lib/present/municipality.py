"""The report of one municipality: the object that a notebook opens, with its tables, maps, texts and blocks."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

import geopandas as gpd
import pandas as pd

from lekp_lib import __version__
from lekp_lib.edition import AREA_NAMES, Edition
from lekp_lib.errors import ParameterError
from lekp_lib.pact import Catalog, Target
from lekp_lib.pact.models import SubIndicator
from lekp_lib.parameters import ReportParameters, read_parameters
from lekp_lib.present import format as fmt
from lekp_lib.present import text
from lekp_lib.present.blocks import Block, Opened, Values, branding_facts, heading, paragraph, short_id
from lekp_lib.present.results import BEHIND, GOOD, JUDGED, MISSED, counts_text, opened_edition, results_of, to_discuss
from lekp_lib.present.section import TargetSection, figure_text, one_line, safe_address
from lekp_lib.present.tables import table_block
from lekp_lib.present.theme import MARKS

#: With fewer known targets the brief tells what is known and what is missing, instead of the list.
FEW_KNOWN = 9
#: Heads of the comparison, by group.
_COMPARED_GROUPS = {
    "vlaanderen": "Vlaanderen", "provincie": "Provincie", "referentieregio": "Referentieregio",
    "grootteklasse": "Even groot",
}  # fmt: skip
#: Words of a table that get their mark.
_STATE_MARKS = {word: word for word in MARKS}
#: What the rules, in reading order, are called in the catalogue.
RULES = (
    "oordeel", "vereist_pad", "ja_nee", "jaarlijks_tempo", "noemer", "afronding", "tempo", "vergelijking", "fusies",
    "geen_gegevens", "voorlopig", "beperkingen", "onafhankelijk",
)  # fmt: skip

#: File shapes of context that is told here.
_PRODUCTION, _COUNCIL = "fluvius_lokale_productie", "lokaalbeslist_besluiten"
_INVESTMENTS, _ACTIONS = "feiten_geplande_investeringen", "feiten_geplande_acties"
#: Below every table of plans.
_PLANNED = (
    "Plannen zijn geen voortgang. Het meeste geld voor led gaat via de netbeheerder en staat hier niet bij. "
    "Een actie kan meer dan één doel dienen: tel ze niet op. Bron: meerjarenplan 2026-2031, ABB."
)


class Report(Opened):
    """All that can be shown of one municipality, from one edition and one set of parameters.

    Parameters
    ----------
    edition
        Frozen figures.
    parameters
        Validated parameters.

    Raises
    ------
    RegisterError
        When the place is not known or ambiguous.
    ParameterError
        When a pact version is asked for of a municipality that refused the pact.

    Examples
    --------
    >>> from lekp_lib import open_report
    >>> rapport = open_report(gemeente="Houthulst", editie="gepubliceerd")
    >>> rapport.place.name
    'Houthulst'
    """

    OLD_NAMES: ClassVar = {
        "summary": "kort()", "overview": "kort()", "target": 'doel("bomen")', "werf": 'doelen("1")',
        "trend": 'doel("bomen").grafiek()', "strip": 'doel("bomen").vergelijking()',
        "hexmap": 'doel("bomen").kaart()', "boundaries_map": 'doel("bomen").kaart()',
        "other_targets": "andere_doelen()", "context": "omgeving()", "changes": "veranderd()",
        "quality": "cijfertabel()", "all_figures": "cijfertabel()", "comparisons": "vergelijkingstabel()",
        "counting": "telling()", "rules": "regels()", "glossary": "woorden()", "decision": "besluit()",
        "assessment": "cijfers", "assessments": "cijfers",
    }  # fmt: skip

    def __init__(self, edition: Edition, parameters: ReportParameters) -> None:
        self.edition, self.parameters = edition, parameters
        self.on, self.catalog, self.register = edition.reference_date, edition.catalog, edition.register
        self.match = self.register.resolve(parameters.gemeente, self.on)
        self.place = self.match.municipality
        self.results = results_of(edition, parameters)
        self._sections: dict[str, TargetSection] = {}

    # ---- tables and maps for the analyst

    @cached_property
    def cijfers(self) -> pd.DataFrame:
        """One row per target: value and its unit, level and its unit, share, verdict, reason, source.

        Examples
        --------
        >>> rapport = open_report(gemeente="Gent", editie="voorbeeld")
        >>> rapport.cijfers.loc["bomen", "verdict"]
        'grote achterstand'
        """
        rows = self.results.with_units(self.results.rows("assessments", self.place.nis)).set_index("target_id")
        targets = [self.catalog.target(target_id) for target_id in rows.index]
        sources = {key: source.name for key, source in self.catalog.sources.items()}
        rows["nr"], rows["name"] = pd.array([t.nr for t in targets], dtype="Int64"), [t.name for t in targets]
        rows["source"] = rows["source_id"].map(sources)
        shown = [
            "nr", "name", "value", "unit", "level", "level_unit", "share_pct", "expected_pct", "verdict", "reason",
            "tempo", "pace_per_year", "needed_per_year", "arrival_year", "reference_date", "source_id", "rate",
            "source",
        ]  # fmt: skip
        return rows[shown]

    def vlaanderen(self, doel: str) -> pd.DataFrame:
        """All municipalities for one target, by NIS code: name, province, value and its unit, level, rate, verdict.

        Parameters
        ----------
        doel
            Id of the target.

        Examples
        --------
        >>> rapport = open_report(gemeente="Gent", editie="voorbeeld")
        >>> len(rapport.vlaanderen("bomen"))
        285
        """
        shown = [
            "value", "unit", "level", "level_unit", "share_pct", "rate", "verdict", "reason", "reference_date",
            "source_id",
        ]  # fmt: skip
        return self.results.places.join(self.results.with_units(self.results.of_target(doel))[shown])

    def kaart(self, doel: str | None = None) -> gpd.GeoDataFrame:
        """One polygon per municipality: hexagons, or real boundaries where the edition has them.

        Parameters
        ----------
        doel
            Id of a target whose values are joined; ``None``: names and counts of verdicts only.

        Returns
        -------
        geopandas.GeoDataFrame
            285 rows by NIS code.

        Examples
        --------
        >>> rapport = open_report(gemeente="Gent", editie="voorbeeld")
        >>> rapport.kaart("bomen").loc["44021", "name"]
        'Gent'
        """
        places = self.results.boundaries.set_index("nis")
        if doel is not None:
            return places.join(self.vlaanderen(doel).drop(columns=["name", "province"]))
        numbered = [target.id for target in self.catalog.pact_targets]
        rows = self.results.assessments
        rows = rows[rows["target_id"].isin(numbered)]
        return places.join(pd.crosstab(rows["nis"], rows["verdict"]))

    def doel(self, doel: str) -> TargetSection:
        """Everything of one target; its ``tabel()``, ``grafiek()``, ``vergelijking()`` and ``kaart()`` are the parts.

        Parameters
        ----------
        doel
            Id of the target.

        Examples
        --------
        >>> rapport = open_report(gemeente="Gent", editie="voorbeeld")
        >>> type(rapport.doel("bomen").grafiek()).__name__
        'Figure'
        """
        section = self._section(self.catalog.target(doel).id)
        self.shown(f"doel {doel}", section)
        return section

    def _section(self, target_id: str) -> TargetSection:
        if target_id not in self._sections:
            self._sections[target_id] = TargetSection(self.results, self.place, self.values[target_id])
        return self._sections[target_id]

    # ---- values for texts

    @cached_property
    def values(self) -> dict[str, Values]:
        """What the templates may mention of each target."""
        return self.results.values(self.place.nis)

    @cached_property
    def numbered(self) -> list[Values]:
        """Values of the 17, in official order."""
        return [self.values[target.id] for target in self.catalog.pact_targets]

    @cached_property
    def gemeente(self) -> Values:
        """What the templates may mention of the municipality as a whole."""
        rows, on = self.numbered, self.on
        verdicts = [row.oordeel for row in rows]
        known = [row for row in rows if row.heeft_cijfer]
        summed = [row for row in rows if row.soort not in ("ja_nee", "jaarlijks_tempo")]
        best = [row for row in summed if row.goed and row.deel is not None]
        discuss, tempos = to_discuss(rows), [row.tempo for row in rows]
        applying, version = [row for row in rows if row.geldt], rows[0].pact
        missing = [row for row in applying if row.ontbreekt]
        return Values(
            naam=self.place.name, pact=version, ondertekend=version is not None, gelden=len(applying),
            beoordeeld=len([v for v in verdicts if v in JUDGED]), goed=sum(v in GOOD for v in verdicts),
            achter=sum(v in (*BEHIND, MISSED) for v in verdicts),
            met_cijfer=len(known), weinig=len(known) < FEW_KNOWN or version is None, ontbreken=len(missing),
            onbruikbaar=verdicts.count("zonder oordeel"),
            beste=max(best, key=lambda row: row.deel, default=None), volgend_jaar=on.year + 1,
            achterste=next((row for row in discuss if row.achterstand), None), bespreken=discuss, peildatum=on,
            te_laat=[row for row in rows if row.oordeel == MISSED], tempo_ja=tempos.count("ja"),
            tempo_gekend=tempos.count("ja") + tempos.count("nee"), missing=missing,
            bronnen=list(dict.fromkeys(row.bron for row in known)),
            telling=counts_text(row.oordeel for row in applying), inwoners=self._count_text("inwoners"),
            wooneenheden=self._count_text(self.parameters.wooneenheden.replace("woningen", "wooneenheden")),
            fictief=self.edition.fictitious, veranderd=self.results.changes(self.place.nis),
        )  # fmt: skip

    def _count_text(self, kind: str) -> str:
        """A denominator with its source: "10.110 inwoners (Statbel, bevolking op 1 januari 2020)"."""
        found = self.register.denominators(self.place.nis, self.parameters.noemerjaar, self.on)[kind]
        return f"{fmt.number(found.value)} {kind} ({found.source})" if found else f"een onbekend aantal {kind}"

    @cached_property
    def headline(self) -> str:
        """The message of the report, its only heading of the first level."""
        return text.line("kop", gemeente=self.gemeente)

    @cached_property
    def lead(self) -> list[str]:
        """The sentences under the headline."""
        return text.sentences("inleiding", gemeente=self.gemeente)

    # ---- identity

    @property
    def slug(self) -> str:
        """Name in addresses."""
        return self.register.slug(self.place.nis, self.on)

    def resolved_parameters(self) -> ReportParameters:
        """The parameters with one name for one place, one edition and one file."""
        names = {"gemeente": self.place.nis, "editie": self.edition.id, "cijfers": Path(self.parameters.cijfers).name}
        return self.parameters.model_copy(update=names)

    @property
    def run_id(self) -> str:
        """Short id of shown figures, parameters and code: the same input always has the same id."""
        return short_id(self.results.sha256(self.place.nis), self.resolved_parameters().of_figures())

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What stands around the report: title, edition, run, banner, date of the build, look."""
        return self.edition_facts(
            title=f"Klimaatpactverslag {self.place.name}, {self.edition.title}", heading=self.headline,
            description=f"{self.headline}. Lokaal Energie- en Klimaatpact, stand op {fmt.date_text(self.on)}.",
            keywords=["klimaatpact", "LEKP", self.place.name], place=self.place.name, slug=self.slug, run=self.run_id,
            **{**branding_facts(self.parameters, self.place.nis, Path.cwd()), "nis": self.place.nis},
        )  # fmt: skip

    # ---- the brief

    def kort(self) -> Block:
        """The report in two pages: message, list of the 17, what to discuss, what is asked, what is missing.

        Examples
        --------
        >>> rapport = open_report(gemeente="Gent", editie="voorbeeld")
        >>> rapport.kort().data["place"]
        'Gent'
        """
        g = self.gemeente
        data = {
            "title": self.headline, "lead": self.lead, "counts": self._counts(), "few": g.weinig,
            "werven": self._rows(),
            "discuss": [self._discussed(row) for row in g.bespreken if not g.weinig],
            "discuss_title": text.line("bespreken_kop", aantal=len(g.bespreken)),
            "asked": text.sentences("gevraagd", gemeente=g), "missing": self._missing(), "place": self.place.name,
            "known": [self._row(row) for row in self.numbered if row.heeft_cijfer], "year": self.on.year,
            "outside": self._outside() if g.ondertekend else [],
            "no_pace": text.line("tempo_onbekend", doelen=[row for row in self.numbered if row.tempo == "niet bekend"]),
            "sources": text.sentences("herkomst", g=g), "on": fmt.date_text(self.on),
            "banner": self.edition.manifest.banner or "",
            "commands": self._commands,
        }  # fmt: skip
        plain_text = "\n".join([self.headline, *self.lead, *(f"{row.naam}: {row.oordeel}" for row in self.numbered)])
        return self.shown("kort", Block("kort", data, plain_text))

    def _counts(self) -> list[dict[str, Any]]:
        verdicts = [row.oordeel for row in self.numbered]
        always = () if self.gemeente.weinig else (*GOOD, *BEHIND)  # also when no target has them
        return [{"word": w, "n": verdicts.count(w)} for w in MARKS if w in verdicts or w in always]

    def _rows(self) -> list[dict[str, Any]]:
        werven = [(werf, [row for row in self.numbered if row.werf == werf.id]) for werf in self.catalog.werven]
        return [{"label": werf.label, "rows": [self._row(row) for row in rows]} for werf, rows in werven]

    def _row(self, row: Values) -> dict[str, Any]:
        """One line of the list of 17: words, and places of bar and tick in percent of the level."""
        shown = row.deel is not None and row.geldt and row.soort != "ja_nee"
        ticked = shown and row.vereist is not None and row.beoordeeld
        reason = text.macro("reden", "reden", row) if row.heeft_cijfer and row.oordeel == "zonder oordeel" else ""
        return {
            "id": row.id, "name": row.naam, "short": row.target.short_name, "verdict": row.oordeel,
            "amount": text.macro("woorden", "korte_stand", row), "bar": _bounded(row.deel) if shown else None,
            "tick": _bounded(row.vereist) if ticked else None, "source": row.bron, "source_url": row.bron_url,
            "reason": reason, "date": fmt.short_date(row.datum, row.precisie) if row.datum else "",
            "older": f"{row.datum:%m/%Y}" if row.datum and row.datum != self.on else "",
            "linked": self._has_section(row), "tempo": row.tempo or "–",
        }  # fmt: skip

    def _discussed(self, row: Values) -> dict[str, Any]:
        section = self._section(row.id)
        return {
            "id": row.id, "name": row.naam, "verdict": row.oordeel, "amount": text.macro("woorden", "korte_stand", row),
            "tempo": row.tempo, "alt": text.macro("grafiek", "trend_alt", row, self.place.name), **section.advice,
            "svg": section.trend("small").svg(f"{row.id}-kort") if section.has_trend() else "",
        }  # fmt: skip

    def _outside(self) -> list[str]:
        """Targets that do not apply, by reason."""
        reasons: dict[str, list[str]] = {}
        for row in self.numbered:
            if not row.geldt:
                reasons.setdefault(text.macro("reden", "reden", row), []).append(fmt.lower_first(row.naam))
        return [f"{fmt.upper_first(fmt.join_list(names))}: {reason}." for reason, names in reasons.items()]

    def _missing(self) -> list[dict[str, Any]]:
        """For every figure that is not there: the level of this municipality, and who keeps the figure."""
        return [
            {
                "name": row.naam, "level": text.macro("woorden", "korte_stand", row).removeprefix("doel: "),
                "holders": [{"name": source.name, "url": source.url} for source in row.bewaarders],
            }
            for row in self.gemeente.missing
        ]  # fmt: skip

    # ---- chapters

    @staticmethod
    def _has_section(row: Values) -> bool:
        """A target has a section when it has a figure to draw: judged, or counted where the level weighs."""
        return bool(row.geldt and (row.beoordeeld or row.gewogen))

    def doelen(self, werf: str | None = None, zonder: Collection[str] = ()) -> Block:
        """The sections of all targets with a judged figure; yes/no targets as rows of a table.

        Parameters
        ----------
        werf
            ``algemeen`` or ``1`` to ``4``; ``None``: all.
        zonder
            Ids of targets to leave out.

        Examples
        --------
        >>> rapport = open_report(gemeente="Gent", editie="voorbeeld")
        >>> [block["kind"] for block in rapport.doelen("4", zonder=["ontharding"]).data["blocks"]]
        ['kop', 'doel']
        """
        title = self.results.chapter_title(werf)
        rows = [row for row in self.numbered if werf in (None, row.werf) and row.id not in zonder and row.geldt]
        shown = [row for row in rows if row.heeft_cijfer and (row.soort == "ja_nee" or self._has_section(row))]
        return self.shown(f"doelen {werf}", *self._chapter(title, shown))

    def _chapter(self, title: str, rows: Sequence[Values]) -> list[Block]:
        """Yes/no targets first, then the sections of the others, under a heading; nothing without rows."""
        answers = [row for row in rows if row.soort == "ja_nee"]
        sections = [self._section(row.id) for row in rows if row.soort != "ja_nee"]
        return [heading(title)] * bool(rows) + [self._answers(answers)] * bool(answers) + sections

    def _answers(self, rows: list[Values]) -> Block:
        """Yes/no targets: answer, verdict, and in how many municipalities it is in order."""
        shown = [
            {
                "id": row.id, "name": row.naam, "verdict": row.oordeel,
                "sentence": " ".join(text.sentences("oordeel", doel=row)),
                "compared": " ".join(self._section(row.id).compared_sentences), **self._section(row.id).advice,
            }
            for row in rows
        ]  # fmt: skip
        caption = f"Doelen met ja of nee in {self.place.name}"
        spoken = "\n".join(f"{row['name']}. {row['sentence']}" for row in shown)
        return Block("antwoorden", {"caption": caption, "rows": shown}, spoken)

    def andere_doelen(self) -> Block:
        """Targets outside the 17 that hold here: the goals of pact 2.1, and own targets of the project."""
        blocks: list[Block] = []
        beside = [target for target in self.catalog.targets if target.nr is None]
        for own, title in ((False, "Bijkomende doelen van pact 2.1"), (True, "Eigen doelen")):
            rows = [self.values[target.id] for target in beside if target.is_own is own]
            blocks += self._chapter(title, [row for row in rows if row.geldt and row.heeft_cijfer])
        return self.shown("andere_doelen", *blocks)

    def kaarten(self) -> Block:
        """All targets as small maps with one legend; nothing when no municipality has a figure."""
        targets = [t for t in self.catalog.pact_targets if self.values[t.id].geldt and self._has_map(t)]
        data: dict[str, Any] = {
            "title": "De doelen op de kaart" if targets else "",
            "maps": [self._section(t.id).map_data() for t in targets],
            "legend": self.results.legend(targets), "place": self.place.name,
            "note": text.line("kaartnoot", fictief=self.edition.fictitious),
        }  # fmt: skip
        return self.shown("kaarten", Block("kaarten", data, data["title"]))

    def _has_map(self, target: Target) -> bool:
        return (self.gemeente.ondertekend and not self.gemeente.weinig) or self._has_section(self.values[target.id])

    def sjabloon(self, alles: bool = False) -> pd.DataFrame:
        """A row per figure that is missing or cannot be judged: its level, who keeps it, and what to ask.

        Parameters
        ----------
        alles
            Every figure of every target; so too where no figure is missing.

        Returns
        -------
        DataFrame
            Texts, in columns named as those of the template that people fill in.

        Examples
        --------
        >>> rapport = open_report(gemeente="Gent", editie="gepubliceerd")
        >>> rapport.sjabloon().loc[0, "bewaard door"]
        'De gemeente zelf, in TERRA (VEB)'
        """
        rows = [
            (row.target, item)
            for row in self.values.values()
            for item in row.target.indicators
            if row.geldt and not row.beoordeeld and item.id in row.gezocht
        ]
        if alles or not rows:
            rows = [(target, item) for target in self.catalog.measured for item in target.indicators]
        return pd.DataFrame([self._asked(target, item) for target, item in rows])

    def _asked(self, target: Target, item: SubIndicator) -> dict[str, str]:
        """What is known beforehand of a figure that somebody may fill in."""
        value, asked = self.values.get(target.id), target.holder.vraag if target.holder else target.description
        holder = next(iter(self.results.holders(target)), Values(name="", url="", how=""))
        cells = {
            "nis": self.place.nis, "gemeente": self.place.name, "doel": target.name, "deelindicator": item.label,
            "eenheid": "ja/nee" if target.parts else item.unit.symbol, "vraag": asked, "bewaard door": holder.name,
            "adres": holder.url, "hoe opvragen": holder.how,
        }  # fmt: skip
        if value and value.geldt and not value.beoordeeld:
            cells["waarom"] = text.macro("reden", "reden", value)
        if value and value.niveau is not None and not target.parts and item.id == value.rij["level_indicator"]:
            cells["doelniveau"] = f"{value.niveau:.12g}".replace(".", ",")
            cells["basisjaar"] = str(value.basisjaar) if value.soort == "reductie" else ""
        return cells

    @property
    def _commands(self) -> list[str]:
        """What makes a template, and what makes the report again with it."""
        name, usual = Path(self.parameters.editie).name, ReportParameters.model_fields["editie"].default
        edition = "" if name == usual else f" --editie {name}"
        make = f"lekp report {self.slug} --cijfers {self.slug}.xlsx"
        return [f"lekp data template {self.slug}{edition}", f"{make}{edition}"]

    def cijfertabel(self) -> Block:
        """Figure, level, share, what was required, verdict, tempo, date and source of every target.

        A municipality of which little is known has the targets with a figure; the brief lists the others.
        """
        few, values = self.gemeente.weinig, self.values.values()
        rows = [row for row in values if (row.heeft_cijfer or (row.nummer and not few)) and (row.nummer or row.geldt)]
        rows = rows or self.numbered
        frame, note = pd.DataFrame([_figure_row(row) for row in rows], dtype=object), ""
        frame = frame.loc[:, (frame != "–").any()]
        if len(sources := set(frame.get("Bron", ())) - {"–"}) == 1:  # one source for all is told once
            frame, note = frame.drop(columns="Bron"), f"Bron: {sources.pop()}."
        labels = {item.id: item.label for item in self.catalog.werven}
        groups = [labels[row.werf] if row.nummer else "Andere doelen" for row in rows]
        known = [row for row in rows if row.heeft_cijfer]
        links = _source_links((text.macro("woorden", "stand", row), row.bron_url) for row in known)
        caption = f"Alle cijfers van {self.place.name}"
        table = table_block(frame, caption, note, groups, _STATE_MARKS, closed=True, links=links, linked="Stand")
        return self.shown("cijfertabel", table)

    def vergelijkingstabel(self) -> Block:
        """Own rate of every target beside the medians, with the number of municipalities behind each."""
        rows = [row for row in self.numbered if row.geldt and row.soort != "ja_nee" and len(self.results.rates[row.id])]
        if self.gemeente.weinig:
            rows = [row for row in rows if row.rij["rate"] is not None]
        if not rows:
            return self.shown("vergelijkingstabel")
        frame = pd.DataFrame(map(self._compared_row, rows), dtype=object)
        note = "n = aantal gemeenten met een cijfer. Onder 10 is er geen mediaan."
        return self.shown(
            "vergelijkingstabel", table_block(frame, f"{self.place.name} naast andere gemeenten", note, closed=True)
        )

    def _compared_row(self, row: Values) -> dict[str, str]:
        compared = self._section(row.id).compared
        cells = {"Doel": row.naam, "Geteld in": compared.maat, "Hier": compared.eigen or "–"}
        for kind, name in _COMPARED_GROUPS.items():
            found = compared.groepen.get(kind, {"median": None, "n": 0})
            printed = "–" if found["median"] is None else fmt.number(found["median"], compared.decimalen)
            cells[name] = f"{printed} (n = {found['n']})".replace(" ", fmt.NBSP)
        ahead = compared.verder
        return {**cells, "Verder in Vlaanderen": "–" if ahead is None else f"{ahead} van {compared.n}"}

    def veranderd(self) -> Block:
        """Verdicts that changed since the edition before; empty when this edition names none."""
        found = self.gemeente.veranderd
        if found is None:
            return self.shown("veranderd")
        told = paragraph(f"Sinds {found.editie} veranderde geen enkel oordeel.")
        if found.doelen:
            told = table_block(found.rijen, f"Oordelen die veranderden sinds {found.editie}", marks=_STATE_MARKS)
        return self.shown("veranderd", heading("Wat veranderde"), told)

    def omgeving(self) -> Block:
        """Figures beside the pact, without level or verdict; empty when the edition has none here."""
        name, published, nothing = self.place.name, self.results.published_targets, (dict[str, str](), "")
        own = _own_levels(self.edition, published[published["nis"] == self.place.nis])
        totals = _area_totals(self.edition, self.place.province)
        money, actions = _plans(self.edition, self.place.nis)
        known = pd.DataFrame([row for target in self.catalog.context for row in self._context_rows(target)])
        produced = _local_production(self.edition, self.place.nis)
        beside = "Deze cijfers staan naast het klimaatpact, zonder doel en zonder oordeel."
        not_counted = "Dit telt niet mee voor een doel; niet elke techniek is hernieuwbaar. Bron: Fluvius."
        tables = [
            (known, *nothing, f"Wat er nog bekend is over {name}", beside),
            (produced, *nothing, f"Lokale productie van energie in {name}", not_counted),
            (money, *nothing, "Geplande investeringen 2026-2031", "" if len(actions) else _PLANNED),
            (actions, *nothing, "Geplande acties 2026-2031, gevonden op hun woorden", _PLANNED),
            (*own, f"Doelen die {name} zelf publiceerde", "Dit verslag rekent met de berekende doelen."),
            (*totals, "Gepubliceerde totalen van Vlaanderen en de provincie", "Totalen worden niet beoordeeld."),
        ]
        blocks = [
            table_block(frame, caption, note, closed=frame is not known, links=links, linked=told)
            for frame, links, told, caption, note in tables
            if len(frame)
        ]
        return self.shown("omgeving", *[heading("Context")][: len(blocks)], *blocks)

    def _context_rows(self, target: Target) -> Iterator[dict[str, str]]:
        """The newest figure of the first series, if there is one."""
        first, figures = target.indicators[0], self.results.records("figures", self.place.nis, target.id)
        for row in [row for row in figures if row["indicator"] == first.id][-1:]:
            source = self.catalog.sources.get(row["source_id"])
            yield {
                "Wat": target.name, "Cijfer": fmt.amount(row["value"], first.unit),
                "Datum": fmt.date_text(row["reference_date"], row["date_precision"]),
                "Bron": source.name if source else row["source_id"],
            }  # fmt: skip

    def telling(self) -> Block:
        """How each target is counted, in a line or two."""
        rows = [(row, [row.target.description]) for row in self.values.values() if row.nummer or row.geldt]
        shown = [
            {"name": row.naam, "short": told, "texts": [*told, *text.sentences("bron", doel=row)]} for row, told in rows
        ]
        return self.shown("telling", Block("telling", {"rows": shown}, "\n".join(row["name"] for row in shown)))

    def regels(self) -> Block:
        """The rules behind every number, with the thresholds of this report; on paper the first lines of each."""
        return self.shown("regels", rules_block(self.catalog, self.parameters, RULES))

    def woorden(self) -> Block:
        """Words that the report uses, explained; a short report has them on the web page only."""
        return self.shown("woorden", words_block(self.catalog, few=self.gemeente.weinig))

    # ---- the council

    def besluit(self) -> Block:
        """Draft of the council decision: titled parts, each with paragraphs, points and articles.

        Returns
        -------
        Block
            Of kind ``besluit``; ``data`` holds ``title``,
            ``parts`` (``heading`` and ``pieces``: kind ``p`` with ``text``,
            ``ul`` with ``points``, ``art`` with ``number`` and ``text``), ``uploads`` and ``reviewed``.
        """
        g, uploads = self._council_values(), self.catalog.uploads
        parts = _decision_parts(text.raw("besluit", g=g))
        name = "Rapportering Lokaal Energie- en Klimaatpact" if g.ondertekend else "Stand van de klimaatdoelen"
        kind = f"{name} {g.pact}" if g.ondertekend else name
        steps = [
            {"what": step.wat, "where": step.waar, "state": step.toestand, "source": step.bron, "url": step.adres or ""}
            for step in uploads.for_signatory(g.ondertekend)
        ]
        data: dict[str, Any] = {
            "title": f"{kind} {self.on.year}. Kennisname.", "parts": parts, "uploads": steps,
            "earlier": _council_items(self.edition, self.place.nis), "reviewed": fmt.date_text(uploads.nagekeken),
            "banner": self.edition.manifest.banner or "",
        }  # fmt: skip
        return self.shown("besluit", Block("besluit", data, data["title"]))

    def _council_values(self) -> Values:
        grounds = self.catalog.legal_grounds.for_version(self.gemeente.pact)
        signed = self.register.signatures(self.place.nis, self.on)
        uploads, built = self.catalog.uploads, self.edition.manifest.built
        return Values(
            **self.gemeente.__dict__, editie=self.edition.title, bekend_op=built,
            laatste_termijn=uploads.laatste_termijn, vrijwillig=uploads.is_over(self.on, built),
            gronden=[ground.tekst for ground in grounds],
            handtekeningen=[item for item in signed if item.status in ("ja", "aangenomen")],
            toelichtingen=[f"{row.naam}: {quote}" for row in self.numbered if (quote := self.explanation(row.id))],
            fusie=self._merger() if self.place.is_merged else "",
        )  # fmt: skip

    def explanation(self, target_id: str) -> str:
        """What the municipality itself says of a figure, on one line; empty when it says nothing."""
        found = self.edition.explanation(target_id, self.place.nis)
        return one_line(found.text) if found else ""

    def _merger(self) -> str:
        start, before = self.place.valid_from, self.place.valid_from - dt.timedelta(days=1)
        names = fmt.join_list(self.register.get(nis, before).name for nis in self.place.predecessors)
        return f"{self.place.name} ontstond op {fmt.date_text(start)} uit {names}"

    def herkomst(self) -> Block:
        """Small print at the end: edition, licence, run."""
        data = {
            "edition": self.edition.title, "built": fmt.date_text(self.edition.manifest.built), "run": self.run_id,
            "licence": self.edition.manifest.origin, "version": __version__,
        }  # fmt: skip
        return self.shown("herkomst", Block("herkomst", data, f"{data['edition']}, {data['run']}"))


def rules_block(catalog: Catalog, parameters: ReportParameters, rules: Sequence[str]) -> Block:
    """Method texts, with the thresholds of a report filled in, and the first paragraph of each for paper."""
    values = {**parameters.model_dump(), "drempel_licht": fmt.short_number(parameters.drempel_licht)}
    shown = []
    for rule in rules:
        title, text = catalog.method_texts[rule]
        body = text.format_map(values)
        first = " ".join(body.split("\n- ")[0].split("\n\n")[0].removeprefix("- ").replace("**", "").split())
        shown.append({"title": title, "markdown": body, "short": first})
    return Block("regels", {"rules": shown}, "\n".join(rule["title"] for rule in shown))


def words_block(catalog: Catalog, few: bool = False) -> Block:
    """The glossary."""
    words = [{"term": word.term, "text": word.explanation} for word in catalog.glossary]
    return Block("woorden", {"words": words, "few": few}, "\n".join(word["term"] for word in words))


def _bounded(share: float) -> float:
    """Place on a bar in percent of the level, cut where the bar ends: a little beyond the level."""
    return round(min(max(share, 0.0), 118.0), 1)


def _figure_row(row: Values) -> dict[str, str]:
    known = row.geldt and row.deel is not None and row.soort != "ja_nee"
    required = known and row.beoordeeld and row.vereist is not None
    return {
        "Doel": row.naam, "Stand": text.macro("woorden", "stand", row) if row.heeft_cijfer else "–",
        "Niveau": fmt.amount(row.niveau, row.eenheid) if row.niveau is not None and row.soort != "ja_nee" else "–",
        "Deel": fmt.percent(row.deel, row.decimalen) if known else "–",
        "Vereist": fmt.percent(row.vereist, row.decimalen) if required else "–",
        "Oordeel": row.oordeel, "Tempo": row.tempo or "–",
        "Datum": fmt.short_date(row.datum, row.precisie) if row.datum else "–",
        "Bron": row.bron or "–",
    }  # fmt: skip


def _decision_parts(given: str) -> list[dict[str, Any]]:
    """Lines of the template as parts: ``#`` a heading, ``-`` a point, ``§`` an article, others a paragraph."""
    parts: list[dict[str, Any]] = []
    article = 0
    for row in filter(None, map(str.strip, given.split("\n"))):
        pieces = parts[-1]["pieces"] if parts else []
        if row.startswith("# "):
            parts.append({"heading": row[2:], "pieces": []})
        elif row.startswith("- ") and pieces and pieces[-1]["kind"] == "ul":
            pieces[-1]["points"].append(row[2:])
        elif row.startswith("- "):
            pieces.append({"kind": "ul", "points": [row[2:]]})
        elif row.startswith("§ "):
            article += 1
            pieces.append({"kind": "art", "number": article, "text": row[2:]})
        else:
            pieces.append({"kind": "p", "text": row})
    return parts


def _context_rows(edition: Edition, shape: str, nis: str) -> list[Mapping[str, Any]]:
    rows = edition.frame("context")
    return [json.loads(fields) for fields in rows[(rows["shape"] == shape) & (rows["nis"] == nis)]["fields"]]


def _council_items(edition: Edition, nis: str) -> list[dict[str, str]]:
    """What the council had on its agenda about the pact, newest first: text and address of each."""
    found = {row["link"]: row for row in _context_rows(edition, _COUNCIL, nis)}
    newest = sorted(found.values(), key=lambda row: (row["date"], row["link"]), reverse=True)[:10]
    return [
        {
            "text": f"{fmt.date_text(dt.date.fromisoformat(row['date']))}: {one_line(row['titel'])}",
            "url": safe_address(row["link"]),
        }
        for row in newest
    ]


def _local_production(edition: Edition, nis: str) -> pd.DataFrame:
    """All installations that produce energy locally, by technology: context that counts for no target."""
    rows = [row for row in _context_rows(edition, _PRODUCTION, nis) if row.get("date")]
    rows = [row for row in rows if dt.date.fromisoformat(row["date"]) <= edition.reference_date]
    newest = max((row["date"] for row in rows), default="")
    frame = pd.DataFrame([row for row in rows if row["date"] == newest])
    if frame.empty:
        return frame
    frame["Techniek"] = frame["technologie"].fillna("niet genoemd").astype(str).str.lower()
    columns = {"installaties": "Installaties", "vermogen_kva": "Vermogen (kVA)"}
    found = frame.groupby("Techniek")[list(columns)].sum(min_count=1).rename(columns=columns)
    return found.sort_values("Vermogen (kVA)", ascending=False).reset_index()


def _source_links(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Address of the source of each figure in words; the same words from two sources lead nowhere."""
    found = dict.fromkeys((words, safe_address(address)) for words, address in told)
    counts = Counter(words for words, _ in found)
    return {words: address for words, address in found if address and counts[words] == 1}


@lru_cache(maxsize=8)
def _area_totals(edition: Edition, province: str) -> tuple[pd.DataFrame, dict[str, str], str]:
    """Newest published total of Flanders and of the own province per series; the address of each; and its column."""
    codes = [code for code, name in AREA_NAMES.items() if name in ("Vlaanderen", province)]
    series = {(target.id, item.id): (target, item) for target in edition.catalog.measured for item in target.indicators}
    totals = edition.frame("totals").sort_values("reference_date", kind="stable")
    newest = totals[totals["nis"].isin(codes)].groupby(["target_id", "indicator", "nis"]).tail(1)
    order = {key: number for number, key in enumerate(series)}
    newest["order"] = [order[key] for key in zip(newest["target_id"], newest["indicator"], strict=True)]
    rows, links = [], list[tuple[str, str]]()
    for row in newest.sort_values(["order", "nis"]).to_dict("records"):
        target, item = series[row["target_id"], row["indicator"]]
        told = f"{figure_text(row, item.unit)} ({fmt.date_text(row['reference_date'].date(), row['date_precision'])})"
        source = edition.catalog.source(row["source_id"]).name
        rows.append((target.name, item.label, AREA_NAMES[row["nis"]], told, source))
        links.append((told, row["url"]))
    return pd.DataFrame(rows, columns=["Doel", "Wat", "Gebied", "Cijfer", "Bron"]), _source_links(links), "Cijfer"


def _own_levels(edition: Edition, published: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str], str]:
    """Targets that the municipality published itself, where the computed ones differ; addresses, and their column."""
    rows, links = [], list[tuple[str, str]]()
    for row in published[published["reason"] != "same"].to_dict("records"):
        target = edition.catalog.target(row["target_id"])
        unit = target.indicators[0].unit
        told = one_line(row["text"]) or fmt.amount(row["value"], unit)
        reason = {
            "rounded": "waarschijnlijk afgerond", "unknown": "reden niet bekend",
            "other_scope": "eigen doel van de gemeente",
            "other_count": f"waarschijnlijk geteld met de cijfers van {row['count_year']:.0f}",
        }[row["reason"]]  # fmt: skip
        computed = "–" if row["reason"] == "other_scope" else fmt.amount(row["level"], unit)
        source = edition.catalog.source(row["source_id"]).name
        rows.append((target.name, told, computed, reason, f"{source}, {row['date'][:4]}"))
        links.append((told, row["url"]))
    columns = ["Doel", "Volgens de gemeente", "Berekend", "Verschil", "Bron"]
    return pd.DataFrame(rows, columns=columns), _source_links(links), columns[1]


def _plans(edition: Edition, nis: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the municipality plans for 2026 to 2031: money per policy field, and actions that name a target."""
    money = [
        {"Beleidsveld": row["beleidsveld"],
         "Gepland (euro)": sum(value for name, value in row.items() if name.startswith("gepland_") and value)}
        for row in _context_rows(edition, _INVESTMENTS, nis)
    ]  # fmt: skip
    names = {target.id: target.name for target in edition.catalog.targets} | {"lekp_genoemd": "Het pact zelf"}
    found = sorted(
        (row for row in _context_rows(edition, _ACTIONS, nis) if row["doel"] in names), key=lambda row: row["doel"]
    )
    actions = [(names[row["doel"]], row["acties"], row["gepland_eur"]) for row in found]
    return pd.DataFrame(money), pd.DataFrame(actions, columns=["Doel", "Acties", "Gepland (euro)"])


def open_report(*, edition: Edition | None = None, **parameters: object) -> Report:
    """Open the report of one municipality; the one opening call of the notebook.

    Parameters
    ----------
    edition
        An edition that is open already, so that many reports read it once.
    **parameters
        The parameters of :class:`~lekp_lib.parameters.ReportParameters`; unknown ones are refused.

    Returns
    -------
    Report

    Raises
    ------
    LekpError
        When a parameter, the edition or the place is wrong; the message says what to do.

    Examples
    --------
    >>> open_report(gemeente="Merksplas", editie="gepubliceerd").place.province
    'Antwerpen'
    """
    checked = read_parameters(parameters)
    report = Report(edition or opened_edition(checked.editie, checked.cijfers), checked)
    if checked.cijfers and report.place.nis not in report.edition.own_places:
        raise ParameterError(f"{checked.cijfers}: geen cijfer van {report.place.name}; verwacht minstens één")
    return report
