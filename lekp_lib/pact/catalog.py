"""The pact as one object: lookups over targets, werven, sources, glossary and method texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rapidfuzz import process

from lekp_lib.errors import CatalogError
from lekp_lib.pact.council import LegalGrounds, UploadList
from lekp_lib.pact.models import Source, Target, Werf, WerfId
from lekp_lib.pact.own_files import OwnFile


@dataclass(frozen=True, slots=True)
class MethodText:
    """One rule explained: ``title`` in plain text, ``body`` in Dutch markdown with placeholders."""

    id: str
    title: str
    body: str


def _unknown(kind: str, found: str, known: Iterable[str]) -> CatalogError:
    names = list(known)
    near = process.extractOne(found, names, score_cutoff=60)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return CatalogError(f"unknown {kind} {found!r}{hint} Known: {', '.join(names)}")


class Catalog:
    """Everything that the pact declares, checked and frozen.

    Parameters
    ----------
    targets
        All that is measured, context too; the order is made here: 1 to 17, the goals of 2.1 by id, own goals by id.
    werven
        The groups of targets, in official order.
    sources
        Who provides figures.
    glossary
        Terms with their explanation, in the order to be shown.
    methods
        Method texts.
    legal_grounds, uploads
        What stands around a council decision.
    own_files
        The files of a project that are part of it.

    Attributes
    ----------
    targets
        What is judged: the 17 in official order, the goals of 2.1, then own goals. Never holds context.
    context
        Figures beside the pact, by id.
    measured
        Both together: everything that an edition may hold figures of.
    """

    def __init__(
        self,
        *,
        targets: Iterable[Target],
        werven: Iterable[Werf],
        sources: Iterable[Source],
        glossary: Iterable[tuple[str, str]],
        methods: Iterable[MethodText],
        legal_grounds: LegalGrounds,
        uploads: UploadList,
        own_files: Iterable[OwnFile] = (),
    ) -> None:
        ordered = sorted(targets, key=lambda target: (target.nr is None, target.is_own, target.nr or 0, target.id))
        self.targets: tuple[Target, ...] = tuple(target for target in ordered if not target.is_context)
        self.context: tuple[Target, ...] = tuple(target for target in ordered if target.is_context)
        self.measured: tuple[Target, ...] = self.targets + self.context
        self.werven: tuple[Werf, ...] = tuple(werven)
        self.sources: Mapping[str, Source] = MappingProxyType({source.id: source for source in sources})
        self.glossary: tuple[tuple[str, str], ...] = tuple(glossary)
        self.legal_grounds = legal_grounds
        self.uploads = uploads
        self.own_files: tuple[OwnFile, ...] = tuple(own_files)
        self._targets = {target.id: target for target in self.measured}
        self._methods = {method.id: method for method in methods}

    @property
    def pact_targets(self) -> tuple[Target, ...]:
        """The numbered targets (17), in official order."""
        return tuple(target for target in self.targets if target.nr is not None)

    @property
    def goals_2_1(self) -> tuple[Target, ...]:
        """The goals that pact 2.1 added."""
        return tuple(target for target in self.targets if target.nr is None and not target.is_own)

    @property
    def own_goals(self) -> tuple[Target, ...]:
        """Goals that a project declared itself: judged like the others, never counted among the 17."""
        return tuple(target for target in self.targets if target.is_own)

    @property
    def methods(self) -> tuple[str, ...]:
        """Ids of the method texts, sorted."""
        return tuple(sorted(self._methods))

    def target(self, target_id: str) -> Target:
        """Target, or figures for context, by id.

        Raises
        ------
        CatalogError
            When there is no such target.
        """
        if target_id not in self._targets:
            raise _unknown("target", target_id, self._targets)
        return self._targets[target_id]

    def of_werf(self, werf_id: WerfId) -> tuple[Target, ...]:
        """Numbered targets of one werf, in official order.

        Raises
        ------
        CatalogError
            When there is no such werf.
        """
        known = [werf.id for werf in self.werven]
        if werf_id not in known:
            raise _unknown("werf", werf_id, known)
        return tuple(target for target in self.pact_targets if target.werf == werf_id)

    def source(self, source_id: str) -> Source:
        """Source by id.

        Raises
        ------
        CatalogError
            When there is no such source.
        """
        if source_id not in self.sources:
            raise _unknown("source", source_id, self.sources)
        return self.sources[source_id]

    def _method(self, concept_id: str) -> MethodText:
        if concept_id not in self._methods:
            raise _unknown("method text", concept_id, self.methods)
        return self._methods[concept_id]

    def method(self, concept_id: str) -> str:
        """Method text in Dutch markdown: paragraphs, lists and bold, without its title.

        Placeholders such as ``{drempel_licht}`` carry the names of report parameters; fill them with
        :meth:`str.format_map` and values already written in Dutch (``0,7``).

        Raises
        ------
        CatalogError
            When there is no such text.
        """
        return self._method(concept_id).body

    def method_title(self, concept_id: str) -> str:
        """Title of a method text, plain.

        Raises
        ------
        CatalogError
            When there is no such text.
        """
        return self._method(concept_id).title
