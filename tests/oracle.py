"""An independent oracle of alarm episodes: one sample at a time, plain Python, nothing imported from `anwei`.

It is given what was sent, as messages in the order of the log, and says which episodes must come of it.
Samples inside one message are put in order; a sample not newer than the newest of its tag (in the messages
before) is late and moves nothing live. What late samples tell afterwards must add up to the episodes of a run in
order, which is what `events_in_order` gives. Silence is not judged here: it depends on the clock; only newer
samples are a sign of life.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GOOD, NO_VALUE, OUT_OF_RANGE, FUTURE = range(4)
LIMITS = ("hh", "h", "l", "ll")


@dataclass(frozen=True)
class Sample:
    tag: int
    ts: int  # ms
    value: float  # NaN: the device sent null
    quality: int = GOOD


@dataclass(frozen=True)
class Rule:
    id: int
    tag: int
    kind: str  # hh h l ll rate bad
    limit: float | None = None
    deadband: float = 0.0
    on_delay_ms: int = 0
    off_delay_ms: int = 0


@dataclass(frozen=True)
class Event:
    rule: int
    start: int
    kind: str  # raised cleared
    at: int


@dataclass
class Watch:
    """One rule and where its episode stands."""

    rule: Rule
    pending_since: int | None = None
    active_since: int | None = None  # start of the episode
    returning_since: int | None = None

    def violated_by(self, measured: float) -> bool:
        if self.rule.kind == "bad":
            return measured > 0
        return measured <= self.rule.limit if self.rule.kind in ("l", "ll") else measured >= self.rule.limit

    def see(self, ts: int, measured: float) -> list[Event]:
        rule, violates = self.rule, self.violated_by(measured)
        if rule.kind == "bad":
            holds = violates
        elif rule.kind in ("l", "ll"):
            holds = measured <= rule.limit + rule.deadband
        else:
            holds = measured >= rule.limit - rule.deadband
        events = []
        if self.active_since is None:
            if not violates:
                self.pending_since = None
                return []
            if self.pending_since is None:
                self.pending_since = ts
            if ts - self.pending_since >= rule.on_delay_ms:
                self.active_since, self.pending_since = self.pending_since, None
                events.append(Event(rule.id, self.active_since, "raised", ts))
            return events
        if holds:
            self.returning_since = None
            return []
        if self.returning_since is None:
            self.returning_since = ts
        if ts - self.returning_since >= rule.off_delay_ms:
            events.append(Event(rule.id, self.active_since, "cleared", ts))
            self.active_since = self.returning_since = None
        return events


@dataclass
class Series:
    """One tag: its rules, its newest time, its last good sample."""

    watches: list[Watch]
    newest: float = -math.inf
    good: Sample | None = None

    def see(self, sample: Sample) -> list[Event]:
        self.newest = sample.ts
        good = sample.quality == GOOD
        # a value outside the sensor's range and beyond a limit violates that limit, and is then not bad data
        off_scale = [
            watch
            for watch in self.watches
            if sample.quality == OUT_OF_RANGE
            and watch.rule.kind in LIMITS
            and watch.violated_by(sample.value)
        ]
        events = []
        for watch in self.watches:
            if watch in off_scale:
                events += watch.see(sample.ts, sample.value)
            elif watch.rule.kind == "bad":
                if not off_scale:
                    events += watch.see(sample.ts, 0.0 if good else 1.0)
            elif good and watch.rule.kind == "rate":
                if self.good is not None:
                    change = abs(sample.value - self.good.value)
                    events += watch.see(sample.ts, change / (sample.ts - self.good.ts) * 60_000)
            elif good:
                events += watch.see(sample.ts, sample.value)
        if good:
            self.good = sample
        return events


def events_of(rules: Iterable[Rule], messages: Iterable[Sequence[Sample]]) -> list[Event]:
    """Return every event that the messages must cause, in no promised order across rules."""
    series: dict[int, Series] = {}
    for rule in rules:
        series.setdefault(rule.tag, Series([])).watches.append(Watch(rule))
    events: list[Event] = []
    for message in messages:
        newest_before = {tag: one.newest for tag, one in series.items()} if len(message) > 1 else None
        seen: set[tuple[int, int]] = set()
        # of rivals for one (tag, time) the best quality, then the larger value counts
        for sample in sorted(message, key=lambda s: (s.tag, s.ts, s.quality, _falling(s.value))):
            one = series.get(sample.tag)
            if one is None or sample.quality == FUTURE or (sample.tag, sample.ts) in seen:
                continue
            before = one.newest if newest_before is None else newest_before[sample.tag]
            if sample.ts > before:
                seen.add((sample.tag, sample.ts))
                events += one.see(sample)
    return events


def events_in_order(rules: Iterable[Rule], messages: Iterable[Sequence[Sample]]) -> list[Event]:
    """Return every event that the messages would cause if each sample had come when it was its turn."""
    return events_of(rules, [[sample for message in messages for sample in message]])


def n_late(messages: Iterable[Sequence[Sample]]) -> int:
    """Return how many samples are not newer than the newest of their tag in the messages before."""
    newest: dict[int, int] = {}
    count = 0
    for message in messages:
        trusted = [sample for sample in message if sample.quality != FUTURE]
        count += sum(sample.ts <= newest.get(sample.tag, -1) for sample in trusted)
        for sample in trusted:
            newest[sample.tag] = max(newest.get(sample.tag, -1), sample.ts)
    return count


def _falling(value: float) -> float:
    return math.inf if math.isnan(value) else -value
