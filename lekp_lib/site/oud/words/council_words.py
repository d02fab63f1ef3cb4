"""Words around what the council had on its agenda about the pact before."""

from __future__ import annotations

from lekp_lib.site.oud.numbers import count_noun, number

COUNCIL_TITLE = "Eerdere agendapunten van de gemeenteraad"


def found_sentence(found: int, shown: int) -> str:
    """How many there are, and that there may be more: a search that finds nothing proves nothing."""
    points = count_noun(found, "agendapunt", "agendapunten")
    stands = "staat" if found == 1 else "staan"
    newest = f" Hieronder staan de {number(shown)} jongste." if shown < found else ""
    return (
        f"Op Lokaal Beslist {stands} {points} van de gemeenteraad met het klimaatpact in de titel.{newest} "
        "Niet elke gemeente publiceert alles daar."
    )
