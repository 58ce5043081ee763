"""Where devices find their key and the broker: files of the data folder, no database."""

from __future__ import annotations

import csv
import os
import ssl
from typing import NamedTuple

from django.utils.translation import gettext as _

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.broker import Endpoint

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (where this machine reaches such a listener)


class NoBroker(RuntimeError):
    """Nobody says where the broker listens; the message tells what to start."""


class Listener(NamedTuple):
    """Where devices connect, and how they know the broker; None: without TLS."""

    host: str
    port: int
    tls: ssl.SSLContext | None


def device_keys(folder: DataFolder) -> dict[str, str]:
    """Return the key of each demo device; empty where the demo county was not filled."""
    path = folder.root / "demo" / "device_keys.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["device"]: row["key"] for row in csv.DictReader(file)}


def mqtt_listener(folder: DataFolder) -> Listener:
    """Return the MQTT listener: ANWEI_MQTT (host:port), or what the running broker wrote.

    TLS: ANWEI_MQTT_CA names the certificates that a broker elsewhere is known by; our own is known by the
    county's certificate itself, whatever host name stands in it. Raises NoBroker where neither is there.
    """
    if given := os.environ.get("ANWEI_MQTT"):
        host, _colon, port = given.rpartition(":")
        authorities = os.environ.get("ANWEI_MQTT_CA")
        return Listener(
            host, int(port), ssl.create_default_context(cafile=authorities) if authorities else None
        )
    endpoint = Endpoint.of(folder)
    if endpoint is None:
        sentence = _("没有正在运行的消息服务；请先执行 anwei run，或用 ANWEI_MQTT=主机:端口 指定。")
        raise NoBroker(sentence)
    host = EVERYWHERE.get(endpoint.mqtt_host, endpoint.mqtt_host)
    return Listener(host, endpoint.mqtt_port, _our_own() if endpoint.mqtt_tls else None)


def _our_own() -> ssl.SSLContext:
    certificate = os.environ.get("ANWEI_TLS_CERT")
    if not certificate:
        raise NoBroker(_("消息服务只接受 TLS 连接；请用 ANWEI_TLS_CERT 给出县里的证书。"))
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the certificate itself, not who signed it
    return context
