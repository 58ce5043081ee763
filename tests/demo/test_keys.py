"""Where a device finds the broker and its key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anwei.datafolder import DataFolder
from anwei.demo.keys import NoBroker, device_keys, mqtt_address


def test_the_broker_is_where_it_says_or_where_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path)
    monkeypatch.delenv("ANWEI_MQTT", raising=False)
    with pytest.raises(NoBroker, match="anwei run"):
        mqtt_address(folder)
    (folder.folder("run") / "broker.json").write_text(json.dumps({"host": "127.0.0.1", "mqtt_port": 1999}))
    assert mqtt_address(folder) == ("127.0.0.1", 1999)
    monkeypatch.setenv("ANWEI_MQTT", "10.0.0.7:1883")
    assert mqtt_address(folder) == ("10.0.0.7", 1883)


def test_without_a_county_there_are_no_keys(tmp_path: Path) -> None:
    assert device_keys(DataFolder(tmp_path)) == {}
