"""From messages of the log to columns of samples, with every doubt and refusal counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from anwei.methods.plausible import LARGEST
from anwei.monitoring.stream.payload.rows import NOT_A_MEMBER, UNKNOWN_TAG, Malformed, Refusal, Rows, Sender
from anwei.monitoring.stream.payload.typed import parse
from anwei.monitoring.stream.register import Register
from anwei.monitoring.stream.samples import Quality, Reason, Reject, Samples

MAX_BYTES = 1 << 20  # of one message; the broker refuses larger ones at its own door
MAX_DETAIL = 200  # characters kept of what was sent
FUTURE_MS = 5 * 60_000  # ahead of the log's timestamp by more than this: doubted
OLDEST_MS = 946_684_800_000  # 2000-01-01: no sensor of ours is older
FARTHEST_MS = 366 * 86_400_000  # ahead by more than this it cannot be milliseconds
_SECONDS = (946_684_800, 100_000_000_000)  # plausible as a time in seconds
_MAX_DECIMALS = 12

# Codes of faults in the columns of a batch. A value has at most one; a doubted value is stored all the same.
_FAULTS = [
    None,
    Reason.UNKNOWN_TAG,
    Reason.NOT_A_MEMBER,
    Reason.WRONG_TIME_UNIT,
    Reason.TOO_OLD,
    Reason.NOT_A_NUMBER,
    Reason.FUTURE,
    Reason.OUT_OF_RANGE,
]
_CODE = {reason: code for code, reason in enumerate(_FAULTS)}
_FIRST_DOUBT = _CODE[Reason.FUTURE]


class Message(NamedTuple):
    """One message of the log."""

    sequence: int
    device: str
    stamped: int  # ms: the log's own timestamp
    data: bytes


class Decoded(NamedTuple):
    """What a batch of messages said; `unknown` tells of a device or tag that a newer register may know."""

    samples: Samples
    message: NDArray[np.int32]  # index of the message each sample came in, rising
    rejects: list[Reject]
    unknown: bool


class Decoder:
    """Decodes messages by one snapshot of the register."""

    def __init__(self, register: Register) -> None:
        self._senders = _senders(register)
        tags = register.tags
        self._number = np.array(tags.number, np.int32)
        self._scale = 10.0 ** np.clip(np.array(tags.decimals, np.float64), 0, _MAX_DECIMALS)
        self._low = np.array([-np.inf if low is None else low for low in tags.low], np.float64)
        self._high = np.array([np.inf if high is None else high for high in tags.high], np.float64)

    def decode(self, messages: Sequence[Message]) -> Decoded:
        """Return the samples of the messages, in their order, and what was refused or doubted.

        Every value of a readable payload is a sample or is counted in a reject; a doubted one is both.
        """
        rows = Rows()
        for index, (_, device, _, data) in enumerate(messages):
            sender = self._senders.get(device)
            if sender is None:
                rows.refusals.append(Refusal(index, Reason.UNKNOWN_DEVICE, "", data, 1))
            elif len(data) > MAX_BYTES:
                rows.refusals.append(Refusal(index, Reason.OVERSIZE, "", data, 1))
            else:
                try:
                    parse(rows, index, sender, data)
                except Malformed:
                    rows.refusals.append(Refusal(index, Reason.MALFORMED, "", data, 1))
        samples, message, faults = self._columns(rows, messages)
        rejects = _rejects(messages, [*rows.refusals, *faults])
        unknown = any(reject.reason in (Reason.UNKNOWN_DEVICE, Reason.UNKNOWN_TAG) for reject in rejects)
        return Decoded(samples, message, rejects, unknown)

    def _columns(
        self, rows: Rows, messages: Sequence[Message]
    ) -> tuple[Samples, NDArray[np.int32], list[Refusal]]:
        """Return the accepted samples with their messages, and one refusal a message and fault."""
        if not rows.values:
            return Samples.empty(), np.empty(0, np.int32), []
        counts = np.array(rows.counts, np.int64)
        stamped = np.array([messages[index].stamped for index in rows.message], np.int64)
        row_ts = np.array([s if ts is None else ts for ts, s in zip(rows.ts, stamped.tolist(), strict=True)])
        ts = np.repeat(row_ts, counts)
        slot = np.concatenate([vocabulary.slots for vocabulary in rows.vocabulary])
        value = np.array(rows.values, np.float64)
        fault = np.repeat(_time_faults(row_ts, stamped), counts)
        quality = np.zeros(len(value), np.uint8)

        possible = np.abs(value) <= LARGEST
        if not possible.all():
            for position in np.flatnonzero(~possible).tolist():
                if rows.values[position] is None:
                    quality[position] = Quality.NO_VALUE
                elif fault[position] in (0, _CODE[Reason.FUTURE]):
                    fault[position] = _CODE[Reason.NOT_A_NUMBER]
        if slot.min() < 0:
            fault[slot == UNKNOWN_TAG] = _CODE[Reason.UNKNOWN_TAG]
            fault[slot == NOT_A_MEMBER] = _CODE[Reason.NOT_A_MEMBER]
        value = self._rounded(value, slot)
        outside = (value < self._low[slot]) | (value > self._high[slot])
        outside &= fault == 0
        fault[outside] = _CODE[Reason.OUT_OF_RANGE]
        quality[outside] = Quality.OUT_OF_RANGE
        quality[fault == _CODE[Reason.FUTURE]] = Quality.FUTURE

        message = np.repeat(np.array(rows.message, np.int32), counts)
        if not fault.any():
            return Samples(self._number[slot], ts, value, quality), message, []
        kept = (fault == 0) | (fault >= _FIRST_DOUBT)
        samples = Samples(self._number[slot[kept]], ts[kept], value[kept], quality[kept])
        return samples, message[kept], _faulty(rows, counts, fault, ts)

    def _rounded(self, value: NDArray[np.float64], slot: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the values rounded to the decimals of their tags; -0.0 becomes 0.0."""
        scale = self._scale[slot]
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = value * scale
            rounded: NDArray[np.float64] = np.rint(scaled) / scale + 0.0
        return np.where(np.abs(scaled) < 2.0**53, rounded, value)  # beyond, a double has no decimals to round


def _senders(register: Register) -> dict[str, Sender]:
    """Return every device of the register by its code; a gateway does not speak for revoked ones.

    What a device itself sent before it was revoked is still taken from the log; later it is not let in.
    """
    devices, tags = register.devices, register.tags
    senders = [Sender(code) for code in devices.code]
    for slot, (device, code) in enumerate(zip(tags.device, tags.code, strict=True)):
        senders[device].tags[code] = slot
    for sender, gateway, revoked in zip(senders, devices.gateway, devices.revoked, strict=True):
        if gateway >= 0 and not revoked:
            senders[gateway].members[sender.code] = sender
    return {sender.code: sender for sender in senders}


def _time_faults(ts: NDArray[np.int64], stamped: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the fault code of each row's time."""
    seconds = (ts >= _SECONDS[0]) & (ts < _SECONDS[1])
    return np.select(
        [seconds | (ts > stamped + FARTHEST_MS), ts < OLDEST_MS, ts > stamped + FUTURE_MS],
        [_CODE[Reason.WRONG_TIME_UNIT], _CODE[Reason.TOO_OLD], _CODE[Reason.FUTURE]],
        0,
    ).astype(np.uint8)


def _faulty(
    rows: Rows, counts: NDArray[np.int64], fault: NDArray[np.uint8], ts: NDArray[np.int64]
) -> list[Refusal]:
    """Return the faults of the columns, counted by message and reason, each with its first value."""
    positions = np.flatnonzero(fault)
    row = np.repeat(np.arange(len(counts)), counts)
    first_of_row = np.cumsum(counts) - counts
    message = np.array(rows.message, np.int64)[row[positions]]
    keys, first, number = np.unique(
        message * len(_FAULTS) + fault[positions], return_index=True, return_counts=True
    )
    found = []
    for key, position, count in zip(keys.tolist(), positions[first].tolist(), number.tolist(), strict=True):
        reason = _FAULTS[key % len(_FAULTS)]
        assert reason is not None  # noqa: S101  # only positions with a fault are here
        in_row = int(row[position])
        tag = rows.vocabulary[in_row].codes[position - int(first_of_row[in_row])]
        of_time = reason in (Reason.WRONG_TIME_UNIT, Reason.TOO_OLD, Reason.FUTURE)
        sent = int(ts[position]) if of_time else rows.values[position]
        found.append(Refusal(key // len(_FAULTS), reason, tag, sent, count))
    return found


def _rejects(messages: Sequence[Message], refusals: list[Refusal]) -> list[Reject]:
    """Return one reject a message and reason; the first refusal lends tag and detail."""
    merged: dict[tuple[int, Reason], Refusal] = {}
    for refusal in refusals:
        key = (refusal.message, refusal.reason)
        first = merged.get(key)
        merged[key] = refusal if first is None else first._replace(number=first.number + refusal.number)
    return [
        Reject(
            reason=refusal.reason,
            device=messages[refusal.message].device,
            tag=refusal.tag[:MAX_DETAIL],
            received_at=messages[refusal.message].stamped,
            detail=_shown(refusal.sent),
            count=refusal.number,
        )
        for refusal in merged.values()
    ]


def _shown(sent: Any) -> str:
    """Return the beginning of what was sent, readable."""
    if isinstance(sent, bytes):
        return sent[:MAX_DETAIL].decode("utf-8", "replace")
    try:
        return msgspec.json.encode(sent)[: 4 * MAX_DETAIL].decode("utf-8", "replace")[:MAX_DETAIL]
    except (TypeError, ValueError, RecursionError):
        return repr(type(sent))
