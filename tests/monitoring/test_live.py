"""One screen's queue, by itself; what travels through it is shown in test_alive."""

from __future__ import annotations

import asyncio

import pytest

from anwei.monitoring.columns import finite
from anwei.monitoring.live.rights import lapsed
from anwei.monitoring.live.watcher import MOST_PENDING, Watcher, encode
from anwei.org.display import issue_display, revoke_display
from anwei.org.models import Person
from anwei.org.scope import Grant, grants
from tests.kernel.county import NOW, County


def watcher(*grants: Grant) -> Watcher:
    return Watcher(person=1, session="s", session_hash="h", grants=grants, tags=frozenset())


def test_events_that_wait_are_sent_together() -> None:
    async def life() -> bytes | None:
        screen = watcher()
        screen.send(encode("alarms", {"ids": [1]}))
        screen.send(encode("age", {"at": 2}))
        return await screen.next()

    assert asyncio.run(life()) == b'event: alarms\ndata: {"ids":[1]}\n\nevent: age\ndata: {"at":2}\n\n'


def test_a_screen_that_does_not_read_is_closed_and_holds_no_more_than_its_bound() -> None:
    async def life() -> bytes | None:
        screen = watcher()
        for _ in range(MOST_PENDING + 1):
            screen.send(b"x")
        screen.send(b"late")
        return await screen.next()

    assert asyncio.run(life()) is None


def test_a_watcher_covers_what_any_of_its_grants_covers() -> None:
    screen = watcher(
        Grant("999001101"), Grant("999001", frozenset({"coal"})), Grant("999001102", enterprise=7)
    )
    assert screen.covers("999001101002", "fire", 1)
    assert screen.covers("999001103", "coal", 2)
    assert screen.covers("999001105", "fire", 7)
    assert not screen.covers("999001103", "fire", 2)
    assert not watcher().covers("999001101", "coal", 1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_what_json_cannot_carry_is_null(value: float | None) -> None:
    assert finite(value) is None
    assert finite(1.5) == 1.5


def test_a_line_break_in_a_name_does_not_break_the_event() -> None:
    assert encode("episode", {"name": "甲\n\n乙"}).count(b"\n") == 3


@pytest.mark.django_db(transaction=True)
def test_a_display_without_a_session_stays_until_it_is_stopped(county: County) -> None:
    display, _code = issue_display(county.officer, now=NOW)
    person = Person.objects.get(pk=display.person_id)
    screen = Watcher(
        person=person.pk,
        session="",
        session_hash=person.get_session_auth_hash(),
        grants=grants(person),
        tags=frozenset(),
    )
    assert lapsed([screen]) == []
    revoke_display(display, actor=county.officer, now=NOW)
    assert lapsed([screen]) == [screen]
