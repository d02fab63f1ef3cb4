"""Sources: bring one provider's figures in, and hand over tidy observations."""

from lekp_lib.data.packaged import charge_points_2026, published_figures

__all__ = ["charge_points_2026", "published_figures"]
