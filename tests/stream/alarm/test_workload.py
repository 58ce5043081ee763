"""The planted events of the peers' workload: all found, none invented, none twice."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from anwei.monitoring.stream.alarm.evaluate import evaluate
from anwei.monitoring.stream.alarm.rules import compile_rules
from anwei.monitoring.stream.alarm.state import State
from anwei.monitoring.stream.samples import Samples
from tests.oracle import Rule
from tests.stream.plant import Plant

WORKLOAD = Path(__file__).parents[4] / "shared" / "bench-peers" / "workload.py"
N_TAGS, TICKS, PLANTED = 3000, 60, 400


@pytest.mark.skipif(not WORKLOAD.exists(), reason=f"{WORKLOAD} is not here")
@pytest.mark.parametrize("per_batch", [50, 3000])
def test_all_planted_events_are_found_once(per_batch: int) -> None:
    spec = importlib.util.spec_from_file_location("peers_workload", WORKLOAD)
    peers = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = peers
    spec.loader.exec_module(peers)
    work = peers.Workload(N_TAGS, TICKS, PLANTED)
    rules = [
        Rule(
            4 * tag + kind + 1,
            tag + 1,
            name.lower(),
            limit,
            peers.DEADBAND,
            peers.FD * 1000 if peers.is_fd5(tag) else 0,
        )
        for tag in range(N_TAGS)
        for kind, (name, limit) in enumerate(peers.LIM.items())
    ]
    compiled = compile_rules(Plant(1, N_TAGS, rules).register())
    state, found = State.new(compiled), []
    for tick in range(TICKS):
        values = np.array(work.values(tick))
        for low in range(0, N_TAGS, per_batch):
            tag = np.arange(low, min(low + per_batch, N_TAGS), dtype=np.int32)
            ts = np.full(len(tag), 1000 * (tick + 1), np.int64)
            samples = Samples(tag + 1, ts, values[tag], np.zeros(len(tag), np.uint8))
            found += evaluate(compiled, state, samples, 0).events
    raised = sorted(
        (event.tag - 1, rules[event.rule - 1].kind.upper()) for event in found if event.kind == "raised"
    )
    outer = {"HH": ["H", "HH"], "LL": ["L", "LL"], "H": ["H"], "L": ["L"], None: []}
    planted = sorted((event.tag, level) for event in work.events for level in outer[event.level])
    assert raised == planted
    assert len(planted) > PLANTED
