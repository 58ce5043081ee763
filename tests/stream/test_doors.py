"""The store's doors, asked through a real broker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import pytest

from anwei.monitoring.stream import doors
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors, StoreAway, StoreRefused, serve_doors
from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.stream.store.workload import DAY, START, TAGS, batch, event
from tests.support.broker import Broker

T = TypeVar("T")
HOUR = 3_600_000


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Broker:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    store = EmbeddedStore(tmp_path, background=False)
    for number in range(1, 13):
        store.append(batch(4, number))
        if number == 8:
            store.flush()
    yield store
    store.close()


def ask(broker: Broker, store: EmbeddedStore, question: Callable[[Doors], Awaitable[T]]) -> T:
    async def run() -> T:
        owner = await connect(broker.folder, name="owner")
        visitor = await connect(broker.folder, name="visitor")
        served = await serve_doors(owner, store, lambda: {"lag": 3, "register_version": 9})
        try:
            return await question(Doors(visitor))
        finally:
            await served.close()
            await owner.close()
            await visitor.close()

    return asyncio.run(run())


def same(a: doors.Columns, b: doors.Columns) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name], equal_nan=True) for name in a)


def test_answers_are_those_of_the_store(broker: Broker, store: EmbeddedStore) -> None:
    tags = np.arange(1, TAGS + 1, dtype=np.int32)
    start, end = START + 6 * DAY, START + 8 * DAY

    async def question(door: Doors) -> None:
        assert same(await door.last(), store.last(None))
        assert same(await door.last([3, 5, 777]), store.last(np.array([3, 5, 777], np.int32)))
        assert same(await door.last([]), store.last(np.empty(0, np.int32)))
        assert same(await door.history(3, start, end), store.history(3, start, end))
        assert same(await door.history(3, start, end, 20), store.history(3, start, end, 20))
        assert same(
            await door.aggregate(tags.tolist(), start, end, HOUR), store.aggregate(tags, start, end, HOUR)
        )
        assert await door.episodes(1) == store.episodes(1, 100)
        assert await door.episodes(1, 2) == store.episodes(1, 2)
        assert await door.rejects(0, 5, "malformed", "D1") == store.rejects(0, 5, "malformed", "D1")
        assert await door.rejects(0, 5, "oversize") == []
        assert await door.reject_counts(START) == store.reject_counts(START)
        status, probe = await door.status(), await door.probe()
        assert (status["samples_stored"], status["lag"], status["register_version"]) == (12_000, 3, 9)
        assert probe["tags"] == TAGS

    ask(broker, store, question)


def test_long_answers_come_in_pages(
    broker: Broker, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "ROWS_A_PAGE", 7)
    monkeypatch.setattr(doors, "BUCKETS_A_PAGE", 30)
    tags = np.arange(1, TAGS + 1, dtype=np.int32)
    start, end = START + 6 * DAY, START + 8 * DAY

    async def question(door: Doors) -> None:
        assert same(await door.last(), store.last(None))
        assert same(await door.last(tags.tolist()), store.last(tags))
        assert same(await door.history(3, start, end), store.history(3, start, end))
        for interval in (HOUR, DAY):
            answer = await door.aggregate(tags.tolist(), start, end, interval)
            order = np.lexsort((answer["bucket"], answer["tag"]))
            whole = store.aggregate(tags, start, end, interval)
            means = answer.pop("mean")[order]
            # Sums of doubles may differ in the last bit where they are added in other groups.
            assert np.allclose(means, whole.pop("mean"), rtol=1e-12, atol=0, equal_nan=True)
            assert same({name: column[order] for name, column in answer.items()}, whole)

    ask(broker, store, question)


def test_a_full_page_fits_the_broker(broker: Broker, tmp_path: Path) -> None:
    """60,000 rows of 17 bytes and 100 tags x 168 hours need no more than the broker's 1 MB at a time."""
    store = EmbeddedStore(tmp_path / "large", background=False)
    ticks = 60_000
    ts = START + np.arange(ticks) * 10_000
    store.append(
        Batch("log", 1, Samples(np.ones(ticks, np.int32), ts, ts % 997 / 10, np.zeros(ticks, np.uint8)))
    )
    tags = np.repeat(np.arange(2, 102, dtype=np.int32), 168)
    hours = np.tile(START + np.arange(168) * HOUR, 100)
    store.append(Batch("log", 2, Samples(tags, hours, tags / 10, np.zeros(len(tags), np.uint8))))

    async def question(door: Doors) -> None:
        assert len((await door.history(1, START, START + 8 * DAY))["ts"]) == ticks
        answer = await door.aggregate(list(range(2, 102)), START, START + 7 * DAY, HOUR)
        assert len(answer["tag"]) == 16_800

    ask(broker, store, question)
    store.close()


def test_a_wrong_question_is_refused_in_words(broker: Broker, store: EmbeddedStore) -> None:
    async def question(door: Doors) -> None:
        with pytest.raises(StoreRefused, match="interval"):
            await door.aggregate([1], START, START + DAY, 0)
        with pytest.raises(StoreRefused, match="buckets"):
            await door._ask("aggregate", doors.Aggregate([1, 2], START, START + 365 * DAY, 1))
        for nonsense in (b"\xc1", msgspec.msgpack.encode({"tag": "x"}), msgspec.msgpack.encode([])):
            reply = await door._nc.request("store.history", nonsense, timeout=2)
            assert "error" in msgspec.msgpack.decode(reply.data)
        assert len(await door.episodes(0)) > 0, "and the door still answers"

    ask(broker, store, question)


def test_nobody_at_home(broker: Broker) -> None:
    async def question() -> None:
        visitor = await connect(broker.folder, name="visitor")
        with pytest.raises(StoreAway):
            await Doors(visitor).last()
        await visitor.close()

    asyncio.run(question())


def test_questions_beside_each_other(broker: Broker, store: EmbeddedStore) -> None:
    async def question(door: Doors) -> None:
        answers = await asyncio.gather(
            *(door.history(tag, START, START + 9 * DAY, 50) for tag in range(1, 41))
        )
        for tag, answer in enumerate(answers, 1):
            assert same(answer, store.history(tag, START, START + 9 * DAY, 50))
        store.append(Batch("log", 13, Samples.empty(), [event(1)]))
        assert (await door.episodes(0))[-1][1]["start"] == event(1).start

    ask(broker, store, question)


def test_slow_questions_hold_up_neither_episodes_nor_the_probe(
    broker: Broker, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    history, go_on = store.history, threading.Event()

    def slow(*asked: int) -> doors.Columns:
        go_on.wait(10)
        return history(*asked)

    monkeypatch.setattr(store, "history", slow)

    async def question(door: Doors) -> None:
        many = [asyncio.create_task(door.history(3, START, START + DAY)) for _ in range(2 * doors.READERS)]
        await asyncio.sleep(0.1)
        try:
            assert await door.episodes(1) == store.episodes(1, 100)
            assert (await door.probe())["tags"] == TAGS
            assert await door.rejects(0, 5) == store.rejects(0, 5)
        finally:
            go_on.set()
        await asyncio.gather(*many)

    ask(broker, store, question)
