"""Numbers worked out in the method texts and on the page of rules are computed again."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np

from lekp_lib.pact import load_catalog

RULES = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
CATALOG = load_catalog()


def method(name: str) -> str:
    return CATALOG.method_texts[name][1].replace("\u00a0", " ")


def test_rounding() -> None:
    pct = Decimal("33.8") / Decimal(40) * 100
    assert pct == Decimal("84.5") and pct.quantize(Decimal(1), ROUND_HALF_UP) == 85
    assert "33,8 van 40 is precies 84,5 % en staat er als 85 %" in method("afronding")
    assert "33.8 of 40 is 84.5 % and prints as **85 %**" in RULES


def test_path() -> None:
    start, end = dt.date(2021, 1, 1), dt.date(2030, 12, 31)
    days = (end - start).days + 1
    half, early = (((day - start).days + 1) for day in (dt.date(2025, 12, 31), dt.date(2023, 2, 28)))
    assert (days, half / days, early, round(100 * early / days, 1)) == (3652, 0.5, 789, 21.6)
    assert "3.652" in method("vereist_pad") and "precies 50 %" in method("vereist_pad")
    assert "day 789: 21.6 %" in RULES and "1 826 / 3 652 = **50 %**" in RULES
    assert (2024 - 2015, 2030 - 2015, 100 * 9 / 15) == (9, 15, 60)
    assert "9/15, dus 60 %" in method("vereist_pad")


def test_energy() -> None:
    level = CATALOG.target("energie_patrimonium").levels["2.0"]
    asked = level.required_average(2018, 2024)
    assert asked is not None and level.value is not None
    assert f"{asked:.2f}" == "2.39" and f"{100 * asked / level.value:.1f}" == "79.8"
    assert "(4 × 2,09 + 2 × 3) / 6 = 2,39 % per jaar" in method("jaarlijks_tempo")
    assert "afgerond 80 %" in method("jaarlijks_tempo")
    assert "(4 × 2.09 + 2 × 3) / 6 = **2.39 %**" in RULES and "expected share is 79.8 %" in RULES


def test_pace() -> None:
    slope = np.polyfit([2022, 2023, 2024, 2025], [100, 160, 250, 340], 1)[0]
    assert (round(slope, 6), (1000 - 340) / 5) == (81, 132)
    assert "tempo van 81 bomen per jaar" in method("tempo") and "132 per jaar" in method("tempo")
    assert "**81 per year**" in RULES and "**132 per year**" in RULES


def test_rate() -> None:
    rate = CATALOG.target("bomen").comparison
    assert rate is not None and rate.n is not None
    assert f"{643 * rate.n / 15730:.{rate.decimals}f}" == "4.1"
    assert "4.1 per 100 inhabitants" in RULES


def test_words_of_the_verdict_are_ten_and_the_old_ones_are_gone() -> None:
    told = set(re.findall(r"\| \*([a-z ]+)\*", RULES))
    assert len(told) == 10
    texts = " ".join(
        [
            *(method(name) for name in CATALOG.method_texts),
            *(text for word in CATALOG.glossary for text in (word.term, word.explanation)),
        ]
    )
    assert all(word in texts for word in told)
    assert "**geen oordeel**" not in texts and "geen oordeel" not in {word.term for word in CATALOG.glossary}
    assert "geen gegevens" not in texts.lower()
