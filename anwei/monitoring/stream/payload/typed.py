"""The quick path: payloads of a plain shape, decoded by type at about 0.1 us a value."""

from __future__ import annotations

from typing import Any

import msgspec

from anwei.monitoring.stream.payload.rows import Malformed, Rows, Scalar, Sender
from anwei.monitoring.stream.payload.walk import walk


class _Reading(msgspec.Struct):
    values: dict[str, Scalar]
    ts: int | None = None


class _Envelope(msgspec.Struct):
    values: msgspec.Raw
    tags: msgspec.Raw = msgspec.Raw()  # empty when there are none
    ts: int | list[int] | None = None
    device: str | None = None


class _Encoding:
    """The typed decoders of JSON or of MessagePack."""

    def __init__(self, decoder: Any, list_starts: frozenset[int]) -> None:
        self.list_starts = list_starts  # first bytes of a list
        self.envelope = decoder(_Envelope).decode
        self.readings = decoder(list[_Reading]).decode
        self.by_tag = decoder(dict[str, Scalar]).decode
        self.row = decoder(list[Scalar]).decode
        self.rows = decoder(list[list[Scalar]]).decode
        self.codes = decoder(list[str]).decode
        self.anything = decoder(Any).decode


_JSON = _Encoding(msgspec.json.Decoder, frozenset(b"["))
_MESSAGE_PACK = _Encoding(msgspec.msgpack.Decoder, frozenset([*range(0x90, 0xA0), 0xDC, 0xDD]))
_UNREADABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


def parse(rows: Rows, message: int, sender: Sender, data: bytes) -> None:
    """Append the rows of one payload; raises Malformed when it can be read as nothing.

    What is not of a plain shape is walked value by value, so that all that is good in it is kept and the rest
    counted.
    """
    if not data:
        raise Malformed("empty")
    encoding = _MESSAGE_PACK if data[0] >= 0x80 else _JSON
    try:
        if _parse_plain(rows, message, sender, data, encoding):
            return
    except _UNREADABLE:
        pass  # not plain: look closer
    try:
        content = encoding.anything(data)
    except (*_UNREADABLE, TypeError) as error:  # TypeError: a MessagePack map with a map as key
        raise Malformed(str(error)) from error
    walk(rows, message, sender, content)


def _parse_plain(rows: Rows, message: int, sender: Sender, data: bytes, encoding: _Encoding) -> bool:
    """Append the rows of a plain payload; return False, with nothing appended, for the other shapes."""
    if data[0] in encoding.list_starts:
        for reading in encoding.readings(data):
            values = reading.values
            rows.append(message, sender.vocabulary(tuple(values)), reading.ts, values.values(), len(values))
        return True
    envelope = encoding.envelope(data)
    if bytes(envelope.tags):
        return _parse_compact(rows, message, sender, envelope, encoding)
    if isinstance(envelope.ts, list) or envelope.device is not None:
        return False
    values = encoding.by_tag(envelope.values)
    rows.append(message, sender.vocabulary(tuple(values)), envelope.ts, values.values(), len(values))
    return True


def _parse_compact(
    rows: Rows, message: int, sender: Sender, envelope: _Envelope, encoding: _Encoding
) -> bool:
    """Append the rows of a compact payload; its list of tags, as sent, is the key of the vocabulary."""
    if envelope.device is not None:
        member = sender.members.get(envelope.device)
        if member is None:
            return False
        sender = member
    tags = bytes(envelope.tags)
    vocabulary = sender.vocabularies.get(tags) or sender.remember(tags, tuple(encoding.codes(tags)))
    width = len(vocabulary.codes)
    times = envelope.ts
    if not isinstance(times, list):
        row = encoding.row(envelope.values)
        if len(row) != width:
            return False
        rows.append(message, vocabulary, times, row, width)
        return True
    table = encoding.rows(envelope.values)
    if len(table) != len(times) or any(len(row) != width for row in table):
        return False
    for ts, row in zip(times, table, strict=True):
        rows.append(message, vocabulary, ts, row, width)
    return True
