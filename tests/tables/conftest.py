"""Both embedded editions under the usual parameters."""

from __future__ import annotations

import pytest

from lekp_lib.edition import Edition
from lekp_lib.parameters import ReportParameters

EDITIONS = ("voorbeeld", "gepubliceerd")


@pytest.fixture(scope="session", params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> Edition:
    return Edition.open(request.param)


@pytest.fixture(scope="session")
def parameters() -> ReportParameters:
    return ReportParameters(gemeente="*")
