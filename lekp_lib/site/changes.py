"""What changed since the edition before, for the method page and for the feed of every municipality."""

from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from lekp_lib.edition.edition import Edition, diff_figures
from lekp_lib.errors import EditionError
from lekp_lib.indicators.compare import lasting_codes, verdict_changes
from lekp_lib.present import format as fmt
from lekp_lib.present.section import figure_text
from lekp_lib.site.context import SiteContext

KEY = ["nis", "target_id", "indicator", "reference_date"]


class EditionChanges(NamedTuple):
    """Differences with the edition before.

    Attributes
    ----------
    old
        The edition before.
    figures
        One row per figure that is not the same: the key, ``wat`` (herzien, nieuw, verdwenen), ``vroeger``, ``nu`` in
        words, and ``precisie`` of the date.
    verdicts
        One row per municipality and target with another verdict: ``vroeger``, ``nu``.
    """

    old: Edition
    figures: pd.DataFrame
    verdicts: pd.DataFrame


def figure_words(context: SiteContext, row: Any, side: str) -> str:
    """A figure of one of both editions as text, or "geen cijfer"."""
    if pd.isna(row[f"value{side}"]):
        return "geen cijfer"
    yes_no = row["indicator"] in context.targets[row["target_id"]].parts
    return figure_text(row, context.series[row["target_id"], row["indicator"]].unit, yes_no, side)


def _figures(context: SiteContext, old: Edition, codes: list[str]) -> pd.DataFrame:
    both = diff_figures(old, context.edition)
    both = both[both["nis"].isin(codes) & both["target_id"].isin(context.targets)].sort_values(KEY)
    words = [[figure_words(context, row, side) for row in both.to_dict("records")] for side in ("_before", "_after")]
    sure = both["date_precision_after"].fillna(both["date_precision_before"])
    return both[KEY].assign(wat=both["kind"], vroeger=words[0], nu=words[1], precisie=sure)


@lru_cache(maxsize=2)
def edition_changes(context: SiteContext) -> EditionChanges | None:
    """Compare the edition of the site with the one that its manifest names.

    Returns
    -------
    EditionChanges or None
        ``None`` when no edition is named, or the one that is named cannot be found.
    """
    try:
        old = context.edition.predecessor
    except EditionError:
        return None
    if old is None:
        return None
    verdicts = verdict_changes(old, context.edition, context.parameters)
    named = verdicts.rename(columns={"before": "vroeger", "after": "nu"})
    return EditionChanges(old, _figures(context, old, lasting_codes(old, context.edition)), named)


@lru_cache(maxsize=2)
def _by_place(context: SiteContext) -> dict[str, dict[str, list[str]]]:
    """Sentences by municipality and target, the verdict first."""
    changes = edition_changes(context)
    found: dict[str, dict[str, list[str]]] = {}
    if changes is None:
        return found
    for row in changes.verdicts.to_dict("records"):
        told = found.setdefault(row["nis"], {}).setdefault(row["target_id"], [])
        told.append(f"Oordeel: {row['nu']}, in de vorige editie {row['vroeger']}.")
    for row in changes.figures.to_dict("records"):
        label = context.series[row["target_id"], row["indicator"]].label
        told = found.setdefault(row["nis"], {}).setdefault(row["target_id"], [])
        when = "in" if row["precisie"] in ("maand", "jaar") else "op"
        day = fmt.date_text(row["reference_date"], row["precisie"])
        told.append(f"{label} {when} {day}: {row['nu']}, in de vorige editie {row['vroeger']}.")
    return found


def feed_entries(context: SiteContext, nis: str) -> list[dict[str, Any]]:
    """Entries of the feed of one municipality: one per target of which a figure or the verdict changed.

    Parameters
    ----------
    context
        The edition of the site.
    nis
        Municipality.

    Returns
    -------
    list of dict
        ``sleutel`` (end of the id), ``titel``, ``zinnen``; an edition without one before it has one entry.
    """
    if edition_changes(context) is None:
        words = f"{context.edition.title} is met geen vorige editie vergeleken."
        return [{"sleutel": "eerste-editie", "titel": "Zonder vorige editie", "zinnen": [words]}]
    told = _by_place(context).get(nis, {})
    changed = [target for target in context.targets.values() if target.id in told]
    return [{"sleutel": target.id, "titel": target.name, "zinnen": told[target.id]} for target in changed]
