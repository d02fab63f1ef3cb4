"""Sources: bring one provider's figures in, and hand over tidy observations."""

from lekp_lib.sources.packaged import charge_points_2026, published_figures

__all__ = ["charge_points_2026", "published_figures"]
