"""Words of the chapter "Wat veranderde": how this edition differs from the one before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lekp_lib.adapter.changes import VerdictChange
from lekp_lib.edition.diff import ChangeKind, FigureChange
from lekp_lib.edition.models import Measure, Observation
from lekp_lib.pact.models import Kind, SubIndicator, Target
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.numbers import count_noun, number
from lekp_lib.site.oud.words.amount_words import amount_words, trimmed_percent
from lekp_lib.site.oud.words.joins import join_words, sentence

ABSENT = "geen cijfer"


def compared_sentence(title: str, reference_date: dt.date) -> str:
    """With what this report compares: "Vergeleken met Editie 2025, peildatum 31 december 2024."."""
    return f"Vergeleken met de vorige editie: {title}, peildatum {date_long(reference_date)}."


def verdicts_sentence(changes: Sequence[VerdictChange]) -> str:
    """How many of the 17 targets have another verdict: "Het oordeel veranderde bij 2 doelen."."""
    numbered = [item for item in changes if item.after.target.nr is not None]
    if not numbered:
        return "Geen enkel oordeel veranderde."
    return f"Het oordeel veranderde bij {count_noun(len(numbered), 'doel', 'doelen')}."


def since_sentence(changes: Sequence[VerdictChange]) -> str:
    """The same for the opening of the report: which targets went up or down is told in the chapter."""
    numbered = [item for item in changes if item.after.target.nr is not None]
    if not numbered:
        return "Sinds de vorige editie veranderde geen enkel oordeel."
    if len(numbered) == 1:
        after = numbered[0].after
        return f"Sinds de vorige editie veranderde 1 oordeel: {after.target.name} is nu {after.verdict.value}."
    return f"Sinds de vorige editie veranderden {number(len(numbered))} oordelen."


def figures_sentence(changes: Sequence[FigureChange]) -> str:
    """How many figures were revised, came in or went away."""
    words = {
        ChangeKind.REVISED: ("herzien", "herzien"),
        ChangeKind.NEW: ("nieuw", "nieuw"),
        ChangeKind.GONE: ("verdwenen", "verdwenen"),
    }
    told: list[str] = []
    for kind, (one, more) in words.items():
        count = sum(item.kind is kind for item in changes)
        if count:
            noun = f" {'cijfer is' if count == 1 else 'cijfers zijn'}" if not told else ""
            told.append(f"{number(count)}{noun} {one if count == 1 else more}")
    return sentence(join_words(told)) if told else "Geen enkel cijfer veranderde."


def figure_words(observation: Observation | None, target: Target, indicator: SubIndicator) -> str:
    """One figure of one edition: "1.468 bomen", "ja", "45 % van het doel", "geen cijfer"."""
    if observation is None:
        return ABSENT
    if observation.measure is Measure.SHARE_PCT:
        return f"{trimmed_percent(observation.value)} van het doel"
    if target.kind is Kind.YES_NO and indicator.id in target.parts:
        return "ja" if observation.value else "nee"
    return amount_words(observation.value, indicator.unit)
