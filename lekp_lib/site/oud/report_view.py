"""The report of one municipality as blocks: what a notebook opens once and then shows, cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from lekp_lib import __version__
from lekp_lib.adapter import Assessment, Assessor, Comparison, count_verdicts
from lekp_lib.adapter.shown import sha256_text, shown_sha256
from lekp_lib.edition import Edition, find_edition
from lekp_lib.edition.manifest import MANIFEST_NAME, sha256_of
from lekp_lib.parameters import ReportParameters, read_parameters
from lekp_lib.register import Municipality
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.boxes import Facts
from lekp_lib.site.oud.changes import Changes, changes_chapter, find_changes
from lekp_lib.site.oud.comparison_table import comparison_annex
from lekp_lib.site.oud.context_chapter import context_chapter
from lekp_lib.site.oud.council_links import council_items, council_links
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.decision_block import decision_block, decision_of
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.late_sources import late_sources
from lekp_lib.site.oud.local_production import beside_target, with_context
from lekp_lib.site.oud.location_map import location_map
from lekp_lib.site.oud.look import look_facts
from lekp_lib.site.oud.overview import Overview
from lekp_lib.site.oud.own_parts import OwnParts
from lekp_lib.site.oud.paper import CountingAnnex
from lekp_lib.site.oud.prose import Heading, Markdown
from lekp_lib.site.oud.report_figures import overview_picture, overview_rows, werf_picture
from lekp_lib.site.oud.report_head import ReportFactsBlock, head_blocks
from lekp_lib.site.oud.report_tables import GOALS_2_1, OWN_GOALS, all_figures_table, group_beside, quality_table
from lekp_lib.site.oud.said import Said, said_by
from lekp_lib.site.oud.table import Table
from lekp_lib.site.oud.target_fiche import fiche
from lekp_lib.site.oud.target_figures import Scene, boundaries_map, hexmap, strip, trend
from lekp_lib.site.oud.target_section import target_section
from lekp_lib.site.oud.words.change_words import since_sentence
from lekp_lib.site.oud.words.method_words import method_values, sensitivity_sentence
from lekp_lib.site.oud.words.summary_words import headline, werf_opening
from lekp_lib.site.oud.words.verdict_words import verdict_sentences

#: Method texts of the chapter with the rules, in reading order.
RULES = (
    "oordeel", "vereist_pad", "ja_nee", "jaarlijks_tempo", "noemer", "afronding", "tempo", "vergelijking",
    "fusies", "geen_gegevens", "voorlopig", "beperkingen", "onafhankelijk",
)  # fmt: skip
#: Thresholds tried for the sensitivity line, besides the one in use.
OTHER_THRESHOLDS = (0.6, 0.8)


class ReportView(OwnParts):
    """All blocks of one report, made from one edition and one set of parameters.

    Parameters
    ----------
    edition
        Frozen figures.
    parameters
        Validated parameters.

    Raises
    ------
    RegisterError
        When the place is not known or ambiguous.
    ParameterError
        When a pact version is asked for of a municipality that refused the pact.
    """

    def __init__(self, edition: Edition, parameters: ReportParameters) -> None:
        self.edition = edition
        self.parameters = parameters
        self.on = edition.reference_date
        self.catalog = edition.catalog
        self.match = edition.register.resolve(parameters.gemeente, self.on)
        self.place: Municipality = self.match.municipality
        self.assessor = Assessor(edition, parameters)
        self.version = self.assessor.version(self.place.nis)
        self._comparisons: dict[str, Comparison] = {}

    @cached_property
    def assessments(self) -> tuple[Assessment, ...]:
        """One assessment per target, in the official order, then the goals of 2.1."""
        return self.assessor.municipality(self.place.nis)

    def assessment(self, target_id: str) -> Assessment:
        """Assessment of one target.

        Raises
        ------
        CatalogError
            When there is no such target.
        """
        target = self.catalog.target(target_id)
        return next(item for item in self.assessments if item.target.id == target.id)

    def comparison(self, target_id: str) -> Comparison:
        """One target across all municipalities; computed once, page and downloads ask for it again and again."""
        if target_id not in self._comparisons:
            self._comparisons[target_id] = self.assessor.compare(self.assessment(target_id))
        return self._comparisons[target_id]

    @cached_property
    def scene(self) -> Scene:
        """Names, tiles and sources that all figures share."""
        everyone = self.edition.register.municipalities(self.on)
        return Scene(
            place=self.place.name,
            names={item.nis: item.name for item in everyone},
            provinces={item.nis: item.province for item in everyone},
            tiles=self.edition.register.tiles(),
            sources=self.catalog.sources,
            reference_date=self.on,
            banner=self.edition.manifest.banner,
            boundaries=self.edition.boundaries,
        )

    @property
    def slug(self) -> str:
        """Name in addresses."""
        return self.edition.register.slug(self.place.nis, self.on)

    @property
    def run_id(self) -> str:
        """Short id of shown figures, parameters and code: the same input always has the same id.

        A change elsewhere in the edition that this report does not show leaves the id as it is.
        """
        return sha256_text(self.figures_sha256, self.resolved_parameters().of_figures(), __version__)[:10]

    @cached_property
    def figures_sha256(self) -> str:
        """Hash of all figures that the report shows."""
        return shown_sha256(self.assessor, self.place.nis)

    def resolved_parameters(self) -> ReportParameters:
        """The parameters with one name for one place and one edition."""
        return self.parameters.model_copy(update={"gemeente": self.place.nis, "editie": self.edition.id})

    @property
    def headline(self) -> str:
        """The message of the report, its only h1."""
        return headline(self.place.name, self.assessments, count_verdicts(self.assessments))

    def facts(self) -> Mapping[str, Any]:
        """What the exporters print around the report: title, edition, run, banner, date of the build."""
        built = dt.datetime.combine(self.edition.manifest.built, dt.time(), dt.UTC)
        return {
            "title": f"Klimaatpactverslag {self.place.name}, {self.edition.title}",
            "description": f"{self.headline}. Lokaal Energie- en Klimaatpact, stand op {date_long(self.on)}.",
            "keywords": ["klimaatpact", "LEKP", self.place.name],
            "municipality": self.place.name,
            "year": self.on.year,
            "edition": self.edition.id,
            "run": self.run_id,
            "banner": self.edition.manifest.banner,
            "built": built.isoformat(),
            "licence": self.edition.manifest.origin,
            **look_facts(self.parameters, self.place.nis, Path.cwd()),
        }

    def summary(self) -> Block:
        """Opening of the report: the message, three sentences, five counts, how to read, what it stands on."""
        return ReportFactsBlock(self.facts(), Group(head_blocks(self), name="summary"))

    def overview(self) -> Overview:
        """The 17 targets at a glance, in the official order; on paper as one drawing."""
        rows = overview_rows(self.assessments, self.catalog, self.assessor.flanders_median_pct)
        return Overview(rows, overview_picture(rows, self.assessments, self.scene))

    def werf(self, werf_id: str) -> Group:
        """Opening of a group of targets: counts, best, furthest behind, and their trends side by side."""
        werf = next((item for item in self.catalog.werven if item.id == werf_id), None)
        if werf is None:
            known = ", ".join(item.id for item in self.catalog.werven)
            raise ValueError(f"werf: found {werf_id!r}; expected one of {known}")
        ids = {target.id for target in self.catalog.of_werf(werf.id)}
        found = [item for item in self.assessments if item.target.id in ids]
        blocks: list[Block] = [Paragraph(werf_opening(werf.label, found, count_verdicts(found)))]
        picture = werf_picture(werf.label, werf.id, found, self.scene)
        # Without a single line to draw, the page says in words how each target stands.
        rest = picture or Facts([(item.target.name, verdict_sentences(item)[0]) for item in found])
        return Group([*blocks, rest], "werf", {"werf": werf.id})

    def target(self, target_id: str, zonder: Collection[str] = ()) -> Group:
        """The section of one target; ``zonder`` leaves parts out (``trend``, ``plaats``, ``kaart``, ``fiche`` …)."""
        assessment = self.assessment(target_id)
        comparison = self.comparison(target_id)
        said, beside = self.said(target_id), beside_target(self.edition, self.place, target_id)
        return target_section(assessment, comparison, self.scene, self.catalog, zonder, said, beside)

    def said(self, target_id: str) -> Said:
        """What stands beside the figures of a target: explanation, corrections, figures of before a merger."""
        return said_by(self.edition, self.place, target_id)

    def trend(self, target_id: str) -> Figure:
        """Only the trend of one target."""
        return trend(self.assessment(target_id), self.scene)

    def strip(self, target_id: str) -> Figure:
        """Only the place among the municipalities for one target."""
        return strip(self.assessment(target_id), self.comparison(target_id), self.scene)

    def hexmap(self, target_id: str) -> Figure:
        """Only the map of one target."""
        return hexmap(self.assessment(target_id), self.comparison(target_id), self.scene)

    def boundaries_map(self, target_id: str) -> Figure | None:
        """Only the map of one target with the real boundaries; ``None`` when the edition has none."""
        return boundaries_map(self.assessment(target_id), self.comparison(target_id), self.scene)

    def other_targets(self) -> Group:
        """Targets outside the 17 that hold for this municipality, such as the goals that pact 2.1 added."""
        blocks: list[Block] = []
        for group, title in ((GOALS_2_1, "Bijkomende doelen van pact 2.1"), (OWN_GOALS, OWN_GOALS)):
            found = [item for item in self.assessments if group_beside(item.target) == group and item.applies]
            if found:
                blocks.append(Heading(title, 2))
                blocks.append(Paragraph("Deze doelen tellen niet mee bij de 17 doelen van het klimaatpact."))
            for item in found:
                blocks.append(Heading(item.target.name, 3))
                blocks.append(self.target(item.target.id))
        return Group(blocks, name="other-targets")

    def context(self) -> Group:
        """Figures beside the pact, without level or verdict; empty when the edition has none for this municipality."""
        return context_chapter(self.edition, self.place.nis, self.scene)

    @cached_property
    def _changes(self) -> Changes | None:
        return find_changes(self.edition, self.parameters, self.place.nis)

    def changes(self) -> Group:
        """What changed since the edition before; empty when this edition names none."""
        return changes_chapter(self._changes, self.catalog, self.place.name)

    @property
    def since_last_edition(self) -> str:
        """One sentence on the verdicts that changed since the edition before; empty when there is none to compare."""
        found = self._changes
        return since_sentence(found.verdicts) if found is not None and found.is_known else ""

    def quality(self) -> Table:
        """Per target: source, date, age and state of the figure."""
        caption = f"Kwaliteit van de cijfers van {self.place.name}"
        return quality_table(self.assessments, self.catalog, caption, late_sources(self.edition, self.assessments))

    def all_figures(self) -> Table:
        """Per target: figure, level, share, expected share, verdict."""
        return all_figures_table(self.assessments, self.catalog, f"Alle cijfers van {self.place.name}")

    def comparisons(self) -> Block:
        """All targets next to the other municipalities: medians, how many are further, and where they lie."""
        groups = []
        for werf in self.catalog.werven:
            targets = [target for target in self.catalog.of_werf(werf.id) if self.assessment(target.id).applies]
            groups.append((werf.label, [self.comparison(target.id) for target in targets]))
        where = location_map(self.place, self.edition.register.peer_groups(self.place.nis, self.on), self.scene)
        return comparison_annex(groups, self.place.nis, self.place.name, where)

    def counting(self) -> CountingAnnex:
        """How each target is counted, complete; for paper, where the page of a target has room for less."""
        shown = [item for item in self.assessments if item.target.nr is not None or item.applies]
        fiches = [(item.target, fiche(item, self.catalog, self.said(item.target.id).corrections)) for item in shown]
        found = [(target, with_context(facts, self.edition, self.place, target.id)) for target, facts in fiches]
        return CountingAnnex([(target.id, target.name, facts) for target, facts in found])

    def rules(self) -> Group:
        """The rules behind every number, with the thresholds of this report and how much hangs on them."""
        values = method_values(self.parameters)
        blocks: list[Block] = []
        for concept in RULES:
            blocks.append(Heading(self.catalog.method_title(concept), 3, in_contents=False))
            blocks.append(Markdown(self.catalog.method(concept).format_map(values)))
            if concept == "oordeel":
                blocks.append(Paragraph(self._sensitivity()))
        return Group(blocks, name="rules")

    def _sensitivity(self) -> tuple[str, ...]:
        sentences = []
        for threshold in OTHER_THRESHOLDS:
            other = ReportView(self.edition, self.parameters.model_copy(update={"drempel_licht": threshold}))
            pairs = zip(self.assessments, other.assessments, strict=True)
            changed = sum(mine.verdict is not theirs.verdict for mine, theirs in pairs if mine.target.nr is not None)
            sentences.append(sensitivity_sentence(threshold, self.parameters.drempel_licht, changed))
        return tuple(sentences)

    def glossary(self) -> Facts:
        """Words that the report uses, explained."""
        return Facts(self.catalog.glossary)

    def decision(self) -> Group:
        """Draft of the council decision, what to upload where, and what the council decided before."""
        draft = decision_block(decision_of(self))
        earlier = council_links(council_items(self.edition.context, self.place.nis))
        return Group([draft, earlier], name="decision-chapter") if earlier else draft


@lru_cache(maxsize=4)
def _edition_as_of(folder: Path, manifest_sha256: str) -> Edition:
    return Edition.open(str(folder))


def opened_edition(id_or_path: str) -> Edition:
    """An edition, read once per process as long as its manifest stays the same.

    Parameters
    ----------
    id_or_path
        As for :meth:`~lekp_lib.edition.Edition.open`.

    Raises
    ------
    EditionError
        As for :meth:`~lekp_lib.edition.Edition.open`.
    """
    folder = find_edition(id_or_path).resolve()
    manifest = folder / MANIFEST_NAME
    return _edition_as_of(folder, sha256_of(manifest) if manifest.is_file() else "")


def open_report(*, edition: Edition | None = None, **parameters: object) -> ReportView:
    """Open the report of one municipality; the one opening call of the notebook.

    Parameters
    ----------
    edition
        An edition that is open already, so that many reports read it once.
    **parameters
        The parameters of :class:`~lekp_lib.parameters.ReportParameters`; unknown ones are refused.

    Returns
    -------
    ReportView

    Raises
    ------
    LekpError
        When a parameter, the edition or the place is wrong; the message says what to do.
    """
    checked = read_parameters(parameters)
    return ReportView(edition or opened_edition(checked.editie), checked)
