"""The durable log: one JetStream stream that holds every acknowledged message for 72 hours.

The broker keeps QoS 1 publishes of MQTT in its own stream `$MQTT_msgs`. Made by the broker, that stream
keeps nothing once no MQTT subscriber is interested; made by us first, with *limits* retention, it is the log:
a PUBACK is sent only after the message lies in it on disk. The HTTP door and the gate write into the same
stream, so that there is one sequence, one order and one mark. How many bytes it may hold, log_room.py says.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
from nats.aio.client import Client
from nats.errors import Error as NatsError

STREAM = "$MQTT_msgs"
MQTT_PREFIX = "$MQTT.msgs.telemetry."  # then the device's code: QoS 1 publishes to telemetry/<device>
HTTP_PREFIX = "ingest."  # then the device's code: bodies posted to the HTTP door
REFUSED_PREFIX = "refused."  # then the device's code: a publish that the broker refused, told by the gate
RETENTION_NS = 72 * 3600 * 10**9

CONFIGURATION: dict[str, Any] = {
    "subjects": ["$MQTT.msgs.>", HTTP_PREFIX + ">", REFUSED_PREFIX + ">"],
    "retention": "limits",
    "max_age": RETENTION_NS,
    "discard": "new",  # at the bound in bytes: what was acknowledged and is not stored yet must not give way
    "allow_atomic": True,
    "allow_direct": True,
}
_NOT_FOUND = 10059  # JetStream's error code "stream not found"


class LogUnavailable(RuntimeError):
    """The broker does not offer the log as we need it; the message says what it answered."""


class _NoLog(LogUnavailable):
    """There is none yet."""


async def ensure_log(nc: Client, *, patience_s: float = 30.0) -> None:
    """Create the log, or bring an existing one to our settings, and return once it stands.

    Must have returned before any device is let in. A broker that has just started answers late: asks again
    for `patience_s` seconds, then raises LogUnavailable.
    """
    give_up_at = time.monotonic() + patience_s
    while True:
        try:
            await _assert_configuration(nc)
        except (NatsError, LogUnavailable) as error:
            if time.monotonic() > give_up_at:
                raise LogUnavailable(str(error) or type(error).__name__) from error
            await asyncio.sleep(0.1)
        else:
            return


async def log_state(nc: Client) -> dict[str, Any]:
    """Return the broker's figures of the log: first_seq, last_seq, messages, bytes and times."""
    state: dict[str, Any] = (await log_information(nc))["state"]
    return state


async def log_information(nc: Client) -> dict[str, Any]:
    """Return all that the broker says of the log: state, config, created; raises LogUnavailable."""
    return await _ask(nc, "INFO")


def name_of(information: dict[str, Any]) -> str:
    """Return the name of this very log, for the store's mark: one made anew starts at sequence 1 again."""
    return f"{STREAM} {information['created']}"


async def bound(nc: Client, configuration: dict[str, Any], most: int) -> None:
    """Let the log hold at most `most` bytes (-1: no bound); what it holds already stays."""
    await _ask(nc, "UPDATE", {**configuration, "max_bytes": most})


async def cut(nc: Client, before: int) -> None:
    """Remove the messages whose sequence is below `before`."""
    await _ask(nc, "PURGE", {"seq": before})


def differences(found: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a stream's configuration `found` that are not as we need them."""
    wanted = {name: value for name, value in CONFIGURATION.items() if found.get(name) != value}
    if sorted(found.get("subjects", [])) == sorted(CONFIGURATION["subjects"]):
        wanted.pop("subjects", None)
    return wanted


async def _assert_configuration(nc: Client) -> None:
    try:
        found: dict[str, Any] = (await _ask(nc, "INFO"))["config"]
    except _NoLog:
        await _ask(nc, "CREATE", {"name": STREAM, "storage": "file", "num_replicas": 1, **CONFIGURATION})
        return
    if differences(found):
        await _ask(nc, "UPDATE", {**found, **CONFIGURATION})


async def _ask(nc: Client, verb: str, configuration: dict[str, Any] | None = None) -> dict[str, Any]:
    """Send one request of the JetStream API about the log; raises LogUnavailable."""
    body = msgspec.json.encode(configuration) if configuration else b""
    reply = await nc.request(f"$JS.API.STREAM.{verb}.{STREAM}", body, timeout=5)
    answer: dict[str, Any] = msgspec.json.decode(reply.data)
    error = answer.get("error")
    if error and error.get("err_code") == _NOT_FOUND:
        raise _NoLog(error["description"])
    if error:
        raise LogUnavailable(error.get("description", str(error)))
    return answer
