"""Units as files write them, and the factor to the unit of the catalogue: kilometres to metres, MWh to kWh."""

from __future__ import annotations

from decimal import Decimal

from lekp_lib.data.cells import CellError
from lekp_lib.pact.models import Unit

SHARE_WORDS = ("percent_of_target", "% van doel", "% van het doel", "procent van doel", "procent_van_doel")

_SAME = {
    "m²": ("m2", "vierkante meter", "m^2", "sqm"),
    "m³": ("m3", "kubieke meter", "m^3"),
    "m": ("meter", "lopende meter", "lm", "strekkende meter"),
    "%": ("percent", "procent", "pct"),
    "kW": ("kwp", "kilowatt", "kilowattpiek"),
    "kWh": ("kilowattuur",),
    "ton CO₂": ("ton", "ton co2", "t co2", "tco2", "t"),
    "ja/nee": ("ja_nee", "j/n", "0/1"),
    "per 1.000 inwoners": ("per_1000_inw", "per 1000 inwoners", "per_1000_inwoners"),
    "% per jaar": ("%/jaar", "procent per jaar", "percent per year"),
}
# To the unit on the left: one of the named unit is that many of it.
_FACTORS: dict[str, dict[str, str]] = {
    "m²": {"ha": "10000", "hectare": "10000", "are": "100", "km²": "1000000", "km2": "1000000"},
    "m³": {"l": "0.001", "liter": "0.001", "litres": "0.001"},
    "m": {"km": "1000", "kilometer": "1000"},
    "kW": {"mw": "1000", "megawatt": "1000", "mwp": "1000", "w": "0.001"},
    "kWh": {"mwh": "1000", "megawattuur": "1000", "gwh": "1000000"},
    "ton CO₂": {"kg": "0.001", "kg co2": "0.001", "kton": "1000", "kt": "1000"},
}
_ANY_COUNT = ("stuks", "stuk", "aantal", "st", "#")


def factor_to(unit: Unit, written: str) -> Decimal:
    """Factor from a unit as written in a file to the unit of a sub-indicator.

    Parameters
    ----------
    unit
        Of the catalogue.
    written
        Text of the file; empty means the unit of the catalogue.

    Returns
    -------
    Decimal
        Exact, so that 7,4 km is 7400 m.

    Raises
    ------
    CellError
        When the unit is another sort of thing.
    """
    key = " ".join(written.split()).casefold()
    own = {unit.symbol.casefold(), unit.singular.casefold(), unit.plural.casefold(), *_SAME.get(unit.symbol, ())}
    if not key or key in own or (unit.counted and key in _ANY_COUNT):
        return Decimal(1)
    factors = _FACTORS.get(unit.symbol, {})
    if key in factors:
        return Decimal(factors[key])
    known = ", ".join([unit.symbol, *factors])
    raise CellError(f"the unit {known}", "Convert the figure, or leave the unit empty.", "unit")


def converted(value: float, factor: Decimal) -> float:
    """Value in the unit of the catalogue, without the last-digit noise of binary fractions."""
    return value if factor == 1 else float(Decimal(repr(value)) * factor)
