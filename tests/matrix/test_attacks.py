"""The old tricks with hosts, redirects and foreign forms (S14); headers of refusals; the deployment's own check."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.matrix.callers import Browser, Caller
from tests.matrix.examples import once_a_view
from tests.matrix.headers import ELSEWHERE, NAMES, elsewhere, faults
from tests.matrix.world import World

pytestmark = pytest.mark.django_db


def test_no_unsafe_call_passes_without_the_key_of_our_form(world: World, visitors: dict[str, Caller]) -> None:
    browser = Browser(enforce_csrf_checks=True)
    office = Caller("office", cookies=visitors["office"].cookies, browser=browser)
    wrong = []
    for route, _place, path in once_a_view(world):
        if route.pattern.startswith("api/"):
            continue
        answer = office.call("POST", path, {"note": "x", "reason": "x"})
        if answer.status not in (403, 405):
            wrong.append(f"{path} {answer.status}")
        wrong += [f"{fault} missing: {path}" for fault in faults(answer, signed_in=True)]
    assert wrong == []


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
    """The doors that everybody may use, by both methods; at all others it is tried while reading and writing."""
    sent = []
    for route, _place, path in once_a_view(world):
        if route.policy == "public":
            words = dict.fromkeys(NAMES, target)
            asked = f"{path}?" + "&".join(f"{name}={target}" for name in NAMES)
            answers = [
                visitors["office"].call("GET", asked, referer=target),
                visitors["office"].call("POST", path, {**words, "language": "en"}, referer=target),
            ]
            sent += [f"{asked} -> {one.location}" for one in answers if elsewhere(one)]
    assert not sent, "\n".join(sent)


def test_the_deployment_check_has_nothing_to_say(tmp_path) -> None:  # type: ignore[no-untyped-def]
    surroundings = {**os.environ, "ANWEI_TLS": "1", "ANWEI_DATA": str(tmp_path)}
    asked = [sys.executable, "-m", "anwei", "check", "--deploy", "--fail-level", "WARNING"]
    answer = subprocess.run(asked, check=False, env=surroundings, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr
