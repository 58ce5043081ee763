"""Publishes a recording through MQTT as its device would, and counts what the broker acknowledged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec
import paho.mqtt.client as paho
from django.utils.translation import gettext as _
from paho.mqtt.enums import CallbackAPIVersion

from anwei.demo.keys import Listener
from anwei.demo.recording import Reading

READINGS_A_MESSAGE = 500
IN_FLIGHT = 20
CONNECT_S = 20.0
ACKNOWLEDGE_S = 60.0  # the broker may be restarting
TICK_S = 0.2  # readings due within this go into one message
PROGRESS_S = 2.0


class NotConnected(RuntimeError):
    """The broker did not let the device in; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """What became of a replay."""

    readings: int
    messages: int
    acknowledged: int


def shifted(readings: Sequence[Reading], *, now_ms: int, speed: float) -> list[Reading]:
    """Return the readings moved to the present.

    At full speed (`speed` infinite) the last one falls on now; at a given speed the first one does and the
    others follow at the pace at which they are sent, so that none lies in the future.
    """
    if not readings:
        return []
    if speed == float("inf"):
        last = max(reading.ts for reading in readings)
        return [replace(reading, ts=reading.ts + now_ms - last) for reading in readings]
    first = readings[0].ts
    return [replace(reading, ts=now_ms + round((reading.ts - first) / speed)) for reading in readings]


def batches(readings: Sequence[Reading], speed: float) -> Iterator[tuple[float, Sequence[Reading]]]:
    """Return pieces of the recording with the seconds after the start at which each is due.

    The order is the file's; a reading that lies before its forerunner is due together with it.
    """
    start, due = 0, 0.0
    for index in range(1, len(readings) + 1):
        if index < len(readings):
            ahead = (readings[index].ts - readings[0].ts) / 1000.0 / speed
            if index - start < READINGS_A_MESSAGE and ahead < due + TICK_S:
                continue
            yield due, readings[start:index]
            start, due = index, max(due, ahead)
        else:
            yield due, readings[start:]


def replay(
    readings: Sequence[Reading],
    *,
    listener: Listener,
    device: str,
    key: str,
    tag: str,
    pace: float,
    say: Callable[[int, int], None],
) -> Outcome:
    """Publish the readings with QoS 1 at `pace` (recorded seconds a second; infinite = as fast as it goes).

    `say` is told now and then how many readings are published and how many messages acknowledged. Raises
    NotConnected when the broker is away or refuses the device.
    """
    client = _connected(listener, device, key)
    acknowledged: list[int] = []
    client.on_publish = lambda _client, _data, mid, _reason, _properties: acknowledged.append(mid)
    started, said = time.monotonic(), time.monotonic()
    n_messages = n_readings = 0

    def ready() -> bool:
        """Say whether the next message may go: not on a connection that what waits must use first."""
        return client.is_connected() and n_messages - len(acknowledged) < IN_FLIGHT

    try:
        for due, piece in batches(readings, pace):
            while (rest := started + due - time.monotonic()) > 0 or n_messages - len(
                acknowledged
            ) >= IN_FLIGHT:
                time.sleep(min(max(rest, 0.001), TICK_S))
            payload = [{"ts": reading.ts, "values": {tag: reading.value}} for reading in piece]
            client.publish(f"telemetry/{device}", msgspec.json.encode(payload), qos=1)
            n_messages += 1
            n_readings += len(piece)
            if time.monotonic() - said >= PROGRESS_S:
                said = time.monotonic()
                say(n_readings, len(acknowledged))
        deadline = time.monotonic() + ACKNOWLEDGE_S
        while len(acknowledged) < n_messages and time.monotonic() < deadline:
            time.sleep(0.005)
    finally:
        client.disconnect()
        client.loop_stop()
    return Outcome(n_readings, n_messages, len(acknowledged))


def _connected(listener: Listener, device: str, key: str) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=device, protocol=paho.MQTTv311)
    client.username_pw_set(device, key)
    if listener.tls:
        client.tls_set_context(listener.tls)
    client.max_queued_messages_set(0)  # none is dropped; IN_FLIGHT bounds them
    client.reconnect_delay_set(1, 4)
    answers: list[str] = []
    client.on_connect = lambda _client, _data, _flags, reason, _properties: answers.append(
        str(reason) if reason.is_failure else ""
    )
    try:
        client.connect(listener.host, listener.port)
    except OSError as error:
        raise NotConnected(
            _("连不上消息服务 %(address)s：%(error)s")
            % {"address": f"{listener.host}:{listener.port}", "error": error}
        ) from error
    client.loop_start()
    deadline = time.monotonic() + CONNECT_S
    while not answers and time.monotonic() < deadline:
        time.sleep(0.01)
    if not answers or answers[0]:
        client.loop_stop()
        reason = answers[0] if answers else _("没有应答")
        sentence = _("设备 %(device)s 未被接入（%(reason)s）；请核对设备编码和密钥。")
        raise NotConnected(sentence % {"device": device, "reason": reason})
    return client
