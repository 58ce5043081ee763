"""Reading the log gives way to whoever ends the process."""

from __future__ import annotations

import asyncio

import pytest

from anwei.monitoring.stream.consume import LogReader


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
