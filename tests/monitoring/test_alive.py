"""From the HTTP door to the screen, with a real broker, stream, worker and web server."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from nats.errors import Error as NatsError
from pytest_django import Settings

from anwei.ledgers.saving import Edit
from anwei.monitoring.bus import StoreAway, doors
from anwei.monitoring.columns import moment
from anwei.monitoring.lateness import behind, has_begun
from anwei.monitoring.live import hub
from anwei.monitoring.models import Alarm, Position, Warning
from anwei.monitoring.services import add_tag, change_rule
from anwei.monitoring.services.positions import EPISODES, WORKED_OFF, position
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.register import BUCKET, OBJECT, unpack
from anwei.org.models import Person
from anwei.org.services import create_token
from anwei.sites.services import save_enterprises
from tests.detect.test_process import Process
from tests.kernel.county import NOW, OTHER_TOWN, County
from tests.monitoring.family import Events, Family, wait_until
from tests.monitoring.plant import Plant, ms

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def family(
    plant: Plant, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Family]:
    monkeypatch.setattr(hub, "AGE_PAUSE_S", 0.3)
    with Family(tmp_path, settings) as family:
        wait_until(lambda: ready(family))
        yield family


def ready(family: Family) -> bool:
    try:
        return bool(doors().status()["mode"] == "live")
    except StoreAway:
        return False


def send(family: Family, plant: Plant, value: float, *, back: timedelta = timedelta()) -> int:
    """Send one sample of the gas tag; return its time in ms."""
    at = ms(timezone.now() - back)
    body = json.dumps({"ts": at, "values": {"ch4": value}}).encode()
    status, _headers, _answer = family.server.request(
        "POST", f"/api/v1/telemetry/{plant.device.code}", body, Authorization=f"Bearer {plant.key}"
    )
    assert status == 200
    return at


def session_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


@pytest.fixture
def screen(family: Family, plant: Plant, county: County) -> Iterator[Events]:
    events = Events(family.server, session_of(county.officer), tags=str(plant.tag.pk))
    wait_until(lambda: events.named("age"))
    yield events
    events.close()


def test_a_limit_crossed_is_on_the_screen_within_a_second_and_a_warning_is_issued(
    family: Family, plant: Plant, county: County, screen: Events
) -> None:
    send(family, plant, 0.4, back=timedelta(seconds=2))
    sent = time.monotonic()
    at = send(family, plant, 1.62)
    wait_until(lambda: screen.named("episode"))
    seen = {event["kind"]: event for event in screen.named("episode")}
    arrived = next(moment for moment, name, _data in screen.seen if name == "episode")
    assert arrived - sent < 1.0
    wait_until(lambda: screen.named("alarms"))
    wait_until(lambda: Alarm.objects.filter(rule=plant.hh).exists())
    shown = seen["hh"]
    assert (shown["state"], shown["severity"], shown["value"], shown["limit"]) == ("active", "red", 1.62, 1.5)
    assert (shown["tag"], shown["name"], shown["enterprise"]) == (plant.tag.pk, "甲烷", county.enterprise.pk)
    alarm = Alarm.objects.get(rule=plant.hh)
    assert ms(alarm.raised_at) == at
    warning = Warning.objects.get()
    assert alarm.warning == warning
    assert "由 0.40 升至 1.62 %" in warning.entries.get().note
    told = screen.named("alarms")
    assert alarm.pk in [pk for each in told for pk in each["ids"]]
    assert warning.pk in [pk for each in told for pk in each["warnings"]]


def test_values_on_screen_and_their_age_move(
    family: Family, plant: Plant, county: County, screen: Events
) -> None:
    at = send(family, plant, 0.61)
    number = str(plant.tag.pk)
    wait_until(lambda: any(number in samples for samples in screen.named("samples")))
    assert screen.named("samples")[-1] == {number: [at, 0.61, 0]}
    wait_until(lambda: screen.named("age")[-1]["newest"] == at)


def test_a_screen_of_another_scope_gets_nothing_of_it(
    family: Family, plant: Plant, county: County, screen: Events
) -> None:
    foreign = Events(family.server, session_of(county.stranger), tags=str(plant.tag.pk))
    wait_until(lambda: foreign.named("age"))
    send(family, plant, 1.9)
    wait_until(lambda: screen.named("alarms") and screen.named("samples"))
    wait_until(lambda: len(foreign.named("age")) > 1)
    assert {name for _at, name, _data in foreign.seen} == {"joined", "age"}
    foreign.close()


def test_a_screen_closes_within_five_seconds_of_losing_its_right(family: Family, county: County) -> None:
    clients = {name: Client() for name in ("officer", "worker", "townsman", "boss")}
    for name, client in clients.items():
        client.force_login(getattr(county, name))
    screens = {
        name: Events(family.server, client.cookies["sessionid"].value) for name, client in clients.items()
    }
    kept = Events(family.server, session_of(county.regulator))
    wait_until(lambda: all(screen.named("age") for screen in (*screens.values(), kept)))
    Person.objects.filter(pk=county.officer.pk).update(is_active=False)
    county.worker.holdings.all().delete()
    clients["townsman"].logout()
    county.boss.set_password("a new password")
    county.boss.save()
    for screen in screens.values():
        assert wait_until(lambda screen=screen: screen.closed_at is not None) < 5.0
    assert kept.closed_at is None
    kept.close()


def test_the_screens_of_an_old_owner_get_nothing_more(
    plant: Plant, county: County, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    monkeypatch.setattr(hub, "AGE_PAUSE_S", 0.3)
    monkeypatch.setattr(hub, "TAGS_PAUSE_S", 0.3, raising=False)
    with Family(tmp_path, settings) as family:
        wait_until(lambda: ready(family))
        people = {"officer": "", "townsman": "", "worker": str(plant.tag.pk)}
        screens = {
            name: Events(family.server, session_of(getattr(county, name)), tags=tags)
            for name, tags in people.items()
        }
        values = Events(family.server, session_of(county.townsman), tags=str(plant.tag.pk))
        wait_until(lambda: all(screen.named("age") for screen in (*screens.values(), values)))
        send(family, plant, 1.7)
        wait_until(lambda: all(len(screen.named("episode")) == 2 for screen in screens.values()))
        moved = Edit(county.enterprise, {"territory": OTHER_TOWN})
        save_enterprises([moved], actor=county.officer, now=NOW)
        send(family, plant, 0.1)
        wait_until(lambda: len(screens["officer"].named("episode")) == 4)
        wait_until(lambda: len(screens["worker"].named("episode")) == 4)
        assert len(screens["townsman"].named("episode")) == 2
        wait_until(lambda: values.closed_at is not None)
        assert all(screen.closed_at is None for screen in screens.values())
        for screen in screens.values():
            screen.close()


def test_a_visitor_without_an_account_gets_no_stream(family: Family) -> None:
    assert Events(family.server, "nonsense").response.status == 401


def test_screens_and_rows_recover_from_a_killed_broker_and_a_killed_stream(
    family: Family, plant: Plant, screen: Events
) -> None:
    family.broker.kill()
    family.kill_stream()
    n_ages = len(screen.named("age"))
    with pytest.raises(StoreAway):
        doors().status()
    family.broker.start()
    family.start_stream()
    wait_until(lambda: len(screen.named("age")) > n_ages)
    assert screen.closed_at is None
    wait_until(lambda: len(screen.named("joined")) == 2)  # read again what was missed
    wait_until(lambda: ready(family))
    send(family, plant, 1.7)
    wait_until(lambda: Alarm.objects.filter(rule=plant.hh).exists() and screen.named("episode"))


def test_what_happens_while_the_worker_is_away_is_written_once_when_it_is_back(
    family: Family, plant: Plant
) -> None:
    family.stop_worker()
    for value in (1.7, 0.1, 1.8, 0.1):
        send(family, plant, value)
        time.sleep(0.01)
    wait_until(lambda: doors().status()["samples_stored"] == 4)
    assert not Alarm.objects.exists()
    family.start_worker()
    wait_until(lambda: Alarm.objects.filter(cleared_at__isnull=False).count() == 4)
    family.stop_worker()
    family.start_worker()
    send(family, plant, 1.7)
    wait_until(lambda: Alarm.objects.filter(rule=plant.hh, cleared_at=None).exists())
    assert Alarm.objects.filter(rule=plant.hh).count() == 3


def test_a_store_older_than_the_database_is_read_from_its_beginning(family: Family, plant: Plant) -> None:
    Position.objects.create(name=EPISODES, value=1000)
    send(family, plant, 1.7)
    wait_until(lambda: Alarm.objects.filter(rule=plant.hh).exists())
    assert Position.objects.get(name=EPISODES).value == 2


def test_pages_know_up_to_when_the_early_warning_has_looked(family: Family, plant: Plant) -> None:
    assert not has_begun()
    detect = Process(family.broker)
    try:
        at = send(family, plant, 0.4)
        wait_until(lambda: position(WORKED_OFF) >= at)
        assert behind(timezone.now()) == ""
        assert doors().n_learned([plant.tag.pk, 999]) == 0  # one row is open
    finally:
        detect.kill()
    assert "早期预警落后 6 分钟" in behind(moment(position(WORKED_OFF)) + timedelta(minutes=6))


def test_a_locked_database_delays_an_alarm_and_loses_none(
    family: Family, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.2)
    connection.close()
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite locks the whole database")
    with transaction.atomic():  # IMMEDIATE: holds the write lock
        send(family, plant, 1.7)
        wait_until(lambda: doors().status()["newest_event"] == 2)
        time.sleep(0.5)
        assert not Alarm.objects.exists()
    wait_until(lambda: Alarm.objects.count() == 2)


def test_a_broker_that_comes_back_empty_gets_the_register_again(family: Family, plant: Plant) -> None:
    family.broker.kill()
    shutil.rmtree(family.broker.folder.root / "broker")
    family.broker.start()
    wait_until(lambda: published(family) == 4)


def published(family: Family) -> int:
    """Return the version of the register that the broker holds, -1 without one."""

    async def read() -> int:
        nc = await connect(family.broker.folder, name="test")
        try:
            bucket = await nc.jetstream().object_store(BUCKET)
            return unpack((await bucket.get(OBJECT)).data or b"").version
        except NatsError:
            return -1
        finally:
            await nc.close()

    return asyncio.run(read())


def test_screens_that_are_closed_leave_nothing_behind(family: Family, county: County) -> None:
    session = session_of(county.officer)
    for _ in range(3):
        screen = Events(family.server, session)
        wait_until(lambda screen=screen: screen.named("age"))
        screen.close()
    wait_until(lambda: not any(each._watchers or each._work for each in hub._hubs.values()))


def test_a_changed_limit_and_a_new_tag_work_without_a_restart(
    family: Family, plant: Plant, county: County
) -> None:
    change_rule(plant.hh, actor=county.officer, now=NOW, reason="复核", limit=3.0)
    new = add_tag(plant.device, actor=county.officer, now=NOW, code="co", name="一氧化碳")
    wait_until(lambda: doors().status()["register_version"] == 6)
    send(family, plant, 2.5)
    body = json.dumps({"co": 7.0}).encode()
    family.server.request("POST", "/api/v1/telemetry/gas-1", body, Authorization=f"Bearer {plant.key}")
    wait_until(lambda: len(doors().last([new.pk])["tag"]) == 1)
    wait_until(lambda: Alarm.objects.filter(rule=plant.h).exists())
    assert not Alarm.objects.filter(rule=plant.hh).exists()


def test_the_api_answers_values_from_the_store(family: Family, plant: Plant, county: County) -> None:
    times = [send(family, plant, value, back=timedelta(seconds=5)) for value in (0.2, 0.3)]
    _token, plain = create_token(county.officer, label="test", now=NOW)

    def get(path: str) -> Any:
        return family.server.request("GET", f"/api/v1{path}", Authorization=f"Bearer {plain}")[2]

    number = plant.tag.pk
    wait_until(lambda: doors().status()["samples_stored"] == 2)
    (sample,) = get(f"/latest?tag={number}")
    assert (sample["ts"], sample["value"], sample["device"]) == (times[-1], 0.3, "gas-1")
    start = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    end = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    series = get(f"/tags/{number}/history?start={start}&end={end}")
    assert (series["ts"], series["value"]) == (times, [0.2, 0.3])
