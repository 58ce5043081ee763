"""Live load in real time: every tag once a second; alarms seen by server-sent events and by polling the API."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any

from bench.account import cpu_seconds, memory_mib, spread
from bench.family import Family
from bench.load import Fleet
from bench.workload import Workload, tag_code

SLOTS = 10  # sending slots a second
PER_MESSAGE = 50


class Watcher(threading.Thread):
    """Reads `/live/` and notes when each raise was seen."""

    def __init__(self, family: Family) -> None:
        super().__init__(daemon=True)
        self.codes, self.stopped = family.numbers(), False
        self.seen: list[tuple[str, str, float]] = []
        self.connection = http.client.HTTPConnection("127.0.0.1", family.web_port, timeout=60)
        self.connection.request("GET", "/live/", headers={"Cookie": f"sessionid={family.session}"})
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise RuntimeError(f"/live/: {self.answer.status} {self.answer.read()[:300]!r}")

    def run(self) -> None:
        """Read lines until stopped."""
        event = ""
        while not self.stopped:
            try:
                line = self.answer.readline().decode().rstrip("\n")
            except (OSError, ValueError):
                return
            if line.startswith("event:"):
                event = line[6:].strip()
            elif line.startswith("data:") and event == "episode":
                row = json.loads(line[5:])
                if row.get("state", "active") == "active":
                    self.seen.append((self.codes.get(row["tag"], row["device"]), row["kind"], time.time()))


class Poller(threading.Thread):
    """Polls the alarms API for what is new, as the peers were polled, every 0.25 s."""

    def __init__(self, family: Family, since: float) -> None:
        super().__init__(daemon=True)
        self.family, self.since, self.stopped = family, since, False
        self.first: dict[tuple[str, str], float] = {}

    def run(self) -> None:
        """Poll until stopped."""
        while not self.stopped:
            since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.since))
            self.since = time.time() - 2
            page = self.family.get(f"/api/v1/alarms?since={since}&limit=1000")
            now = time.time()
            for row in page["items"]:
                self.first.setdefault((row["tag"], row["kind"]), now)
            time.sleep(0.25)


def message(tags: list[str], at: int, values: list[float]) -> bytes:
    """Return one compact message: one instant of many tags."""
    return json.dumps({"ts": at, "tags": tags, "values": values}, separators=(",", ":")).encode()


def run(family: Family, fleet: Fleet, *, ticks: int, events: int, poll: bool) -> dict[str, Any]:
    """Return figures of one live run; the family is warm when the clock starts."""
    n, per_device = family.n_tags, family.per_device
    work = Workload(n, ticks, events)
    codes = [tag_code(tag) for tag in range(n)]
    chunks = [(low, min(low + PER_MESSAGE, n)) for low in range(0, n, PER_MESSAGE)]
    slots = [chunks[i * len(chunks) // SLOTS : (i + 1) * len(chunks) // SLOTS] for i in range(SLOTS)]
    sent: dict[tuple[int, int], float] = {}
    watcher = Watcher(family)
    watcher.start()
    poller = Poller(family, time.time() - 60)
    worst = 0.0

    def tick(k: int, start: float) -> None:
        nonlocal worst
        values = work.values(k) if k >= 0 else work.values(0)
        for slot, part in enumerate(slots):
            due = start + slot / SLOTS
            while (wait := due - time.time()) > 0:
                fleet.pump(min(wait, 0.01))
            worst = max(worst, -wait) if k >= 0 else worst
            for low, high in part:
                now = time.time()
                device = f"D{low // per_device:05d}"
                publisher = fleet.publishers[device]
                publisher.put(message(codes[low:high], int(now * 1000), values[low:high]))
                publisher.write()
                for tag in work.over.get(k, {}):
                    if k >= 0 and low <= tag < high:
                        sent[tag, k] = now

    origin = time.time() + 0.2
    for warm in range(8):
        tick(-1, origin + warm)
    if poll:
        poller.start()
    before, wall = cpu_seconds(family.pid), time.time()
    origin += 8
    for k in range(ticks):
        tick(k, origin + k)
    while time.time() < origin + ticks:
        fleet.pump(0.01)
    wall = time.time() - wall
    after = cpu_seconds(family.pid)
    memory = memory_mib(family.pid)
    fleet.drain()
    time.sleep(4)  # less than silence needs to become an alarm
    watcher.stopped = poller.stopped = True
    return _score(work, sent, watcher, poller if poll else None, origin) | {
        "tags": n,
        "samples": n * ticks,
        "wall_s": round(wall, 2),
        "cpu_s": {name: round(after[name] - before.get(name, 0), 2) for name in after},
        "samples_per_server_cpu_s": round(n * ticks / max(0.01, sum(after.values()) - sum(before.values()))),
        "worst_lateness_s": round(worst, 3),
        "memory_mib": memory,
    }


def _score(
    work: Workload,
    sent: dict[tuple[int, int], float],
    watcher: Watcher,
    poller: Poller | None,
    began: float,
) -> dict[str, Any]:
    """Match raises to planted events: found, missed, repeated, false; latency from send to seen."""
    raised: dict[tuple[str, str], list[float]] = {}
    for code, kind, at in watcher.seen:
        if at < began:
            continue  # devices that had not begun to send yet were rightly called silent
        raised.setdefault((code, kind), []).append(at)
    found = missed = repeated = 0
    prompt: list[float] = []
    delayed: list[float] = []
    polled: list[float] = []
    accounted = set()
    for planted in work.events:
        if planted.due is None:
            continue
        code = tag_code(planted.tag)
        accounted |= {(code, planted.due), (code, planted.due[0])}
        seen = raised.get((code, planted.due), [])
        if not seen:
            missed += 1
            continue
        found += 1
        repeated += len(seen) - 1
        latency = min(seen) - sent[planted.tag, planted.tick]
        (delayed if planted.kind == "hold_delay" else prompt).append(latency)
        if poller and planted.kind != "hold_delay" and (code, planted.due) in poller.first:
            polled.append(poller.first[code, planted.due] - sent[planted.tag, planted.tick])
    return {
        "expected": found + missed,
        "found": found,
        "missed": missed,
        "repeated": repeated,
        "false": len(set(raised) - accounted),
        "false_kinds": sorted({kind for code, kind in set(raised) - accounted}),
        "pushed_latency_ms": spread(prompt, 1000),
        "on_delay_latency_ms": spread(delayed, 1000),
        "polled_latency_ms": spread(polled, 1000),
    }
