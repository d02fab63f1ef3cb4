"""What every test may ask for: the folder with the specification and the facts that this repository does not hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.site_sample import SiteSample, site_sample

REPOSITORY = Path(__file__).resolve().parents[1]

# A busy machine is no fault of the code: no example has a time limit.
settings.register_profile("lekp", deadline=None)
settings.load_profile("lekp")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with ``spec/`` and ``data/facts/``.

    Taken from the environment variable ``LEKP_SHARED``, else the folder ``shared`` beside the repository. Without it
    the test is skipped, except where ``CI`` is ``true``: there nothing may stay unchecked in silence.
    """
    given = os.environ.get("LEKP_SHARED")
    folder = Path(given) if given else REPOSITORY.parent / "shared"
    if (folder / "spec").is_dir():
        return folder
    reason = f"no folder with the specification at {folder}; set LEKP_SHARED to test against it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> SiteSample:
    """A whole site of the example edition, with the reports of a few municipalities."""
    return site_sample(tmp_path_factory, worker_id)
