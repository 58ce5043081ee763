"""A backlog through the intake, drawn at random: the episodes and rows of a run in order, once each."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from numpy.testing import assert_array_equal

from tests.oracle import Event, Rule, events_in_order, n_late
from tests.stream.late_door import Door, Reading, second_of


def backfilled(chance: random.Random, *, null: float = 0.0) -> tuple[list[list[Reading]], list[Reading]]:
    """Return live messages with calm edges around their gaps, and what is missing, in order of time.

    `null` is how often the device begins to send nothing but null, for up to five samples.
    """
    live: list[list[Reading]] = []
    missing: list[Reading] = []
    value, second, n_null = 50.0, 0, 0
    for stretch in range(8):
        length = chance.randrange(30, 90)
        for step in range(length):
            second += 1
            value += chance.gauss(0, 9) + (50 - value) * 0.05
            calm = min(step, length - 1 - step) < 7
            n_null = n_null - 1 if n_null else (chance.random() < null) * chance.randrange(1, 6)
            measured = None if n_null else round(value, 1)
            sample = (second, 50.0 if calm else measured)
            live.append([sample]) if stretch % 2 == 0 else missing.append(sample)
    return live, missing


def settled(events: Iterable[Event | dict[str, Any]]) -> dict[tuple[int, int], int | None]:
    """Return the last end told of each episode."""
    found: dict[tuple[int, int], int | None] = {}
    for event in events:
        row = event if isinstance(event, dict) else vars(event)
        found[row["rule"], row["start"]] = row["at"] if row["kind"] == "cleared" else None
    return found


@pytest.mark.parametrize("seed", range(12))
def test_a_backlog_in_order_gives_the_episodes_and_rows_of_a_run_in_order(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    delays = chance.choice([0, 0, 2_000]), chance.choice([0, 0, 3_000])
    limits = {"hh": 90.0, "h": 75.0, "l": 25.0, "ll": 10.0, "bad": None}
    rules = [Rule(n, 1, kind, limit, 3.0, *delays) for n, (kind, limit) in enumerate(limits.items(), start=1)]
    door = Door(tmp_path / "late", rules, low=15.0, high=85.0)
    live, missing = backfilled(chance, null=0.05)
    for message in live:
        door.take(message)
    while missing:
        size = chance.randrange(1, 5)
        message, missing = missing[:size], missing[size:]
        door.take(message + chance.sample(message, chance.randrange(2)))
        if chance.random() < 0.3:
            door.commit()
        if chance.random() < 0.2:
            door.take(chance.choice(live))  # the same again
    door.commit()
    expected = events_in_order(rules, door.messages)
    assert settled(door.events) == settled(expected)
    late_rules = {event["rule"] for event in door.events if event["late"]}
    assert 5 in late_rules
    assert late_rules - {5}
    assert door.late_count() == n_late(door.messages)
    in_order = Door(tmp_path / "in order", rules, low=15.0, high=85.0)
    rows = {
        sample.ts: None if math.isnan(sample.value) else sample.value
        for message in door.messages
        for sample in message
    }
    in_order.take([(second_of(ts), value) for ts, value in sorted(rows.items())])
    in_order.commit()
    for name in ("tag", "ts", "value", "quality"):
        assert_array_equal(getattr(door.store.dump(), name), getattr(in_order.store.dump(), name))
    door.store.close()
    in_order.store.close()


@pytest.mark.parametrize("seed", range(12))
def test_a_backlog_in_any_order_tells_each_excursion_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(100 + seed)
    rules = [Rule(1, 1, "h", 75.0, 3.0), Rule(2, 1, "l", 25.0, 3.0), Rule(3, 1, "bad")]
    door = Door(tmp_path, rules)
    live, missing = backfilled(chance, null=0.1)
    for message in live:
        door.take(message)
    chance.shuffle(missing)
    for sample in missing:
        door.take([sample])
    door.commit()
    due = settled(events_in_order(rules, door.messages))
    told = settled(door.events)
    for (rule, start), end in due.items():
        inside = [at for of, at in told if of == rule and start <= at and (end is None or at < end)]
        assert len(inside) == 1, (rule, second_of(start), [second_of(at) for at in inside])
    assert len(told) == len(due)
    door.store.close()
