"""The HTTP door against a real broker: durable before 2xx, keys, sizes, languages, one fsync for many."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytest_django import Settings

from anwei.monitoring import ingest
from anwei.monitoring.group_commit import GroupCommit
from anwei.monitoring.services import revoke, rotate_key
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.log import STREAM, bound, ensure_log, log_information, log_state
from tests.kernel.county import NOW
from tests.monitoring.plant import Plant
from tests.monitoring.server import Server
from tests.support.broker import Broker
from tests.support.family import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
BODY = b'{"ts": 1764000000000, "values": {"ch4": 0.42}}'


@pytest.fixture
def broker(tmp_path: Path, settings: Settings) -> Iterator[Broker]:
    with Broker(tmp_path) as broker:
        settings.DATA = broker.folder
        asyncio.run(_with_connection(broker, ensure_log))
        yield broker


@pytest.fixture
def server(broker: Broker) -> Iterator[Server]:
    ingest.telemetry._keys.clear()  # of the same device in another test
    with Server() as server:
        yield server


async def _with_connection(broker: Broker, work: Any) -> Any:
    nc = await connect(broker.folder, name="test")
    try:
        return await work(nc)
    finally:
        await nc.close()


def stored(broker: Broker) -> list[tuple[str, bytes]]:
    """Subject and payload of everything in the log."""

    async def read(nc: Any) -> list[tuple[str, bytes]]:
        jetstream, state = nc.jetstream(), await log_state(nc)
        messages = [
            await jetstream.get_msg(STREAM, sequence)
            for sequence in range(max(state["first_seq"], 1), state["last_seq"] + 1)
        ]
        return [(message.subject, message.data) for message in messages]

    result: list[tuple[str, bytes]] = asyncio.run(_with_connection(broker, read))
    return result


def post(server: Server, plant: Plant, body: bytes = BODY, *, key: str = "", **headers: str) -> Any:
    bearer = f"Bearer {key or plant.key}"
    return server.request(
        "POST", f"/api/v1/telemetry/{plant.device.code}", body, Authorization=bearer, **headers
    )


def test_a_body_is_in_the_log_when_the_answer_comes_and_after_a_killed_broker(
    server: Server, broker: Broker, plant: Plant
) -> None:
    status, _headers, answer = post(server, plant)
    assert (status, answer) == (200, {})
    broker.kill()
    broker.start()
    assert stored(broker) == [("ingest.gas-1", BODY)]


def test_what_is_sent_together_is_committed_together_and_all_of_it_is_there(
    server: Server, broker: Broker, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = []
    commit = GroupCommit._commit

    async def counted(self: GroupCommit, batch: Any) -> None:
        batches.append(len(batch))
        await commit(self, batch)

    monkeypatch.setattr(GroupCommit, "_commit", counted)
    bodies = [json.dumps({"ts": 1764000000000 + n, "values": {"ch4": n}}).encode() for n in range(200)]
    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(lambda body: post(server, plant, body)[0], bodies))
    assert statuses == [200] * 200
    assert sorted(body for _subject, body in stored(broker)) == sorted(bodies)
    assert max(batches) > 1
    assert sum(batches) == 200


@pytest.mark.parametrize("key", ["wrong", "", "x" * 500])
def test_a_wrong_key_is_refused(server: Server, broker: Broker, plant: Plant, key: str) -> None:
    status, headers, problem = server.request(
        "POST", "/api/v1/telemetry/gas-1", BODY, Authorization=f"Bearer {key}"
    )
    assert status == 401
    assert headers["content-type"] == "application/problem+json"
    assert headers["www-authenticate"] == "Bearer"
    assert problem["status"] == 401 and "密钥" in problem["detail"]
    assert stored(broker) == []


@pytest.mark.parametrize("code", ["unknown", "gas-1/x", "a.b", "", "gas-1%20"])
def test_an_unknown_device_is_refused(server: Server, plant: Plant, code: str) -> None:
    status, _headers, _problem = server.request(
        "POST", f"/api/v1/telemetry/{code}", BODY, Authorization=f"Bearer {plant.key}"
    )
    assert status == 401


def test_a_new_key_works_at_once_and_ends_the_old_one(server: Server, plant: Plant) -> None:
    assert post(server, plant)[0] == 200
    key = rotate_key(plant.device, actor=None, now=NOW)
    assert post(server, plant, key=key)[0] == 200
    assert post(server, plant)[0] == 401


def test_a_revoked_device_is_refused_once_the_memory_of_its_key_is_over(
    server: Server, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "KEY_MEMORY_S", 0.3)
    assert post(server, plant)[0] == 200
    revoke(plant.device, actor=None, now=NOW, reason="拆除")
    until_refused = (post(server, plant)[0] for _attempt in range(1000))
    assert any(status == 401 for status in until_refused)


def test_an_oversize_body_is_refused_and_counted(server: Server, broker: Broker, plant: Plant) -> None:
    body = b'{"ts": 1, "values": {"ch4": ' + b" " * ingest.DEVICE_PAYLOAD + b"1}}"
    status, _headers, problem = post(server, plant, body)
    assert status == 413
    assert str(ingest.DEVICE_PAYLOAD) in problem["detail"]
    ((subject, refusal),) = stored(broker)
    assert subject == "refused.gas-1"
    assert msgspec.msgpack.decode(refusal)["reason"] == "oversize"


def test_the_largest_body_that_mqtt_takes_is_taken(server: Server, broker: Broker, plant: Plant) -> None:
    body = b'{"ch4": 1' + b" " * (ingest.DEVICE_PAYLOAD - 10) + b"}"
    assert len(body) == ingest.DEVICE_PAYLOAD
    assert post(server, plant, body)[0] == 200
    assert stored(broker) == [("ingest.gas-1", body)]


def test_only_post_is_taken(server: Server, plant: Plant) -> None:
    status, headers, _problem = server.request("GET", "/api/v1/telemetry/gas-1")
    assert (status, headers["allow"]) == (405, "POST")


def test_without_a_broker_the_caller_is_told_to_come_back_and_is_served_later(
    server: Server, broker: Broker, plant: Plant
) -> None:
    assert post(server, plant)[0] == 200
    broker.kill()
    status, headers, problem = post(server, plant)
    assert (status, headers["retry-after"]) == (503, "1")
    assert "未保存" in problem["detail"]
    broker.start()
    wait_for(lambda: post(server, plant)[0] == 200, what="the door is served again")
    assert [body for _subject, body in stored(broker)].count(BODY) == 2


def test_a_full_log_is_said_to_every_caller_and_each_taken_body_is_there(
    server: Server, broker: Broker, plant: Plant
) -> None:
    most = 50_000

    async def limit(nc: Any) -> None:
        await bound(nc, (await log_information(nc))["config"], most)

    asyncio.run(_with_connection(broker, limit))
    bodies = [json.dumps({"ts": n, "values": {"ch4": "x" * 1000}}).encode() for n in range(100)]
    with ThreadPoolExecutor(16) as pool:  # batches of many and messages alone
        answers = list(pool.map(lambda body: post(server, plant, body), bodies))
    taken = sorted(
        body for body, (status, _headers, _answer) in zip(bodies, answers, strict=True) if status == 200
    )
    assert 20 < len(taken) < 50
    assert sorted(body for _subject, body in stored(broker)) == taken, "a batch is taken whole or not at all"
    for status, headers, answer in answers:
        if status != 200:
            assert (status, headers["content-type"]) == (507, "application/problem+json")
            assert (headers["retry-after"], answer["title"]) == ("30", "存储空间不足")
            assert "存储空间已满，数据未保存" in answer["detail"]


def test_errors_speak_the_language_of_the_caller(server: Server, plant: Plant) -> None:
    for accepted in ("zh-CN,zh;q=0.9", "xx", ""):
        _status, _headers, problem = post(server, plant, key="wrong", Accept_Language=accepted)
        assert problem["title"] == "未认证"
    assert ingest.language("en-GB,en;q=0.5") == "en"
    assert ingest.language("fr, zh-CN;q=0.8") == "zh-hans"
