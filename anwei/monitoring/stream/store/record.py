"""A batch as the payload of one commit-log record, and back."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from anwei.monitoring.stream.samples import Batch, EpisodeEvent, Reject, Samples
from anwei.monitoring.stream.wire import WireColumns, pack_columns, unpack_columns


class Record(msgspec.Struct, array_like=True):
    """One transaction: when it was written, what moved the mark, and its rows."""

    written_at: int
    stream: str
    sequence: int
    samples: WireColumns
    events: list[EpisodeEvent]
    rejects: list[Reject]
    alarm_state: WireColumns | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)


def encode(batch: Batch, written_at: int) -> bytes:
    """Return the payload of `batch`, written at `written_at` (ms)."""
    samples = batch.samples
    columns: dict[str, Any] = {}
    if len(samples):
        columns = {
            "tag": samples.tag,
            "ts": samples.ts,
            "value": samples.value,
            "quality": samples.quality,
        }
    state = None if batch.alarm_state is None else pack_columns(batch.alarm_state)
    return _encoder.encode(
        Record(
            written_at,
            batch.stream,
            batch.sequence,
            pack_columns(columns),
            batch.events,
            batch.rejects,
            state,
        )
    )


def decode(payload: bytes) -> tuple[Batch, int]:
    """Return the batch and the time (ms) at which it was written."""
    record = _decoder.decode(payload)
    columns = unpack_columns(record.samples)
    samples = Samples.empty()
    if columns:
        samples = Samples(
            columns["tag"].astype(np.int32, copy=False),
            columns["ts"],
            columns["value"],
            columns["quality"],
        )
    state = None if record.alarm_state is None else unpack_columns(record.alarm_state)
    batch = Batch(record.stream, record.sequence, samples, record.events, record.rejects, state)
    return batch, record.written_at
