"""Some sensors that are learned, scored and kept together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anwei.methods.drift_bank import DriftBank, Judged, Warned
from anwei.methods.sensor import MODEST, Facts, Windows
from anwei.methods.sensor_bank import DAY, NEVER, Scores, SensorBank
from anwei.monitoring.detect.minutes import Floats, Integers

SLOTS = 64  # of a block: one file of 5 MB, of important ones of 27 MB
RECENT = 120  # rows whose scores can be asked for
RANKED = 20  # days: an unusual course is told where it is the strongest of them, about one in so many days
KNOWN = 3  # days of rows of one spacing before anything is told: till then too much is the first of its kind

Arrays = dict[str, NDArray[Any]]


class Block:
    """`tags` by slot, 0 where a slot is free; the methods' columns and the last scores."""

    def __init__(self, name: str, *, important: bool) -> None:
        self.name, self.important = name, important
        self.windows = Windows() if important else MODEST
        self.tags = np.zeros(SLOTS, np.int64)
        self.sensors, self.drifts = SensorBank(SLOTS, self.windows), DriftBank(SLOTS)
        self.since = np.full(SLOTS, NEVER, np.int64)  # minute of the first row
        self.n_alarms = np.zeros(SLOTS, np.int64)
        self.n_recent = np.zeros(SLOTS, np.int64)  # rows, of whatever spacing
        self.recent_minute = np.zeros((SLOTS, RECENT), np.int32)  # 0: no row
        self.recent_value, self.recent_raw, self.recent_score = (
            np.zeros((SLOTS, RECENT), np.float32) for _ in range(3)
        )
        self.strongest = np.zeros((SLOTS, RANKED), np.float32)  # raw of a day's strongest alarm, by the day
        self.strongest_day = np.zeros((SLOTS, RANKED), np.int32)  # since 1970
        self.written = 0  # of the last file
        self.gate = 0  # sequence of the log up to which the loaded file has everything

    def free(self) -> Integers:
        """Return the free slots."""
        return np.flatnonzero(self.tags == 0)

    def forget(self, slots: Integers) -> None:
        """Free slots."""
        self.tags[slots] = 0
        self.sensors.forget(slots)
        self.drifts.forget(slots)
        self.since[slots], self.n_alarms[slots], self.recent_minute[slots] = NEVER, 0, 0
        self.strongest_day[slots] = 0

    def step(
        self, slots: Integers, minutes: Integers, values: Floats
    ) -> tuple[Scores, list[Warned], list[Judged]]:
        """Score a row of each slot, take it in, and return what was found."""
        at = self.n_recent[slots] % RECENT
        new = self.since[slots] == NEVER
        self.since[slots[new]] = minutes[new]
        scores = self.sensors.step(slots, minutes, values)
        warned, judged = self.drifts.step(slots, minutes, values)
        self.n_alarms[slots] += scores.alarm
        self.n_recent[slots] += 1
        self.recent_minute[slots, at], self.recent_value[slots, at] = minutes, values
        self.recent_raw[slots, at], self.recent_score[slots, at] = scores.raw, scores.score
        return scores._replace(facts=self._worth_telling(slots, minutes, scores)), warned, judged

    def _worth_telling(self, slots: Integers, minutes: Integers, scores: Scores) -> dict[int, Facts]:
        """Return the facts of alarms that are stronger than any of this sensor's last days.

        One that cries daily is told but once in so many days, whatever it cries of.
        """
        told = {}
        for row, why in scores.facts.items():
            slot, minute, raw = int(slots[row]), int(minutes[row]), float(scores.raw[row])
            day = minute // DAY
            past = self.strongest[slot, self.strongest_day[slot] > day - RANKED]
            if (
                raw > past.max(initial=0.0)
                and minute - int(self.sensors.first_minutes[slot, 0]) >= KNOWN * DAY
                and self.sensors.n_off[slot] == 0  # no other spacing is setting in
            ):
                told[row] = why
            at = day % RANKED
            of_today = float(self.strongest[slot, at]) if self.strongest_day[slot, at] == day else 0.0
            self.strongest[slot, at], self.strongest_day[slot, at] = max(raw, of_today), day
        return told

    def take_over(self, slot: int, other: Block, theirs: int) -> None:
        """Let a slot continue what another block's slot knows but of shapes; rows are fed to it apart."""
        for name, own in self.drifts.arrays().items():
            own[slot] = other.drifts.arrays()[name][theirs]
        for own, before in (
            (self.since, other.since),
            (self.n_alarms, other.n_alarms),
            (self.strongest, other.strongest),
            (self.strongest_day, other.strongest_day),
        ):
            own[slot] = before[theirs]
        self.tags[slot] = other.tags[theirs]

    def arrays(self) -> Arrays:
        """Return all that a checkpoint keeps."""
        own = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        for name, bank in (("sensors", self.sensors), ("drifts", self.drifts)):
            own |= {f"{name}.{inner}": value for inner, value in bank.arrays().items()}
        return own

    def restore(self, arrays: Arrays) -> None:
        """Take up what `arrays` gave. Raises KeyError or ValueError where it is not of this form."""
        for name, own in self.arrays().items():
            own[...] = arrays[name].reshape(own.shape)
        self.sensors.restored()
