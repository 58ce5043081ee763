"""Where devices find their key and the broker: files of the data folder, no database."""

from __future__ import annotations

import csv
import json
import os

from django.utils.translation import gettext as _

from anwei.datafolder import DataFolder


class NoBroker(RuntimeError):
    """Nobody says where the broker listens; the message tells what to start."""


def device_keys(folder: DataFolder) -> dict[str, str]:
    """Return the key of each demo device; empty where the demo county was not filled."""
    path = folder.root / "demo" / "device_keys.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["device"]: row["key"] for row in csv.DictReader(file)}


def mqtt_address(folder: DataFolder) -> tuple[str, int]:
    """Return host and port of the MQTT listener: ANWEI_MQTT (host:port), or what the running broker wrote.

    Raises NoBroker where neither is there.
    """
    if given := os.environ.get("ANWEI_MQTT"):
        host, _colon, port = given.rpartition(":")
        return host, int(port)
    try:
        broker = json.loads((folder.root / "run" / "broker.json").read_text())
    except FileNotFoundError:
        sentence = _("没有正在运行的消息服务；请先执行 anwei run，或用 ANWEI_MQTT=主机:端口 指定。")
        raise NoBroker(sentence) from None
    return broker.get("host", "127.0.0.1"), int(broker["mqtt_port"])
