"""All municipalities x all targets for the script of the comparison, as one assignment in a classic script.

Every text stands there once and is named by its place in a list: most shares, dates and figures return often.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from lekp_lib.adapter import Verdict
from lekp_lib.pact import Target
from lekp_lib.site.compare_cell import compare_cell
from lekp_lib.site.oud.words.joins import capital
from lekp_lib.site.oud.words.summary_words import message
from lekp_lib.site.page import municipality_path, target_path
from lekp_lib.site.world import SiteWorld

VERDICTS = tuple(Verdict)
#: Last day of the municipalities that ended in the last round of mergers.
BEFORE_MERGERS = dt.date(2024, 12, 31)


class _Texts:
    """Numbers texts in the order in which they are first met."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))


def pact_targets(world: SiteWorld) -> tuple[tuple[str, tuple[Target, ...]], ...]:
    """The 17 targets in the official order, under the label of their werf."""
    return tuple((werf.label, world.catalog.of_werf(werf.id)) for werf in world.catalog.werven)


def former_places(world: SiteWorld) -> list[list[str]]:
    """Municipalities that merged since: slug and name, and the slug of what they are part of now."""
    if world.on <= BEFORE_MERGERS:
        return []
    current = {world.slug(place.nis) for place in world.municipalities}
    found = []
    for place in world.register.municipalities(BEFORE_MERGERS):
        slug = world.register.slug(place.nis, BEFORE_MERGERS)
        if slug not in current:
            found.append([slug, place.name, world.slug(world.register.successor(place.nis, world.on).nis)])
    return found


def compare_data(world: SiteWorld) -> dict[str, Any]:
    """What the script of the comparison needs.

    Parameters
    ----------
    world
        The edition of the site.

    Returns
    -------
    dict
        ``oordelen``: the words of the verdicts; ``doelen``: label of the werf with name and address of its targets;
        ``gemeenten``: per municipality slug, name, address, message and, per target in that order, the places of
        figure, share and date in ``teksten`` and of the verdict in ``oordelen``; ``vroeger``: :func:`former_places`.
    """
    texts = _Texts()
    targets = pact_targets(world)
    wanted = [target.id for _, items in targets for target in items]
    places = []
    for place in world.municipalities:
        by_target = {item.target.id: item for item in world.of(place.nis)}
        cells = [compare_cell(by_target[target_id]) for target_id in wanted]
        numbers = [
            number
            for cell in cells
            for number in (
                texts.place(cell.figure),
                texts.place(cell.share),
                VERDICTS.index(cell.verdict),
                texts.place(cell.date),
            )
        ]
        slug = world.slug(place.nis)
        said = capital(message(world.counts(place.nis)))
        places.append([slug, place.name, municipality_path(slug), said, numbers])
    return {
        "oordelen": [verdict.value for verdict in VERDICTS],
        "doelen": [[label, [[item.name, target_path(item.id)] for item in items]] for label, items in targets],
        "gemeenten": places,
        "vroeger": former_places(world),
        "teksten": list(texts.places),
    }


def as_script(name: str, value: object) -> bytes:
    """A value as a classic script that puts it in the one global, ``lekp``.

    Parameters
    ----------
    name
        Key below ``lekp``.
    value
        Plain values.

    Returns
    -------
    bytes
        Nothing in the value can end the script or its string, wherever the text stands.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'"use strict";window.lekp=window.lekp||{{}};window.lekp.{name}={text};\n'.encode()
