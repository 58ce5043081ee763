"""The stream process at its doors: messages into the log, rows and episodes out, whatever is killed."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.follow import Follower
from anwei.monitoring.stream.log import STREAM, ensure_log
from anwei.monitoring.stream.register import publish_register
from anwei.monitoring.stream.samples import Reason
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.oracle import Rule, Sample, events_of
from tests.stream.alarm.streams import in_order
from tests.stream.county import county, more_than, send, stored_through, told, until
from tests.stream.plant import FullStore, Plant, StreamProcess, now_ms
from tests.support.broker import Broker


def test_an_alarm_is_told_within_a_moment_and_lies_in_the_outbox(tmp_path: Path) -> None:
    asyncio.run(_alarm(tmp_path))


async def _alarm(path: Path) -> None:
    async with county(path, Plant(1, 1, [Rule(5, 1, "h", 80.0)])) as (broker, nc, doors):
        heard: list[Any] = []

        async def hear(message: Any) -> None:
            heard.append((time.time(), msgspec.msgpack.decode(message.data)))

        await nc.subscribe("live.episodes", cb=hear)
        with StreamProcess(broker) as stream:
            await send(nc, 0, now_ms(), {"T0": 50.0})
            await stored_through(nc, doors)
            sent, ts = time.time(), now_ms()
            await send(nc, 0, ts, {"T0": 85.0, "T7": 1})
            await until(lambda: asyncio.sleep(0, bool(heard)))
            at, [[sequence, event]] = heard[0]
            assert at - sent < 1.0
            assert event == {
                "rule": 5, "tag": 1, "device": "d0", "start": ts, "kind": "raised",
                "at": ts, "value": 85.0, "limit": 80.0, "late": False,
            }  # fmt: skip
            assert await doors.episodes(0) == [(sequence, event)]
            await stored_through(nc, doors)
            assert (await doors.last([1]))["value"].tolist() == [85.0]
            assert [(reject["reason"], reject["tag"]) for reject in await doors.rejects()] == [
                ("unknown_tag", "T7")
            ]
            status = await doors.status()
            assert (status["mode"], status["lag"], status["register_version"], status["newest"]) == (
                "live",
                0,
                1,
                ts,
            )
            stream.stop()


def test_what_was_acknowledged_while_the_stream_was_away_or_killed_is_stored_once(tmp_path: Path) -> None:
    asyncio.run(_kills(tmp_path))


async def _kills(path: Path) -> None:
    chance, n_devices = random.Random(11), 5
    rules = [Rule(2 * tag + way, tag, kind, limit, 2.0, delay) for tag in range(1, 11)
             for way, (kind, limit, delay) in enumerate([("h", 60.0, 0), ("l", 40.0, 2000)])]  # fmt: skip
    plant = Plant(n_devices, 2, rules)
    sent: dict[int, list[Sample]] = {}
    first = now_ms() - 3_600_000
    async with county(path, plant) as (broker, nc, doors):
        stream = StreamProcess(broker)
        stream.start()
        kills, pause = 0, time.monotonic() + 1.0
        for round_ in range(700):
            device, ts = round_ % n_devices, first + 1000 * (round_ // n_devices)
            values = {f"T{tag}": round(chance.gauss(50, 8), 2) for tag in range(2)}
            sequence = await send(nc, device, ts, values)
            sent[sequence] = [Sample(plant.number(device, tag), ts, values[f"T{tag}"]) for tag in range(2)]
            if (
                chance.random() < 0.02
            ):  # the same once more, as a device that missed the acknowledgement sends it
                sent[await send(nc, device, ts, values)] = sent[sequence]
            if time.monotonic() > pause and kills < 3:
                kills, pause = kills + 1, time.monotonic() + chance.uniform(0.7, 1.2)
                stream.kill()
                stream.start()
            await asyncio.sleep(0.006)
        assert kills == 3
        await stored_through(nc, doors)
        stream.stop()
        store = EmbeddedStore(broker.folder.telemetry, background=False)
        rows, events = store.dump(), told(store.episodes(0, 100_000))
        store.close()
    stored = list(zip(rows.tag.tolist(), rows.ts.tolist(), rows.value.tolist(), strict=True))
    assert len(stored) == len(set(stored))
    assert set(stored) == {
        (sample.tag, sample.ts, sample.value) for message in sent.values() for sample in message
    }
    expected = events_of(rules, [sent[sequence] for sequence in sorted(sent)])
    assert in_order(events) == in_order(expected)
    assert len(expected) > 100


def test_rules_change_without_a_restart_and_a_device_may_be_quicker_than_its_register(tmp_path: Path) -> None:
    asyncio.run(_rules(tmp_path))


async def _rules(path: Path) -> None:
    plant = Plant(1, 1, [Rule(1, 1, "h", 80.0), Rule(2, 1, "hh", 84.0)])
    async with county(path, plant) as (broker, nc, doors):
        with StreamProcess(broker) as stream:
            await send(nc, 0, 1_000_000_000_000, {"T0": 85.0})
            await until(lambda: more_than(doors, 1))
            more = Plant(40, 1, [Rule(1, 1, "h", 80.0)], version=2)
            await publish_register(nc, more.register())
            for device in range(1, 40):  # before the stream can have read the new register
                await send(nc, device, 1_000_000_001_000, {"T0": 1.0})
            rows = await until(lambda: more_than(doors, 2))
            assert [(event["rule"], event["kind"]) for _, event in rows[2:]] == [(2, "cleared")]
            await send(nc, 0, 1_000_000_002_000, {"T0": 50.0})
            rows = await until(lambda: more_than(doors, 3))
            assert [(event["rule"], event["kind"]) for _, event in rows[3:]] == [(1, "cleared")]
            await stored_through(nc, doors)
            assert (await doors.last())["tag"].tolist() == list(range(1, 41))
            assert await doors.rejects() == []
            stream.stop()


def test_late_data_becomes_one_closed_episode_and_clears_nothing(tmp_path: Path) -> None:
    asyncio.run(_late(tmp_path))


async def _late(path: Path) -> None:
    now = 1_790_000_000_000
    async with county(path, Plant(1, 1, [Rule(1, 1, "h", 80.0)])) as (broker, nc, doors):
        with StreamProcess(broker) as stream:
            await send(nc, 0, now, {"T0": 85.0})
            for _ in range(3):  # sent three times: the same samples are no new episode
                for second in range(-100, -90):
                    await send(nc, 0, now + second * 1000, {"T0": 95.0 if second == -95 else 50.0})
                    await send(nc, 0, now, {"T0": 85.0})
            await stored_through(nc, doors)
            rows = [event for _, event in await doors.episodes(0)]
            assert [(event["kind"], event["start"], event["late"]) for event in rows] == [
                ("raised", now, False),
                ("raised", now - 95_000, True),
                ("cleared", now - 95_000, True),
            ]
            history = await doors.history(1, now - 200_000, now + 1)
            assert len(history["ts"]) == 11
            stream.stop()


def test_refused_publishes_and_a_cut_log_are_rejects(tmp_path: Path) -> None:
    asyncio.run(_refused(tmp_path))


async def _refused(path: Path) -> None:
    async with county(path, Plant(1, 1)) as (broker, nc, doors):
        for second in range(5):
            await send(nc, 0, now_ms() + second, {"T0": 1.0})
        await nc.jetstream().purge_stream(STREAM, seq=4)  # as when 72 h are over
        told_at = now_ms()
        refusal = {"reason": Reason.FOREIGN_TOPIC, "detail": "telemetry.d9", "at": told_at}
        await nc.jetstream().publish("refused.d0", msgspec.msgpack.encode(refusal))
        await nc.jetstream().publish("refused.d0", b"garbage")
        with StreamProcess(broker) as stream:
            await stored_through(nc, doors)
            rejects = {reject["detail"]: reject for reject in await doors.rejects()}
            assert rejects["telemetry.d9"]["reason"] == "foreign_topic"
            assert rejects["telemetry.d9"]["device"] == "d0"
            assert rejects["refused.d0"]["reason"] == "foreign_topic"
            assert (rejects["log cut before 4"]["count"], rejects["log cut before 4"]["reason"]) == (
                3,
                "too_old",
            )
            assert (await doors.status())["samples_stored"] == 2
            stream.stop()


def test_the_stream_survives_the_broker(tmp_path: Path) -> None:
    asyncio.run(_broker(tmp_path))


async def _broker(path: Path) -> None:
    async with county(path, Plant(1, 1)) as (broker, nc, doors):
        with StreamProcess(broker) as stream:
            sent = []
            for round_ in range(60):
                ts = 1_790_000_000_000 + 1000 * round_
                await send(nc, 0, ts, {"T0": float(round_)})
                sent.append(ts)
                if round_ in (20, 40):
                    broker.kill()
                    broker.start()
            await stored_through(nc, doors)
            history = await doors.history(1, sent[0], sent[-1] + 1)
            assert np.unique(history["ts"]).tolist() == sent
            assert stream.process is not None
            assert stream.process.poll() is None
            stream.stop()


def test_a_full_store_holds_up_no_alarm_and_fills_again_by_itself(tmp_path: Path) -> None:
    asyncio.run(_full(tmp_path))


async def _full(path: Path) -> None:
    async with county(path, Plant(1, 1, [Rule(5, 1, "h", 80.0)])) as (broker, nc, _):
        store = FullStore(broker.folder.telemetry)
        follower = Follower(nc, broker.folder, store)
        following = asyncio.create_task(follower.run())
        ts = now_ms()
        for second, value in enumerate([50.0, 85.0, 85.0]):
            await send(nc, 0, ts + second, {"T0": value})
        await until(lambda: asyncio.sleep(0, store.episodes(0, 10)), seconds=3.0)
        await send(nc, 0, ts + 3, {"T0": 50.0})
        await until(lambda: asyncio.sleep(0, len(store.episodes(0, 10)) == 2), seconds=3.0)
        assert [event["kind"] for _, event in store.episodes(0, 10)] == ["raised", "cleared"]
        assert (follower.figures()["mode"], len(store.dump())) == ("store_full", 0)
        store.full = False
        await until(lambda: asyncio.sleep(0, len(store.dump()) == 4), seconds=3.0)
        await until(lambda: asyncio.sleep(0, follower.figures()["mode"] == "live"), seconds=3.0)
        assert len(store.episodes(0, 10)) == 2
        following.cancel()
        await asyncio.wait({following})
        store.close()


@pytest.mark.parametrize("retention", ["interest", "limits"])
def test_a_log_made_by_the_broker_is_brought_to_our_settings(tmp_path: Path, retention: str) -> None:
    asyncio.run(_log(tmp_path, retention))


async def _log(path: Path, retention: str) -> None:
    with Broker(path) as broker:
        nc = await connect(broker.folder, name="test")
        made = {"name": STREAM, "subjects": ["$MQTT.msgs.>"], "storage": "file", "retention": retention}
        await nc.request(f"$JS.API.STREAM.CREATE.{STREAM}", msgspec.json.encode(made))
        await ensure_log(nc)
        reply = await nc.request(f"$JS.API.STREAM.INFO.{STREAM}")
        config = msgspec.json.decode(reply.data)["config"]
        assert (config["retention"], config["max_age"]) == ("limits", 72 * 3600 * 10**9)
        assert sorted(config["subjects"]) == ["$MQTT.msgs.>", "ingest.>", "refused.>"]
        await nc.close()
