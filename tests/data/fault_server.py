"""A provider on loopback that gives what a test tells it to, faults included."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

Query = dict[str, str]


@dataclass
class Reply:
    """One answer; ``declared`` is another Content-Length than the true one, ``drip_s`` a wait before each piece."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    declared: int | None = None
    drip_s: float = 0
    endless: bool = False


@dataclass
class Provider:
    """Answers with :attr:`reply`; notes every path that was asked."""

    reply: Callable[[str, Query], Reply]
    url: str = ""
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    sent_bytes: int = 0


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            provider.asked.append(self.path)
            provider.agents.add(self.headers["User-Agent"])
            provider.accepted.add(self.headers["Accept"])
            reply = provider.reply(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})
            self.send_response(reply.status)
            for name, text in reply.headers.items():
                self.send_header(name, text)
            if not reply.endless:
                self.send_header("Content-Length", str(len(reply.body) if reply.declared is None else reply.declared))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):
                self._write(reply)

        def _write(self, reply: Reply) -> None:
            if reply.endless:
                # 2 GB of zeros, unless the reader hangs up.
                for _ in range(2048):
                    self.wfile.write(bytes(1 << 20))
                    provider.sent_bytes += 1 << 20
            elif reply.drip_s:
                for start in range(0, len(reply.body), 10):
                    time.sleep(reply.drip_s)
                    self.wfile.write(reply.body[start : start + 10])
                    self.wfile.flush()
            else:
                self.wfile.write(reply.body)

        def log_message(self, *_):
            """Nothing on the terminal."""

    return Handler


class _QuietServer(ThreadingHTTPServer):
    """Clients that hang up during the handshake are no news."""

    def handle_error(self, *_):
        """Nothing on the terminal."""


@contextmanager
def serving(reply: Callable[[str, Query], Reply], certificate: Path | None = None) -> Iterator[Provider]:
    """A provider at ``.url`` for the time of a test; ``.reply`` may be changed on the way.

    With a certificate (one file with its key), the provider is asked by https.
    """
    provider = Provider(reply)
    server = (_QuietServer if certificate else ThreadingHTTPServer)(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    if certificate:
        encrypted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        encrypted.load_cert_chain(certificate)
        server.socket = encrypted.wrap_socket(server.socket, server_side=True)
    provider.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
