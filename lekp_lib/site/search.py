"""The search of the site: what can be found, as one script without any request, and the field on the page.

Browsers do not let a page from ``file://`` read a data file, so the index is an assignment in a classic script
(spec design.md 11). Without script the list of all municipalities and targets on the page is the way in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lekp_lib.site.assets import script_file
from lekp_lib.site.former import former_municipalities
from lekp_lib.site.page import ASSETS, SiteFile, municipality_path, target_path
from lekp_lib.site.world import SiteWorld

INDEX_FILE, SCRIPT_FILE = "zoekindex.js", "zoeken.js"

Kind = Literal["gemeente", "doel"]
#: Kinds of other names: sub-municipality, former municipality, former NIS code, synonym.
AliasKind = Literal["d", "f", "n", "s"]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that the search finds.

    Attributes
    ----------
    kind, name, path
        What it is, its name, the path of its page.
    nis
        Code of a municipality; empty for a target.
    aliases
        Other names by kind.
    """

    kind: Kind
    name: str
    path: str
    nis: str = ""
    aliases: dict[AliasKind, tuple[str, ...]] = field(default_factory=dict)


def _municipalities(world: SiteWorld) -> Iterator[Found]:
    mergers = world.register.mergers(world.on)
    for item in world.municipalities:
        former = [row for row in mergers if world.register.successor(row.old_nis, world.on).nis == item.nis]
        gone = {row.old_name for row in former} - {item.name}
        parts = set(world.register.submunicipalities(item.nis)) - gone - {item.name}
        yield Found(
            "gemeente",
            item.name,
            municipality_path(world.slug(item.nis)),
            item.nis,
            {
                "d": tuple(sorted(parts)),
                "f": tuple(sorted(gone)),
                "n": tuple(sorted({row.old_nis for row in former} - {item.nis})),
            },
        )


def _targets(world: SiteWorld) -> Iterator[Found]:
    for target in world.catalog.targets:
        others = (*target.synonyms, target.short_name, target.official_label.rpartition(" - ")[2])
        names = tuple(dict.fromkeys(name for name in others if name.casefold() != target.name.casefold()))
        yield Found("doel", target.name, target_path(target.id), aliases={"s": names})


def found_by_search(world: SiteWorld) -> tuple[Found, ...]:
    """Everything that the search finds: municipalities by name, then the targets in the official order."""
    return (*_municipalities(world), *_targets(world))


def index_script(world: SiteWorld) -> SiteFile:
    """The index as a classic script: ``lekp.index = [[kind, name, path, nis, {alias kind: [names]}], ...]``."""
    rows = [
        [item.kind[0], item.name, item.path, item.nis, {kind: names for kind, names in item.aliases.items() if names}]
        for item in found_by_search(world)
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return SiteFile(f"{ASSETS}/{INDEX_FILE}", f'"use strict";var lekp=window.lekp||{{}};lekp.index={text};\n'.encode())


def search_files(world: SiteWorld) -> Iterator[SiteFile]:
    """The index, and the script that searches it."""
    yield index_script(world)
    yield script_file(SCRIPT_FILE)


#: Hidden until the script runs: without it the field could do nothing.
SEARCH_HTML = """<search class="site-search" data-zoeken hidden>
<form data-zoeken-formulier>
<label for="zoek">Zoek een gemeente of een doel</label>
<p class="small" id="zoek-uitleg">Typ een naam van nu of vroeger, een deelgemeente, een NIS-code of een onderwerp.</p>
<input id="zoek" type="text" role="combobox" aria-expanded="false" aria-controls="zoek-lijst"
 aria-autocomplete="list" aria-describedby="zoek-uitleg" autocomplete="off" autocapitalize="off" spellcheck="false">
<p id="zoek-status" class="site-search-status" role="status"></p>
<ul id="zoek-lijst" role="listbox" aria-label="Resultaten" hidden></ul>
</form>
</search>"""


def former_names(world: SiteWorld) -> tuple[tuple[str, str, str], ...]:
    """Former municipalities for the list below the search: name, path of their page, name of the successor."""
    return tuple(
        (chain[0].old_name, municipality_path(slug), chain[-1].new_name) for slug, chain in former_municipalities(world)
    )
