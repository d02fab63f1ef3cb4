"""What all pages of the site share: one edition with its results and reports, and how pages name each other."""

import datetime as dt
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from slugify import slugify

from lekp_lib.edition import Edition
from lekp_lib.errors import ReportError
from lekp_lib.pact import Target
from lekp_lib.pact.models import SubIndicator
from lekp_lib.parameters import LOOK, ReportParameters
from lekp_lib.present import format as fmt
from lekp_lib.present import text
from lekp_lib.present.blocks import Values
from lekp_lib.present.results import Results, results_of
from lekp_lib.register import Merger, Municipality
from lekp_lib.report.files import is_whole, read_manifest

HOME_PATH = "index.html"
#: Kinds of groups that have a grid of their own, with the first words of their names.
GROUP_KINDS = ("provincie", "referentieregio", "grootteklasse")
#: So many places are named in a message; the others are counted.
_NAMED = 5


class EditionEntry(NamedTuple):
    """An edition that has its place in the site."""

    id: str
    title: str
    reference_date: dt.date


class ReportFiles(NamedTuple):
    """What the batch left of one municipality: where, bytes by file name, and the short id of the report."""

    folder: Path
    sizes: Mapping[str, int]
    run: str


class Group(NamedTuple):
    """Municipalities that are shown together in a grid."""

    kind: str
    name: str
    path: str
    members: tuple[str, ...]


class Page(NamedTuple):
    """A page before it is rendered: address below the root of the site, file of ``templates/``, what it mentions."""

    path: str
    template: str
    values: Mapping[str, Any]


class SiteFile(NamedTuple):
    """A file of the site that is no page; ``path`` as for :class:`Page`. What pages offer has a label and a form."""

    path: str
    content: bytes
    label: str = ""
    form: str = ""

    @property
    def size(self) -> str:
        """Size for readers: "525 kB"."""
        return f"{fmt.number(max(1, round(len(self.content) / 1000)))}{fmt.NBSP}kB"


class Cell(NamedTuple):
    """What a table says of one municipality and one target; the words of its report."""

    figure: str
    share: str
    verdict: str
    pace: str
    date: str


def link(here: str, there: str) -> str:
    """Relative address from one page to another, the same from a server, a sub-path or a USB stick.

    Examples
    --------
    >>> link("gemeente/gent/index.html", "doel/bomen/index.html#kaart")
    '../../doel/bomen/index.html#kaart'
    >>> link("index.html", "index.html#gemeenten"), link("doel/index.html", "index.html")
    ('#gemeenten', '../index.html')
    """
    path, sign, fragment = there.partition("#")
    if path == here and sign:
        return f"#{fragment}"
    return posixpath.relpath(path, posixpath.dirname(here) or ".") + sign + fragment


def target_path(target_id: str) -> str:
    """Lasting address of a target; ids may hold an underscore, addresses do not."""
    return f"doel/{target_id.replace('_', '-')}/index.html"


def edition_path(edition_id: str, slug: str = "") -> str:
    """Lasting address of a frozen edition, or of one municipality in it."""
    return f"editie/{edition_id}/gemeente/{slug}/index.html" if slug else f"editie/{edition_id}/index.html"


@dataclass(frozen=True, eq=False)
class SiteContext:
    """One edition as the pages see it.

    Attributes
    ----------
    edition
        Frozen figures.
    today
        Day of the build.
    reports
        Reports by NIS code; municipalities without one are absent.
    older
        Editions that stay in the site beside this one, newest first.
    contact
        Mail address or page of the publisher; empty when none was given.
    address
        Where the site will stand, with a slash at its end; empty when it is not known.
    logo, logo_text
        PNG of the publisher, and the name that it stands for.
    """

    edition: Edition
    today: dt.date
    reports: Mapping[str, ReportFiles] = field(default_factory=dict)
    older: tuple[EditionEntry, ...] = ()
    contact: str = ""
    address: str = ""
    logo: bytes = b""
    logo_text: str = ""

    @property
    def contact_address(self) -> str:
        """Address for a link to the publisher; empty when none was given."""
        return self.contact if not self.contact or self.contact.startswith("http") else f"mailto:{self.contact}"

    @property
    def on(self) -> dt.date:
        """Reference date of the edition."""
        return self.edition.reference_date

    @cached_property
    def parameters(self) -> ReportParameters:
        """The site shows what the reports show: all parameters at their defaults."""
        return ReportParameters(gemeente="*", editie=self.edition.id)

    @cached_property
    def results(self) -> Results:
        """Assessments, comparisons and areas."""
        return results_of(self.edition, self.parameters)

    @cached_property
    def municipalities(self) -> dict[str, Municipality]:
        """All municipalities on the reference date by NIS code, by name."""
        return {place.nis: place for place in self.edition.register.municipalities(self.on)}

    @cached_property
    def targets(self) -> dict[str, Target]:
        """All judged targets by id, in the official order."""
        return {target.id: target for target in self.edition.catalog.targets}

    @cached_property
    def series(self) -> dict[tuple[str, str], SubIndicator]:
        """Everything that is measured, by target and indicator."""
        return {(t.id, i.id): i for t in self.edition.catalog.measured for i in t.indicators}

    def slug(self, nis: str) -> str:
        """Name of a municipality in addresses."""
        return self.edition.register.slug(nis, self.on)

    def path(self, nis: str) -> str:
        """Lasting address of a municipality: always its latest report."""
        return f"gemeente/{self.slug(nis)}/index.html"

    def cell(self, nis: str, target_id: str) -> Cell:
        """What tables say of a municipality and a target."""
        value = self.values[nis][target_id]
        has_share = value.geldt and value.deel is not None and value.soort != "ja_nee"
        share = fmt.percent(value.deel, value.decimalen) if has_share else ""
        date = fmt.short_date(value.datum, value.precisie) if value.datum else ""
        return Cell(text.macro("woorden", "korte_stand", value), share, value.oordeel, value.tempo, date)

    @cached_property
    def values(self) -> dict[str, dict[str, Values]]:
        """What templates may mention, by NIS code and target."""
        return {nis: self.results.values(nis) for nis in self.municipalities}

    @cached_property
    def groups(self) -> list[Group]:
        """Provinces, reference regions and size classes, each once."""
        found: dict[str, Group] = {}
        for nis in self.municipalities:
            for group in self.edition.register.peer_groups(nis, self.on):
                path = f"vergelijk/{slugify(group.label)}/index.html"
                if group.kind in GROUP_KINDS:
                    found.setdefault(path, Group(group.kind, group.label, path, group.members))

        def order(group: Group) -> tuple[int, int, str]:
            smallest = min(map(self._size, group.members)) if group.kind == "grootteklasse" else 0
            return GROUP_KINDS.index(group.kind), smallest, group.name

        return sorted(found.values(), key=order)

    def _size(self, nis: str) -> int:
        count = self.edition.register.population(nis, self.on.year, self.on)
        return count.value if count else 0


def former_municipalities(context: SiteContext) -> list[tuple[str, list[Merger]]]:
    """Municipalities whose name no municipality has any more: slug, and the mergers that lead to today."""
    taken = {context.slug(nis) for nis in context.municipalities}
    mergers = {item.old_nis: item for item in context.edition.register.mergers(context.on)}
    found = []
    for first in sorted(mergers.values(), key=lambda item: item.old_name):
        chain = [first]
        while chain[-1].new_nis in mergers and chain[-1].new_nis not in context.municipalities:
            chain.append(mergers[chain[-1].new_nis])
        if (slug := slugify(first.old_name)) not in taken:
            taken.add(slug)
            found.append((slug, chain))
    return found


# ---- reports that a site may show ------------------------------------------------------------------------------------


def report_fault(folder: Path, edition: Edition) -> str:
    """Why a report cannot be shown; empty when it can."""
    if not (manifest := read_manifest(folder)):
        return "geen verslag"
    # A clerk may have edited the draft; the site takes that of the program.
    own = {name: sha256 for name, sha256 in manifest.get("files", {}).items() if not name.startswith("besluit.")}
    if not is_whole(folder, {**manifest, "files": own}):
        return "bestanden zijn gewijzigd of verdwenen"
    if manifest.get("edition") != edition.manifest.model_dump(mode="json"):
        return "van een andere versie van de editie"
    if "rapport.html" not in own:
        return "zonder het formaat html"
    # A report with other parameters would show other numbers than the pages of targets; a logo changes no number.
    usual = ReportParameters(gemeente="*", editie=edition.id).model_dump(exclude={"gemeente", "editie", *LOOK})
    made_with = manifest.get("parameters") or {}
    other = [name for name, value in usual.items() if made_with.get(name, value) != value]
    return f"met een andere {' en '.join(other)} dan gewoonlijk" if other else ""


def find_reports(output_dir: Path, edition: Edition) -> tuple[dict[str, ReportFiles], dict[str, str]]:
    """Reports of an edition in the outputs folder.

    Parameters
    ----------
    output_dir
        Root of the outputs.
    edition
        The edition that the site is about.

    Returns
    -------
    reports : dict
        By NIS code.
    missing : dict
        Name of every other municipality, with the reason in Dutch.
    """
    reports, missing, on = {}, {}, edition.reference_date
    for place in edition.register.municipalities(on):
        folder = output_dir / edition.id / f"{place.nis}-{edition.register.slug(place.nis, on)}"
        if fault := report_fault(folder, edition):
            missing[place.name] = fault
        else:
            manifest = read_manifest(folder)
            reports[place.nis] = ReportFiles(folder, manifest["sizes"], str(manifest.get("run", "")))
    return reports, missing


def check_reports(
    output_dir: Path, edition: Edition, missing: Mapping[str, str], *, allow_missing: bool, any_report: bool
) -> None:
    """Refuse to make a site from reports that are not all there.

    Raises
    ------
    ReportError
        When no report can be shown, or some cannot and that was not allowed; with the command that makes them.
    """
    if not missing or (allow_missing and any_report):
        return
    named = ", ".join(f"{name} ({reason})" for name, reason in list(missing.items())[:_NAMED])
    more = f" en nog {len(missing) - _NAMED}" if len(missing) > _NAMED else ""
    way_out = " Of geef --allow-missing: de pagina's van die gemeenten zeggen dan dat er geen verslag is." * any_report
    raise ReportError(
        f"{output_dir / edition.id}: van {len(missing)} gemeenten is er geen verslag dat de site kan tonen: "
        f"{named}{more}. Maak ze met: lekp batch --editie {edition.id} --output-dir {output_dir}{way_out}"
    )
