"""What the report of one municipality depends on, as one hash: equal hash, equal report.

A report shows its own figures with their history, and for every target the place of all municipalities: dots, map,
medians and ranks. So a corrected figure concerns

- only its own report when it is history (an earlier point of the trend), an explanation or a correction note;
- every report when it is the figure that counts now, because each of them draws it on its map.

What makes two editions different without being shown (hashes of tables, raw files) does not count.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from lekp_lib.adapter.assessor import Assessor
from lekp_lib.edition import Edition
from lekp_lib.pact.models import Target
from lekp_lib.parameters import ReportParameters

#: Parts of a manifest that say how the edition was made; no report shows them.
_MAKING = {"tables", "inputs", "corrections", "explanations"}
#: Tables of which a report shows its own rows only; any other table belongs to all reports as a whole.
_OWN_ROWS_ONLY = {"figures", "corrections", "explanations", "context"}


def sha256_text(*parts: str) -> str:
    """Hash of some texts; no two lists of texts give the same."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode()).hexdigest()


@lru_cache(maxsize=128)
def _compared(edition: Edition, shared: ReportParameters, target_id: str) -> str:
    """All municipalities against one target, as far as another report may show them: everything but their history."""
    rows = [
        repr((
            item.nis, item.version, item.current, item.parts, item.share_pct, item.expected_pct, item.verdict,
            item.reason,
        ))
        for item in Assessor(edition, shared).everyone(edition.catalog.target(target_id))
    ]  # fmt: skip
    return sha256_text(*rows)


def compared_sha256(assessor: Assessor, target: Target) -> str:
    """Hash of what the reports of other municipalities show of one target.

    Parameters
    ----------
    assessor
        Edition and parameters.
    target
        Any target of the catalogue.
    """
    shared = assessor.parameters.model_copy(update={"gemeente": "*", "pact": "auto"})
    return _compared(assessor.edition, shared, target.id)


@lru_cache(maxsize=8)
def _head(edition: Edition) -> str:
    """What all reports of an edition share."""
    manifest = edition.manifest
    whole = {name: entry.sha256 for name, entry in manifest.tables.items() if name not in _OWN_ROWS_ONLY}
    newest = sorted((*key, day.isoformat()) for key, day in edition.newest_dates.items())
    return sha256_text(manifest.model_dump_json(exclude=_MAKING), repr(sorted(whole.items())), repr(newest))


def shown_sha256(assessor: Assessor, nis: str) -> str:
    """Hash of all figures that the report of one municipality shows.

    Parameters
    ----------
    assessor
        Edition and parameters.
    nis
        Municipality.

    Returns
    -------
    str
        Hexadecimal. The same for two editions that differ in nothing that this report shows.
    """
    edition, targets = assessor.edition, assessor.edition.catalog.targets
    measured = edition.catalog.measured
    own = [edition.observations(target.id, nis) for target in measured]
    said = [(edition.explanation(target.id, nis), edition.corrections_of(target.id, nis)) for target in measured]
    context = [row for row in edition.context if row.nis == nis]
    compared = [compared_sha256(assessor, target) for target in targets]
    return sha256_text(_head(edition), repr(own), repr(said), repr(context), *compared)
