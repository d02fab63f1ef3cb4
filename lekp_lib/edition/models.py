"""The observation under the name by which editions hand it out."""

from lekp_lib.data.observation import Measure, Observation, Status

__all__ = ["Measure", "Observation", "Status"]
