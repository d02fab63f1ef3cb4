"""Municipalities as dated facts: codes, names, mergers, denominators, pact versions, peers, tiles."""

from lekp_lib.register.models import FIRST_DAY, PEER_KINDS, CountFact, Merger, Municipality, RegisterProblems
from lekp_lib.register.register import Register, edition_on, load_register

__all__ = [
    "FIRST_DAY", "PEER_KINDS", "CountFact", "Merger", "Municipality", "Register", "RegisterProblems", "edition_on",
    "load_register",
]  # fmt: skip
