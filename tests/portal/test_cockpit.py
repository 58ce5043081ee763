"""The cockpit: every number has its rows behind it, and everybody sees their own part of the county."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from anwei.monitoring.models import Alarm, Warning
from anwei.monitoring.services import acknowledge
from anwei.org.models import Person
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant, cleared, raised
from tests.monitoring.plant import build as build_plant

Visit = Callable[[Person], Client]
Happen = Callable[..., None]
MOST_QUERIES = 60  # a dozen of them ask who answers and how far the yearly targets are used up


def figures(client: Client, path: str = "/") -> dict[str, tuple[str, str]]:
    """Value and door of every figure, as the page shows them."""
    found = re.findall(
        r'href="([^"]*)" data-figure="(\w+)"><span>[^<]*</span><strong>([^<]*)</strong>',
        client.get(path).content.decode(),
    )
    return {key: (value, url.replace("&amp;", "&")) for url, key, value in found}


@pytest.fixture
def busy(plant: Plant, happen: Happen) -> Plant:
    """A red alarm, an older yellow one acknowledged, one long gone, a silent device, an overdue warning."""
    gone = raised(plant.h, seconds=-90_000)
    happen(
        gone,
        cleared(gone, seconds=-89_000),
        raised(plant.h, seconds=-60),
        raised(plant.hh, seconds=10),
        raised(plant.silence, seconds=20, value=None),
    )
    yellow = Alarm.objects.get(rule=plant.h, cleared_at__isnull=True)
    acknowledge(yellow, actor=plant.county.officer, now=NOW, note="已电话通知")
    Warning.objects.update(deadline=NOW - timedelta(minutes=1))
    return plant


def test_a_stranger_is_sent_to_log_in(db: None) -> None:
    for path in ("/", "/wall/", "/status/", "/map/sites.geojson", "/live/cockpit/"):
        assert Client().get(path)["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("who", ["officer", "boss", "worker", "townsman", "regulator", "stranger"])
def test_every_post_has_a_cockpit(busy: Plant, visit: Visit, who: str) -> None:
    client = visit(getattr(busy.county, who))
    for path in ("/", "/wall/", "/live/cockpit/"):
        assert client.get(path).status_code == 200


def test_the_figures_count_what_stands_behind_their_doors(busy: Plant, office: Person, visit: Visit) -> None:
    client = visit(office)
    shown = figures(client)
    assert {key: value for key, (value, _url) in shown.items()} == {
        "active": "3",
        "unacknowledged": "2",
        "warnings": "1",
        "major": "0",
        "accidents": "0",
        "online": "0.0%",
    }
    for key in ("active", "unacknowledged", "warnings"):
        value, url = shown[key]
        assert client.get(url).context["listing"].count == int(value), key
    assert client.get(shown["online"][1]).context["listing"].count == 1  # the silent device
    assert "0 / 1 点 · 离线设备 1" in client.get("/").content.decode()


def test_menu_and_ledger_count_the_same_alarms(busy: Plant, office: Person, visit: Visit) -> None:
    page = visit(office).get("/").content.decode()
    assert re.search(r"监测报警<b>3</b>", page)


def test_nobody_sees_another_ones_alarms(busy: Plant, visit: Visit) -> None:
    for who in (busy.county.regulator, busy.county.stranger):
        client = visit(who)
        assert {value for value, _url in figures(client).values()} == {"0", "—"}
        assert "甲化工厂" not in client.get("/").content.decode()
    assert figures(visit(busy.county.townsman))["active"][0] == "3"
    assert figures(visit(busy.county.worker))["active"][0] == "3"


def test_the_gravest_alarm_stands_first(busy: Plant, office: Person, visit: Visit) -> None:
    rows = visit(office).get("/").context["alarms"]
    assert [alarm.severity for alarm in rows][:2] == ["red", "yellow"]


def test_what_ended_unseen_fills_the_room_left(
    plant: Plant, office: Person, visit: Visit, happen: Happen
) -> None:
    over, seen, old = raised(plant.h), raised(plant.h, seconds=-500), raised(plant.h, seconds=-99_000)
    for event in (old, seen, over):
        happen(event, cleared(event, seconds=(event["at"] - over["at"]) / 1000 + 60))
    acknowledge(Alarm.objects.order_by("started_at")[1], actor=plant.county.officer, now=NOW)
    happen(raised(plant.hh))
    page = visit(office).get("/")
    assert [(alarm.severity, alarm.cleared_at is None) for alarm in page.context["alarms"]] == [
        ("red", True),
        ("yellow", False),
    ]
    assert f"{timezone.localtime(NOW + timedelta(seconds=60)):%H:%M} 恢复" in page.content.decode()
    assert page.content.decode().count("data-unacknowledged") == 1  # what is over does not ring
    assert " · 另已恢复 2<" in page.content.decode()  # beside the card's one, which counts what is on
    assert visit(office).get("/alarms/?state=cleared_unacknowledged").context["listing"].count == 2


def test_a_board_that_is_full_says_how_many_more(
    plant: Plant, office: Person, visit: Visit, happen: Happen
) -> None:
    for n in range(6):
        happen(raised(build_plant(plant.county, code=f"gas-{n + 2}").hh, seconds=n))
    page = visit(office).get("/").content.decode()
    assert page.count("data-alarm=") == 4
    assert "另有 2 条报警，查看全部" in page


def test_an_empty_county_says_what_comes_next(office: Person, visit: Visit) -> None:
    page = visit(office).get("/").content.decode()
    for sentence in ("没有持续中的报警", "没有未解除的预警", "尚未接入测点"):
        assert sentence in page


def test_the_live_part_replaces_every_part_that_changes(busy: Plant, office: Person, visit: Visit) -> None:
    fragment = visit(office).get("/live/cockpit/").content.decode()
    page = visit(office).get("/").content.decode()
    for name in ("figures", "legend", "alarm-board", "sentences", "bars"):
        assert re.search(rf'id="{name}"[^>]*hx-swap-oob="true"', fragment), name
        assert page.count(f'id="{name}"') == 1
    assert "hx-swap-oob" not in page
    assert "<html" not in fragment


def test_more_alarms_ask_no_more_questions(
    plant: Plant,
    office: Person,
    visit: Visit,
    happen: Happen,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    happen(raised(plant.hh))
    client = visit(office)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        client.get("/")
    for n in range(8):
        other = build_plant(plant.county, code=f"gas-{n + 2}")
        happen(raised(other.hh, seconds=n), raised(other.h, seconds=n))
    with django_assert_max_num_queries(MOST_QUERIES) as many:
        client.get("/")
    assert len(many) <= len(few)


def test_a_display_may_look_at_the_wall_only_in_the_dark(busy: Plant, office: Person, visit: Visit) -> None:
    page = visit(office).get("/wall/").content.decode()
    assert '<body class="wall"' in page
    assert 'id="menu"' not in page


def test_what_ended_before_midnight_shows_its_date(
    busy: Plant, office: Person, visit: Visit, time_machine: TimeMachineFixture
) -> None:
    red = Alarm.objects.get(rule=busy.hh)
    red.cleared_at = NOW + timedelta(minutes=4)  # 10:04 in the county
    red.save()
    assert "· 10:04 恢复" in visit(office).get("/").content.decode()
    time_machine.move_to(NOW + timedelta(hours=15))
    assert "· 11-24 10:04 恢复" in visit(office).get("/").content.decode()
