"""The register as the stream's processes know it: devices, tags and rules in columns.

Django publishes a numbered snapshot; stream and gate follow it here and keep the last good copy on disk, so
that they start without the business database.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Callable
from contextlib import suppress

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError
from nats.js.object_store import ObjectStore

from anwei.datafolder import DataFolder

BUCKET = "register"
OBJECT = "register"
PUBLISHED = "register.published"  # core subject; the payload is the version in ASCII
RECHECK_S = 5.0  # a publication missed during a reconnection is found after this long
_FETCH_TIMEOUT_S = 20.0

log = logging.getLogger("anwei.stream.register")


class BrokenRegister(ValueError):
    """A snapshot that cannot be read; the last good one stays in use."""


class Devices(msgspec.Struct, frozen=True):
    """One row a device; `gateway` is the row of the gateway that speaks for it, -1 if none."""

    code: list[str] = []
    key: list[str] = []  # hex SHA-256 of the device's key
    gateway: list[int] = []
    revoked: list[bool] = []
    registered_at: list[int] = []  # ms


class Tags(msgspec.Struct, frozen=True):
    """One row a tag; `device` is a row of Devices, `low` and `high` the sensor's range in the tag's unit.

    `important` is empty in copies of before there was such a column: then no tag is.
    """

    number: list[int] = []
    device: list[int] = []
    code: list[str] = []
    decimals: list[int] = []
    period_ms: list[int] = []
    low: list[float | None] = []
    high: list[float | None] = []
    important: list[bool] = []  # early warning looks back far


class Rules(msgspec.Struct, frozen=True):
    """One row an enabled rule; either `tag` is a number, or it is 0 and `device` a row of Devices."""

    id: list[int] = []
    tag: list[int] = []
    device: list[int] = []
    kind: list[str] = []  # hh h l ll rate no_data bad
    limit: list[float | None] = []  # in the tag's unit; of a rate: per minute
    deadband: list[float] = []
    on_delay_ms: list[int] = []
    off_delay_ms: list[int] = []


class Register(msgspec.Struct, frozen=True):
    """A snapshot of the register; a higher version is newer."""

    version: int = 0
    devices: Devices = Devices()
    tags: Tags = Tags()
    rules: Rules = Rules()


def pack(register: Register) -> bytes:
    """Return the snapshot as it travels: MessagePack, zlib."""
    return zlib.compress(msgspec.msgpack.encode(register), 1)


def unpack(data: bytes) -> Register:
    """Return the snapshot packed by `pack`; raises BrokenRegister when it is not one."""
    try:
        register = msgspec.msgpack.decode(zlib.decompress(data), type=Register)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise BrokenRegister(str(error)) from error
    for columns in (register.devices, register.tags, register.rules):
        lengths = {name: len(getattr(columns, name)) for name in columns.__struct_fields__}
        if not lengths.get("important", 1):
            del lengths["important"]
        if len(set(lengths.values())) > 1:
            raise BrokenRegister(f"columns of unequal length in {type(columns).__name__}: {lengths}")
    return register


async def publish_register(nc: Client, register: Register) -> None:
    """Put the snapshot where every reader finds it, then tell the readers."""
    jetstream = nc.jetstream()
    try:
        bucket = await jetstream.object_store(BUCKET)
    except NotFoundError:
        bucket = await jetstream.create_object_store(BUCKET)
    await bucket.put(OBJECT, pack(register))
    await nc.publish(PUBLISHED, str(register.version).encode())
    await nc.flush()


class RegisterReader:
    """Follows the published register in one process.

    `register` is always the last good snapshot: empty only when neither broker nor disk has ever held one.
    """

    def __init__(
        self,
        nc: Client,
        folder: DataFolder,
        process: str,
        changed: Callable[[Register], None] = lambda _: None,
    ) -> None:
        """`process` names the copy on disk; `changed` is called with each new snapshot, also at the start."""
        self.register = Register()
        self._nc = nc
        self._copy = folder.folder("register") / f"{process}.msgpack.z"
        self._folder = folder
        self._changed = changed
        self._digest: str | None = None  # of the snapshot in use, as the broker states it
        self._published = asyncio.Event()
        self._asked = self._taken = 0  # numbers of the last fetch, and of the one whose snapshot is in use
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take the broker's snapshot, else the copy on disk, and follow what is published from now on."""
        await self._nc.subscribe(PUBLISHED, cb=self._told)
        if not await self._fetch():
            self._take_copy()
        self._task = asyncio.create_task(self._follow())

    async def refresh(self) -> bool:
        """Look at once whether there is a newer snapshot; return whether one was taken."""
        version = self.register.version
        await self._fetch()
        return self.register.version != version

    async def stop(self) -> None:
        """Follow no longer."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _told(self, _: Msg) -> None:
        self._published.set()

    async def _follow(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(RECHECK_S):
                    await self._published.wait()
            self._published.clear()
            await self._fetch()

    async def _fetch(self) -> bool:
        """Take the broker's snapshot if it is not ours; return whether ours is the broker's now."""
        try:
            bucket = await self._nc.jetstream().object_store(BUCKET)
            self._asked += 1
            asked = self._asked
            digest = (await bucket.get_info(OBJECT)).digest
            if digest != self._digest:
                async with asyncio.timeout(_FETCH_TIMEOUT_S):
                    data = await _read(bucket)
                if asked < self._taken:  # of two fetches at once, the older snapshot came last
                    return True
                self._take(unpack(data))
                self._digest, self._taken = digest, asked
                self._folder.write_private(self._copy, data)
        except NotFoundError:
            return False
        except Exception as error:  # broker away, rows that point nowhere, a disk with no room for the copy
            log.warning("register not read, version %d stays in use: %r", self.register.version, error)
            return False
        return True

    def _take_copy(self) -> None:
        try:
            self._take(unpack(self._copy.read_bytes()))
        except FileNotFoundError:
            log.info("no register yet: every device is unknown until one is published")
        except BrokenRegister as error:
            log.warning("the copy of the register on disk is unreadable: %s", error)

    def _take(self, register: Register) -> None:
        self._changed(register)  # may refuse it (BrokenRegister): then the last one stays
        self.register = register
        log.info(
            "register version %d: %d devices, %d tags, %d rules",
            register.version,
            len(register.devices.code),
            len(register.tags.number),
            len(register.rules.id),
        )


async def _read(bucket: ObjectStore) -> bytes:
    return (await bucket.get(OBJECT)).data or b""
