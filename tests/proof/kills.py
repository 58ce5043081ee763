"""Random `kill -9` of the family under load, and what must be true afterwards (reliability.md R1, R3)."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path

from tests.proof import truth
from tests.proof.senders import finish, provision, start_senders
from tests.support.family import Family, wait_for

VICTIMS = ("broker", "stream", "web", "worker")
RESTART_S = 10.0  # s within which a killed process must be back


def run(path: Path, *, kills: int, seed: int) -> truth.Outcome:
    """Start a family, load it, kill `kills` times, wait for the end, compare."""
    chance = random.Random(seed)
    family = Family(path / "data")
    keys = provision(family, path)
    with family:
        port = json.loads((family.folder.root / "run" / "broker.json").read_text())["mqtt_port"]
        senders = start_senders(port, keys)
        killed: dict[str, int] = {}  # process ids that must not be seen again
        for _ in range(kills):
            time.sleep(chance.uniform(0.3, 1.5))
            victim = chance.choice(VICTIMS)  # others may still be down
            killed[victim] = _kill(family, victim, killed.get(victim))
        for victim, pid in killed.items():
            _living(family, victim, pid)
        family.wait_until_healthy()
        finish(senders)
        expected = truth.due(family, senders, truth.acknowledged(senders))
        wait_for(
            lambda: not truth.lost(family, expected),
            seconds=180,
            what="all episodes are in the database",
        )
    return truth.compare(family, senders, truth.stored(family), expected)


def _kill(family: Family, victim: str, before: int | None) -> int:
    pid = _living(family, victim, before)
    os.kill(pid, signal.SIGKILL)
    return pid


def _living(family: Family, name: str, killed: int | None) -> int:
    """Return the process id of a member as soon as it is another than the one killed."""
    wait_for(lambda: family.pid(name) not in (None, killed), seconds=RESTART_S, what=f"{name} is back")
    pid = family.pid(name)
    assert pid is not None
    return pid
