"""Weights by power band: how unlike things are made equal before they are counted.

One fast charger is worth several slow ones in *laadpuntequivalenten* (CPE). The weights are declared in the
target's own file, because published readings of the rule differ (domain.md 3.4) and no code should choose one.
"""

from __future__ import annotations

from itertools import pairwise

from pydantic import Field, model_validator

from lekp_lib.pact.vocabulary import Certainty, Declared


class WeightBand(Declared):
    """Weight of everything in one band.

    ``limit`` is the upper end in the measure of the rule, itself inside the band when ``limit_included``;
    the last band has none. A band starts where the one before it ends.
    """

    weight: float = Field(gt=0)
    limit: float | None = Field(default=None, gt=0)
    limit_included: bool = False


class RivalReading(Declared):
    """Another reading of the same rule that some source publishes; shown to readers, not used."""

    text: str
    source: str = Field(pattern=r"^https?://\S+$")


class WeightRule(Declared):
    """Weights by band, and factors by part.

    Attributes
    ----------
    result
        Sub-indicator that comes out (``cpe``).
    counted
        Sub-indicator of the things that go in (``laadpunten``).
    measure
        What the bands are cut on, with its unit: ``vermogen in kW``.
    bands
        From low to high; together they cover everything above zero exactly once.
    part_factors
        Factor per part of ``counted``: public 1, semi-public one half.
    conditions, excludes
        Dutch sentences on what counts at all.
    rivals
        Other published readings.
    """

    result: str
    counted: str
    measure: str
    bands: tuple[WeightBand, ...] = Field(min_length=1)
    part_factors: dict[str, float] = Field(min_length=1)
    conditions: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    certainty: Certainty
    rivals: tuple[RivalReading, ...] = ()

    @model_validator(mode="after")
    def _bands_cover_everything_once(self) -> WeightRule:
        limits = [band.limit for band in self.bands[:-1]]
        known = [limit for limit in limits if limit is not None]
        if len(known) < len(limits) or self.bands[-1].limit is not None:
            raise ValueError("bands: every band but the last needs a limit, and the last has none")
        if any(low >= high for low, high in pairwise(known)):
            raise ValueError(f"bands: limits must rise, found {known}")
        if any(factor <= 0 for factor in self.part_factors.values()):
            raise ValueError(f"part_factors: every factor must be above zero, found {self.part_factors}")
        return self

    def weight(self, amount: float) -> float:
        """Weight of one thing.

        Parameters
        ----------
        amount
            In the unit of ``measure``; above zero.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            When ``amount`` is not above zero: unknown power is no low power.
        """
        if not amount > 0:
            raise ValueError(f"{self.measure} must be above zero, found {amount}")
        for band in self.bands:
            if band.limit is None or amount < band.limit or (band.limit_included and amount == band.limit):
                return band.weight
        raise AssertionError("the last band has no limit")

    def equivalents(self, amount: float, part: str) -> float:
        """Weight of one thing of the given part (public, semi-public).

        Parameters
        ----------
        amount
            In the unit of ``measure``; above zero.
        part
            Key of ``part_factors``.

        Returns
        -------
        float
            Weight times factor, unrounded.

        Raises
        ------
        ValueError
            When the amount is not above zero or the part has no factor.
        """
        if part not in self.part_factors:
            raise ValueError(f"no factor for part {part!r}; known are {', '.join(self.part_factors)}")
        return self.weight(amount) * self.part_factors[part]
