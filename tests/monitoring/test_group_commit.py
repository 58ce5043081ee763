"""What waits for the log is bounded, and every caller gets an answer; asked at a real broker, of a log of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from nats.aio.msg import Msg

from anwei.monitoring import group_commit
from anwei.monitoring.connection import BrokerAway
from anwei.monitoring.group_commit import GroupCommit
from anwei.monitoring.stream.bus import connect
from tests.support.broker import Broker

SUBJECT = "testlog.a"
PAYLOAD = b"x" * 1000
Respond = Callable[[Msg], Awaitable[None]]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@asynccontextmanager
async def commits_to(broker: Broker, respond: Respond) -> AsyncIterator[GroupCommit]:
    """Give a group commit whose log answers by `respond`."""
    log, nc = await connect(broker.folder, name="log"), await connect(broker.folder, name="test")
    try:
        await log.subscribe(SUBJECT, cb=respond)
        await log.flush()
        yield GroupCommit(nc)
    finally:
        await log.close()
        await nc.close()


def test_waiting_bytes_are_bounded_while_the_log_stalls(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "MOST_WAITING_BYTES", 3 * len(PAYLOAD), raising=False)

    async def life() -> None:
        go_on = asyncio.Event()

        async def stall(message: Msg) -> None:
            await go_on.wait()
            if message.reply:
                number = int((message.headers or {}).get("Nats-Batch-Sequence", 1))
                await message.respond(json.dumps({"count": number}).encode())

        async with commits_to(broker, stall) as commits:
            first = asyncio.create_task(commits.store(SUBJECT, PAYLOAD))
            while not commits._committing or commits._waiting:
                await asyncio.sleep(0.001)  # the first is under way, and nothing waits
            waiting = [asyncio.create_task(commits.store(SUBJECT, PAYLOAD)) for _ in range(3)]
            await asyncio.sleep(0.05)
            with pytest.raises(BrokerAway):
                await asyncio.wait_for(commits.store(SUBJECT, b"one byte more than fits"), 1)
            go_on.set()
            await asyncio.wait_for(asyncio.gather(first, *waiting), 5)
            await asyncio.wait_for(commits.store(SUBJECT, PAYLOAD), 5)  # there is room again

    asyncio.run(life())


def test_an_answer_nobody_foresaw_ends_every_callers_wait(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    async def nonsense(message: Msg) -> None:
        if message.reply:
            await message.respond(b"<html>")

    async def life() -> None:
        async with commits_to(broker, nonsense) as commits:
            for together in (1, 5):
                answers = await asyncio.wait_for(
                    asyncio.gather(
                        *(commits.store(SUBJECT, PAYLOAD) for _ in range(together)), return_exceptions=True
                    ),
                    3,
                )
                assert [type(answer) for answer in answers] == [BrokerAway] * together

    asyncio.run(life())
    assert "was not stored" in caplog.text
