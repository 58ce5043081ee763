"""Providers of messages that run here: an HTTP gateway and a mail server, each keeping what it was given."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer

POLL_S = 0.02  # until a server sees that it shall end; the library's half second is waited after each test


@dataclass
class Provider:
    """Where it listens, what it answers, what it was given."""

    port: int = 0
    status: int = 200
    answer: str = '{"code": "OK", "id": "r-1"}'
    given: list[tuple[str, dict[str, str], str]] = field(default_factory=list)  # path, headers, body
    mails: list[str] = field(default_factory=list)


@contextmanager
def http_gateway() -> Iterator[Provider]:
    """Run an HTTP server that answers every call alike."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            provider.given.append((self.path, dict(self.headers), body))
            self.send_response(provider.status)
            self.end_headers()
            self.wfile.write(provider.answer.encode())

        do_GET = do_POST

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        provider.port = port
        yield provider


@contextmanager
def mail_server() -> Iterator[Provider]:
    """Run a mail server that takes everything."""
    provider = Provider()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                word = line[:4].upper().strip()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    provider.mails.append("".join(self.letter()))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

        def letter(self) -> Iterator[str]:
            for line in self.rfile:
                if line == b".\r\n":
                    return
                yield line.decode()

    with serving(ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        provider.port = port
        yield provider


@contextmanager
def serving(server: ThreadingTCPServer) -> Iterator[int]:
    """Serve on a thread; yield the port."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
