"""The devices' live connections at the broker: which there are, and closing those that may no longer be."""

from __future__ import annotations

import logging

import msgspec
from nats.aio.client import Client

from anwei.monitoring.stream.credentials import Keyring

PAGE = 2048  # connections per request to the broker
WAIT = 2.0  # s for an answer of the broker
log = logging.getLogger("anwei.gate")


class Connection(msgspec.Struct, frozen=True):
    """One MQTT connection as the broker lists it."""

    cid: int
    authorized_user: str = ""
    mqtt_client: str = ""


class _Page(msgspec.Struct):
    total: int = 0
    connections: list[Connection] = []


class _Server(msgspec.Struct):
    id: str


class _Answer(msgspec.Struct):
    server: _Server
    data: _Page = msgspec.field(default_factory=_Page)


async def close_unwelcome(system: Client, keyring: Keyring) -> int:
    """Close every device connection the keyring does not admit any more; return how many were closed.

    `system` is a connection as the broker's user `sys`.
    """
    offset = closed = 0
    while True:
        answer = await _listed(system, offset)
        for connection in answer.data.connections:
            if connection.mqtt_client and not _welcome(connection, keyring):
                await _close(system, answer.server.id, connection)
                closed += 1
        offset += PAGE
        if offset >= answer.data.total:
            return closed


def _welcome(connection: Connection, keyring: Keyring) -> bool:
    code, _, mark = connection.authorized_user.partition(" ")
    return keyring.still_admits(code, mark, connection.mqtt_client)


async def _listed(system: Client, offset: int) -> _Answer:
    query = msgspec.json.encode({"acc": "APP", "auth": True, "limit": PAGE, "offset": offset, "sort": "cid"})
    reply = await system.request("$SYS.REQ.SERVER.PING.CONNZ", query, timeout=WAIT)
    return msgspec.json.decode(reply.data, type=_Answer)


async def _close(system: Client, server: str, connection: Connection) -> None:
    await system.request(
        f"$SYS.REQ.SERVER.{server}.KICK", msgspec.json.encode({"cid": connection.cid}), timeout=WAIT
    )
    log.warning("closed the connection of %s: no longer admitted", connection.mqtt_client)
