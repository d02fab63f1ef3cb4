"""What stands beside the figures: words and corrections of the municipality, figures of before a merger, context."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lekp_lib.edition import Edition
from lekp_lib.pact import Target
from lekp_lib.present import format as fmt
from lekp_lib.register import Municipality

#: File shapes of context that is told here.
_PRODUCTION, _COUNCIL = "fluvius_lokale_productie", "lokaalbeslist_besluiten"
MAX_COUNCIL_ITEMS = 10


def safe_address(address: str) -> str:
    """An address of others as it may stand behind a link: https only, and plain; else nothing."""
    plain = address.isascii() and address.isprintable() and not set(address) & set(" \"'<>\\`")
    return address if plain and address.startswith("https://") else ""


def one_line(given: str) -> str:
    """Text of others on one line, without invisible signs; square brackets mark what is still to be filled in."""
    shown = "".join(sign for sign in " ".join(given.split()) if sign.isprintable())
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
    for item in edition.corrections_of(target.id, place.nis):
        unit = series[item.indicator].unit
        now = "geschrapt" if item.after is None else f"nu {fmt.amount(item.after, unit)}"
        words = (
            f"{fmt.date_text(item.reference_date)}: was {fmt.amount(item.before, unit)}, {now}. {one_line(item.reason)}"
        )
        found.append(_remark("Gecorrigeerd door de gemeente", words, f"{item.author}, {fmt.date_text(item.date)}"))
    for name, figure in _of_before(edition, place, target):
        if figure.indicator in series and figure.value is not None:
            amount = fmt.amount(figure.value, series[figure.indicator].unit)
            words = f"{name}: {amount} ({fmt.date_text(figure.reference_date, figure.date_precision)})."
            found.append(_remark("Van vóór de fusie", words))
    return found


def _remark(label: str, text: str, by: str = "", url: str = "") -> dict[str, str]:
    return {"label": label, "text": text, "by": one_line(by), "url": url}


def _of_before(edition: Edition, place: Municipality, target: Target) -> list[tuple[str, Any]]:
    """Newest figure of every former municipality, which makes no sum."""
    if not place.is_merged:
        return []
    before = place.valid_from - dt.timedelta(days=1)
    names = {nis: edition.register.get(nis, before).name for nis in place.predecessors}
    newest = {nis: list(edition.former_observations(target.id, nis))[-1:] for nis in names}
    return [(names[nis], figure) for nis, figures in newest.items() for figure in figures]


def _rows(edition: Edition, shape: str, nis: str) -> list[Mapping[str, Any]]:
    return [json.loads(row.fields) for row in edition.context if (row.shape, row.nis) == (shape, nis)]


def council_items(edition: Edition, nis: str) -> list[dict[str, str]]:
    """What the council had on its agenda about the pact, newest first: text and address of each."""
    found = {row["link"]: row for row in _rows(edition, _COUNCIL, nis)}
    newest = sorted(found.values(), key=lambda row: (row["date"], row["link"]), reverse=True)[:MAX_COUNCIL_ITEMS]
    return [
        {
            "text": f"{fmt.date_text(dt.date.fromisoformat(row['date']))}: {one_line(row['titel'])}",
            "url": safe_address(row["link"]),
        }
        for row in newest
    ]


def local_production(edition: Edition, nis: str) -> pd.DataFrame:
    """All installations that produce energy locally, by technology: context that counts for no target."""
    rows = [row for row in _rows(edition, _PRODUCTION, nis) if row.get("date")]
    rows = [row for row in rows if dt.date.fromisoformat(row["date"]) <= edition.reference_date]
    newest = max((row["date"] for row in rows), default="")
    frame = pd.DataFrame([row for row in rows if row["date"] == newest])
    if frame.empty:
        return frame
    frame["Techniek"] = frame["technologie"].fillna("niet genoemd").astype(str).str.lower()
    columns = {"installaties": "Installaties", "vermogen_kva": "Vermogen (kVA)"}
    found = frame.groupby("Techniek")[list(columns)].sum(min_count=1).rename(columns=columns)
    return found.sort_values("Vermogen (kVA)", ascending=False).reset_index()
