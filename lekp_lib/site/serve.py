"""A local look at the site through a web server of this machine, open to nobody else."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lekp_lib.errors import ParameterError

HOST = "127.0.0.1"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the library
        """Nobody reads a line per request."""


def local_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server for a folder; ``serve_forever`` starts it.

    Parameters
    ----------
    folder
        The site, or a folder above it.
    port
        0 takes a free one.

    Raises
    ------
    ParameterError
        When the port is in use.
    """
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        raise ParameterError(f"--port {port}: cannot be used ({error.strerror}); choose another one") from None
