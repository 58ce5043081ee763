"""The character NUL, of which PostgreSQL keeps no text, is refused at the door (or nobody's cookie), never a fault."""

from __future__ import annotations

import pytest

from tests.matrix.callers import Caller
from tests.matrix.crawl import walk
from tests.matrix.register_writes import WRITES
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
NUL = "矩阵\0测试"


def test_no_form_takes_it(world: World, visitors: dict[str, Caller]) -> None:
    """Every form of the table with NUL in each of its texts."""
    wrong, tried = [], set()
    for route, place, path in walk(world, "leader"):
        write = WRITES.get(route.pattern)
        if write is None or write.as_json or route.pattern in tried:
            continue
        tried.add(route.pattern)
        typed = write.body(world, place or "x", "office")
        body = {name: NUL if isinstance(value, str) else value for name, value in typed.items()}
        answer = visitors["office"].call("POST", path, {**body, "note": NUL})
        if answer.status not in (400, 403) or answer.changed:
            wrong.append(f"{path} {answer.status}")
    assert wrong == []
    assert len(tried) > 70


@pytest.mark.parametrize(
    "body", [{"note": NUL}, {"note": "x", NUL: "x"}, {"note": [{"inner": NUL}]}, {"note": "x", "other": NUL}]
)
def test_no_program_sends_it(world: World, visitors: dict[str, Caller], body: dict[str, object]) -> None:
    path = f"/api/v1/alarms/{world.places['x'].alarm.pk}/acknowledge"
    answer = visitors["token:office"].call("POST", path, body, as_json=True)
    assert answer.status == 400 and not answer.changed
    assert answer.response.headers["Content-Type"] == "application/problem+json"


def test_a_backslash_is_no_nul(world: World, visitors: dict[str, Caller]) -> None:
    path = f"/api/v1/alarms/{world.places['x'].alarm.pk}/acknowledge"
    answer = visitors["token:office"].call("POST", path, {"note": r"C:\u0000"}, as_json=True)
    assert answer.status == 200


@pytest.mark.parametrize("path", ["/api/v1/alarms?device=%00", "/api/v1/devices/%00", "/api/v1/%00"])
def test_a_program_that_asks_with_it_gets_a_problem(
    world: World, visitors: dict[str, Caller], path: str
) -> None:
    answer = visitors["token:office"].call("GET", path)
    assert answer.status == 400
    assert answer.response.headers["Content-Type"] == "application/problem+json"


def test_a_session_with_it_is_nobodys(world: World, visitors: dict[str, Caller]) -> None:
    cookies = {
        "sessionid": "matrix-\0-matrix",
        "anwei_display": "\0",
        "language": "\0",
        "csrftoken": "\0" * 32,
    }
    stranger = Caller("anonymous", cookies=cookies)
    assert stranger.call("GET", "/work/").location.startswith("/accounts/login/")
    assert stranger.call("POST", "/work/act/", {"verb": "sign"}).status == 401
