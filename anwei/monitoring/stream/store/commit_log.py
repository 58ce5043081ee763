"""The append-only commit log: one record is one transaction, durable before `append` returns.

A record is a header (magic, length, CRC-32, number) and a payload. Numbers rise by one. A segment file is
named by the number of its first record; a segment ends where the next one begins, so what a failed write
left at the end of a segment is never read. Replay stops at the first record that is not whole: everything
behind it was never acknowledged, or is fetched again from the broker's log because the mark stops there too.
"""

from __future__ import annotations

import contextlib
import logging
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from anwei.monitoring.stream.store.files import sync

HEADER = struct.Struct("<4sIIQ")
MAGIC = b"AWL1"
SEGMENT_BYTES = 16 << 20

logger = logging.getLogger(__name__)


class CommitLog:
    """Segments in `folder`; one writer. Call `replay` to its end before the first `append`."""

    def __init__(self, folder: Path, *, after: int) -> None:
        """Open the log of which records up to number `after` are already stored elsewhere."""
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)
        self._folder = folder
        self._next = after + 1
        self._descriptor: int | None = None
        self._size = 0
        self._bytes_closed = 0

    @property
    def number(self) -> int:
        """The number of the last record."""
        return self._next - 1

    @property
    def n_bytes(self) -> int:
        """Bytes appended or replayed and not forgotten since."""
        return self._bytes_closed + self._size

    def replay(self) -> Iterator[bytes]:
        """Yield the payload of each whole record after the stored ones, in order."""
        segments = self._segments()
        for index, (first, path) in enumerate(segments):
            following = segments[index + 1][0] if index + 1 < len(segments) else None
            if following is not None and following <= self._next:
                continue
            if first > self._next:
                self._set_aside(segments[index:])
                return
            for number, payload in _records(path.read_bytes()):
                if number == following:
                    break
                if number == self._next:
                    self._next += 1
                    self._bytes_closed += HEADER.size + len(payload)
                    yield payload

    def append(self, payload: bytes) -> int:
        """Write one record durably and return its number.

        Raises OSError when the disk refuses; then nothing of the record will be replayed once a later
        append succeeds.
        """
        if self._descriptor is None:
            self._open_segment()
        number = self._next
        header = HEADER.pack(MAGIC, len(payload), _checksum(number, payload), number)
        try:
            _write_all(self._descriptor, header + payload)
            os.fdatasync(self._descriptor)  # type: ignore[arg-type]
        except BaseException:
            self._abandon_segment()
            raise
        self._next += 1
        self._size += len(header) + len(payload)
        if self._size >= SEGMENT_BYTES:
            self.rotate()
        return number

    def rotate(self) -> int:
        """End the open segment; return the number of the last record."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._bytes_closed += self._size
            self._size = 0
        return self.number

    def forget(self, through: int, n_bytes: int) -> None:
        """Remove the segments that hold only records up to `through`, together `n_bytes` long."""
        segments = self._segments()
        for index, (_, path) in enumerate(segments):
            end = segments[index + 1][0] - 1 if index + 1 < len(segments) else self.number
            is_open = self._descriptor is not None and index + 1 == len(segments)
            if end <= through and not is_open:
                path.unlink(missing_ok=True)
        self._bytes_closed = max(0, self._bytes_closed - n_bytes)

    def close(self) -> None:
        """Release the open segment."""
        self.rotate()

    def _segments(self) -> list[tuple[int, Path]]:
        return sorted((int(path.stem), path) for path in self._folder.glob("*.log"))

    def _open_segment(self) -> None:
        path = self._folder / f"{self._next:016d}.log"
        # A file of this name can only hold the remains of a record that was never acknowledged.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            os.fsync(descriptor)
            sync(self._folder)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor, self._size = descriptor, 0

    def _abandon_segment(self) -> None:
        """Give up the segment after a failed write: free the half record's space, go on in a new file."""
        descriptor = self._descriptor
        if descriptor is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, self._size)
        with contextlib.suppress(OSError):
            os.close(descriptor)
        self._descriptor = None
        self._bytes_closed += self._size
        self._size = 0

    def _set_aside(self, segments: list[tuple[int, Path]]) -> None:
        """Keep unreachable segments out of the way: the broker's log delivers their content again."""
        for _, path in segments:
            logger.error("commit log: record %d is damaged; %s is set aside", self._next, path.name)
            path.rename(path.with_suffix(".damaged"))


def _checksum(number: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(number.to_bytes(8, "little")))


def _write_all(descriptor: int | None, content: bytes) -> None:
    assert descriptor is not None  # noqa: S101 - for the type checker
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and payload of the records at the start of `content` that are whole."""
    offset = 0
    while offset + HEADER.size <= len(content):
        magic, length, checksum, number = HEADER.unpack_from(content, offset)
        payload = content[offset + HEADER.size : offset + HEADER.size + length]
        if magic != MAGIC or len(payload) != length or checksum != _checksum(number, payload):
            return
        yield number, payload
        offset += HEADER.size + length
