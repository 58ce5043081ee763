"""The intake for tests of late data: messages in, the episodes told out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from anwei.monitoring.stream.consume import Entry
from anwei.monitoring.stream.intake import Intake
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.oracle import GOOD, NO_VALUE, OUT_OF_RANGE, Rule, Sample
from tests.stream.plant import Plant

START = 1_790_000_000_000
Reading = tuple[float, float | None]  # second, value; None: the device sent null
RULES = [Rule(1, 1, "h", 80.0, 2.0)]


class Door:
    """One device with one tag `T0`; messages go in as the log gives them, rows and events come out."""

    def __init__(self, folder: Path, rules: Sequence[Rule] = RULES, **plant: Any) -> None:
        self.folder = folder
        self.plant = Plant(1, 1, list(rules), decimals=1, **plant)
        self.store = EmbeddedStore(folder, background=False)
        self.intake = Intake(self.store, "log", self.plant.register(), now=START)
        self.events: list[dict[str, Any]] = []
        self.messages: list[list[Sample]] = []

    def take(self, *messages: Sequence[Reading]) -> None:
        """Take messages of (second, value) in one look at the log; then tell what is to be told."""
        entries = []
        for message in messages:
            self.messages.append([self._sample(second, value) for second, value in message])
            rows = [{"ts": ms(second), "values": {"T0": value}} for second, value in message]
            sequence = len(self.messages)
            stamped = START + 100_000_000 + sequence
            entries.append(Entry(sequence, "ingest.d0", stamped, msgspec.json.encode(rows), 0))
        self.intake.take(entries, self.intake.decode(entries))

    def _sample(self, second: float, value: float | None) -> Sample:
        if value is None:
            return Sample(1, ms(second), math.nan, NO_VALUE)
        low = -math.inf if self.plant.low is None else self.plant.low
        high = math.inf if self.plant.high is None else self.plant.high
        return Sample(1, ms(second), value, GOOD if low <= value <= high else OUT_OF_RANGE)

    def each(self, samples: Iterable[Reading]) -> None:
        """Take samples one a message, each committed."""
        for sample in samples:
            self.take([sample])
            self.commit()

    def commit(self) -> None:
        self.events += [event for _, event in self.intake.commit()]

    def restart(self) -> None:
        self.store.close()
        self.store = EmbeddedStore(self.folder, background=False)
        self.intake = Intake(self.store, "log", self.plant.register(), now=START)

    def told(self) -> list[tuple[float, float | None, bool]]:
        """Return start, end and lateness of all episodes, as they stand after all that was told."""
        self.commit()
        found: dict[tuple[int, int], tuple[float, float | None, bool]] = {}
        for event in self.events:
            key = (event["rule"], event["start"])
            if event["kind"] == "raised":
                assert key not in found, "told twice"
                found[key] = (second_of(event["start"]), None, event["late"])
            else:
                start, end, late = found[key]
                assert end is None or (late and event["late"]), "only a late end may be put right"
                found[key] = (start, second_of(event["at"]), late)
        return sorted(found.values(), key=lambda one: one[0])

    def late_count(self) -> int:
        rows = [row for row in self.store.reject_counts(0) if row["reason"] == "late"]
        assert {row["device"] for row in rows} <= {"d0"}
        return sum(row["count"] for row in rows)


def ms(second: float) -> int:
    return START + round(second * 1000)


def second_of(at: int) -> float:
    return (at - START) / 1000


def steady(seconds: Iterable[float], value: float | None) -> list[Reading]:
    return [(second, value) for second in seconds]
