"""`anwei backup` of a running installation, and `anwei restore` into an empty folder."""

from __future__ import annotations

import csv
import json
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.portal.system.backups import CONTENTS
from tests.support.family import Family, wait_for
from tests.support.mqtt import ACCEPTED, Device

SAMPLES = 200
BEGIN = int(time.time() - 3600) * 1000  # ms


@dataclass
class Saved:
    """A running installation with registered devices and samples, and a backup of it."""

    family: Family
    backup: Path
    key: str
    said: str


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory, migrate: Callable[[Path], None]) -> Iterator[Saved]:
    root = tmp_path_factory.mktemp("backup")
    migrate(root / "data")
    with Family(root / "data") as family:
        key = provision(family, root)
        mqtt_port = int(family.folder.running()["mqtt"].rpartition(":")[2])
        device = Device(mqtt_port, "B1", key)
        wait_for(lambda: device.connect() == ACCEPTED, seconds=20, what="the device is admitted")
        for number in range(SAMPLES):
            sample = {"ts": BEGIN + 1000 * number, "values": {"T1": number}}
            assert device.publish("telemetry/B1", json.dumps(sample).encode())
        device.close()
        wait_for(
            lambda: family.status()["stream"]["samples_stored"] == SAMPLES, what="all samples are stored"
        )
        evidence = family.folder.evidence / "2026" / "photo.jpg"
        evidence.parent.mkdir()
        evidence.write_bytes(b"what was seen")
        done = family.command("backup", str(root / "saved"))
        assert done.returncode == 0, done.stderr
        yield Saved(family, root / "saved", key, done.stdout)


def provision(family: Family, root: Path) -> str:
    """Register one device with one tag; return the device's key."""
    columns = {
        "企业": "备份厂",
        "统一社会信用代码": "91110000MA0000000X",
        "行业": "危险化学品",
        "属地": "990101",
        "设备编码": "B1",
        "设备名称": "一号",
        "测点编码": "T1",
        "测点名称": "液位",
        "单位": "%",
        "小数位": 2,
        "周期": 1,
        "量程下限": 0,
        "量程上限": 1000,
        "高限": 80,
    }
    table, keys = root / "tags.csv", root / "keys.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerow(columns)
    done = family.command("provision", str(table), "--keys", str(keys))
    assert done.returncode == 0, done.stderr
    with keys.open(newline="", encoding="utf-8-sig") as file:
        return dict(row[:2] for row in csv.reader(file))["B1"]


def restore(saved: Saved, source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return Family(target).command("restore", str(source))


def test_a_backup_of_a_running_installation_says_what_it_holds(saved: Saved) -> None:
    assert "备份完成" in saved.said
    contents = json.loads((saved.backup / "backup.json").read_text())
    assert contents["telemetry"]["samples_stored"] == SAMPLES
    assert contents["tables"]["monitoring_tag"] == 1
    assert "evidence/2026/photo.jpg" in contents["files"]
    assert [path for path in saved.backup.parent.iterdir() if path.name.startswith(".")] == []
    assert not any(saved.family.folder.folder("copies").iterdir())


def test_a_restored_folder_holds_everything(saved: Saved, tmp_path: Path) -> None:
    done = restore(saved, saved.backup, tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert "与备份一致" in done.stdout
    for path in (tmp_path / "data" / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store = EmbeddedStore(tmp_path / "data" / "telemetry", background=False)
    assert sorted(store.dump().value.tolist()) == list(range(SAMPLES))
    store.close()


@pytest.mark.proof
def test_a_restored_installation_starts(saved: Saved, tmp_path: Path) -> None:
    """It runs on with the same samples, and the device is still admitted with its key."""
    assert restore(saved, saved.backup, tmp_path / "data").returncode == 0
    with Family(tmp_path / "data") as restored:
        wait_for(
            lambda: (restored.status()["stream"] or {}).get("samples_stored") == SAMPLES,
            what="samples are there",
        )
        assert (restored.folder.evidence / "2026" / "photo.jpg").read_bytes() == b"what was seen"
        mqtt_port = int(restored.folder.running()["mqtt"].rpartition(":")[2])
        device = Device(mqtt_port, "B1", saved.key)
        wait_for(lambda: device.connect() == ACCEPTED, seconds=20, what="the device is admitted")
        assert device.publish("telemetry/B1", b'{"T1": 1}')
        wait_for(
            lambda: restored.status()["stream"]["samples_stored"] == SAMPLES + 1,
            what="a new sample is stored",
        )
        device.close()


def damaged(saved: Saved, target: Path, name: str) -> Path:
    """Return a copy of the backup in which one byte of one file differs."""
    subprocess.run(["cp", "-r", saved.backup, target], check=True)
    path = next(path for path in sorted(target.rglob(name)) if path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return target


@pytest.mark.parametrize("name", ["*.sqlite3", "manifest.duckdb", "photo.jpg"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(saved: Saved, tmp_path: Path, name: str) -> None:
    source = damaged(saved, tmp_path / "damaged", name)
    done = restore(saved, source, tmp_path / "data")
    assert done.returncode == 1
    path = next(source.rglob(name)).relative_to(source)
    assert f"1 个文件与备份时记录的不一致：{path}（内容已变）" in done.stderr
    assert not (tmp_path / "data").exists() or not any((tmp_path / "data").iterdir())


def test_missing_and_added_files_are_named(saved: Saved, tmp_path: Path) -> None:
    source = tmp_path / "damaged"
    subprocess.run(["cp", "-r", saved.backup, source], check=True)
    (source / "evidence" / "2026" / "photo.jpg").rename(source / "evidence" / "other.jpg")
    done = restore(saved, source, tmp_path / "data")
    assert "2 个文件" in done.stderr
    assert "evidence/2026/photo.jpg（缺少）" in done.stderr and "evidence/other.jpg（多出）" in done.stderr


@pytest.mark.parametrize("content", [b"\xff\x00", b"{", b"[]", b'{"files": {}}'])
def test_a_damaged_list_of_contents_is_named(saved: Saved, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / CONTENTS).write_bytes(content)
    done = restore(saved, tmp_path / "backup", tmp_path / "data")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"备份清单损坏：{tmp_path / 'backup' / CONTENTS}" in done.stderr


def test_nothing_is_overwritten(saved: Saved, tmp_path: Path) -> None:
    (tmp_path / "something").write_text("here")
    assert "不是空的" in restore(saved, saved.backup, tmp_path).stderr
    assert "不是空的" in saved.family.command("backup", str(tmp_path)).stderr
    assert (tmp_path / "something").read_text() == "here"


def test_a_folder_that_is_no_backup_is_refused(saved: Saved, tmp_path: Path) -> None:
    done = restore(saved, tmp_path, tmp_path / "data")
    assert done.returncode == 1
    assert "不是备份目录" in done.stderr
