"""Who signed which version of the pact, as far as is publicly known (domain.md 8)."""

from __future__ import annotations

from lekp_lib.register.models import Municipality, PactVersion, Signature
from lekp_lib.register.tables import Tables

_REFUSED_1_0 = (
    "Ondertekende LEKP 1.0 niet volgens KW (vier West-Vlaamse gemeenten); ondertekenen kon nog tot 5 december 2025: "
    "https://kw.be/nieuws/politiek/"
    "vier-west-vlaamse-gemeenten-passen-voor-klimaatpact-minister-somers-geen-nood-aan-extra-papierwinkel/"
)
_ASSUMED_1_0 = "Geen weigering bekend; 294 van de 300 gemeenten ondertekenden LEKP 1.0 (stand 2022-2023)"
_LISTED_2_0 = "Loket voor Lokale Besturen, lijst van aanvragers van LEKP 2.0 (211 gemeenten)"
_NOT_LISTED_2_0 = "Niet op de lijst van aanvragers van LEKP 2.0 (211 gemeenten); latere ondertekening is mogelijk"


def _of_former(tables: Tables, nis: str) -> tuple[Signature, ...]:
    name = tables.municipalities[2019, nis].name
    first = (
        Signature(nis, name, "1.0", "nee", _REFUSED_1_0)
        if nis in tables.refused_1_0
        else Signature(nis, name, "1.0", "aangenomen", _ASSUMED_1_0)
    )
    second = (
        Signature(nis, name, "2.0", "ja", _LISTED_2_0)
        if nis in tables.listed_2_0
        else Signature(nis, name, "2.0", "niet_op_lijst", _NOT_LISTED_2_0)
    )
    found: dict[PactVersion, Signature] = {"1.0": first, "2.0": second}
    for row in tables.named_signatures:
        if row.nis == nis:
            found[row.version] = Signature(nis, name, row.version, row.status, row.source)
    return tuple(found[version] for version in sorted(found))


def signatures(tables: Tables, municipality: Municipality) -> tuple[Signature, ...]:
    """What is known of the signatures of a municipality, or of each of its predecessors.

    Parameters
    ----------
    tables
        The register's tables.
    municipality
        As of the date of the report.

    Returns
    -------
    tuple of Signature
        Per former municipality, versions 1.0 and 2.0, and 2.1 only where the signature is known: the full list of
        the 89 signatories of 2.1 is not public.
    """
    codes = municipality.predecessors or (municipality.nis,)
    return tuple(signature for nis in codes for signature in _of_former(tables, nis))


def pact_version(tables: Tables, municipality: Municipality) -> PactVersion | None:
    """Highest version that the municipality, or any of its predecessors, signed (domain.md 2.7).

    Parameters
    ----------
    tables
        The register's tables.
    municipality
        As of the date of the report.

    Returns
    -------
    PactVersion or None
        None for a municipality that is known to have refused 1.0 and is on no other list.
    """
    signed = [row.version for row in signatures(tables, municipality) if row.status in ("ja", "aangenomen")]
    return max(signed, default=None)
