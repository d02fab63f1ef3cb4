"""The one way to the network: polite, bounded, checked, and with the last good copy at hand.

``requests`` asks, urllib3 repeats, ``requests-cache`` keeps what came and gives it back when nobody may be asked.
An answer is checked before it is kept, so that a captcha page never replaces a good copy.
"""

import datetime as dt
import email.utils
import io
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from urllib3.exceptions import DecodeError, MaxRetryError, ProtocolError
from urllib3.util import Retry

from lekp_lib import __version__
from lekp_lib.data.cells import WEB_PAGE
from lekp_lib.errors import LekpError

#: Refusals that pass: the question is repeated.
PASSING = (429, 500, 502, 503, 504)
#: What ``Retry-After`` may ask, in seconds.
LONGEST_WAIT_S = 120
# Some providers refuse what does not look like a browser; we say who we are all the same.
USER_AGENT = f"Mozilla/5.0 (compatible; lekp/{__version__}; climate pact reports)"
#: Headers that say how the bytes travelled; they no longer hold once those are unpacked.
OF_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
STATUS_TEXT = {
    401: "vraagt een sleutel of login (401)",
    403: "weigert programma's (403)",
    404: "kent dit adres niet (404): is de dataset verhuisd of hernoemd?",
    429: "krijgt te veel vragen (429); probeer het later opnieuw",
}

Check = Callable[[bytes, Mapping[str, str]], object]


class UpdateError(LekpError):
    """A provider cannot be reached, or gave something else than figures."""


def stop_if(wrong: object, text: str) -> None:
    """Stop at an answer that is not what was asked for, for one reason."""
    if wrong:
        raise UpdateError(text)


class Limits(NamedTuple):
    """How long, how much and how often.

    Attributes
    ----------
    connect_s, read_s
        Seconds to wait for a connection, and between two pieces of an answer.
    total_s
        Seconds for a whole answer, so that a provider that drips cannot hold the program.
    max_bytes
        Size of an answer, unpacked.
    retries
        Repetitions after a refusal of the kind that passes, or without connection.
    backoff_s
        Wait before the first repetition; doubles each time.
    pause_s
        Between two requests to one host.
    fresh_s
        An answer of so long ago is used again: an update that was cut off goes on where it stopped.
    """

    connect_s: float = 10
    read_s: float = 60
    total_s: float = 900
    max_bytes: int = 300_000_000
    retries: int = 3
    backoff_s: float = 1
    pause_s: float = 1
    fresh_s: int = 3600


class Answer(NamedTuple):
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
    """

    body: bytes
    url: str
    retrieved: dt.date
    modified: dt.date | None = None


class _PatientRetry(Retry):
    """Waits as long as the provider asks, up to a limit; who asks for more is left alone until another day."""

    def increment(self, method: Any = None, url: Any = None, response: Any = None, *args: Any, **more: Any) -> Self:
        wait = self.get_retry_after(response) if response is not None else None
        if wait is not None and wait > LONGEST_WAIT_S:
            raise MaxRetryError(None, str(url))  # type: ignore[arg-type]
        return super().increment(method, url, response, *args, **more)


def _status_text(response: requests.Response) -> str:
    code = response.status_code
    text = STATUS_TEXT.get(code) or ("is buiten dienst" if code >= 500 else "weigert de vraag") + f" ({code})"
    wait = response.headers.get("Retry-After", "")
    return f"{text}; vraagt om {wait} s te wachten" if wait.isdigit() else text


def _reason(error: Exception, host: str) -> str:
    """A network error in words that do not need knowledge of the libraries."""
    late = Exception if "timed out" in str(error) else requests.exceptions.Timeout
    texts: dict[Any, str] = {
        LekpError: str(error),
        requests.exceptions.SSLError: f"{host} heeft geen geldig certificaat; er is niets gelezen",
        late: f"{host} antwoordde niet op tijd",
        (ProtocolError, DecodeError): f"{host} brak midden in het antwoord af",
    }
    return next((text for kind, text in texts.items() if isinstance(error, kind)), f"{host} is niet te bereiken")


class PoliteAdapter(HTTPAdapter):
    """Sends one request with all limits, and raises for everything that is not a good answer.

    ``check`` refuses an answer that is not what was asked for.
    """

    def __init__(self, limits: Limits, *, offline: bool) -> None:
        self.limits, self.offline = limits, offline
        self.check: Check | None = None
        self._last: dict[str, float] = {}
        often, wait = limits.retries, limits.backoff_s
        retry = _PatientRetry(often, backoff_factor=wait, status_forcelist=PASSING, raise_on_status=False)
        super().__init__(max_retries=retry)

    def _body(self, response: requests.Response, host: str) -> bytes:
        limit, end = self.limits.max_bytes, time.monotonic() + self.limits.total_s
        too_large = f"{host} stuurt meer dan {limit / 1_000_000:.0f} MB; het lezen is gestopt"
        too_slow = f"{host} doet meer dan {self.limits.total_s:g} s over één antwoord; gestopt"
        declared = response.headers.get("Content-Length", "")
        stop_if(declared.isdigit() and int(declared) > limit, too_large)
        body = io.BytesIO()
        # One read of the network at a time: whoever drips is seen at every drop.
        while piece := response.raw.read1(65_536, decode_content=True):
            body.write(piece)
            stop_if(body.tell() > limit, too_large)
            stop_if(time.monotonic() > end, too_slow)
        return body.getvalue()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        host = parts.hostname or ""
        stop_if(self.offline, f"voor {request.url} is niets bewaard; doe het één keer zonder --offline")
        unsafe = parts.scheme != "https" and host not in LOOPBACK
        stop_if(unsafe, f"{host} wordt zonder versleuteling gevraagd; verwacht: een adres met https://")
        wait = self._last.get(host, -1e9) + self.limits.pause_s - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        kwargs |= {"stream": True, "timeout": (self.limits.connect_s, self.limits.read_s)}
        try:
            response = super().send(request, *args, **kwargs)
            with response:
                # A good one is a new answer, or the word that the recorded one still holds.
                refused = response.status_code not in (200, 304) and not response.is_redirect
                stop_if(refused, f"{host} {_status_text(response)}")
                # What comes with a redirect is of no use, and may be endless.
                body = b"" if response.is_redirect else self._body(response, host)
        finally:
            self._last[host] = time.monotonic()
        web_page = WEB_PAGE.match(body[:1000])
        stop_if(web_page, f"{host} gaf een webpagina in plaats van gegevens (captcha, login of storing)")
        if self.check is not None and response.status_code == 200:
            self.check(body, response.headers)
        headers = {name: text for name, text in response.headers.items() if name.lower() not in OF_TRANSFER}
        read = urllib3.HTTPResponse(io.BytesIO(body), headers, response.status_code, preload_content=False)
        return self.build_response(request, read)


class PoliteSession(CachedSession):
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
        self.offline, limits = offline, limits or Limits()
        file = data_dir / "cache" / "http.sqlite"
        file.parent.mkdir(parents=True, exist_ok=True)
        # Failures are told in our own words; the logs of the libraries would show their tracebacks on the terminal.
        for library in ("requests_cache", "urllib3"):
            logging.getLogger(library).setLevel(logging.CRITICAL)
        self._adapter = PoliteAdapter(limits, offline=offline)
        try:
            # Json and not pickle: a cache that somebody hands over must not run code.
            super().__init__(file, backend="sqlite", serializer="json", stale_if_error=offline)
        except sqlite3.Error as error:
            raise UpdateError(f"{file}: de bewaarde antwoorden zijn niet leesbaar; wis het bestand") from error
        # A moment more than nothing: what expires at once is not recorded at all.
        self.settings.expire_after = dt.timedelta(seconds=limits.fresh_s, milliseconds=1)
        self.headers["User-Agent"] = USER_AGENT
        for scheme in ("https://", "http://"):
            self.mount(scheme, self._adapter)

    def ask(self, url: str, check: Check, **options: Mapping[str, str]) -> Answer:
        """One answer of a provider.

        Parameters
        ----------
        url
            Address.
        check
            Gets body and headers of a new answer and raises a :class:`~lekp_lib.errors.LekpError` when it is not what
            was asked for; such an answer is not recorded.
        options
            ``params`` and ``headers`` of the request.

        Returns
        -------
        Answer
            A new one; the recorded one when it is fresh, or when nobody may be asked.

        Raises
        ------
        UpdateError
            When there is none. What was recorded before stays.
        """
        self._adapter.check = check
        try:
            response = self.get(url, **options)
        except (LekpError, requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise UpdateError(_reason(error, urlsplit(url).hostname or url)) from error
        try:
            modified = email.utils.parsedate_to_datetime(response.headers.get("Last-Modified", "")).date()
        except (TypeError, ValueError):
            modified = None
        return Answer(response.content, str(response.url), response.created_at.date(), modified)
