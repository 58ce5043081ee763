"""Somebody at a door: a browser with a session, or a program with a token; every call is undone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from anwei.org.display import COOKIE, remember
from tests.matrix.world import NAMED, SEES, World

SAFE = ("GET", "HEAD", "OPTIONS")
CHANGES = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)
OUR_SEALS = ("cases_entry", "ledgers_change")
NOT_BUSINESS = (
    "django_session",  # who is logged in where
    "ledgers_access",  # the log of refusals
    "ledgers_chainhead",  # goes with a sealed row
    "ledgers_change",  # alone: that something was exported or handed out is on record
    "monitoring_position",  # the probe of /healthz
    "axes_",  # failed logins
)


@dataclass
class Answer:
    """What came back, and which tables the call wrote."""

    status: int
    location: str
    response: HttpResponseBase
    body: bytes
    tables: set[str]

    @property
    def let_in(self) -> bool:
        """Whether the door opened: 2xx, or 3xx to anywhere but the login."""
        login = self.location.startswith(resolve_url(settings.LOGIN_URL))
        return self.status < 400 and not (login and self.status >= 300)

    @property
    def changed(self) -> set[str]:
        """The business tables the call wrote."""
        return {table for table in self.tables if not table.startswith(NOT_BUSINESS)}

    @property
    def sealed(self) -> bool:
        """Whether a sealed row says so."""
        return bool(self.tables & {*OUR_SEALS})


class Browser(RequestFactory):
    """Sends requests through all middleware, as the test client does, without keeping what templates were given."""

    def __init__(self, *, enforce_csrf_checks: bool = False) -> None:
        super().__init__()
        self._handler = ClientHandler(enforce_csrf_checks=enforce_csrf_checks)

    def request(self, **environ: Any) -> Any:
        return self._handler(self._base_environ(**environ))


@dataclass
class Caller:
    """One visitor: a role with its session cookie, or with its token."""

    role: str
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    browser: Browser = field(default_factory=Browser)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        as_json: bool = False,
        **headers: str,
    ) -> Answer:
        """Ask, read, undo."""
        self.browser.cookies.clear()
        for name, value in self.cookies.items():
            self.browser.cookies[name] = value
        written: list[str] = []
        saved: dict[str, int] = {}

        def watch(execute: Any, sql: str, *rest: Any) -> Any:
            if found := CHANGES.match(sql):
                written.append(found[1])
            elif sql.startswith("SAVEPOINT"):
                saved[sql.rsplit(maxsplit=1)[-1]] = len(written)
            elif sql.startswith("ROLLBACK TO"):  # what a view took back itself was not written
                del written[saved.get(sql.rsplit(maxsplit=1)[-1], 0) :]
            return execute(sql, *rest)

        data: Any = dict(body or {})
        words: dict[str, Any] = {"headers": self.headers | headers}
        if as_json:
            data, words["content_type"] = json.dumps(data), "application/json"
        elif method not in ("GET", "HEAD", "POST"):
            words = {"headers": words["headers"]}
        with transaction.atomic(), connection.execute_wrapper(watch):
            if method in ("GET", "HEAD", "POST"):
                response = getattr(self.browser, method.lower())(path, data, **words)
            else:
                response = self.browser.generic(method, path, **words)
            body_read = _body(response)
            transaction.set_rollback(True)
        return Answer(
            response.status_code, response.headers.get("Location", ""), response, body_read, set(written)
        )


def callers(world: World) -> dict[str, Caller]:
    """Return everybody by name: each role, and `token:` each role."""
    found = {}
    for role in {**SEES, **NAMED}:
        caller = found[role] = Caller(role)
        if role != "anonymous":
            caller.cookies = _screen(world) if role == "display" else _session(world, role)
        if role in world.tokens:
            found[f"token:{role}"] = Caller(role, {"authorization": f"Bearer {world.tokens[role]}"})
    return found


def _session(world: World, role: str) -> dict[str, str]:
    """Return the cookie of a session that was clicked in just now; the person has another one elsewhere.

    In it the page of the second factor has shown a secret to a telephone.
    """
    for client in (Client(), Client()):
        client.force_login(world.people[role])
        client.get("/account/sessions/", headers={"user-agent": "Firefox/140.0"})
    client.get("/account/factor/")
    world.telephones[role] = client.session.get(SECRET_SESSION_KEY, "")
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def _screen(world: World) -> dict[str, str]:
    """Return the cookie of a bound display: it has no session."""
    response = HttpResponse()
    remember(response, world.screen)
    return {COOKIE: response.cookies[COOKIE].value}


def _body(response: HttpResponseBase) -> bytes:
    """Return the whole body; of a stream that never ends, nothing."""
    if not response.streaming:
        return bytes(response.content)  # type: ignore[attr-defined]
    return b"" if response.is_async else b"".join(response.streaming_content)  # type: ignore[attr-defined]
