"""Figures of municipalities that merged: added up when they are complete, kept apart with the reason when not.

Counts and denominators are summed and rates computed again. A part is never shown as the whole:
the sum needs a figure of every former municipality, of the same date and the same sort.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Kind, SubIndicator, Target, Unit
from lekp_lib.register import FIRST_DAY, Register

_LEAST_CERTAIN_FIRST = (Status.EXAMPLE, Status.ESTIMATED, Status.PROVISIONAL, Status.CORRECTED, Status.FINAL)
_COARSEST_FIRST = ("jaar", "maand", "dag")

#: Target, indicator, municipality of the edition, reference date.
_Key = tuple[str, str, str, dt.date]


@dataclass(frozen=True, slots=True)
class Merged:
    """Figures by the municipalities of the edition, and those of former municipalities that could not be added up."""

    figures: tuple[Observation, ...]
    former: tuple[Observation, ...]


def _joined(words: Iterable[str]) -> str:
    found = list(dict.fromkeys(words))
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} en {found[-1]}"


def _sentences(texts: Iterable[str]) -> str:
    """Texts one after the other, each once, each with a full stop."""
    known = dict.fromkeys(text.strip() for text in texts if text.strip())
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in known)


def _is_rate(unit: Unit) -> bool:
    return "%" in unit.symbol or unit.symbol.startswith("per ")


class _Mergers:
    """The mergers between any date and the reference date of the edition."""

    def __init__(self, catalog: Catalog, register: Register, on: dt.date) -> None:
        self.catalog, self.register, self.on = catalog, register, on
        self.current = {place.nis for place in register.municipalities(on)}
        self.former = register.former_codes()

    def parts(self, nis: str, date: dt.date) -> tuple[str, ...]:
        """Codes of which figures of this code at this date are a part; the code alone when it is a whole one."""
        successor = self.register.successor(nis, self.on).nis
        if nis in self.current:
            # A code that lives on with more territory: on an earlier day it is one of the parts.
            parts = self.register.parts(nis, date, self.on)
            return parts if nis in parts else (nis,)
        # A source may go on using an old code after its end; the parts are those of the code's own last day.
        before = dt.date(2024, 12, 31)
        parts = self.register.parts(successor, before, self.on)
        return parts if nis in parts else self.register.parts(successor, FIRST_DAY[2019] - dt.timedelta(1), self.on)

    def name(self, nis: str) -> str:
        """Name of a former municipality, the code where the register has none."""
        before = dt.date(2024, 12, 31)
        known = {place.nis: place.name for place in self.register.municipalities(before)}
        return known.get(nis, nis)

    def series(self, item: Observation) -> tuple[Target, SubIndicator]:
        """Target and series of a figure."""
        target = self.catalog.target(item.target_id)
        return target, next(sub for sub in target.indicators if sub.id == item.indicator)

    def obstacle(self, group: Sequence[Observation], needed: Sequence[str]) -> str:
        """Why figures of former municipalities make no whole; empty when they do."""
        target, series = self.series(group[0])
        known = {item.nis for item in group if item.status is not Status.UNREGISTERED}
        nothing = not known and len(group) == len(needed)
        if absent := [self.name(nis) for nis in needed if nis not in known and not nothing]:
            return f"er is geen cijfer van {_joined(absent)} op dezelfde datum"
        if nothing:
            return ""
        if any(item.measure is Measure.SHARE_PCT for item in group):
            return "de bron gaf alleen een deel van het doel, en delen kunnen niet opgeteld worden"
        if target.kind is Kind.YES_NO:
            same = len({item.value for item in group}) == 1
            return "" if same else "de vroegere gemeenten hebben niet hetzelfde antwoord"
        if _is_rate(series.unit):
            return "een percentage of verhouding kan niet opgeteld worden zonder de aantallen erachter"
        return "de cijfers hebben niet hetzelfde basisjaar" if len({item.base_year for item in group}) > 1 else ""


def _whole(found: Sequence[Observation], value: float, nis: str, remark: str) -> Observation:
    """One figure for several: as certain as the least certain one, as exact as the coarsest date."""
    first = found[0]
    corrected = any(item.original is not None for item in found)
    retrieved = [item.retrieved for item in found if item.retrieved is not None]
    notes = [item.remark for item in found if item.remark] + [remark]
    since = [item.since for item in found]
    return replace(
        first,
        nis=nis,
        value=value,
        status=min((item.status for item in found), key=_LEAST_CERTAIN_FIRST.index),
        date_precision=min((item.date_precision for item in found), key=_COARSEST_FIRST.index),
        retrieved=min(retrieved) if len(retrieved) == len(found) else None,
        url=first.url if len({item.url for item in found}) == 1 else "",
        since=max(day for day in since if day is not None) if all(since) else None,
        original=sum(item.value if item.original is None else item.original for item in found) if corrected else None,
        correction_note="; ".join(item.correction_note for item in found if item.correction_note),
        remark=_sentences(notes),
    )


def _summed(mergers: _Mergers, nis: str, found: Sequence[Observation]) -> Observation:
    """The figure of the whole, from those of all its parts."""
    names = _joined(mergers.name(item.nis) for item in found)
    sources = {item.source_id for item in found}
    if found[0].status is Status.UNREGISTERED:
        return replace(found[0], nis=nis, remark=f"Niets ingevuld voor {names}.")
    if mergers.series(found[0])[0].kind is Kind.YES_NO:
        return _whole(found, found[0].value, nis, f"Zelfde antwoord van {names}.")
    if len(sources) > 1:
        names = _joined(f"{mergers.name(item.nis)} ({mergers.catalog.source(item.source_id).name})" for item in found)
    return _whole(found, float(sum(item.value for item in found)), nis, f"Som van de cijfers van {names}.")


def _recomputed(figures: dict[_Key, Observation], catalog: Catalog, parts: dict[_Key, list[Observation]]) -> None:
    """Rates of merged municipalities from their summed amounts, where the catalogue declares how."""
    for key, found in parts.items():
        target_id, indicator_id, nis, date = key
        target = catalog.target(target_id)
        rule = next(item for item in target.indicators if item.id == indicator_id).derived
        if rule is None or key in figures:
            continue
        amount = figures.get((target_id, rule.of, nis, date))
        against_key = (target_id, rule.to, nis, date) if rule.to else (target_id, rule.of, nis, target.path_start)
        against = figures.get(against_key)
        if amount is None or against is None or not against.value:
            continue
        share = 100 * amount.value / against.value
        base = target.path_start.year if rule.rule == "daling" else None
        made = _whole(
            [amount, against],
            share if rule.rule == "aandeel" else 100 - share,
            nis,
            "Opnieuw berekend uit de opgetelde aantallen.",
        )
        figures[key] = replace(
            made, indicator=indicator_id, reference_date=date, base_year=base, original=None,
            date_precision=found[0].date_precision,
        )  # fmt: skip


def merge_figures(observations: Iterable[Observation], catalog: Catalog, register: Register, on: dt.date) -> Merged:
    """Figures under the codes of the reference date.

    Parameters
    ----------
    observations
        Figures of municipalities under the codes of any time; one per target, indicator, code and date.
    catalog, register
        Targets and municipalities.
    on
        Reference date of the edition.

    Returns
    -------
    Merged
        Sums carry the names of the former municipalities in their remark; figures that make no sum are kept with the
        reason in theirs.

    Raises
    ------
    RegisterError
        For a code that no municipality ever had.
    """
    mergers = _Mergers(catalog, register, on)
    figures: dict[_Key, Observation] = {}
    parts: dict[_Key, list[Observation]] = defaultdict(list)
    for item in observations:
        if mergers.parts(item.nis, item.reference_date) == (item.nis,) and item.nis in mergers.current:
            figures[item.target_id, item.indicator, item.nis, item.reference_date] = item
        else:
            successor = register.successor(item.nis, on).nis
            parts[item.target_id, item.indicator, successor, item.reference_date].append(item)
    kept: dict[_Key, str] = {}
    for key, group in parts.items():
        needed = mergers.parts(group[0].nis, key[3])
        reason = "het cijfer van de fusiegemeente zelf is bekend" if key in figures else mergers.obstacle(group, needed)
        if reason:
            kept[key] = reason
        else:
            ordered = sorted(group, key=lambda item, codes=needed: codes.index(item.nis))  # type: ignore[misc]
            figures[key] = _summed(mergers, key[2], ordered)
    own = set(figures)
    _recomputed(figures, catalog, {key: parts[key] for key in kept})
    former = []
    for key, reason in kept.items():
        told = reason if key in own or key not in figures else "opnieuw berekend voor de fusiegemeente"
        former += [replace(item, remark=_sentences([item.remark, f"Niet opgeteld: {told}."]))
                   for item in parts[key] if item.status is not Status.UNREGISTERED]  # fmt: skip
    return Merged(tuple(figures.values()), tuple(former))
