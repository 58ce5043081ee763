"""The web process's application under a real uvicorn, on a thread of the test."""

from __future__ import annotations

import http.client
import json
import threading
import time
from types import TracebackType
from typing import Any

import uvicorn

from anwei.portal.asgi import application
from tests.support.broker import any_free_port


class Server:
    """`with Server() as server: server.request("GET", "/live/")`."""

    def __init__(self) -> None:
        self.port = any_free_port()
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                host="127.0.0.1",
                port=self.port,
                http="httptools",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def request(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Return status, headers (lower case) and the decoded JSON body, if it is one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        return (
            response.status,
            found,
            json.loads(content) if "json" in found.get("content-type", "") else None,
        )
