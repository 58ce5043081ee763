"""A small MQTT 3.1.1 publisher on raw sockets: cheap enough that the client is not what is measured."""

from __future__ import annotations

import selectors
import socket
import struct
import time
from collections.abc import Iterable


def _length(n: int) -> bytes:
    out = bytearray()
    while True:
        byte, n = n & 127, n >> 7
        out.append(byte | 128 if n else byte)
        if not n:
            return bytes(out)


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def publish_packet(topic: str, payload: bytes, packet_id: int) -> bytes:
    """Return a QoS 1 PUBLISH packet."""
    body = _text(topic) + struct.pack(">H", packet_id) + payload
    return b"\x32" + _length(len(body)) + body


class Publisher:
    """One device's connection; counts what was sent and what was acknowledged."""

    def __init__(self, port: int, device: str, key: str) -> None:
        self.device, self.sent, self.acknowledged = device, 0, 0
        self.topic = f"telemetry/{device}"
        self._buffer, self._rest = bytearray(), b""
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        header = (
            _text("MQTT") + b"\x04\xc2" + struct.pack(">H", 0) + _text(device) + _text(device) + _text(key)
        )
        self.socket.sendall(b"\x10" + _length(len(header)) + header)
        answer = self.socket.recv(4)
        if len(answer) < 4 or answer[0] != 0x20 or answer[3] != 0:
            raise ConnectionRefusedError(f"{device}: {answer!r}")
        self.socket.setblocking(False)

    @property
    def waiting(self) -> int:
        """Messages sent and not yet acknowledged."""
        return self.sent - self.acknowledged

    def put(self, payload: bytes) -> None:
        """Queue one message; `pump` moves it."""
        self.sent += 1
        self._buffer += publish_packet(self.topic, payload, (self.sent - 1) % 65000 + 1)

    def write(self) -> None:
        """Send as much as the socket takes."""
        if self._buffer:
            try:
                n = self.socket.send(self._buffer[:262144])
            except BlockingIOError:
                return
            del self._buffer[:n]

    def read(self) -> None:
        """Count PUBACKs (four bytes each; nothing else comes to a publisher that never pings)."""
        try:
            data = self.socket.recv(262144)
        except BlockingIOError:
            return
        if not data:
            raise ConnectionError(f"{self.device}: the broker closed the connection")
        data = self._rest + data
        self.acknowledged += len(data) // 4
        self._rest = data[len(data) - len(data) % 4 :]

    @property
    def pending(self) -> bool:
        """Whether bytes wait to be written."""
        return bool(self._buffer)


class Fleet:
    """Many publishers behind one selector."""

    def __init__(self, port: int, keys: dict[str, str]) -> None:
        self.publishers = {device: Publisher(port, device, key) for device, key in keys.items()}
        self._selector = selectors.DefaultSelector()
        for publisher in self.publishers.values():
            self._selector.register(publisher.socket, selectors.EVENT_READ, publisher)

    def pump(self, seconds: float) -> None:
        """Move bytes for at most `seconds`; returns at once when nothing is left to write or to read."""
        end = time.monotonic() + seconds
        while True:
            for publisher in self.publishers.values():
                if publisher.pending:
                    publisher.write()
            ready = self._selector.select(max(0.0, min(0.001, end - time.monotonic())))
            for key, _ in ready:
                key.data.read()
            if time.monotonic() >= end:
                return

    @property
    def waiting(self) -> int:
        """Messages not yet acknowledged, over all connections."""
        return sum(publisher.waiting for publisher in self.publishers.values())

    def drain(self, timeout: float = 120) -> None:
        """Wait until everything is acknowledged; raises TimeoutError."""
        end = time.monotonic() + timeout
        while self.waiting:
            if time.monotonic() > end:
                raise TimeoutError(f"{self.waiting} messages were not acknowledged in {timeout} s")
            self.pump(0.002)

    def push(
        self, messages: Iterable[tuple[str, bytes]], *, window: int = 64, per_connection: int = 8
    ) -> None:
        """Send (device, payload) as fast as acknowledgements allow: at most `window` unacknowledged in all."""
        waiting = 0
        for device, payload in messages:
            publisher = self.publishers[device]
            while waiting >= window or publisher.waiting >= per_connection:
                self.pump(0)
                waiting = self.waiting
            publisher.put(payload)
            publisher.write()
            waiting += 1
        self.drain()

    def close(self) -> None:
        """Close all sockets."""
        for publisher in self.publishers.values():
            publisher.socket.close()
        self._selector.close()
