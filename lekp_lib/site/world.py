"""Everything that the pages of the site read, from one edition; computed once, shared by all kinds of pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from lekp_lib.adapter import Assessment, Assessor, VerdictCounts, count_verdicts
from lekp_lib.edition import Edition
from lekp_lib.pact import Target
from lekp_lib.parameters import ReportParameters
from lekp_lib.register import Municipality
from lekp_lib.site.oud.target_figures import Scene


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What the batch left of one municipality.

    Attributes
    ----------
    nis, name
        Of the municipality.
    folder
        Where the files are.
    sizes
        Bytes by file name, as the manifest of the report says.
    run
        Short id of the report.
    """

    nis: str
    name: str
    folder: Path
    sizes: Mapping[str, int]
    run: str


@dataclass(frozen=True, slots=True)
class EditionEntry:
    """An edition that has its place in the site."""

    id: str
    title: str
    reference_date: dt.date


class SiteWorld:
    """One edition as the pages see it.

    Parameters
    ----------
    edition
        Frozen figures.
    today
        Day of the build.
    reports
        Reports by NIS code; municipalities without one are absent.
    editions
        Older editions that stay in the site, newest first.
    contact
        Where readers can report something: a mail address or the address of a page; empty when the publisher gave none.
    """

    def __init__(
        self,
        edition: Edition,
        today: dt.date,
        reports: Mapping[str, ReportFiles],
        editions: tuple[EditionEntry, ...] = (),
        contact: str = "",
    ) -> None:
        self.edition = edition
        self.today = today
        self.reports = MappingProxyType(dict(reports))
        self.editions = editions
        self.contact = contact
        self.on = edition.reference_date
        self.catalog = edition.catalog
        self.register = edition.register
        # The site shows what the reports show: the same parameters, all at their defaults.
        self.parameters = ReportParameters(gemeente="*", editie=edition.id)
        self.assessor = Assessor(edition, self.parameters)

    @cached_property
    def municipalities(self) -> tuple[Municipality, ...]:
        """All municipalities on the reference date, by name."""
        return self.register.municipalities(self.on)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Name by NIS code."""
        return MappingProxyType({item.nis: item.name for item in self.municipalities})

    def slug(self, nis: str) -> str:
        """Name of a municipality in addresses."""
        return self.register.slug(nis, self.on)

    @cached_property
    def scene(self) -> Scene:
        """What all figures of Flanders share; no municipality stands out."""
        return Scene(
            place="",
            names=self.names,
            provinces={item.nis: item.province for item in self.municipalities},
            tiles=self.register.tiles(),
            sources=self.catalog.sources,
            reference_date=self.on,
            banner=self.edition.manifest.banner,
        )

    def everyone(self, target: Target) -> tuple[Assessment, ...]:
        """All municipalities against one target, in the order of :attr:`municipalities`."""
        return self.assessor.everyone(target)

    @cached_property
    def _by_nis(self) -> Mapping[str, tuple[Assessment, ...]]:
        columns = [self.everyone(target) for target in self.catalog.targets]
        return {row[0].nis: row for row in zip(*columns, strict=True)}

    def of(self, nis: str) -> tuple[Assessment, ...]:
        """One municipality against all targets, in the official order."""
        return self._by_nis[nis]

    def counts(self, nis: str) -> VerdictCounts:
        """How many targets of a municipality have which verdict."""
        return count_verdicts(self.of(nis))
