"""Where a municipality stands among others: counts and medians, never a league position (design.md 3).

Members are ahead only when their printed share is higher, so no sentence ranks equal rounded values.
"""

from __future__ import annotations

from collections.abc import Mapping

from lekp_lib.adapter.models import Comparison, GroupComparison
from lekp_lib.register.models import PeerGroup, PeerKind
from lekp_lib.site.oud.numbers import count_noun, number, percent
from lekp_lib.site.oud.words.joins import capital, join_words, lower_first

#: A group needs this many municipalities with a figure before a sentence compares with it.
MIN_WITH_DATA = 3


def group_place(group: PeerGroup) -> str:
    """Group with its preposition: "in Vlaanderen", "in de provincie Antwerpen", "bij de buurgemeenten"."""
    if group.kind is PeerKind.FLANDERS:
        return f"in {group.label}"
    if group.kind in (PeerKind.PROVINCE, PeerKind.REGION):
        return f"in de {lower_first(group.label)}"
    return f"bij de {lower_first(group.label)}"


def ahead_sentence(compared: GroupComparison) -> str:
    """How many municipalities of a group are further; empty without own share or with too few figures.

    Parameters
    ----------
    compared
        One group.

    Returns
    -------
    str
        "In Vlaanderen staan 196 van de 285 gemeenten verder." The second number counts those with a figure, and says
        so when others have none. "In Vlaanderen staat niemand verder."
    """
    if compared.ahead is None or compared.with_data < MIN_WITH_DATA:
        return ""
    where = capital(group_place(compared.group))
    with_figure = " met gegevens" if compared.with_data < compared.members else ""
    if compared.ahead == 0:
        return f"{where} staat niemand{with_figure} verder."
    # "gemeenten" once: size classes carry the word in their own name.
    noun = "" if compared.group.kind in (PeerKind.SIZE, PeerKind.NEIGHBOURS) else " gemeenten"
    verb = "staat" if compared.ahead == 1 else "staan"
    return f"{where} {verb} {number(compared.ahead)} van de {number(compared.with_data)}{noun}{with_figure} verder."


def median_sentence(compared: GroupComparison) -> str:
    """Median of a group over those with a figure; empty when too few have one."""
    if compared.median_pct is None or compared.with_data < MIN_WITH_DATA:
        return ""
    return f"De mediaan {group_place(compared.group)} is {percent(compared.median_pct)} van het doel."


def similar_sentence(comparison: Comparison, names: Mapping[str, str]) -> str:
    """Municipalities of like size that are further, with their share; empty when there are none.

    Parameters
    ----------
    comparison
        One target.
    names
        Names by NIS.

    Returns
    -------
    str
        "Vergelijkbare gemeenten die verder staan: Lede (52 %), Niel (48 %) en Duffel (47 %)."
    """
    listed = [f"{names[nis]} ({percent(comparison.shares[nis])})" for nis in comparison.similar_better]
    if not listed:
        return ""
    if len(listed) == 1:
        return f"Een vergelijkbare gemeente die verder staat: {listed[0]}."
    return f"Vergelijkbare gemeenten die verder staan: {join_words(listed)}."


def others_words(comparison: Comparison) -> str:
    """Who is not compared and why: "12 gemeenten zonder bruikbaar cijfer en 4 waarvoor het doel niet geldt"."""
    parts = []
    if comparison.no_data:
        parts.append(f"{count_noun(len(comparison.no_data), 'gemeente', 'gemeenten')} zonder bruikbaar cijfer")
    if comparison.not_signed:
        count = count_noun(len(comparison.not_signed), "gemeente", "gemeenten")
        parts.append(f"{count} waarvoor het doel niet geldt")
    return join_words(parts)


def coverage_sentences(comparison: Comparison) -> tuple[str, ...]:
    """Over how many municipalities the comparison speaks, and what the others are."""
    shown, others = len(comparison.shares), others_words(comparison)
    if shown == 0:
        return ("Geen enkele gemeente heeft een cijfer dat te vergelijken is.",)
    have = "heeft" if shown == 1 else "hebben"
    first = f"In de vergelijking {have} {count_noun(shown, 'gemeente', 'gemeenten')} een cijfer."
    return (first, f"Niet vergeleken: {others}.") if others else (first,)


def comparison_sentences(comparison: Comparison, names: Mapping[str, str]) -> tuple[str, ...]:
    """All sentences under the comparison of one target: place, median and likes, from Flanders to the neighbours.

    Parameters
    ----------
    comparison
        One target.
    names
        Names by NIS.

    Returns
    -------
    tuple of str
        Flanders first, then the other groups in the order of the register.
    """
    ordered = sorted(comparison.groups, key=lambda item: item.group.kind is not PeerKind.FLANDERS)
    found = [text for item in ordered for text in (ahead_sentence(item), median_sentence(item))]
    found += [similar_sentence(comparison, names), *coverage_sentences(comparison)]
    return tuple(text for text in found if text)
