"""What every response carries (S9), and the old tricks with hosts, redirects, foreign forms and verbs (S14)."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.matrix.callers import Answer, Caller
from tests.matrix.examples import walk
from tests.matrix.world import World

pytestmark = pytest.mark.django_db

ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
)


def faults(answer: Answer, *, signed_in: bool) -> list[str]:
    """Return what a response lacks."""
    headers = answer.response.headers
    policy = dict(
        part.strip().split(" ", 1)
        for part in headers.get("Content-Security-Policy", "").split(";")
        if " " in part.strip()
    )
    wanted = {
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "frames": headers.get("X-Frame-Options") == "DENY",
        "referrer": headers.get("Referrer-Policy") in ("same-origin", "no-referrer"),
        "opener": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "devices": "payment=()" in headers.get("Permissions-Policy", ""),
        "csp": policy.get("default-src") in ("'self'", "'none'"),
        "scripts": "unsafe" not in policy.get("script-src", policy.get("default-src", "unsafe")),
        "ancestors": policy.get("frame-ancestors") == "'none'" or policy.get("default-src") == "'none'",
        "cache": not signed_in or "no-store" in headers.get("Cache-Control", ""),
        "server": "Server" not in headers and "X-Powered-By" not in headers,
    }
    return [name for name, held in wanted.items() if not held]


@pytest.mark.parametrize("role", ["anonymous", "office"])
def test_every_response_carries_its_headers(world: World, visitors: dict[str, Caller], role: str) -> None:
    wrong, n = [], 0
    for _route, _place, path in walk(world):
        for method in ("GET", "POST"):
            answer = visitors[role].call(method, path)
            n += 1
            wrong += [
                f"{fault} missing: {method} {path} {answer.status}"
                for fault in faults(answer, signed_in=role == "office")
            ]
    assert not wrong, "\n".join(wrong)
    assert n > 100


def test_no_unsafe_call_passes_without_the_key_of_our_form(world: World, visitors: dict[str, Caller]) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    office = Caller("office", cookies=visitors["office"].cookies, client=client)
    passed = [
        path
        for route, _place, path in walk(world)
        if not route.pattern.startswith("api/")
        and office.call("POST", path, {"note": "x", "reason": "x"}).status not in (403, 405)
    ]
    assert passed == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "testserver@evil.example", ""])
def test_a_foreign_host_is_refused(world: World, visitors: dict[str, Caller], host: str) -> None:
    for path in ("/", "/accounts/login/", "/devices/"):
        answer = visitors["office"].call("GET", path, host=host)
        assert answer.status == 400 or host == ""
        assert b"evil.example" not in answer.body and "evil" not in answer.location


def test_a_forwarded_host_is_not_believed(world: World, visitors: dict[str, Caller]) -> None:
    for header in ("X-Forwarded-Host", "X-Host", "Forwarded"):
        answer = visitors["office"].call("GET", "/devices/", **{header: "host=evil.example"})
        assert b"evil.example" not in answer.body


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_door_sends_people_elsewhere(world: World, visitors: dict[str, Caller], target: str) -> None:
    sent = []
    for route, _place, path in walk(world):
        for name in ("next", "url", "return", "redirect", "continue"):
            for method in ("GET", "POST") if route.policy == "public" and name == "next" else ("GET",):
                if route.policy != "public" and name != "next":
                    continue
                asked = path if method == "POST" else f"{path}?{name}={target}"
                answer = visitors["office"].call(
                    method, asked, {name: target, "language": "en"} if method == "POST" else None
                )
                if answer.location.startswith((*ELSEWHERE, "http:", "https:", "//")):
                    sent.append(f"{method} {asked} -> {answer.location}")
    assert not sent, "\n".join(sent)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_header_does_not_change_the_verb(world: World, visitors: dict[str, Caller], header: str) -> None:
    changed = [
        path
        for route, _place, path in walk(world)
        if "<" in route.pattern and visitors["office"].call("GET", path, **{header: "POST"}).changed
    ]
    assert changed == []


def test_an_invented_verb_opens_nothing(world: World, visitors: dict[str, Caller]) -> None:
    client = visitors["office"].client
    client.cookies.clear()
    for name, value in visitors["office"].cookies.items():
        client.cookies[name] = value
    for _route, _place, path in walk(world):
        assert client.generic("JEFF", path).status_code in (403, 404, 405), path
