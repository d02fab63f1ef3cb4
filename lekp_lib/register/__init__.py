"""Municipalities as dated facts: codes, names, mergers, denominators, pact versions, peers, tiles."""

from lekp_lib.register.extra_counts import CountFact, CountKind
from lekp_lib.register.load import RegisterProblems
from lekp_lib.register.models import (
    Count,
    Match,
    Municipality,
    PactVersion,
    PeerGroup,
    PeerKind,
    Signature,
)
from lekp_lib.register.register import Register, edition_on, load_register

__all__ = [
    "Count",
    "CountFact",
    "CountKind",
    "Match",
    "Municipality",
    "PactVersion",
    "PeerGroup",
    "PeerKind",
    "Register",
    "RegisterProblems",
    "Signature",
    "edition_on",
    "load_register",
]
