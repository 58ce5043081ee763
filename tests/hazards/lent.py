"""One browser and one server for all tests of a module; each gets telephones of its own in it, and a day anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, Locator

from tests.hazards.conftest import build_safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import plan, team
from tests.hazards.phoning import grave, items
from tests.hazards.telephone import Lent, Server, Telephone
from tests.hazards.test_phone_browser import Day
from tests.support.chromium import WHY_NOT, chromium, chromium_path

LENT = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
FAKE_SOUND = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def street() -> Iterator[tuple[Browser, Server]]:
    """Run both. The driver's loop is this thread's, which Django would not let ask the database."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    with chromium(*FAKE_SOUND) as browser:
        server = Server()
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
        try:
            yield browser, server
        finally:
            server.stop()
            os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
            if before is not None:
                os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def day(transactional_db: None, street: tuple[Browser, Server]) -> Iterator[Day]:
    """Plan a visit for today, and lend telephones to who goes there; options are the context's."""
    browser, server = street
    cache.clear()
    crew = team(build_safe())
    visit = plan(crew)
    people = {"first": crew.first, "second": crew.second, "other": crew.clerk}
    sessions = {
        name: signed_in(one).cookies[settings.SESSION_COOKIE_NAME].value for name, one in people.items()
    }
    lent: list[Lent] = []

    def telephone(_name: str, session: str, **options: Any) -> Telephone:
        lent.append(Lent(browser, server, session, **options))
        return lent[-1]

    yield Day(
        crew, visit, [item.id for item in items(visit)], grave(visit)[0].id, server, telephone, sessions
    )
    faults = [fault for one in lent for fault in one.faults]
    for one in lent:
        one.context.close()
    assert faults == []


GO = """async (place) => {
  const screen = document.getElementById("screen");
  const before = screen.firstElementChild;
  location.hash = `#/${place}`;
  while (screen.firstElementChild === before) await new Promise((done) => setTimeout(done, 20));
}"""


def go(phone: Telephone, place: str) -> None:
    """Go to a place of the page without opening it anew."""
    phone.page.evaluate(GO, place)


def acts(phone: Telephone) -> set[tuple[str, str, str]]:
    """Return what waits: kind, item, state."""
    return {(one["kind"], one["item"], one["state"]) for one in phone.stored("outbox")}


def box(phone: Telephone, item: str) -> Locator:
    """Return the block of an item."""
    return phone.page.locator(f'[data-item="{item}"]')


def note(phone: Telephone, item: str, text: str) -> None:
    """Write what was seen at an item."""
    more = box(phone, item).locator('[data-part="open"]')
    if more.is_visible():
        more.click()
    box(phone, item).locator('[data-part="note"]').fill(text)
    phone.settle()


def small(block: Locator, text: str) -> None:
    """Make a block a hazard of the general kind that is put right at once."""
    block.locator('[data-part="begin"]').click()
    block.locator('[data-field="description"]').fill(text)
    if block.locator('[data-field="reason"]').is_visible():
        block.locator('[data-field="reason"]').fill("数量很少")
    block.locator('[data-order="immediate"]').click()
    block.locator('[data-field="requirement"]').fill("立即改正")
    block.locator('[data-part="confirm"]').click()
