"""The one way to the network: polite, bounded, checked, and with the last good copy at hand.

``requests`` asks, ``urllib3.Retry`` repeats, ``requests-cache`` keeps what came and gives it back when a provider fails
(architecture.md decision 9). An answer is checked before it is kept, so that a captcha page never replaces a good copy.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import requests
import urllib3
from requests_cache import CachedSession

from lekp_lib import __version__
from lekp_lib.data.polite_adapter import Check, Limits, OfflineError, PoliteAdapter, UpdateError, why
from lekp_lib.errors import LekpError

CACHE_FOLDER = "cache"
# The charge points refuse what does not look like a browser (data-sources.md 2.6); we say who we are all the same.
USER_AGENT = f"Mozilla/5.0 (compatible; lekp/{__version__}; climate pact reports)"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that passed its check.

    Attributes
    ----------
    body
        Bytes, unpacked.
    url
        Address with its parameters.
    retrieved
        Day on which the provider gave it.
    modified
        Day of ``Last-Modified``, when told.
    media_type
        Without parameters: ``text/csv``.
    failure
        Why this is the recorded copy and not a new answer; empty when all went well.
    """

    body: bytes
    url: str
    retrieved: dt.date
    modified: dt.date | None = None
    media_type: str = ""
    failure: str = ""


def _day(header: str) -> dt.date | None:
    try:
        return email.utils.parsedate_to_datetime(header).date()
    except (TypeError, ValueError):
        return None


class PoliteSession:
    """Asks providers for data, or gives back what was recorded.

    Parameters
    ----------
    data_dir
        Data folder; answers are recorded in ``cache/`` below it.
    offline
        Use the recorded answers only.
    limits
        How long, how much and how often.
    """

    def __init__(self, data_dir: Path, *, offline: bool = False, limits: Limits | None = None) -> None:
        self.offline, self.limits = offline, limits or Limits()
        folder = data_dir / CACHE_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        # Failures are told in our own words; the logs of the libraries would show their tracebacks on the terminal.
        for library in ("requests_cache", "urllib3"):
            logging.getLogger(library).setLevel(logging.CRITICAL)
        self._adapter = PoliteAdapter(self.limits, offline)
        file = folder / "http.sqlite"
        try:
            # Json and not pickle: a cache that somebody hands over must not run code.
            self._session = CachedSession(
                file,
                backend="sqlite",
                serializer="json",
                # A moment more than nothing: what expires at once is not recorded at all.
                expire_after=dt.timedelta(seconds=self.limits.fresh_s, milliseconds=1),
                stale_if_error=True,
            )
        except sqlite3.Error as error:
            raise UpdateError(f"{file}: the recorded answers cannot be read ({error}); delete the file") from error
        self._session.headers["User-Agent"] = USER_AGENT
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, self._adapter)

    def close(self) -> None:
        """Close connections and the record."""
        self._session.close()  # type: ignore[no-untyped-call]
        self._session.cache.close()  # type: ignore[no-untyped-call]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(
        self,
        url: str,
        check: Check,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One answer of a provider.

        Parameters
        ----------
        url, params, headers
            Of the request.
        check
            Gets body and headers of a new answer and raises a :class:`~lekp_lib.errors.LekpError` when it is not what
            was asked for; such an answer is not recorded.

        Returns
        -------
        Answer
            New, or the recorded one with the reason in ``failure``.

        Raises
        ------
        UpdateError
            When there is neither an answer nor a recorded one.
        """
        self._adapter.check, self._adapter.failure = check, ""
        try:
            response = self._session.get(url, params=dict(params or {}), headers=dict(headers or {}))
        except LekpError as error:
            raise error if isinstance(error, UpdateError) else UpdateError(str(error)) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise UpdateError(why(error, urlsplit(url).hostname or url)) from error
        moment = response.created_at if response.from_cache else None
        return Answer(
            body=response.content,
            url=str(response.url),
            retrieved=(moment or dt.datetime.now(dt.UTC)).date(),
            modified=_day(response.headers.get("Last-Modified", "")),
            media_type=response.headers.get("Content-Type", "").split(";")[0].strip(),
            failure="" if self.offline else self._adapter.failure,
        )


__all__ = ["Answer", "Check", "Limits", "OfflineError", "PoliteSession", "UpdateError"]
