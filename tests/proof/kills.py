"""Random `kill -9` of the family under load, and what must be true afterwards (reliability.md R1).

The plants send on until every message is acknowledged and remember what was; the oracle, which imports
nothing from `anwei`, says which episodes must come of what was sent.
"""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from anwei.monitoring.stream.samples import Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from bench.load import Publisher
from tests.oracle import Rule, Sample, events_of
from tests.support.family import Family, wait_for

DEVICES, TAGS_EACH, MESSAGES_A_SECOND = 4, 50, 10  # 2,000 samples a second
STEP_MS = 1000 // MESSAGES_A_SECOND
LIMITS = {"hh": 90.0, "h": 80.0, "l": 20.0, "ll": 10.0}
DEADBAND, ON_DELAY_S = 2.0, 0.5
Episode = tuple[int, int, int | None]  # rule, start, cleared or None
VICTIMS = ("broker", "stream", "web", "worker")


@dataclass
class Sender(threading.Thread):
    """One device: sends message after message, each again until it is acknowledged."""

    port: int
    device: str
    key: str
    start_ms: int
    acknowledged: int = 0
    tried: int = 0
    stopping: bool = False

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._publisher: Publisher | None = None

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while not self.stopping:
            due = (self.start_ms + self.tried * STEP_MS) / 1000
            time.sleep(max(0.0, due - time.time()))
            self.tried += 1
            payload = json.dumps(self.message(self.tried - 1)).encode()
            while not self._delivered(payload):
                time.sleep(0.1)
            self.acknowledged += 1

    def _delivered(self, payload: bytes) -> bool:
        try:
            if self._publisher is None:
                self._publisher = Publisher(self.port, self.device, self.key)
            publisher = self._publisher
            before = publisher.acknowledged
            publisher.put(payload)
            end = time.monotonic() + 3
            while publisher.acknowledged == before and time.monotonic() < end:
                publisher.write()
                publisher.read()
                time.sleep(0.001)
            if publisher.acknowledged > before:
                return True
        except OSError:
            pass
        if self._publisher is not None:
            self._publisher.socket.close()
            self._publisher = None
        return False

    def message(self, number: int) -> dict[str, object]:
        """Return message `number`: a pure function, so that the oracle knows it."""
        values = values_of(self.device, number)
        return {"ts": self.start_ms + number * STEP_MS, "tags": tag_codes(), "values": values}


def tag_codes() -> list[str]:
    return [f"T{index:02d}" for index in range(TAGS_EACH)]


def values_of(device: str, number: int) -> list[float]:
    """A slow wave with spikes of one sample and chatter at the limit, different for every tag."""
    index = np.arange(TAGS_EACH)
    noise = np.random.default_rng(abs(hash((int(device[1:]), number))) % 2**32).normal(0, 1.5, TAGS_EACH)
    wave = 50 + 36 * np.sin(number / (20 + index) + index) + noise
    spike = ((number * 31 + index * 17) % 97) == 0
    return [float(value) for value in np.round(np.where(spike, 95.0, wave), 2)]


@dataclass
class Outcome:
    kills: dict[str, int]
    sent: int
    acknowledged: int
    missing: int
    duplicate: int
    foreign: int
    episodes: int
    lost_episodes: int
    extra_episodes: int
    ripened: (
        int  # on-delays that ended by the server's clock while no sample came: due, though no sample told
    )
    slowest_recovery_s: float


def run(path: Path, *, kills: int, seed: int) -> Outcome:
    """Start a family, load it, kill `kills` times, wait for the end, compare."""
    chance = random.Random(seed)
    keys = path / "keys.csv"
    family = Family(path / "data")
    _provision(family, path / "tags.csv", keys)
    counted = dict.fromkeys(VICTIMS, 0)
    slowest = 0.0
    with family:
        with keys.open(encoding="utf-8-sig", newline="") as file:
            codes = {row[0]: row[1] for row in list(csv.reader(file))[1:]}
        port = json.loads((family.folder.root / "run" / "broker.json").read_text())["mqtt_port"]
        wait_for(lambda: _admits(port, codes), seconds=30, what="the gate knows the devices")
        start = int(time.time() * 1000)
        senders = [Sender(port, device, key, start) for device, key in sorted(codes.items())]
        for sender in senders:
            sender.start()
        for _ in range(kills):
            time.sleep(chance.uniform(0.3, 1.5))
            victim = chance.choice(VICTIMS)
            pid = family.pid(victim)
            if pid is None:
                continue
            os.kill(pid, signal.SIGKILL)
            counted[victim] += 1
            slowest = max(slowest, _back(family, victim, pid))
        for sender in senders:
            sender.stopping = True
        for sender in senders:
            sender.join(60)
            assert not sender.is_alive(), "a message was never acknowledged"
        expected = _expected(family, senders)
        wait_for(lambda: _caught_up(family, expected), seconds=60, what="all episodes are in the database")
    stored = _stored(family)
    return _compare(family, senders, stored, expected, counted, slowest)


def _provision(family: Family, table: Path, keys: Path) -> None:
    header = [
        "企业名称",
        "统一社会信用代码",
        "行业",
        "属地代码",
        "设备编码",
        "测点编码",
        "小数位",
        "周期",
        "高高限",
        "高限",
        "低限",
        "低低限",
        "回差",
        "报警延时",
    ]
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for device in range(DEVICES):
            for index, code in enumerate(tag_codes()):
                delay = ON_DELAY_S if index % 10 == 9 else 0
                row = [
                    "证明厂",
                    "91000000MA0000000X",
                    "危险化学品",
                    "990101",
                    f"d{device}",
                    code,
                    2,
                    STEP_MS / 1000,
                ]
                writer.writerow([*row, *LIMITS.values(), DEADBAND, delay])
    for words in (("migrate", "--no-input"), ("provision", str(table), "--keys", str(keys))):
        done = family.command(*words)
        assert done.returncode == 0, done.stdout + done.stderr


def _admits(port: int, codes: dict[str, str]) -> bool:
    try:
        for device, key in codes.items():
            Publisher(port, device, key).socket.close()
    except OSError:
        return False
    return True


def _back(family: Family, victim: str, pid: int) -> float:
    """Return after how many seconds the supervisor had started the victim again."""
    return wait_for(lambda: family.pid(victim) not in (None, pid), seconds=30, what=f"{victim} is back")


def _database(family: Family) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{family.folder.database}?mode=ro", uri=True)


def _numbers(family: Family) -> dict[tuple[str, str], int]:
    """Return the number of each (device code, tag code)."""
    question = (
        "SELECT d.code, t.code, t.number FROM monitoring_tag t JOIN monitoring_device d ON d.id = t.device_id"
    )
    with _database(family) as database:
        return {(device, code): number for device, code, number in database.execute(question)}


@dataclass
class Due:
    """What the acknowledged messages must cause, by the oracle."""

    episodes: set[Episode]
    may_ripen: set[tuple[int, int]]  # (rule, start) of every excursion of a delayed rule


def _expected(family: Family, senders: list[Sender]) -> Due:
    numbers = _numbers(family)
    with _database(family) as database:
        rules = [
            Rule(rule, tag, kind, limit, deadband, int(on * 1000), int(off * 1000))
            for rule, tag, kind, limit, deadband, on, off in database.execute(
                'SELECT id, tag_id, kind, "limit", deadband, on_delay_s, off_delay_s FROM monitoring_alarmrule'
                " WHERE tag_id IS NOT NULL AND kind IN ('hh', 'h', 'l', 'll')"
            )
        ]
    messages = [
        [
            Sample(numbers[sender.device, code], sender.start_ms + number * STEP_MS, value)
            for code, value in zip(tag_codes(), values_of(sender.device, number), strict=True)
        ]
        for sender in senders
        for number in range(sender.acknowledged)
    ]
    episodes: dict[tuple[int, int], int | None] = {}
    for event in events_of(rules, messages):
        episodes[event.rule, event.start] = event.at if event.kind == "cleared" else None
    excursions = [Rule(rule.id, rule.tag, rule.kind, rule.limit) for rule in rules if rule.on_delay_ms]
    return Due(
        {(rule, start, cleared) for (rule, start), cleared in episodes.items()},
        {(event.rule, event.start) for event in events_of(excursions, messages)},
    )


def _recorded(family: Family) -> list[Episode]:
    with _database(family) as database:
        rows = database.execute(
            "SELECT rule_id, started_at, cleared_at FROM monitoring_alarm WHERE kind IN ('hh', 'h', 'l', 'll')"
        ).fetchall()
    return [(rule, _ms(started), _ms(cleared) if cleared else None) for rule, started, cleared in rows]


def _ms(text: str) -> int:
    moment = datetime.fromisoformat(text + "+00:00")
    return round(moment.timestamp() * 1000)


def _caught_up(family: Family, expected: Due) -> bool:
    return set(_recorded(family)) >= expected.episodes


def _stored(family: Family) -> Samples:
    store = EmbeddedStore(family.folder.telemetry)
    try:
        return store.dump()
    finally:
        store.close()


def _compare(
    family: Family,
    senders: list[Sender],
    stored: Samples,
    expected: Due,
    counted: dict[str, int],
    slowest: float,
) -> Outcome:
    numbers = _numbers(family)
    rows = list(zip(stored.tag.tolist(), stored.ts.tolist(), stored.value.tolist(), strict=True))
    found = set(rows)
    sent, acknowledged = set(), set()
    for sender in senders:
        for number in range(sender.tried):
            at = sender.start_ms + number * STEP_MS
            for code, value in zip(tag_codes(), values_of(sender.device, number), strict=True):
                row = (numbers[sender.device, code], at, value)
                sent.add(row)
                if number < sender.acknowledged:
                    acknowledged.add(row)
    recorded = _recorded(family)
    extra = set(recorded) - expected.episodes
    ripened = {episode for episode in extra if episode[:2] in expected.may_ripen}
    return Outcome(
        kills=counted,
        sent=len(sent),
        acknowledged=len(acknowledged),
        missing=len(acknowledged - found),
        duplicate=len(rows) - len({(tag, ts) for tag, ts, _ in rows}),
        foreign=len(found - sent),
        episodes=len(expected.episodes),
        lost_episodes=len(expected.episodes - set(recorded)),
        extra_episodes=len(extra - ripened) + len(recorded) - len({episode[:2] for episode in recorded}),
        ripened=len(ripened),
        slowest_recovery_s=round(slowest, 1),
    )
