"""One request with all its limits: time, size, pause, encryption, and the check of what came.

Everything that is not a good answer is raised, so that the session above falls back on what it recorded.
"""

from __future__ import annotations

import io
import ipaddress
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from lekp_lib.errors import LekpError

CHUNK_BYTES = 1 << 16

Check = Callable[[bytes, Mapping[str, str]], None]


class UpdateError(LekpError):
    """A provider cannot be reached, or gave something else than figures."""


class OfflineError(UpdateError):
    """Nothing was recorded for this address, and the network may not be used."""


@dataclass(frozen=True, slots=True)
class Limits:
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
        Repetitions after a refusal of the kind that passes (429, 500, 502, 503, 504, no connection).
    backoff_s
        Wait before the first repetition; doubles each time.
    longest_wait_s
        What ``Retry-After`` may ask; whoever asks for more is left alone until another day.
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
    longest_wait_s: float = 120
    pause_s: float = 1
    fresh_s: int = 3600


class _PatientRetry(Retry):
    """Waits as long as the provider asks, up to a limit; beyond it, asks no more."""

    longest_wait_s: float = 120

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: urllib3.BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        wait = self.get_retry_after(response) if response is not None else None
        if wait is not None and wait > self.longest_wait_s:
            raise MaxRetryError(_pool, str(url))
        return super().increment(method, url, response, error, _pool, _stacktrace)


def _retry(limits: Limits) -> Retry:
    # A class of its own per session: urllib3 copies retries by their constructor, which knows no further arguments.
    kind = type("_Retry", (_PatientRetry,), {"longest_wait_s": limits.longest_wait_s})
    made: Retry = kind(
        total=limits.retries,
        backoff_factor=limits.backoff_s,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET",),
        raise_on_status=False,
        respect_retry_after_header=True,
    )
    return made


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


#: Headers that say how the bytes travelled; they no longer hold once those are unpacked.
_OF_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")

_STATUS_TEXT = {
    401: "asks for a key or a login (401)",
    403: "refuses programs (403)",
    404: "does not know this address (404): was the data set moved or renamed?",
    429: "gets too many requests (429); try again later",
}


def _status_text(response: requests.Response) -> str:
    code = response.status_code
    text = _STATUS_TEXT.get(code) or ("is out of order" if code >= 500 else "refuses the request") + f" ({code})"
    wait = response.headers.get("Retry-After", "")
    return f"{text}; it asks to wait {wait} s" if wait.isdigit() else text


def why(error: Exception, host: str) -> str:
    """A network error in words that do not need knowledge of the libraries."""
    if isinstance(error, LekpError):
        return str(error)
    if isinstance(error, requests.exceptions.SSLError):
        return f"{host} has no valid certificate; nothing was read"
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error):
        return f"{host} did not answer in time"
    if isinstance(error, urllib3.exceptions.ProtocolError | urllib3.exceptions.DecodeError):
        return f"{host} broke off in the middle of its answer"
    return f"{host} cannot be reached"


@dataclass(eq=False)
class PoliteAdapter(HTTPAdapter):
    """Sends one request with all limits, and raises for everything that is not a good answer.

    Attributes
    ----------
    limits
        How long, how much and how often.
    offline
        Send nothing at all.
    check
        Refuses an answer that is not what was asked for.
    failure
        Why the last request failed, in words for people.
    """

    limits: Limits
    offline: bool
    check: Check | None = None
    failure: str = ""
    _last: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(max_retries=_retry(self.limits))

    def _body(self, response: requests.Response, host: str) -> bytes:
        limit, end = self.limits.max_bytes, time.monotonic() + self.limits.total_s
        too_large = f"{host} sends more than {limit / 1_000_000:,.0f} MB; stopped reading"
        declared = response.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared) > limit:
            raise UpdateError(too_large)
        body = io.BytesIO()
        # One read of the network at a time: whoever drips is seen at every drop.
        while piece := response.raw.read1(CHUNK_BYTES, decode_content=True):
            body.write(piece)
            if body.tell() > limit:
                raise UpdateError(too_large)
            if time.monotonic() > end:
                raise UpdateError(f"{host} takes more than {self.limits.total_s:g} s for one answer; stopped reading")
        if declared.isdigit() and "Content-Encoding" not in response.headers and body.tell() != int(declared):
            raise UpdateError(f"{host} broke off in the middle of its answer")
        return body.getvalue()

    def _asked(self, request: requests.PreparedRequest, host: str, kwargs: dict[str, Any]) -> requests.Response:
        wait = self._last.get(host, -1e9) + self.limits.pause_s - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        # Always verified; by the certificates of the organisation where REQUESTS_CA_BUNDLE names them.
        verify = kwargs.get("verify") or True
        kwargs |= {"stream": True, "timeout": (self.limits.connect_s, self.limits.read_s), "verify": verify}
        try:
            response = super().send(request, **kwargs)
            with response:
                if response.status_code != 200 and not response.is_redirect:
                    raise UpdateError(f"{host} {_status_text(response)}")
                # What comes with a redirect is of no use, and may be endless.
                body = b"" if response.is_redirect else self._body(response, host)
        finally:
            self._last[host] = time.monotonic()
        if self.check is not None and not response.is_redirect:
            self.check(body, response.headers)
        headers = {name: text for name, text in response.headers.items() if name.lower() not in _OF_TRANSFER}
        read = urllib3.HTTPResponse(io.BytesIO(body), headers, response.status_code, preload_content=False)
        return self.build_response(request, read)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        host = parts.hostname or ""
        if self.offline:
            raise OfflineError(f"nothing was recorded for {request.url}; run once without --offline")
        if parts.scheme != "https" and not _is_loopback(host):
            raise UpdateError(f"{host} is asked without encryption; expected an address that begins with https://")
        try:
            return self._asked(request, host, kwargs)
        except (LekpError, requests.RequestException, urllib3.exceptions.HTTPError) as error:
            self.failure = why(error, host)
            raise
