"""The JSON API: every endpoint, its scope, its errors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import translation

from anwei.monitoring.api.faults import SENTENCES
from anwei.monitoring.bus import StoreAway
from anwei.monitoring.models import Alarm
from anwei.monitoring.services import acknowledge, record_episodes
from anwei.org.services import create_token, revoke_token
from tests.kernel.county import NOW, County
from tests.monitoring.plant import Plant, cleared, ms, raised


class Caller:
    """Calls the API with the token of one person."""

    def __init__(self, county: County, name: str) -> None:
        self.person = getattr(county, name)
        self.token, self.plain = create_token(self.person, label="test", now=NOW)
        self._client = Client(headers={"Authorization": f"Bearer {self.plain}"})

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self._client.get(f"/api/v1{path}", query, headers=headers)

    def post(self, path: str, body: Any) -> Any:
        return self._client.post(f"/api/v1{path}", body, content_type="application/json")


@pytest.fixture
def officer(county: County) -> Caller:
    return Caller(county, "officer")


@pytest.fixture
def stranger(county: County) -> Caller:
    return Caller(county, "stranger")


@pytest.fixture
def alarms(plant: Plant) -> tuple[Alarm, Alarm]:
    """An active red one, and a yellow one that cleared a minute later; recorded half a minute after each."""
    yellow = raised(plant.h)
    record_episodes([(1, yellow), (2, raised(plant.hh, seconds=10))], now=NOW + timedelta(seconds=40))
    record_episodes([(3, cleared(yellow, seconds=60))], now=NOW + timedelta(seconds=90))
    return Alarm.objects.get(rule=plant.hh), Alarm.objects.get(rule=plant.h)


def is_problem(response: Any, status: int) -> bool:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    return problem["status"] == status and bool(problem["title"])


def test_an_alarm_tells_all_that_an_operator_asks(
    officer: Caller, alarms: tuple[Alarm, Alarm], plant: Plant
) -> None:
    red, _yellow = alarms
    answer = officer.get(f"/alarms/{red.pk}").json()
    warning = answer.pop("warning")
    assert warning.startswith("YJ2026")
    assert answer == {
        "id": red.pk,
        "tag": "ch4",
        "tag_number": plant.tag.pk,
        "tag_name": "甲烷",
        "unit": "%",
        "device": "gas-1",
        "enterprise": {"id": plant.county.enterprise.pk, "name": "甲化工厂"},
        "site": {"id": plant.site.pk, "name": "一号罐区"},
        "territory": "999001101",
        "sector": "chemical",
        "kind": "hh",
        "level": "red",
        "state": "active",
        "value": 1.62,
        "limit": 1.5,
        "citation": "煤矿安全规程 第173条",
        "started_at": "2026-11-24T02:00:10Z",
        "raised_at": "2026-11-24T02:00:10Z",
        "cleared_at": None,
        "sample_at": "2026-11-24T02:00:10Z",
        "late": False,
        "changed_at": "2026-11-24T02:00:40Z",
        "acknowledged": None,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["red", "yellow"]),
        ({"state": "active"}, ["red"]),
        ({"state": "cleared"}, ["yellow"]),
        ({"state": ["cleared", "unacknowledged"]}, ["yellow"]),
        ({"state": "acknowledged"}, []),
        ({"severity": "yellow"}, ["yellow"]),
        ({"severity": ["yellow", "red"]}, ["red", "yellow"]),
        ({"device": "gas-1"}, ["red", "yellow"]),
        ({"device": "gas-2"}, []),
        ({"since": "2026-11-24T02:00:40Z"}, ["red", "yellow"]),
        ({"since": "2026-11-24T02:01:30Z"}, ["yellow"]),  # cleared at 02:01:00, and known since 02:01:30
        ({"since": "2026-11-24T10:02:00+08:00"}, []),
        ({"limit": 1}, ["red"]),
        ({"limit": 1, "offset": 1}, ["yellow"]),
    ],
)
def test_alarms_are_filtered(
    officer: Caller, alarms: tuple[Alarm, Alarm], query: dict[str, Any], found: list[str]
) -> None:
    answer = officer.get("/alarms", **query).json()
    assert [alarm["level"] for alarm in answer["items"]] == found


def test_acknowledging_tells_who_and_when(officer: Caller, alarms: tuple[Alarm, Alarm]) -> None:
    red, _yellow = alarms
    response = officer.post(f"/alarms/{red.pk}/acknowledge", {"note": "已派人"})
    assert response.status_code == 200
    assert response.json()["acknowledged"]["by"] == "officer"
    assert response.json()["acknowledged"]["note"] == "已派人"
    assert response.json()["state"] == "active"


def test_acknowledging_again_changes_nothing(
    officer: Caller, alarms: tuple[Alarm, Alarm], county: County
) -> None:
    red, _yellow = alarms
    acknowledge(red, actor=county.worker, now=NOW, note="第一个")
    assert officer.post(f"/alarms/{red.pk}/acknowledge", {}).json()["acknowledged"]["by"] == "worker"


def test_a_post_that_only_reads_may_not_acknowledge(
    officer: Caller, alarms: tuple[Alarm, Alarm], county: County
) -> None:
    county.duty.kind = "deputy"
    county.duty.save()
    response = officer.post(f"/alarms/{alarms[0].pk}/acknowledge", {"note": ""})
    assert is_problem(response, 403)
    assert "岗位" in response.json()["detail"]


def test_devices_and_tags(officer: Caller, plant: Plant) -> None:
    record_episodes([(1, raised(plant.silence, value=None))], now=NOW)
    (device,) = officer.get("/devices").json()["items"]
    assert (device["code"], device["tags"], device["silent"]) == ("gas-1", 1, True)
    assert officer.get("/devices/gas-1").json() == device
    assert plant.device.key_digest not in str(device)
    (tag,) = officer.get("/tags", device="gas-1").json()["items"]
    assert {rule["kind"]: rule["limit"] for rule in tag["rules"]} == {"hh": 1.5, "h": 1.0, "bad": None}
    assert officer.get(f"/tags/{plant.tag.pk}").json() == tag


class Store:
    """Answers as the stream's doors would; the real ones are asked in test_worker."""

    def __init__(self, tag: int) -> None:
        self.tag = tag
        self.asked: list[Any] = []

    def last(self, tags: list[int]) -> Any:
        self.asked.append(tags)
        return {
            "tag": np.array([self.tag]),
            "ts": np.array([ms(NOW)]),
            "value": np.array([np.nan]),
            "quality": np.array([1]),
        }

    def history(self, *asked: int) -> Any:
        self.asked.append(asked)
        return {
            "ts": np.array([1, 2]),
            "value": np.array([0.5, np.nan]),
            "quality": np.array([0, 1], np.uint8),
        }


@pytest.fixture
def store(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> Store:
    store = Store(plant.tag.pk)
    monkeypatch.setattr("anwei.monitoring.api.samples.doors", lambda: store)
    return store


def test_latest_and_history_carry_no_value_as_null(officer: Caller, plant: Plant, store: Store) -> None:
    number = plant.tag.pk
    (sample,) = officer.get("/latest", tag=number).json()
    assert sample == {
        "number": number,
        "tag": "ch4",
        "device": "gas-1",
        "ts": ms(NOW),
        "value": None,
        "quality": 1,
    }
    query = {"start": "2026-11-24T00:00:00Z", "end": "2026-11-24T08:30:00+08:00", "points": 500}
    series = officer.get(f"/tags/{number}/history", **query).json()
    assert series == {
        "number": number,
        "unit": "%",
        "ts": [1, 2],
        "value": [0.5, None],
        "quality": [0, 1],
    }
    midnight = ms(NOW - timedelta(hours=2))
    assert store.asked[-1] == (number, midnight, midnight + 30 * 60_000, 500)


def test_a_history_is_bounded_to_a_year(officer: Caller, plant: Plant, store: Store) -> None:
    path = f"/tags/{plant.tag.pk}/history"
    assert officer.get(path, start="2025-11-24T00:00:00Z", end="2026-11-25T00:00:00Z").status_code == 200
    longer = officer.get(path, start="2025-11-24T00:00:00Z", end="2026-11-25T00:00:01Z")
    assert is_problem(longer, 422)
    assert "366" in longer.json()["detail"]
    assert len(store.asked) == 1


def test_a_history_that_ends_before_it_starts_is_refused(officer: Caller, plant: Plant, store: Store) -> None:
    path = f"/tags/{plant.tag.pk}/history"
    response = officer.get(path, start="2026-11-24T01:00:00Z", end="2026-11-24T00:59:59Z")
    assert is_problem(response, 422)
    assert response.json()["detail"] == "起始时间 start 晚于结束时间 end。"
    assert store.asked == []
    at = "2026-11-24T01:00:00Z"
    assert officer.get(path, start=at, end=at).status_code == 200


def test_a_store_that_is_away_is_said_so(
    officer: Caller, plant: Plant, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(tags: list[int]) -> None:
        raise StoreAway("timeout")

    monkeypatch.setattr(store, "last", away)
    response = officer.get("/latest")
    assert is_problem(response, 503)
    assert response["Retry-After"] == "2"


def test_a_stranger_sees_nothing_of_it(
    stranger: Caller, alarms: tuple[Alarm, Alarm], plant: Plant, store: Store
) -> None:
    for path in ("/alarms", "/devices", "/tags"):
        assert stranger.get(path).json() == {"items": [], "count": 0}
    assert stranger.get("/latest", tag=plant.tag.pk).json() == []
    assert store.asked == []
    period = {"start": "2026-11-24T00:00:00Z", "end": "2026-11-24T01:00:00Z"}
    for path in (f"/alarms/{alarms[0].pk}", "/devices/gas-1", f"/tags/{plant.tag.pk}"):
        assert is_problem(stranger.get(path), 404)
    assert is_problem(stranger.get(f"/tags/{plant.tag.pk}/history", **period), 404)
    assert is_problem(stranger.post(f"/alarms/{alarms[0].pk}/acknowledge", {}), 404)
    assert not Alarm.objects.filter(acknowledged_at__isnull=False).exists()


def test_errors_are_problems_in_the_language_of_the_caller(officer: Caller) -> None:
    assert is_problem(officer.get("/alarms", state="burning"), 422)
    assert officer.get("/alarms", state="burning").json()["errors"][0]["at"] == "query.state.0"
    assert is_problem(officer.post("/alarms/1/acknowledge", {"note": "长" * 201}), 422)
    assert is_problem(officer.get("/alarms/999"), 404)
    assert is_problem(officer.get("/nothing/here"), 404)
    assert "管辖" in officer.get("/alarms/999").json()["detail"]


DAY = {"start": "2026-11-24T00:00:00Z", "end": "2026-11-25T00:00:00Z"}


@pytest.mark.parametrize(
    ("path", "query", "at", "sentence"),
    [
        ("/alarms", {"state": "burning"}, "query.state.0", "只能是 'active', 'cleared', 'acknowledged', "),
        ("/alarms", {"since": "yesterday"}, "query.since", "应为 ISO 8601 时间"),
        ("/alarms", {"since": "2026-11-24T00:00:00"}, "query.since", "时间须带时区"),
        ("/alarms", {"limit": 0}, "query.limit", "不得小于 1。"),
        ("/alarms", {"limit": 10_001}, "query.limit", "不得大于 10000。"),
        ("/alarms", {"offset": "many"}, "query.offset", "应为整数。"),
        ("/alarms", {"offset": "9" * 5000}, "query.offset", "数字过大。"),
        ("/alarms/first", {}, "path.alarm_id", "应为整数。"),
        ("/latest", {"tag": "ch4"}, "query.tag.0", "应为整数。"),
        ("/tags/1/history", {"end": DAY["end"]}, "query.start", "必填，没有给出。"),
        ("/tags/1/history", DAY | {"start": "1969-12-31T00:00:00Z"}, "query.start", "不得小于 1970-01-01"),
        ("/tags/1/history", DAY | {"end": "2100-01-01T00:00:00Z"}, "query.end", "应小于 2100-01-01"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_in_chinese(
    officer: Caller, path: str, query: dict[str, Any], at: str, sentence: str
) -> None:
    response = officer.get(path, **query)
    assert is_problem(response, 422)
    (error,) = response.json()["errors"]
    assert error["at"] == at
    assert error["message"].startswith(sentence)


@pytest.mark.parametrize(
    ("body", "at", "sentence"),
    [
        ({"note": "长" * 201}, "body.paper.note", "最多 200 个字。"),
        ({"note": 7}, "body.paper.note", "应为文字。"),
        ([], "body.paper", "应为 JSON 对象。"),
        (["已派人"], "body.paper", "应为 JSON 对象。"),
        (7, "body.paper", "应为 JSON 对象。"),
    ],
)
def test_what_is_wrong_with_a_body_is_said_in_chinese(
    officer: Caller, body: object, at: str, sentence: str
) -> None:
    response = officer.post("/alarms/1/acknowledge", body)
    assert is_problem(response, 422)
    assert response.json()["errors"] == [{"at": at, "message": sentence}]


def test_what_is_wrong_is_said_in_the_language_that_the_program_asks_for(officer: Caller) -> None:
    for language, title in (("zh", "参数有误"), ("en", "Invalid parameters")):
        problem = officer.get("/alarms", headers={"Accept-Language": language}, limit=0).json()
        with translation.override(language):
            expected = str(SENTENCES["greater_than_equal"]) % {"ge": 1}
        assert (problem["title"], problem["errors"][0]["message"]) == (title, expected)


def test_without_a_token_nothing_is_answered(client: Client, plant: Plant, officer: Caller) -> None:
    assert is_problem(client.get("/api/v1/alarms"), 401)
    assert is_problem(client.get("/api/v1/alarms", headers={"Authorization": "Bearer nonsense"}), 401)
    revoke_token(officer.token, actor=None, now=NOW)
    assert is_problem(officer.get("/alarms"), 401)


def test_a_session_reads_but_does_not_write(
    client: Client, alarms: tuple[Alarm, Alarm], county: County
) -> None:
    client.force_login(county.officer)
    assert client.get("/api/v1/alarms").json()["count"] == 2
    response = client.post(f"/api/v1/alarms/{alarms[0].pk}/acknowledge", {}, content_type="application/json")
    assert is_problem(response, 401)
    assert not Alarm.objects.filter(acknowledged_at__isnull=False).exists()


def test_the_description_names_every_endpoint(client: Client, db: None) -> None:
    description = client.get("/api/v1/openapi.json").json()
    assert set(description["paths"]) == {
        "/api/v1/alarms",
        "/api/v1/alarms/{alarm_id}",
        "/api/v1/alarms/{alarm_id}/acknowledge",
        "/api/v1/devices",
        "/api/v1/devices/{code}",
        "/api/v1/latest",
        "/api/v1/tags",
        "/api/v1/tags/{number}",
        "/api/v1/tags/{number}/history",
        "/api/v1/telemetry/{device}",
    }
    for operations in description["paths"].values():
        for operation in operations.values():
            assert operation["security"]


def test_a_list_takes_few_queries(officer: Caller, plant: Plant, django_assert_max_num_queries: Any) -> None:
    record_episodes([(n, raised(plant.h, seconds=n)) for n in range(1, 60)], now=NOW)
    with django_assert_max_num_queries(6):
        assert len(officer.get("/alarms").json()["items"]) == 59
