"""All sensors that are watched: who is in which block, rows in, findings out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from anwei.methods.drift import SILENT, Limit
from anwei.methods.likelihood import QUIET
from anwei.methods.plausible import LARGEST
from anwei.methods.sensor_bank import PARTS
from anwei.monitoring.detect.block import RECENT, SLOTS, Block
from anwei.monitoring.detect.checkpoint import Kept, flat, kept
from anwei.monitoring.detect.minutes import MINUTE_MS, Floats, Integers, Minutes, Rows
from anwei.monitoring.detect.outbox import Finding
from anwei.monitoring.detect.similar import similar
from anwei.monitoring.detect.words import DriftFacts, of_drift, of_sensor
from anwei.monitoring.stream.register import Register

KINDS = ("hh", "h", "l", "ll")  # the place of a limit in its slot
UPPER = ("hh", "h")
MOST_IMPORTANT = 300  # sensors with the large windows, 0.4 MB each: 1 GiB with 10,000 in all; others as usual
NEEDED = QUIET + 10  # rows with which every part of the score speaks
MOVED_AT_ONCE = 1  # sensors whose rows are taught to another block before the log is read on: some 0.8 s each


class Watch:
    """Columns of all blocks one after the other: column = block * SLOTS + slot."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.minutes = Minutes()
        self.n_rows = 0  # taken since the start
        self.unmarked = 0  # important sensors beyond MOST_IMPORTANT
        self._column: dict[int, int] = {}  # by tag
        self._gate = np.zeros(0, np.int64)
        self._lookup = np.full(1, -1, np.int64)  # column by tag number
        self._limits: dict[int, list[Limit | None]] = {}  # by tag, as the blocks have them
        self._moving: list[int] = []  # tags whose importance has changed

    @property
    def tags(self) -> int:
        """How many sensors are watched."""
        return len(self._column)

    @property
    def important(self) -> int:
        """How many of them look back far."""
        return sum(int((block.tags > 0).sum()) for block in self.blocks if block.important)

    def use(self, register: Register) -> None:
        """Watch the sensors of `register` that have rules, by its limits; what was learned of others goes."""
        limits, important = _wanted(register)
        self.unmarked = max(0, len(important) - MOST_IMPORTANT)
        important = set(sorted(important)[:MOST_IMPORTANT])
        gone = [column for tag, column in self._column.items() if tag not in limits]
        for index in sorted({column // SLOTS for column in gone}):
            slots = np.array([column % SLOTS for column in gone if column // SLOTS == index])
            self.blocks[index].forget(slots)
            self.minutes.forget(index * SLOTS + slots)
        self._column = {tag: column for tag, column in self._column.items() if tag in limits}
        free = self._free_columns()
        for tag in sorted(set(limits) - set(self._column)):
            self._place(tag, free, important=tag in important)
        for tag, wanted in limits.items():
            if self._limits.get(tag) != wanted:
                block, slot = self._at(tag)
                block.drifts.set_limits(slot, wanted)
        self._limits = limits
        self._moving = [tag for tag in self._column if self._at(tag)[0].important != (tag in important)]
        self._index()

    def settle(self) -> None:
        """Move some sensors whose importance has changed: their rows are taught to the other windows."""
        moving, self._moving = self._moving[:MOVED_AT_ONCE], self._moving[MOVED_AT_ONCE:]
        free = self._free_columns() if moving else {}
        for tag in moving:
            if tag not in self._column:
                continue
            old, theirs = self._at(tag)
            old_column = self._column.pop(tag)
            self._place(tag, free, important=not old.important)
            block, slot = self._at(tag)
            block.take_over(slot, old, theirs)
            for minute, value in zip(*old.sensors.rows(theirs), strict=True):
                block.sensors.step(np.array([slot]), np.array([minute]), np.array([value]))
            column = self._column[tag]
            for name in Minutes.FIELDS:
                getattr(self.minutes, name)[column] = getattr(self.minutes, name)[old_column]
            self._gate[column] = self._gate[old_column]
            old.forget(np.array([theirs]))
            self.minutes.forget(np.array([old_column]))
        if moving:
            self._index()

    def take(self, tag: Integers, ts: Integers, value: Floats, stamped: Integers, sequence: Integers) -> Rows:
        """Take good, possible samples in the order of the log and return the rows they close."""
        inside = tag < len(self._lookup)
        column = np.where(inside, self._lookup[np.where(inside, tag, 0)], -1)
        wanted = (column >= 0) & (np.abs(value) <= LARGEST)
        wanted &= sequence > self._gate[np.where(wanted, column, 0)] if len(self._gate) else False
        column = column[wanted]
        return self.minutes.take(column, ts[wanted], value[wanted], stamped[wanted])

    def tick(self, now: int) -> Rows:
        """Return the rows closed by silence at `now` (ms, the log's clock)."""
        return self.minutes.tick(now)

    def steps(self, rows: Rows) -> Iterator[list[Finding]]:
        """Score rows block by block and yield what was found; the caller may rest in between."""
        for wave in rows.waves():
            index = wave.column // SLOTS
            for one in np.unique(index).tolist():
                mine = index == one
                yield self._step(
                    self.blocks[one], wave.column[mine] - one * SLOTS, wave.minute[mine], wave.value[mine]
                )

    def _step(self, block: Block, slots: Integers, minutes: Integers, values: Floats) -> list[Finding]:
        self.n_rows += len(slots)
        scores, warned, judged = block.step(slots, minutes, values)
        found: list[Finding] = []
        for row, why in scores.facts.items():
            parts = dict(zip(PARTS, scores.parts[row].tolist(), strict=True))
            found.append(
                {
                    **_of_row("anomaly", block, int(slots[row]), int(minutes[row]), float(values[row])),
                    "score": float(scores.score[row]),
                    "spacing": float(block.sensors.spacing[slots[row]]),
                    "reason": of_sensor(why),
                    "facts": why._asdict(),
                    "parts": parts,
                }
            )
        for one in warned:
            slot, forecast = int(slots[one.row]), one.forecast
            at = int(minutes[one.row]) * MINUTE_MS
            value = float(values[one.row])
            facts = DriftFacts(
                value,
                forecast.limit.value,
                forecast.slope * 60,
                (at / 1000 - forecast.since) / 60,
                forecast.ahead / 60,
            )
            found.append(
                {
                    **_of_row("drift", block, slot, int(minutes[one.row]), value),
                    "key": KINDS[one.place],
                    "limit": forecast.limit.value,
                    "expected_at": at + round(forecast.seconds * 1000),
                    "earliest_at": at + round(forecast.earliest * 1000),
                    "latest_at": at + round(min(forecast.latest, 1e9) * 1000),
                    "probability": forecast.probability,
                    "facts": facts._asdict(),
                    "score": float(scores.score[one.row]),
                    "reason": of_drift(facts),
                    "similar": [
                        each._asdict() for each in similar(*block.sensors.rows(slot), forecast.limit)
                    ],
                    "backtest": _of_limit(block, slot, one.place),
                }
            )
        found += [
            {
                "kind": "judged",
                "tag": int(block.tags[one.slot]),
                "at": one.warned * MINUTE_MS,
                "key": KINDS[one.place],
                "reached_at": one.reached * MINUTE_MS,
            }
            for one in judged
        ]
        return found

    def state(self, tag: int) -> dict[str, Any] | None:
        """Return what is known of a sensor for its page, None where it is not watched."""
        if tag not in self._column:
            return None
        block, slot = self._at(tag)
        n = int(block.sensors.n[slot])
        order = (np.arange(RECENT) + int(block.n_recent[slot])) % RECENT
        order = order[block.recent_minute[slot, order] > 0]
        minute = int(block.sensors.minute[slot])
        return {
            "rows": n,
            "missing": max(0, NEEDED - n),
            "spacing": float(block.sensors.spacing[slot]),
            "important": block.important,
            "days": (minute - int(block.since[slot])) / 1440 if n else 0.0,
            "newest": minute * MINUTE_MS if n else 0,
            "anomalies": int(block.n_alarms[slot]),
            "at": (block.recent_minute[slot, order].astype(np.int64) * MINUTE_MS).tolist(),
            "value": block.recent_value[slot, order].tolist(),
            "raw": block.recent_raw[slot, order].tolist(),
            "score": block.recent_score[slot, order].tolist(),
            "limits": [
                {"kind": KINDS[place], **_of_limit(block, slot, place)}
                for place in range(len(KINDS))
                if not math.isnan(block.drifts.limit[slot, place])
            ],
        }

    def n_learned(self, tags: Iterable[int]) -> int:
        """Return of how many `tags` so many rows are known that every part of the score speaks."""
        here = (self._at(tag) for tag in tags if tag in self._column)
        return sum(int(block.sensors.n[slot]) >= NEEDED for block, slot in here)

    def keep(self, index: int, log_name: str, sequence: int) -> Kept:
        """Return a block as a checkpoint keeps it, when the log has been read up to `sequence`."""
        block = self.blocks[index]
        columns = slice(index * SLOTS, (index + 1) * SLOTS)
        arrays = block.arrays() | {
            f"minutes.{name}": getattr(self.minutes, name)[columns] for name in Minutes.FIELDS
        }
        block.written += 1
        position = max(sequence, block.gate)
        return kept(
            block.name,
            log_name,
            position,
            written=block.written,
            important=block.important,
            arrays=flat(arrays),
        )

    def load(self, state: Kept, log_name: str) -> None:
        """Take up a block; KeyError or ValueError where it is of another form, and nothing is taken."""
        block = Block(state.name, important=state.important)
        arrays = state.unpacked()
        block.restore(arrays)
        fields = {name: arrays[f"minutes.{name}"].reshape(SLOTS) for name in Minutes.FIELDS}
        block.written = state.written
        block.gate = state.sequence if state.log_name == log_name else 0
        self._append(block)
        columns = slice(len(self._gate) - SLOTS, None)
        for name, values in fields.items():
            getattr(self.minutes, name)[columns] = values
        self._gate[columns] = block.gate
        for slot in np.flatnonzero(block.tags).tolist():
            column = len(self._gate) - SLOTS + slot
            if self._column.setdefault(int(block.tags[slot]), column) != column:  # it moved between two files
                block.forget(np.array([slot]))
                self.minutes.forget(np.array([column]))
        self._index()

    def start(self) -> int:
        """Return the sequence from after which the log must be read: the oldest block's."""
        return min((block.gate for block in self.blocks), default=0)

    def new_log(self) -> None:
        """Know that the log was made anew: its sequences begin again."""
        self._gate[:] = 0
        for block in self.blocks:
            block.gate = 0

    def _at(self, tag: int) -> tuple[Block, int]:
        index, slot = divmod(self._column[tag], SLOTS)
        return self.blocks[index], slot

    def _free_columns(self) -> dict[bool, list[int]]:
        """Return the free columns of important and of usual blocks, the first of them last."""
        found: dict[bool, list[int]] = {True: [], False: []}
        for index in reversed(range(len(self.blocks))):
            block = self.blocks[index]
            found[block.important] += (index * SLOTS + block.free()[::-1]).tolist()
        return found

    def _place(self, tag: int, free: dict[bool, list[int]], *, important: bool) -> None:
        """Give a sensor a column, of a new block where there is none free."""
        if not free[important]:
            names = {int(one.name) for one in self.blocks}
            name = next(i for i in range(len(names) + 1) if i not in names)
            self._append(Block(f"{name:05d}", important=important))
            first = (len(self.blocks) - 1) * SLOTS
            free[important] = list(range(first, first + SLOTS))[::-1]
        column = free[important].pop()
        index, slot = divmod(column, SLOTS)
        self.blocks[index].tags[slot] = tag
        self._column[tag] = column
        self._gate[column] = self.blocks[index].gate

    def _append(self, block: Block) -> None:
        self.blocks.append(block)
        size = len(self.blocks) * SLOTS
        self.minutes.grow(size)
        self._gate = np.concatenate([self._gate, np.zeros(size - len(self._gate), np.int64)])

    def _index(self) -> None:
        self._lookup = np.full(max(self._column, default=0) + 1, -1, np.int64)
        if self._column:
            self._lookup[list(self._column)] = list(self._column.values())


def _wanted(register: Register) -> tuple[dict[int, list[Limit | None]], set[int]]:
    """Return the limits of all tags with rules by KINDS, and which of these tags are important."""
    devices, tags, rules = register.devices, register.tags, register.rules
    alive = {
        number: important
        for number, device, important in zip(
            tags.number, tags.device, tags.important or [False] * len(tags.number), strict=True
        )
        if not devices.revoked[device]
    }
    found: dict[int, list[Limit | None]] = {}
    for tag, kind, limit in zip(rules.tag, rules.kind, rules.limit, strict=True):
        if tag not in alive:
            continue
        limits = found.setdefault(tag, [None] * len(KINDS))
        if kind in KINDS and limit is not None:
            limits[KINDS.index(kind)] = Limit(limit, kind in UPPER)
    return found, {tag for tag in found if alive[tag]}


def _of_row(kind: str, block: Block, slot: int, minute: int, value: float) -> Finding:
    return {
        "kind": kind,
        "tag": int(block.tags[slot]),
        "at": minute * MINUTE_MS,
        "key": "",
        "value": value,
        "rows": int(block.sensors.n[slot]),
    }


def _of_limit(block: Block, slot: int, place: int) -> dict[str, Any]:
    """Return the backtest of one limit on the sensor's own past."""
    drifts = block.drifts
    share = float(drifts.trust(np.array([slot]))[0, place])
    return {
        "limit": float(drifts.limit[slot, place]),
        "crossings": int(drifts.crossings[slot, place]),
        "foretold": int(drifts.foretold[slot, place]),
        "lead": int(drifts.lead[slot, place]),
        "true": int(drifts.came_true[slot, place]),
        "false": int(drifts.came_false[slot, place]),
        "lately_true": int(np.isfinite(drifts.true[slot, place]).sum()),  # of REMEMBERED days, told or not
        "lately_false": int(np.isfinite(drifts.false[slot, place]).sum()),
        "most": share,  # that a probability may say
        "silent": share < SILENT,
    }
