"""Words that the pace needs beside its numbers."""

from lekp_lib.indicators.assess import RECENT_YEARS

__all__ = ["RECENT_YEARS"]
