"""Municipalities as dated facts: codes, names, mergers, denominators, pact versions, peers, tiles."""

from lekp_lib.parameters import PactVersion
from lekp_lib.register.models import (
    FIRST_DAY,
    Count,
    CountFact,
    CountKind,
    Match,
    Merger,
    Municipality,
    PeerGroup,
    PeerKind,
    RegisterProblems,
    Signature,
)  # fmt: skip
from lekp_lib.register.register import Register, edition_on, load_register

__all__ = [
    "FIRST_DAY", "Count", "CountFact", "CountKind", "Match", "Merger", "Municipality", "PactVersion", "PeerGroup",
    "PeerKind", "Register", "RegisterProblems", "Signature", "edition_on", "load_register",
]  # fmt: skip
