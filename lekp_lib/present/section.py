"""One target of one municipality: its sentences, charts, map, card, figures and remarks, together or one by one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import pandas as pd
from matplotlib.figure import Figure

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import JUDGED_RANKS
from lekp_lib.pact import Target
from lekp_lib.pact.models import Unit
from lekp_lib.present import charts, text
from lekp_lib.present import format as fmt
from lekp_lib.present.blocks import Block, Values
from lekp_lib.present.results import MIN_COUNTED, Results, Row
from lekp_lib.present.tables import table_block
from lekp_lib.present.theme import Drawing, known_characters
from lekp_lib.register import Municipality


class TargetSection(Block):
    """What the report says of one target; shown as a whole, or taken apart by its methods.

    Parameters
    ----------
    results
        The edition, assessed.
    place
        The municipality.
    value
        Values of the target for the templates.
    """

    def __init__(self, results: Results, place: Municipality, value: Values) -> None:
        self.results, self.place, self.value = results, place, value
        self.target = value.target
        spoken = " ".join([self.target.name + ".", *self.sentences])
        super().__init__("doel", self._content, spoken)

    @cached_property
    def sentences(self) -> list[str]:
        """Verdict, what was required, pace, what the figure is worth."""
        return text.sentences("oordeel", doel=self.value)

    def _content(self) -> dict[str, Any]:
        value = self.value
        return {
            "id": value.id, "name": value.naam, "mark": value.oordeel, "sentences": self.sentences,
            **self.advice,
            "trend": self._trend(), "dots": self._dots(), "compared": self.compared_sentences,
            "neighbours": self.compared.buren, "remarks": remarks(self.results.edition, self.place, self.target),
            "source": " ".join(text.sentences("bron", doel=value)), "source_url": value.bron_url,
            "card": self._card(), "figures": self.tabel().data, "link_map": value.geldt and bool(self.compared.n),
        }  # fmt: skip

    @property
    def advice(self) -> dict[str, str]:
        """What is to be done next, and the question to the college; empty where the target does not apply."""
        names = {"step": "volgende_stap", "question": "vraag"}
        return {key: " ".join(text.sentences(name, doel=self.value)) for key, name in names.items()}

    @cached_property
    def compared_sentences(self) -> list[str]:
        """Place among the others, for what the chart does not say."""
        return text.sentences("vergelijking", vergelijking=self.compared)

    # ---- trend

    @cached_property
    def _series(self) -> pd.DataFrame:
        """Amounts of the series that the level asks for, oldest first, with ``judged``."""
        asked = self.value.rij["level_indicator"] or self.value.rij["indicator"]
        own = [row for row in self._figures if row["measure"] == "stand" and row["indicator"] == asked]
        judged = {key for key, source in self.results.catalog.sources.items() if source.rank in JUDGED_RANKS}
        rows = [(row["reference_date"], row["value"], row["source_id"] in judged) for row in own]
        return pd.DataFrame(rows, columns=["reference_date", "value", "judged"])

    @property
    def _figures(self) -> Sequence[Row]:
        return self.results.records("figures", self.place.nis, self.target.id)

    def has_trend(self) -> bool:
        """Whether there is a judged amount to draw; yes/no targets have a sentence instead."""
        return not self.target.parts and bool(self._series["judged"].any())

    def trend(self, size: charts.Size = "wide") -> Drawing:
        """Figures against the level and the required path, in the unit of the target.

        Parameters
        ----------
        size
            ``wide``, ``narrow`` for a telephone, ``small`` beside a text.
        """
        value = self.value
        shows_pace = value.tempo in ("ja", "nee")
        drawn = value.niveau if value.geldt else None
        words = charts.TrendTexts(
            text.macro("grafiek", "eigen", value, self.place.name),
            text.macro("grafiek", "niveaulijn", value) if drawn else "", "vereist pad" if drawn else "",
            text.macro("grafiek", "tempolijn", value) if shows_pace else "",
        )  # fmt: skip
        return charts.trend(
            self._series, words, level=drawn, path=self.results.path(value) if drawn else (),
            pace_per_year=value.tempo_per_jaar if shows_pace else None, size=size,
        )  # fmt: skip

    def _trend(self) -> dict[str, Any] | None:
        if not self.has_trend():
            return None
        subtitle = text.macro("grafiek", "trend_onder", self.value, self.place.name)
        return self._drawn("trend", self.trend, {
            "title": text.macro("grafiek", "trend_titel", self.value), "subtitle": subtitle + self.results.fictitious,
            "alt": text.macro("grafiek", "trend_alt", self.value, self.place.name),
        })  # fmt: skip

    def _drawn(self, part: str, draw: Any, texts: dict[str, str]) -> dict[str, Any]:
        name = f"{self.target.id}-{part}"
        return {**texts, "svg": draw("wide").svg(f"{name}-b"), "narrow": draw("narrow").svg(f"{name}-s")}

    # ---- comparison

    @cached_property
    def compared(self) -> Values:
        """Where the municipality stands: counts, medians, neighbours by name, similar ones that are further."""
        results, value = self.results, self.value
        rates, (decimals, unit) = results.rates[self.target.id], results.measure(self.target)
        own, (yes, known) = value.rij["rate"], results.yes_counts.get(self.target.id, (0, 0))
        groups = {row["group"]: row for row in results.records("comparisons", self.place.nis, self.target.id)}
        flanders = groups.get("vlaanderen", {"median": None, "ahead": None})
        median, ahead = flanders["median"], flanders["ahead"]
        return Values(
            soort=value.soort, reeks=self.target.indicators[0].label,
            n=known if self.target.parts else len(rates), ja=yes, nee=known - yes,
            decimalen=decimals, maat=unit, eigen="" if own is None else fmt.number(own, decimals),
            verder=None if own is None or ahead is None else int(ahead),
            mediaan="" if median is None else fmt.number(median, decimals), groepen=groups,
            te_weinig=not self.target.parts and len(rates) < MIN_COUNTED, buren=self._neighbours(rates, decimals),
            beter=results.similar_better(self.place.nis, value, decimals),
        )  # fmt: skip

    def _neighbours(self, rates: pd.Series, decimals: int) -> list[str]:
        """Neighbours with their rate, by name; none for yes/no targets."""
        if self.target.parts:
            return []
        groups = self.results.register.peer_groups(self.place.nis, self.results.on)
        near = (nis for group in groups if group.kind == "buurgemeenten" for nis in group.members)
        found = [nis for nis in near if nis in rates.index]
        return sorted(f"{self.results.names[nis]} {fmt.number(rates[nis], decimals)}" for nis in found)

    def dots(self, size: charts.Size = "wide") -> Drawing:
        """One dot per municipality along the rate, with the own values and the medians below."""
        rates, yardstick = list(self.results.rates[self.target.id]), self.results.yardsticks[self.target.id]
        below, above, _ = charts.beyond(rates, yardstick)
        return charts.dots(
            rates, self._lanes(self.compared.decimalen), yardstick=yardstick, size=size,
            below_text=f"onder 0: {below}" if below else "", above_text=f"verder: {above}" if above else "",
        )  # fmt: skip

    def _lanes(self, decimals: int) -> list[charts.Lane]:
        row, groups = self.value.rij, self.compared.groepen
        # Of a yearly pace the path is the measure: its level is asked of a year, not of the average until now.
        level = None if self.target.kind == "jaarlijks_tempo" else row["rate_level"]
        own: list[tuple[Literal["own", "required", "level"], float | None, str]] = [
            ("own", row["rate"], self.place.name),
            ("required", row["rate_expected"] if self.value.datum else None, "vereist op de peildatum"),
            ("level", level, "niveau van het doel"),
        ]
        lanes = [
            charts.Lane(kind, rate, fmt.number(rate, decimals), name) for kind, rate, name in own if rate is not None
        ]
        names = {"vlaanderen": "Vlaanderen", "provincie": self.place.province, "grootteklasse": "even grote gemeenten"}
        for kind, name in names.items():
            if kind in groups and (median := groups[kind]["median"]) is not None:
                told = f"mediaan {name} (n = {groups[kind]['n']})"
                lanes.append(charts.Lane("median", median, fmt.number(median, decimals), told))
        return lanes

    def _dots(self) -> dict[str, Any] | None:
        if self.target.parts or self.compared.n < MIN_COUNTED:
            return None
        return self._drawn("plaats", self.dots, {
            "title": text.macro("grafiek", "stippen_titel", self.value, self.compared),
            "subtitle": text.macro("grafiek", "stippen_onder", self.value, self.compared) + self.results.fictitious,
            "alt": text.macro("grafiek", "stippen_alt", self.value, self.compared, self.place.name),
        })  # fmt: skip

    # ---- what a notebook may take apart

    def tabel(self) -> Block:
        """All figures of the target, newest first, as a table."""
        series, sources = {item.id: item for item in self.target.indicators}, self.results.catalog.sources
        body = [
            (fmt.date_text(row["reference_date"], row["date_precision"]), series[row["indicator"]].label,
             figure_text(row, series[row["indicator"]].unit, bool(self.target.parts)),
             sources[row["source_id"]].name if row["source_id"] in sources else row["source_id"])
            for row in reversed(self._figures)
        ]  # fmt: skip
        frame = pd.DataFrame(body, columns=["Datum", "Reeks", "Cijfer", "Bron"], dtype=object)
        return table_block(frame, f"{self.target.name}: cijfers van {self.place.name}")

    def grafiek(self) -> Figure:
        """The trend as a matplotlib figure, to be changed at will."""
        return self.trend().figure()

    def vergelijking(self) -> Figure:
        """The place among the municipalities as a matplotlib figure."""
        return self.dots().figure()

    def kaart(self) -> Figure:
        """The map of the target as a matplotlib figure."""
        return self.map().figure()

    def map(self) -> Drawing:
        """The map of the target, with the outline of the municipality."""
        return self.results.map(self.target, self.place.nis)

    def map_data(self) -> dict[str, Any]:
        """Small map with its count and the own share, for the page of maps."""
        results, key = self.results, self.target.id
        told, fill = results.map_counts[key], results.map_classes[key].get(self.place.nis)
        return {
            "id": self.target.id, "name": self.target.short_name, "svg": self.map().svg(f"{self.target.id}-kaart"),
            "count": text.macro("grafiek", "kaart_telling", self.value, told),
            "own": self.compared.eigen if not self.target.parts else fill if fill in ("ja", "nee") else "",
            "alt": text.macro("grafiek", "kaart_alt", self.value, told),
        }  # fmt: skip

    def _card(self) -> list[dict[str, Any]]:
        """How the target is counted, in full."""
        target = self.target
        rows = [
            ("Wat", [target.description]), ("Telt mee", target.counts), ("Telt niet mee", target.counts_not),
            ("Let op", target.caveats),
            ("Bewaard door", [f"{holder.name}. {holder.how}".strip() for holder in self.value.bewaarders]),
        ]  # fmt: skip
        return [{"label": label, "texts": list(texts)} for label, texts in rows if texts]


def figure_text(row: Mapping[Any, Any], unit: Unit, yes_no: bool = False, side: str = "") -> str:
    """A figure in words: "1.468 bomen", "45 % van het doel", or yes and no.

    Parameters
    ----------
    row
        With ``value`` and ``measure``.
    unit
        Of the series.
    yes_no
        Whether the series answers a question.
    side
        End of the names of both columns, in a row with two figures.
    """
    value = row[f"value{side}"]
    if row[f"measure{side}"] == "aandeel_pct":
        return f"{fmt.percent(value, 1, short=True)} van het doel"
    if yes_no:
        return "ja" if value else "nee"
    return fmt.amount(value, unit)


def safe_address(address: str) -> str:
    """An address of others as it may stand behind a link: https only, and plain; else nothing."""
    plain = address.isascii() and address.isprintable() and not set(address) & set(" \"'<>\\`")
    return address if plain and address.startswith("https://") else ""


def one_line(given: str) -> str:
    """Text of others on one line, without invisible signs; square brackets mark what is still to be filled in.

    A sign that the font lacks, such as a picture, is a question mark: it may not stop a report.
    """
    signs = [sign for sign in " ".join(given.split()) if sign.isprintable()]
    shown = "".join(sign if sign in known_characters() else "?" for sign in signs)
    return shown.replace("[", "(").replace("]", ")")


def remarks(edition: Edition, place: Municipality, target: Target) -> list[dict[str, str]]:
    """What a municipality itself says of a target, what it corrected, and what is known of before its merger.

    Returns
    -------
    list of dict
        ``label``, ``text``, ``by`` (who said it, and when) and ``url``; all but the label may be text of others.
    """
    series = {item.id: item for item in target.indicators}
    found = []
    if (told := edition.explanation(target.id, place.nis)) is not None:
        by = f"{told.author}, {told.place}, {fmt.date_text(told.date)}"
        found.append(_remark("Toelichting van de gemeente", one_line(told.text), by, safe_address(told.link)))

    def told_of(item: Any, side: str = "") -> tuple[str, str]:
        """Name of the series where it is a part, which never reads as the whole; and its figure in words."""
        part = "" if item.indicator == target.indicators[0].id else fmt.lower_first(series[item.indicator].label)
        row = {"value": getattr(item, side or "value"), "measure": item.measure}
        return part, figure_text(row, series[item.indicator].unit, bool(target.parts))

    for item in edition.corrections_of(target.id, place.nis):
        part, was = told_of(item, "before")
        now = "geschrapt" if pd.isna(item.after) else f"nu {told_of(item, 'after')[1]}"
        about = ", ".join(filter(None, (fmt.date_text(item.reference_date), part)))
        words = f"{about}: was {was}, {now}. {one_line(item.reason)}"
        found.append(_remark("Gecorrigeerd door de gemeente", words, f"{item.author}, {fmt.date_text(item.date)}"))
    for name, figure in _of_before(edition, place, target):
        if figure.indicator in series and figure.value is not None:
            part, amount = told_of(figure)
            of, day = f"{name}, {part}" if part else name, fmt.date_text(figure.reference_date, figure.date_precision)
            found.append(_remark("Van vóór de fusie", f"{of}: {amount} ({day})."))
    return found


def _remark(label: str, text: str, by: str = "", url: str = "") -> dict[str, str]:
    return {"label": label, "text": text, "by": one_line(by), "url": url}


def _of_before(edition: Edition, place: Municipality, target: Target) -> list[tuple[str, Any]]:
    """Newest figure of every former municipality, which makes no sum."""
    if not place.is_merged:
        return []
    before = place.valid_from - dt.timedelta(days=1)
    names = {nis: edition.register.get(nis, before).name for nis in place.predecessors}
    figures = edition.frame("former")
    figures = figures[(figures["target_id"] == target.id) & figures["nis"].isin(list(names))]
    whole = figures["indicator"] == target.indicators[0].id  # of the same day the whole rather than a part
    newest = figures.assign(whole=whole).sort_values(["reference_date", "whole"])
    newest = newest.drop_duplicates("nis", keep="last").set_index("nis")
    return [(name, newest.loc[nis]) for nis, name in names.items() if nis in newest.index]
