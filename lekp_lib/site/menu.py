"""Where the menu and the foot of every page lead; an entry comes together with its kind of page in ``build.KINDS``."""

from __future__ import annotations

from dataclasses import dataclass

from lekp_lib.site.page import HOME_PATH


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the section that pages name (``Page.section``), its label and its path."""

    section: str
    label: str
    path: str


#: In the order of the menu.
MENU = (
    Entry("", "Gemeenten", HOME_PATH),
    Entry("doelen", "Doelen", "doel/index.html"),
    Entry("vlaanderen", "Vlaanderen", "vlaanderen/index.html"),
    Entry("vergelijk", "Vergelijk", "vergelijk/index.html"),
    Entry("kalender", "Kalender", "kalender/index.html"),
    Entry("methode", "Methode", "methode/index.html"),
    Entry("gegevens", "Gegevens", "gegevens/index.html"),
)
#: At the foot of every page.
FOOT: tuple[Entry, ...] = (
    Entry("over", "Over deze site", "over/index.html"),
    Entry("toegankelijkheid", "Toegankelijkheid", "toegankelijkheid/index.html"),
)
