"""Comparing the files of the catalogue with each other: ids, numbers, addresses, words.

A file can be right by itself and wrong among the others: two targets with one number, a source that nobody declares,
a search word that leads to two targets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from string import punctuation

from lekp_lib.errors import Problem
from lekp_lib.pact.catalog import MethodText
from lekp_lib.pact.models import Source, Target, Term, Werf
from lekp_lib.pact.wording import (
    MAX_WORDS_EXPLANATION,
    MAX_WORDS_SENTENCE,
    description_complaints,
    placeholders,
    word_count,
)
from lekp_lib.pact.yaml_files import KeyPath, YamlFile
from lekp_lib.parameters import ReportParameters

PACT_NUMBERS = range(1, 18)

Targets = Sequence[tuple[Target, YamlFile]]
Sources = Sequence[tuple[Source, YamlFile]]


def _ids_equal_file_names(items: Iterable[tuple[Target | Source, YamlFile]]) -> Iterator[Problem]:
    for item, file in items:
        stem = PurePosixPath(file.name).stem
        if item.id != stem:
            yield Problem(file.where(("id",)), item.id, stem, "Give the file and the id the same name.")


def _ids_once(items: Iterable[tuple[Target | Source, YamlFile]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for item, file in items:
        if item.id in first:
            found = f"{item.id} (also in {first[item.id]})"
            yield Problem(file.where(("id",)), found, "an id that nothing else has", "Choose another id and file name.")
        first.setdefault(item.id, file.name)


def _said_once(targets: Targets, key: str, value_of: Callable[[Target], object]) -> Iterator[Problem]:
    first: dict[object, str] = {}
    for target, file in targets:
        value = value_of(target)
        if not value:
            continue
        if value in first:
            yield Problem(file.where((key,)), f"{value} (also in {first[value]})", "a value that no other target has")
        first.setdefault(value, file.name)


def _numbers_complete(targets: Targets, all_read: bool) -> Iterator[Problem]:
    missing = sorted(set(PACT_NUMBERS) - {target.nr for target, _ in targets})
    # An unreadable file has a number too; its own message is enough.
    if missing and all_read:
        numbers = ", ".join(str(number) for number in missing)
        yield Problem("doelen", f"no target with number {numbers}", "targets 1 to 17", "Add the files.")


def _names_known(targets: Targets, sources: Iterable[str], werven: Iterable[str]) -> Iterator[Problem]:
    known_sources, known_werven = sorted(sources), sorted(werven)
    for target, file in targets:
        for index, source in enumerate(target.sources):
            if source not in known_sources:
                advice = f"Add bronnen/{source}.yaml or correct the name."
                yield Problem(
                    file.where(("sources", index)), f"source {source!r}", f"one of {', '.join(known_sources)}", advice
                )
        if known_werven and target.werf not in known_werven:
            yield Problem(file.where(("werf",)), f"werf {target.werf!r}", f"one of {', '.join(known_werven)}")


def _search_words(target: Target) -> Iterator[tuple[KeyPath, str]]:
    yield ("name",), target.name
    for index, synonym in enumerate(target.synonyms):
        yield ("synonyms", index), synonym


def _words_lead_to_one_target(targets: Targets) -> Iterator[Problem]:
    owner: dict[str, tuple[str, str]] = {}
    for target, file in targets:
        for path, word in _search_words(target):
            folded = word.casefold().strip(punctuation + " ")
            other, other_file = owner.setdefault(folded, (target.id, file.name))
            if other != target.id:
                found = f"{word!r} (also in {other_file})"
                yield Problem(file.where(path), found, "a search word that leads to one target", "Keep it in one file.")


def _plain_descriptions(targets: Targets) -> Iterator[Problem]:
    for target, file in targets:
        for complaint in description_complaints(target.description):
            expected = f"1 or 2 sentences of at most {MAX_WORDS_SENTENCE} words"
            yield Problem(file.where(("description",)), complaint, expected, "Shorten it.")


def _glossary_is_plain(terms: Iterable[Term]) -> Iterator[Problem]:
    seen: set[str] = set()
    for term in terms:
        where = f"woordenlijst.yaml: {term.term}"
        if term.term.casefold() in seen:
            yield Problem(where, "the term a second time", "every term once")
        seen.add(term.term.casefold())
        words = word_count(term.explanation)
        if words > MAX_WORDS_EXPLANATION:
            yield Problem(where, f"{words} words", f"at most {MAX_WORDS_EXPLANATION} words", "Shorten the explanation.")


def _placeholders_known(methods: Iterable[MethodText]) -> Iterator[Problem]:
    known = set(ReportParameters.model_fields)
    for method in methods:
        where = f"methode/{method.id}.md"
        try:
            unknown = sorted(set(placeholders(method.title + method.body)) - known)
        except ValueError as error:
            yield Problem(where, str(error), "placeholders such as {drempel_licht}", "Write a brace twice to show it.")
            continue
        for name in unknown:
            yield Problem(where, f"the placeholder {{{name}}}", f"one of {', '.join(sorted(known))}")


def cross_checks(
    targets: Targets,
    sources: Sources,
    source_names: Collection[str],
    werven: Sequence[Werf],
    terms: Sequence[Term],
    methods: Sequence[MethodText],
    *,
    all_read: bool,
) -> Iterator[Problem]:
    """Mistakes that show only when the files are seen together.

    Parameters
    ----------
    targets, sources
        What could be read, each with its file.
    source_names
        Ids of all source files, those with mistakes included.
    werven, terms, methods
        What could be read of the other files.
    all_read
        Whether every target file could be read; otherwise missing numbers are not reported.

    Yields
    ------
    Problem
    """
    yield from _ids_equal_file_names([*targets, *sources])
    yield from _ids_once(targets)
    yield from _ids_once(sources)
    yield from _said_once(targets, "nr", lambda target: target.nr)
    yield from _said_once(targets, "codelist_uri", lambda target: target.codelist_uri)
    yield from _said_once(targets, "official_label", lambda target: target.official_label)
    yield from _numbers_complete(targets, all_read)
    yield from _names_known(targets, source_names, [werf.id for werf in werven])
    yield from _words_lead_to_one_target(targets)
    yield from _plain_descriptions(targets)
    yield from _glossary_is_plain(terms)
    yield from _placeholders_known(methods)
