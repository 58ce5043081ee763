"""Pages on what the telemetry store holds, through its real doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

from django.test import Client

from anwei.monitoring.models import Alarm
from anwei.monitoring.stream.samples import Reason, Reject
from anwei.org.models import Person
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant, build, ms
from tests.pages.store import Store

SignIn = Callable[[Person], Client]
SECOND, HOUR = 1000, 3_600_000


def test_history_is_raw_when_near_and_keeps_the_spike_when_far(
    plant: Plant, store: Store, sign_in: SignIn
) -> None:
    end = ms(NOW)
    rows = [(end - n * SECOND, 0.4) for n in range(7200, 0, -1)]
    rows[3210] = (rows[3210][0], 1.99)
    store.write(plant.tag.number, rows)
    client = sign_in(plant.county.townsman)
    address = f"/tags/{plant.tag.number}/history.json"
    far = client.get(f"{address}?from={end - 2 * HOUR}&to={end}&points=200").json()
    assert not far["raw"] and len(far["ts"]) < 1000 and max(far["value"]) == 1.99
    assert all(first < second for first, second in pairwise(far["ts"]))
    assert (far["statistics"]["count"], far["statistics"]["maximum"]) == (7200, 1.99)
    assert far["statistics"]["minimum"] == 0.4 and abs(far["statistics"]["mean"] - 0.4) < 0.001
    near = client.get(f"{address}?from={end - 60 * SECOND}&to={end}&points=200").json()
    assert near["raw"] and len(near["ts"]) == 60
    empty = client.get(f"{address}?from={end - 9 * HOUR}&to={end - 8 * HOUR}").json()
    assert empty["ts"] == [] and empty["statistics"]["count"] == 0


def test_history_marks_the_alarms_of_the_span(
    plant: Plant, alarms: list[Alarm], store: Store, sign_in: SignIn
) -> None:
    client = sign_in(plant.county.officer)
    address = f"/tags/{plant.tag.number}/history.json"
    marks = client.get(f"{address}?from={ms(NOW) - HOUR}&to={ms(NOW) + HOUR}").json()["alarms"]
    assert {(mark["severity"], mark["to"] is None) for mark in marks} == {("red", True), ("yellow", False)}
    before = client.get(f"{address}?from={ms(NOW) - 3 * HOUR}&to={ms(NOW) - 2 * HOUR}").json()
    assert before["alarms"] == []


def test_newest_values_stand_on_every_page_of_the_tag(plant: Plant, store: Store, sign_in: SignIn) -> None:
    store.write(plant.tag.number, [(ms(NOW), 1.23)])
    client = sign_in(plant.county.worker)
    for address in (
        f"/tags/{plant.tag.number}/",
        f"/devices/{plant.device.code}/",
        f"/enterprises/{plant.county.enterprise.pk}/",
    ):
        assert ">1.23<" in client.get(address).content.decode(), address
    row = client.get("/devices/").content.decode()
    assert "2 分钟前" in row
    csv = client.get("/devices/?export=csv").content.decode("utf-8-sig")
    assert "2026-11-24 10:00:00" in csv


def test_trends_of_many_rows_come_in_one_answer(
    plant: Plant, alarms: list[Alarm], store: Store, sign_in: SignIn
) -> None:
    store.write(plant.tag.number, [(ms(NOW - timedelta(minutes=n)), 0.5 + n / 100) for n in range(50, 0, -1)])
    ids = ",".join(str(alarm.pk) for alarm in alarms)
    text = sign_in(plant.county.officer).get(f"/alarms/trends/?ids={ids}").content.decode()
    assert text.count("<svg") == text.count('hx-swap-oob="true"') == 2 and "<line" in text


def test_rejects_are_counted_explained_and_shown_to_their_scope(
    plant: Plant, store: Store, sign_in: SignIn
) -> None:
    at = ms(NOW)
    store.write(
        plant.tag.number,
        [],
        [
            Reject(Reason.OUT_OF_RANGE, plant.device.code, "ch4", at, "99.9", count=3),
            Reject(Reason.UNKNOWN_DEVICE, "nobody-1", "", at, "<b>x</b>"),
        ],
    )
    worker = sign_in(plant.county.worker).get("/rejects/")
    text = worker.content.decode()
    assert worker.context["total"] == 3 and "超出量程" in text and "核查传感器" in text
    assert "nobody-1" not in text and "99.9" in text
    assert sign_in(plant.county.stranger).get("/rejects/").context["total"] == 0
    only = sign_in(plant.county.worker).get("/rejects/?reason=future").context["rows"]
    assert only == []


def test_a_strangers_bad_device_pushes_nobodys_rows_off_the_page(
    plant: Plant, store: Store, sign_in: SignIn
) -> None:
    first, second = (build(plant.county, code=code).device.code for code in ("gas-2", "gas-3"))
    at = ms(NOW)
    own = [
        Reject(Reason.OUT_OF_RANGE, code, "ch4", at + n, f"own {n}")
        for n, code in enumerate([first, second] * 60)
    ]
    flood = [Reject(Reason.MALFORMED, "strangers-1", "", at + 1000, "flood")] * 1000
    store.write(plant.tag.number, [], own + flood)
    client = sign_in(plant.county.worker)
    details = [row["detail"] for row in client.get("/rejects/").context["rows"]]
    assert details == [f"own {n}" for n in range(119, 19, -1)]
    only = client.get(f"/rejects/?device={first}&reason=out_of_range").context["rows"]
    assert [row["detail"] for row in only] == [f"own {n}" for n in range(118, -1, -2)]
    assert client.get("/rejects/?device=strangers-1").context["rows"] == []


def test_whoever_answers_for_the_county_sees_what_unregistered_devices_sent(
    plant: Plant, store: Store, sign_in: SignIn
) -> None:
    unit = plant.county.duty.unit
    unit.kind = unit.Kind.COMMITTEE_OFFICE
    unit.save()
    store.write(0, [], [Reject(Reason.UNKNOWN_DEVICE, "ghost-7", "", ms(NOW), "<b>x</b>")])
    text = sign_in(plant.county.officer).get("/rejects/?device=ghost-7").content.decode()
    assert "ghost-7" in text and "未登记设备" in text and "&lt;b&gt;x&lt;/b&gt;" in text
