"""MQTT connections of many devices in one thread: paho's clients under one selector."""

from __future__ import annotations

import selectors
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from anwei.demo.keys import Listener

KEEPALIVE_S = 60
RETRY_S = (0.5, 8.0)  # first and longest pause before the next attempt to connect
KEPT_MESSAGES = 20_000  # while the broker is away


@dataclass
class Link:
    """One device's connection: publishes with QoS 1, reconnects for ever, resends what got no answer."""

    code: str
    key: str
    listener: Listener
    selector: selectors.BaseSelector
    published: int = 0
    acknowledged: int = 0
    connected: bool = False
    admitted: bool = False  # was let in at least once
    refused: str = ""
    _client: paho.Client = field(init=False)
    _kept: deque[bytes] = field(default_factory=deque)
    _pause: float = RETRY_S[0]
    _retry_at: float = 0.0
    _started: bool = False

    def __post_init__(self) -> None:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.code,
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self.code, self.key)
        if self.listener.tls:
            client.tls_set_context(self.listener.tls)
        client.max_queued_messages_set(0)  # no limit; `_kept` has one
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_socket_open = self._watch(selectors.EVENT_READ, opened=True)
        client.on_socket_close = self._forget
        client.on_socket_register_write = self._watch(selectors.EVENT_READ | selectors.EVENT_WRITE)
        client.on_socket_unregister_write = self._watch(selectors.EVENT_READ)
        self._client = client

    @property
    def in_flight(self) -> int:
        """Return how many messages wait for their acknowledgement."""
        return self.published - self.acknowledged

    def publish(self, payload: bytes) -> None:
        """Send a message to the device's own topic, or keep it until the connection is back.

        paho would send it on a connection that is not yet answered, ahead of what waits to be sent again.
        """
        self.published += 1
        self._kept.append(payload)
        if len(self._kept) > KEPT_MESSAGES:
            self._kept.popleft()  # away for days: the oldest is given up, as a gateway does
            self.published -= 1
        self._send_kept()

    def handle(self, events: int) -> None:
        """Read and write what the selector says is possible."""
        if events & selectors.EVENT_READ:
            self._client.loop_read()
            while self._holds_more():
                self._client.loop_read()
        if events & selectors.EVENT_WRITE:
            self._client.loop_write()

    def _holds_more(self) -> bool:
        """Whether TLS has decrypted more than was read: the selector sees only what is still on the wire."""
        wire = self._client.socket()
        return isinstance(wire, ssl.SSLSocket) and wire.pending() > 0

    def tick(self, now: float) -> None:
        """Keep the connection alive, or try to get it back; call about once a second (monotonic clock)."""
        if self._client.socket() is not None:
            self._client.loop_misc()
            self._send_kept()
        elif now >= self._retry_at:
            self._retry_at = now + self._pause
            self._pause = min(2 * self._pause, RETRY_S[1])
            try:
                if self._started:
                    self._client.reconnect()
                else:
                    self._client.connect(self.listener.host, self.listener.port, KEEPALIVE_S)
                    self._started = True
            except OSError as error:
                self.refused = str(error)

    def _send_kept(self) -> None:
        while self.connected and self._kept:
            self._client.publish(f"telemetry/{self.code}", self._kept.popleft(), qos=1)

    def close(self) -> None:
        """Say goodbye and leave the selector alone from now on."""
        client = self._client
        client.on_socket_open = client.on_socket_close = None
        client.on_socket_register_write = client.on_socket_unregister_write = None
        client.disconnect()

    def _watch(self, events: int, *, opened: bool = False) -> Callable[[Any, Any, Any], None]:
        def watch(_client: Any, _data: Any, sock: Any) -> None:
            if opened:
                self.selector.register(sock, events, self)
            else:
                self.selector.modify(sock, events, self)

        return watch

    def _forget(self, _client: Any, _data: Any, sock: Any) -> None:
        self.selector.unregister(sock)

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.connected = not reason.is_failure
        self.refused = str(reason) if reason.is_failure else ""
        if self.connected:
            self.admitted = True
            self._pause = RETRY_S[0]

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, _reason: Any, _properties: Any) -> None:
        self.connected = False
        self._retry_at = time.monotonic() + self._pause

    def _on_publish(self, _client: Any, _data: Any, _mid: int, _reason: Any, _properties: Any) -> None:
        self.acknowledged += 1
