"""The gate: lets devices in, and puts them out again. A process of its own, never behind a writer.

Fails closed: without a gate, or before it knows a register, no device gets in; those already in stay.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

import nats.errors
import uvloop
from nats.aio.msg import Msg

from anwei.datafolder import DataFolder
from anwei.monitoring.stream import broker
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.connections import close_unwelcome
from anwei.monitoring.stream.credentials import Keyring, Refused, Request, answer, permission
from anwei.monitoring.stream.heartbeat import keep_beating
from anwei.monitoring.stream.log import ensure_log
from anwei.monitoring.stream.refusals import record_refusals
from anwei.monitoring.stream.register import Register, RegisterReader

RECHECK = 5.0  # s between two looks at all connections
SECOND_LOOK = 1.0  # s after a change: a connection may have been in flight at the first look
REPORT_AGAIN = 60.0  # s
REMEMBERED = 10_000  # refusals
log = logging.getLogger("anwei.gate")


class Gate:
    """Answers the broker's auth callouts from the newest register."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._signer = broker.issuer(folder)
        self._keyring = Keyring(Register())
        self._changed = asyncio.Event()
        self._reported: dict[tuple[str, str], float] = {}

    def device_of(self, client_id: str) -> str:
        """Return the code of the device that an admitted client id belongs to."""
        return self._keyring.device_of(client_id)

    def take(self, register: Register) -> None:
        """Use a new register from now on, also for the connections that are open."""
        self._keyring = Keyring(register)
        self._changed.set()

    async def decide(self, message: Msg) -> None:
        """Answer one callout."""
        request = Request.parse(message.data)
        now = int(time.time())
        jwt = None
        try:
            if request.protocol != "mqtt":
                raise Refused(f"not a device's protocol: {request.protocol}")
            credential = self._keyring.admit(request.code, request.key, request.client_id)
            jwt = permission(request.user_key, request.code, credential, now=now, signer=self._signer)
        except Refused as reason:
            self._report(request, str(reason))
        await message.respond(answer(request, now=now, signer=self._signer, jwt=jwt))

    def _report(self, request: Request, reason: str) -> None:
        """Log a refusal, but one line a minute for the same device and reason: devices try again for ever."""
        key, now = (request.code[:64], reason), time.monotonic()
        if len(self._reported) > REMEMBERED:
            self._reported.clear()
        if now - self._reported.get(key, -REPORT_AGAIN) >= REPORT_AGAIN:
            self._reported[key] = now
            log.warning("refused %r from %s: %s", key[0], request.address, reason)

    async def watch_connections(self) -> None:
        """Close connections of devices that were revoked, rotated or removed: at once, and every 5 s."""
        system = await connect(self._folder, user="sys", name="gate")
        pause = 0.0
        while True:
            changed = False
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    changed = await self._changed.wait()
            self._changed.clear()
            try:
                await close_unwelcome(system, self._keyring)
            except (nats.errors.Error, TimeoutError) as error:
                log.warning("connections not checked: %r", error)
            pause = SECOND_LOOK if changed else RECHECK


async def run(folder: DataFolder) -> None:
    """Run the gate until it is cancelled."""
    gate = Gate(folder)
    app = await connect(folder, user="app", name="gate")
    await ensure_log(app)
    reader = RegisterReader(app, folder, "gate", changed=gate.take)
    await reader.start()
    auth = await connect(folder, user="auth", name="gate")
    await auth.subscribe("$SYS.REQ.USER.AUTH", queue="auth", cb=gate.decide)
    await auth.flush()
    log.info("open: %d devices", len(reader.register.devices.code))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(gate.watch_connections())
        tasks.create_task(record_refusals(app, folder, gate.device_of))
        tasks.create_task(keep_beating(folder, "gate"))


def main() -> None:
    """Start the gate process."""
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.INFO)
    uvloop.run(run(DataFolder.from_environment()))
