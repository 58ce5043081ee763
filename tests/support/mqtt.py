"""A device for tests: paho, driven step by step, with what the broker answered at hand."""

from __future__ import annotations

import threading
from typing import Any

import paho.mqtt.client as paho

ACCEPTED = 0
REFUSED = 0x87  # not authorized (paho shows MQTT 3.1.1's code 5 as MQTT 5's)
DENIED = 0x80  # SUBACK: failure


class Device:
    """An MQTT 3.1.1 client that does not reconnect by itself."""

    def __init__(self, port: int, code: str, key: str, *, client_id: str | None = None) -> None:
        self._client = paho.Client(
            paho.CallbackAPIVersion.VERSION2,
            client_id=code if client_id is None else client_id,
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
        )
        if code:
            self._client.username_pw_set(code, key)
        self.return_code: int | None = None
        self.closed = threading.Event()
        self._answered = threading.Event()
        self._subscribed: list[int] = []
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = lambda *_: (self.closed.set(), self._answered.set())
        self._port = port

    def _on_connect(self, _client: object, _data: object, _flags: object, code: Any, _: object) -> None:
        self.return_code = code.value
        self._answered.set()

    def _on_subscribe(self, _client: object, _data: object, _mid: int, granted: Any, _: object) -> None:
        self._subscribed = [code.value for code in granted]
        self._answered.set()

    def connect(self, *, seconds: float = 10.0) -> int | None:
        """Return the broker's return code; None when it closed or said nothing."""
        self._answered.clear()
        self.closed.clear()
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        self._answered.wait(seconds)
        return self.return_code

    def subscribe(self, topic: str) -> int:
        """Return the granted QoS, or 0x80."""
        self._answered.clear()
        self._client.subscribe(topic, 1)
        self._answered.wait(10)
        return self._subscribed[0]

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, seconds: float = 10.0) -> bool:
        """Return whether the broker acknowledged."""
        sent = self._client.publish(topic, payload, qos=qos)
        try:
            sent.wait_for_publish(seconds)
        except RuntimeError:
            return False
        return sent.is_published()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Device:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
