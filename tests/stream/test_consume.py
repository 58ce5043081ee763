"""Reading the log: it gives way to whoever ends the process, and never holds more than it can carry."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.consume import PULL_BYTES, LogReader
from anwei.monitoring.stream.log import HTTP_PREFIX, ensure_log
from tests.support.broker import Broker

HEAVY, N_HEAVY = 3 * 1024**2, 12  # bytes of a message, and how many


class Waiting(LogReader):
    """A reader whose request lies at the broker: what comes next is a message or the end of the process."""

    def __init__(self) -> None:
        super().__init__(None, 0)  # type: ignore[arg-type]
        self._asked = True

    def arrive(self) -> None:
        self._something.set()


@pytest.mark.parametrize("turns", range(5))
def test_a_message_that_arrives_with_the_end_does_not_hold_it_up(turns: int) -> None:
    asyncio.run(_end(turns))


async def _end(turns: int) -> None:
    reader = Waiting()

    async def follow() -> None:
        while True:
            await reader.take(5.0)

    following = asyncio.create_task(follow())
    await asyncio.sleep(0.01)
    reader.arrive()
    for _ in range(turns):  # of the event loop between the message and the end
        await asyncio.sleep(0)
    following.cancel()
    await asyncio.wait({following}, timeout=1.0)
    assert following.cancelled()


def test_heavy_messages_come_in_pulls_of_bounded_weight(tmp_path: Path) -> None:
    """A gateway that empties its buffer must not fill the memory of the process that raises alarms."""

    async def read() -> list[int]:
        with Broker(tmp_path) as broker:
            nc = await connect(broker.folder, name="test")
            await ensure_log(nc)
            for k in range(N_HEAVY):
                await nc.request(f"{HTTP_PREFIX}gateway", bytes([k]) * HEAVY, timeout=10)
            sizes, first = [], []
            async with LogReader(nc, 0) as reader:
                while len(first) < N_HEAVY:
                    entries = await reader.take(5.0)
                    sizes.append(sum(len(entry.data) for entry in entries))
                    first += [entry.data[0] for entry in entries]
            assert first == list(range(N_HEAVY))
            await nc.close()
            return sizes

    sizes = asyncio.run(read())
    assert max(sizes) <= PULL_BYTES
    assert sum(sizes) == N_HEAVY * HEAVY


@pytest.mark.parametrize("description", ["Message Size Exceeds MaxBytes", "Batch Completed"])
def test_the_end_of_a_pull_is_no_loss_of_the_log(description: str) -> None:
    reader = Waiting()
    reader._status({"Status": "409", "Description": description})
    assert not reader._lost and not reader._asked
    reader._status({"Status": "409", "Description": "Consumer Deleted"})
    assert reader._lost
