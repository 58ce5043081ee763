"""Files of what was learned: written whole or not at all, in two generations: a torn one gives way."""

from __future__ import annotations

import logging
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.wire import pack_columns, unpack_columns

FORMAT = 1  # of the content; files of another are not read
GENERATIONS = 2
PIECE = 1 << 20  # bytes between two syncs: one large one would hold up the log on the same disk
_HEADER = struct.Struct("<4sIIQ")  # magic, format, CRC-32, length
_MAGIC = b"AWD1"

log = logging.getLogger("anwei.detect")

Arrays = dict[str, NDArray[Any]]


class Kept(msgspec.Struct):
    """One block of sensors as it was when the log had been read up to `sequence`."""

    name: str
    log_name: str
    sequence: int
    written: int  # rising: the generation with the larger one is the newer
    important: bool
    arrays: dict[str, tuple[str, bytes]] = {}

    def unpacked(self) -> Arrays:
        """Return the arrays, flat and read-only."""
        return unpack_columns(self.arrays)


def kept(  # noqa: D103 (a constructor)
    name: str, log_name: str, sequence: int, *, written: int, important: bool, arrays: Arrays
) -> Kept:
    return Kept(name, log_name, sequence, written, important, pack_columns(arrays))


def save(folder: Path, state: Kept) -> int:
    """Write the older generation of a block anew; return its size in bytes. Raises OSError."""
    payload = msgspec.msgpack.encode(state)
    header = _HEADER.pack(_MAGIC, FORMAT, zlib.crc32(payload), len(payload))
    path = _file(folder, state.name, state.written % GENERATIONS)
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(header)
            for start in range(0, len(payload), PIECE):
                file.write(payload[start : start + PIECE])
                file.flush()
                os.fdatasync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return len(header) + len(payload)


def load(folder: Path) -> Iterator[Kept]:
    """Yield each block once, by its newest whole file; what is torn is logged and passed over."""
    for name in sorted({path.name.rpartition(".")[0] for path in folder.glob("*.[01]")}):
        found = [one for i in range(GENERATIONS) if (one := _read(_file(folder, name, i))) is not None]
        if found:
            yield max(found, key=lambda one: one.written)


def _file(folder: Path, name: str, generation: int) -> Path:
    return folder / f"{name}.{generation}"


def _read(path: Path) -> Kept | None:
    try:
        content = path.read_bytes()
        magic, form, checksum, length = _HEADER.unpack_from(content)
        payload = memoryview(content)[_HEADER.size :]
        if magic != _MAGIC or form != FORMAT or len(payload) != length or zlib.crc32(payload) != checksum:
            raise ValueError("torn, or of another form")
        return msgspec.msgpack.decode(payload, type=Kept)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, struct.error, msgspec.MsgspecError) as error:
        log.warning("%s is not read: %s", path.name, error)
        return None


def flat(arrays: Arrays) -> Arrays:
    """Return the arrays as one-dimensional ones, as `Kept.unpacked` gives them."""
    return {name: np.ascontiguousarray(array).reshape(-1) for name, array in arrays.items()}
