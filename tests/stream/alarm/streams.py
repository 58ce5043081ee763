"""Random streams of samples, and the engine run over them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from anwei.monitoring.stream.alarm.arrival import evaluate_messages
from anwei.monitoring.stream.alarm.rules import RuleSet, compile_rules
from anwei.monitoring.stream.alarm.state import State
from anwei.monitoring.stream.samples import EpisodeEvent, Samples
from tests.oracle import FUTURE, GOOD, NO_VALUE, OUT_OF_RANGE, Event, Rule, Sample
from tests.stream.plant import Plant

LIMITS = {"hh": 90.0, "h": 80.0, "l": 20.0, "ll": 10.0, "rate": 600.0, "bad": None}
EDGES = (80.0, 90.0, 20.0, 10.0, 78.0, 22.0, 75.0, 85.0)


def random_rules(chance: random.Random, n_tags: int) -> list[Rule]:
    rules = []
    for tag in range(1, n_tags + 1):
        for kind, limit in LIMITS.items():
            if chance.random() < 0.8:
                delays = chance.choice([0, 0, 0, 2000, 5000]), chance.choice([0, 0, 0, 3000])
                rules.append(Rule(len(rules) + 1, tag, kind, limit, chance.choice([0.0, 2.0, 5.0]), *delays))
    return rules


def random_samples(chance: random.Random, n_tags: int, n_samples: int) -> list[Sample]:
    """Samples in order of time for each tag, wandering across the limits and often exactly on them."""
    value, ts = [50.0] * (n_tags + 1), [1_000] * (n_tags + 1)
    samples = []
    for _ in range(n_samples):
        tag = chance.randrange(1, n_tags + 1)
        value[tag] += chance.gauss(0, 8) + (50 - value[tag]) * 0.05
        ts[tag] += chance.choice([1000, 1000, 1000, 3000])
        quality = chance.choice([GOOD] * 20 + [NO_VALUE, OUT_OF_RANGE, FUTURE])
        shown = chance.choice(EDGES) if chance.random() < 0.05 else round(value[tag], 2)
        samples.append(Sample(tag, ts[tag], float("nan") if quality == NO_VALUE else shown, quality))
    return samples


def cut(chance: random.Random, samples: list[Sample], longest: int) -> list[list[Sample]]:
    """Cut into messages, and in each repeat some samples and shuffle all."""
    messages, position = [], 0
    while position < len(samples):
        message = samples[position : position + chance.randrange(1, longest)]
        position += len(message)
        message = message + [chance.choice(message) for _ in range(len(message) // 10)]
        chance.shuffle(message)
        messages.append(message)
    return messages


def columns(messages: Sequence[Sequence[Sample]]) -> tuple[Samples, np.ndarray]:
    """Return the samples of messages, and the message of each."""
    flat = [sample for message in messages for sample in message]
    samples = Samples(
        np.array([sample.tag for sample in flat], np.int32),
        np.array([sample.ts for sample in flat], np.int64),
        np.array([sample.value for sample in flat], np.float64),
        np.array([sample.quality for sample in flat], np.uint8),
    )
    return samples, np.repeat(np.arange(len(messages), dtype=np.int32), [len(m) for m in messages])


class Engine:
    """Rules and state of a plant with one device."""

    def __init__(self, rules: list[Rule], n_tags: int) -> None:
        self.rules: RuleSet = compile_rules(Plant(1, n_tags, rules).register())
        self.state = State.new(self.rules)
        self.late: list[Samples] = []

    def see(self, messages: Sequence[Sequence[Sample]], now: int = 0) -> list[EpisodeEvent]:
        events: list[EpisodeEvent] = []
        for _, outcome in evaluate_messages(self.rules, self.state, *columns(messages), now):
            events += outcome.events
            self.late.append(outcome.late)
        return events


def plain(events: Sequence[EpisodeEvent]) -> list[Event]:
    """Return engine events as the oracle writes them."""
    return [Event(event.rule, event.start, event.kind, event.at) for event in events]


def in_order(events: Sequence[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.rule, event.at, event.kind))
