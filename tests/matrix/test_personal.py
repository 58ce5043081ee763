"""What people are known and reached by stays out of the logs of the process, whatever was asked (S3)."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.matrix.callers import Caller
from tests.matrix.world import PLACES, World, mail, phone

pytestmark = pytest.mark.django_db


class Lines(logging.Handler):
    """Keeps every line as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    disabled, level = root.manager.disable, root.level
    quiet = [one for one in map(logging.getLogger, ("anwei", "django", "axes")) if not one.propagate]
    for one in (root, *quiet):
        one.addHandler(handler)
    logging.disable(logging.NOTSET)
    root.setLevel(logging.INFO)
    yield handler
    logging.disable(disabled)
    root.setLevel(level)
    for one in (root, *quiet):
        one.removeHandler(handler)


def test_no_log_tells_a_phone_a_mail_or_a_secret(
    world: World, visitors: dict[str, Caller], lines: Lines
) -> None:
    number, words = phone("x", 1), "Not-The-Password-9"
    worker, office, stranger = visitors["enterprise_x"], visitors["office"], visitors["anonymous"]
    stranger.call("POST", "/accounts/login/", {"login": number, "password": words})
    stranger.call("POST", "/accounts/login/", {"login": "enterprise_x", "password": words})
    stranger.call("POST", "/wall/open/", {"code": words})
    worker.call("POST", "/account/password/", {"oldpassword": words, "password1": words, "password2": "x"})
    office.call("GET", f"/search/?q={number}")
    office.call("GET", f"/ledgers/people/?search={number}")
    office.call("POST", f"/org/people/{world.places['x'].worker.pk}/phone/")
    office.call("POST", "/ledgers/people/new/", {"full_name": "新人", "phone": number, "reason": "x"})
    office.call("POST", "/ledgers/people/grid/", {"rows": f"新人\t{number}", "reason": "x"})
    Caller("x", {"authorization": f"Bearer {words}"}).call("GET", "/api/v1/alarms")
    stranger.call("POST", "/ledgers/people/new/", {"phone": number})
    known = [text(place, n) for text in (phone, mail) for place in PLACES for n in (1, 2)]
    told = [line for line in lines.written for word in (words, *known, *world.secrets) if word in line]
    assert told == []
    assert len(lines.written) > 3  # the refusals are there to be read
