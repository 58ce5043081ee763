"""Publishes that the broker refused: it acknowledges them all the same, and only its log tells.

Each is written into the durable log as a record of the device, so that the page of rejects shows it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import nats.errors
from nats.aio.client import Client

from anwei.datafolder import DataFolder
from anwei.monitoring.stream import broker
from anwei.monitoring.stream.log import REFUSED_PREFIX
from anwei.monitoring.stream.samples import Reason
from anwei.monitoring.stream.tail import Position, Tail

POLL = 0.25  # s between two looks at the broker's log
DETAIL = 200  # characters kept of what was tried
log = logging.getLogger("anwei.gate")

_LINE = re.compile(r'^\[\d+\] (\S+ \S+) \[ERR\] \S+ - mid:\d+ - "([A-Za-z0-9_-]+)" - (.*)$')
_REASONS = (
    (re.compile(r'Publish Violation - .*?Subject "(.*)"'), Reason.FOREIGN_TOPIC),
    (re.compile(r"(maximum payload exceeded: .*)", re.IGNORECASE), Reason.OVERSIZE),
    (re.compile(r"(QoS=2 is disabled .*)"), Reason.MALFORMED),
)


@dataclass(frozen=True)
class Refusal:
    """One refused publish; `detail` is the subject tried, or the broker's own words."""

    client_id: str
    reason: Reason
    detail: str
    at: int  # ms


def refusal_of(line: str) -> Refusal | None:
    """Return the refused publish a line of the broker's log tells of, or None (connections, start-up)."""
    found = _LINE.match(line)
    if found is None:
        return None
    stamp, client_id, text = found.groups()
    for pattern, reason in _REASONS:
        if matched := pattern.match(text):
            at = datetime.strptime(stamp, "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=UTC)
            return Refusal(client_id, reason, matched[1][:DETAIL], int(at.timestamp() * 1000))
    return None


async def record_refusals(nc: Client, folder: DataFolder, device_of: Callable[[str], str]) -> None:
    """Write every refusal of the broker's log into the durable log, for ever; each once, also over restarts.

    `device_of` gives the device code that a client id belongs to. Equal refusals of one look at the log are
    one record with a count, so that a device gone wild costs no more than four records a second.
    """
    saved = folder.folder("run") / "gate-position.json"
    tail = Tail(broker.log_file(folder), Position.load(saved))
    while True:
        position = tail.position
        lines = tail.read()
        refusals = [refusal for line in lines if (refusal := refusal_of(line))]
        await _write(nc, refusals, device_of, batch=position.text() if position else "first")
        if lines and (reached := tail.position):
            try:
                folder.write_private(saved, reached.text().encode())
            except OSError as error:  # a full disk must not close the gate
                log.warning("the position in the broker's log is not saved: %s", error)
        else:
            await asyncio.sleep(POLL)


async def _write(nc: Client, refusals: list[Refusal], device_of: Callable[[str], str], *, batch: str) -> None:
    latest = {(r.client_id, r.reason, r.detail): r.at for r in refusals}
    counts = Counter((r.client_id, r.reason, r.detail) for r in refusals)
    for number, ((client_id, reason, detail), count) in enumerate(counts.items()):
        at = latest[client_id, reason, detail]
        record = {"reason": reason, "detail": detail, "at": at, "count": count}
        await _publish(
            nc,
            REFUSED_PREFIX + device_of(client_id),
            msgspec.msgpack.encode(record),
            name=f"{batch}#{number}",
        )
        log.warning("%s: publishes refused: %d (%s) %s", client_id, count, reason, detail)


async def _publish(nc: Client, subject: str, payload: bytes, *, name: str) -> None:
    """Publish until the log has it; the name lets the broker drop a repetition after a lost answer."""
    while True:
        try:
            await nc.jetstream().publish(subject, payload, headers={"Nats-Msg-Id": name})
        except (nats.errors.Error, TimeoutError):
            await asyncio.sleep(0.1)
        else:
            return
