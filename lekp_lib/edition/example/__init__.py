"""The example edition: complete, invented, seeded, calibrated on the published Flemish totals."""

from lekp_lib.edition.example.generate import generate
from lekp_lib.edition.example.profile import Profile, read_profile

__all__ = ["Profile", "generate", "read_profile"]
