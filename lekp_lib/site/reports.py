"""Which reports an edition has in the outputs, and which of them a site may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from lekp_lib.edition import Edition
from lekp_lib.edition.manifest import Manifest
from lekp_lib.errors import ReportError
from lekp_lib.parameters import LOOK, ReportParameters
from lekp_lib.report.files import is_whole, read_manifest, report_folder
from lekp_lib.site.report_page import PAGE_FILE
from lekp_lib.site.world import ReportFiles

#: So many places are named in a message; the others are counted.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class FoundReports:
    """Reports that fit the edition, by NIS code, and why the others are not there, by name of the municipality."""

    reports: Mapping[str, ReportFiles]
    missing: Mapping[str, str]


def _is_of(told: object, edition: Edition) -> bool:
    """Whether a report was made from exactly this edition; what an earlier lekp did not note counts as not set."""
    try:
        return Manifest.model_validate(told) == edition.manifest
    except ValidationError:
        return False


def _fault(folder: Path, edition: Edition, nis: str) -> str:
    """Why a report cannot be shown; empty when it can."""
    manifest = read_manifest(folder)
    if not manifest:
        return "no report"
    if not is_whole(folder, manifest):
        return "its files are not those that were made"
    if not _is_of(manifest.get("edition"), edition):
        return "made from another version of the edition"
    if PAGE_FILE not in manifest["files"]:
        return "made without the format html"
    # Pages of targets are made with the defaults; a report with others would show other numbers for the same thing.
    # A logo or a colour of one's own changes no number.
    usual = ReportParameters(gemeente=nis, editie=edition.id).model_dump(exclude=set(LOOK))
    made_with = manifest.get("parameters") or {}
    other = [name for name in usual if name not in ("gemeente", "editie") and made_with.get(name) != usual[name]]
    return f"made with another {' and '.join(other)} than the default" if other else ""


def find_reports(output_dir: Path, edition: Edition) -> FoundReports:
    """The reports of an edition in the outputs folder.

    Parameters
    ----------
    output_dir
        Root of the outputs.
    edition
        The edition that the site is about.

    Returns
    -------
    FoundReports
        Every municipality of the edition is in one of the two.
    """
    reports, missing = {}, {}
    for place in edition.register.municipalities(edition.reference_date):
        slug = edition.register.slug(place.nis, edition.reference_date)
        folder = report_folder(output_dir, edition.id, f"{place.nis}-{slug}")
        if fault := _fault(folder, edition, place.nis):
            missing[place.name] = fault
            continue
        manifest = read_manifest(folder) or {}
        reports[place.nis] = ReportFiles(place.nis, place.name, folder, manifest["sizes"], str(manifest.get("run", "")))
    return FoundReports(reports, missing)


def check_reports(found: FoundReports, edition: Edition, output_dir: Path, *, allow_missing: bool) -> None:
    """Refuse to make a site from reports that are not all there.

    Parameters
    ----------
    found
        See :func:`find_reports`.
    edition, output_dir
        For the message.
    allow_missing
        Whether some may be absent; their pages then say so.

    Raises
    ------
    ReportError
        When no report is there at all, or some are not and that was not allowed.
    """
    where = output_dir / edition.id
    command = f"lekp batch --editie {edition.id} --output-dir {output_dir}"
    if not found.reports:
        reasons = sorted(set(found.missing.values()))
        raise ReportError(
            f"{where}: found no report that a site can show ({'; '.join(reasons)}); "
            f"expected one per municipality. Run `{command}` first"
        )
    if found.missing and not allow_missing:
        named = [f"{name} ({fault})" for name, fault in list(found.missing.items())[:_NAMED]]
        rest = len(found.missing) - len(named)
        more = f" and {rest} more" if rest else ""
        raise ReportError(
            f"{where}: {len(found.missing)} of {len(found.missing) + len(found.reports)} municipalities have no "
            f"report that a site can show: {', '.join(named)}{more}. Run `{command}`, or give --allow-missing: "
            "their pages then say that there is no report"
        )
