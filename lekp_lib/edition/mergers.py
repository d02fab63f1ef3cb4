"""Figures of municipalities that merged: added up when they are complete, kept apart with the reason when not.

Counts and denominators are summed and rates computed again. A part is never shown as the whole:
the sum needs a figure of every former municipality, of the same date and the same sort.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, get_args

import pandas as pd

from lekp_lib.data.readers import FIGURES, NOT_REGISTERED
from lekp_lib.edition.edition import as_read, typed
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Rank
from lekp_lib.register import FIRST_DAY, Register

_LEAST_CERTAIN_FIRST = ("voorbeeld", "geschat", "voorlopig", "gecorrigeerd", "definitief")
_COARSEST_FIRST = ("onbekend", "jaar", "maand", "dag")
#: Who speaks, from the strongest to the weakest.
_RANKS = get_args(Rank)
ONE_DAY = dt.timedelta(days=1)
#: A figure of the table of figures; a key is target, indicator, municipality of the edition, reference date.
Row = dict[str, Any]
Key = tuple[str, str, str, dt.date]


def _joined(words: Iterable[str]) -> str:
    *others, last = dict.fromkeys(words)
    return f"{', '.join(others)} en {last}" if others else last


def _same_answer(answers: Sequence[float]) -> float | None:
    """The answer that all give; none when they differ."""
    return answers[0] if len(set(answers)) == 1 else None


def _sentences(*texts: str) -> str:
    """Texts one after the other, each once, each with a full stop."""
    known = dict.fromkeys(text.strip() for text in texts if text.strip())
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in known)


def _parts(register: Register, nis: str, whole: str, date: dt.date, on: dt.date) -> tuple[str, ...]:
    """Codes of which figures of this code at this date are a part; none when it is a whole of day ``on``."""
    # A code that lives on with more territory is one of the parts on an earlier day. A source may go on using an old
    # code after its end; the parts are those of the code's own last day.
    days = [date] if nis == whole else [day - ONE_DAY for day in (FIRST_DAY[2025], FIRST_DAY[2019])]
    several = (parts for day in days if nis in (parts := register.parts(whole, day, on)) and parts != (nis,))
    return next(several, ())


def with_parts(figures: pd.DataFrame, register: Register, on: dt.date) -> pd.DataFrame:
    """Figures with ``successor``, the code of day ``on``, and ``parts``, the codes of it of which theirs is one.

    A municipality as it is on day ``on`` has no parts.
    """
    places = figures[["nis", "reference_date"]].drop_duplicates()
    whole = [register.successor(nis, on).nis for nis in places["nis"]]
    known = zip(places["nis"], whole, places["reference_date"].dt.date, strict=True)
    parts = pd.Series([_parts(register, *one, on) for one in known], places.index, dtype=object)
    return figures.merge(places.assign(successor=whole, parts=parts, is_part=parts.map(bool)))


class _Mergers:
    """What is declared of series, and what former municipalities are called: by their code where no name is known."""

    def __init__(self, catalog: Catalog, register: Register) -> None:
        self.catalog = catalog
        self.names = {nis: nis for nis in register.former_codes()}
        self.names |= {place.nis: place.name for place in register.municipalities(FIRST_DAY[2025] - ONE_DAY)}
        self.series = {(target.id, sub.id): (target, sub) for target in catalog.measured for sub in target.indicators}

    def obstacle(self, rows: Sequence[Row]) -> str:
        """Why figures of former municipalities make no whole; empty when they do."""
        target, series = self.series[rows[0]["target_id"], rows[0]["indicator"]]
        there, needed = {row["nis"] for row in rows if row["status"] != NOT_REGISTERED}, rows[0]["parts"]
        if not there and {row["nis"] for row in rows} == set(needed):
            return ""
        if absent := [self.names[nis] for nis in needed if nis not in there]:
            return f"er is geen cijfer van {_joined(absent)} op dezelfde datum"
        if there - set(needed):
            return "de cijfers zijn van voor en van na een eerdere fusie"
        if any(row["measure"] == "aandeel_pct" for row in rows):
            return "de bron gaf alleen een deel van het doel, en delen kunnen niet opgeteld worden"
        if target.kind == "ja_nee":
            differ = _same_answer([row["value"] for row in rows]) is None
            return "de vroegere gemeenten hebben niet hetzelfde antwoord" if differ else ""
        if "%" in series.unit.symbol or series.unit.symbol.startswith("per "):
            return "een percentage of verhouding kan niet opgeteld worden zonder de aantallen erachter"
        return "de cijfers hebben niet hetzelfde basisjaar" if len({row["base_year"] for row in rows}) > 1 else ""

    def summed(self, rows: Sequence[Row], nis: str) -> Row:
        """The figure of the whole, from those of all its parts."""
        rows = sorted(rows, key=lambda row: rows[0]["parts"].index(row["nis"]))
        names = _joined(self.names[row["nis"]] for row in rows)
        if rows[0]["status"] == NOT_REGISTERED:
            return {**rows[0], "nis": nis, "remark": f"Niets ingevuld voor {names}."}
        if len({row["source_id"] for row in rows}) > 1:
            names = _joined(f"{self.names[row['nis']]} ({self.catalog.source(row['source_id']).name})" for row in rows)
        if self.series[rows[0]["target_id"], rows[0]["indicator"]][0].kind == "ja_nee":
            return self.whole(rows, _same_answer, f"Zelfde antwoord van {names}.", nis=nis)
        return self.whole(rows, sum, f"Som van de cijfers van {names}.", nis=nis)

    def recomputed(self, key: Key, part: Row, figures: Mapping[Key, Row]) -> Row | None:
        """A rate of a merged municipality from its summed amounts, where the catalogue declares how."""
        target, series = self.series[key[:2]]
        if (rule := series.derived) is None:
            return None
        amount = figures.get((target.id, rule.of, *key[2:]))
        day = key[3] if rule.to else target.path_start
        against = figures.get((target.id, rule.to or rule.of, key[2], day))
        if amount is None or against is None or not against["value"]:
            return None
        share = 100 * amount["value"] / against["value"]
        value = share if rule.rule == "aandeel" else 100 - share
        others = {"indicator": series.id, "reference_date": key[3], "date_precision": part["date_precision"]}
        others |= {"base_year": target.path_start.year if rule.rule == "daling" else None, "original": None}
        return self.whole([amount, against], lambda _: value, "Opnieuw berekend uit de opgetelde aantallen.", **others)

    def whole(self, rows: Sequence[Row], combine: Callable[[list[Any]], Any], told: str, **others: Any) -> Row:
        """One figure for several: as certain as the least certain, as exact as the coarsest, of the weakest source."""
        column = {name: [row[name] for row in rows] for name in rows[0]}
        before = [row["value"] if row["original"] is None else row["original"] for row in rows]
        return {
            **rows[0],
            "value": combine(column["value"]),
            "status": min(column["status"], key=_LEAST_CERTAIN_FIRST.index),
            "date_precision": min(column["date_precision"], key=_COARSEST_FIRST.index),
            "source_id": max(column["source_id"], key=lambda name: _RANKS.index(self.catalog.sources[name].rank)),
            "retrieved": min(column["retrieved"]) if all(column["retrieved"]) else None,
            "url": rows[0]["url"] if len(set(column["url"])) == 1 else "",
            "since": max(column["since"]) if all(column["since"]) else None,
            "original": combine(before) if any(original is not None for original in column["original"]) else None,
            "correction_note": "; ".join(filter(None, column["correction_note"])),
            "remark": _sentences(*column["remark"], told),
            **others,
        }


def _keyed(figures: pd.DataFrame) -> list[tuple[Key, Row]]:
    """Figures as rows with their key; that of a part has the code of the whole."""
    rows: list[Row] = as_read(figures).to_dict("records")  # type: ignore[assignment]
    return [((row["target_id"], row["indicator"], row.pop("successor"), row["reference_date"]), row) for row in rows]


def merge_figures(figures: pd.DataFrame, catalog: Catalog, register: Register) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures under the codes of the reference date.

    Parameters
    ----------
    figures
        Figures of municipalities under the codes of any time, with the types of an edition and ``parts``
        (:func:`with_parts`); one per target, indicator, code and date.
    catalog, register
        Targets and municipalities.

    Returns
    -------
    tuple of pandas.DataFrame
        Figures by the municipalities of the edition: sums carry the names of the former municipalities in their remark.
        And figures of former municipalities that make no sum, with the reason in theirs.
    """
    mergers = _Mergers(catalog, register)
    own, parts = figures[~figures["is_part"]], figures[figures["is_part"]]
    known = dict(_keyed(own[own["nis"].isin(parts["successor"])]))
    groups: dict[Key, list[Row]] = {}
    for key, row in _keyed(parts):
        groups.setdefault(key, []).append(row)
    reasons = {
        key: "het cijfer van de fusiegemeente zelf is bekend" if key in known else mergers.obstacle(rows)
        for key, rows in groups.items()
    }
    made = {key: mergers.summed(rows, key[2]) for key, rows in groups.items() if not reasons[key]}
    amounts = known | made
    for key in [key for key, reason in reasons.items() if reason and key not in known]:
        if rate := mergers.recomputed(key, groups[key][0], amounts):
            made[key], reasons[key] = rate, "opnieuw berekend voor de fusiegemeente"
    former = [
        {**row, "remark": _sentences(row["remark"], f"Niet opgeteld: {reasons[key]}.")}
        for key, rows in groups.items()
        for row in rows
        if reasons[key] and row["status"] != NOT_REGISTERED
    ]
    tables = [typed(pd.DataFrame(rows, columns=list(FIGURES), dtype=object)) for rows in (made.values(), former)]
    return pd.concat([own[list(FIGURES)], tables[0]], ignore_index=True), tables[1]
