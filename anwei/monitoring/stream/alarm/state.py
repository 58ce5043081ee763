"""What the engine remembers: of each tag its last sample, of each rule its phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.rules import RuleSet
from anwei.monitoring.stream.samples import EpisodeEvent, Quality

NORMAL, PENDING, ACTIVE, CLEARING = range(4)
NEVER = np.iinfo(np.int64).min // 2  # a time before all others, from which a difference does not overflow
FIRST_WORD_MS = 10 * 60_000  # after the registration of a device: until then its silence is no alarm

Columns = dict[str, NDArray[Any]]


@dataclass
class State:
    """Columns and matrices shaped like the RuleSet's; times in ms."""

    last: NDArray[np.int64]  # time of the newest sample that was evaluated
    good_value: NDArray[np.float64]  # the last sample of good quality
    good_ts: NDArray[np.int64]
    arrived: NDArray[np.int64]  # server clock at the last arrival; of a new device, when it is to speak
    phase: NDArray[np.int8]
    start: NDArray[np.int64]  # sample time at which the episode began
    turn: NDArray[np.int64]  # sample time at which clearing began
    changed: list[NDArray[np.int64]] = field(default_factory=list)  # flat indices, not yet settled
    ended: list[Columns] = field(default_factory=list)  # rows of earlier rules, not yet settled

    @classmethod
    def new(cls, rules: RuleSet) -> State:
        """Return the state in which nothing has been seen."""
        n = rules.rule.shape[1]
        return cls(
            last=np.full(n, NEVER),
            good_value=np.full(n, np.nan),
            good_ts=np.full(n, NEVER),
            arrived=rules.registered + FIRST_WORD_MS,
            phase=np.zeros(rules.rule.shape, np.int8),
            start=np.zeros_like(rules.rule),
            turn=np.zeros_like(rules.rule),
        )

    def changes(self, rules: RuleSet) -> Columns | None:
        """Return the rows of all rules that changed since they were settled, the last of a rule counts."""
        parts = self.ended
        if self.changed:
            flat = np.unique(np.concatenate(self.changed))
            parts = [*parts, _rows(rules, self, np.unravel_index(flat, self.phase.shape))]
        if not parts:
            return None
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def settle(self) -> None:
        """Forget what changed: the store has it."""
        self.changed, self.ended = [], []


def restore(rules: RuleSet, rows: Columns, last: Columns, now: int) -> tuple[State, list[EpisodeEvent]]:
    """Return the state as the store kept it, and the end of episodes whose rules are gone.

    `rows` are those of `State.changes`, the last of each rule; `last` has tag, ts, value, quality of each
    tag's newest sample.
    """
    state = State.new(rules)
    column = rules.columns(last["tag"])
    known = column >= 0
    state.last[column[known]] = last["ts"][known]
    good = known & (last["quality"] == Quality.GOOD)
    state.good_ts[column[good]] = last["ts"][good]
    state.good_value[column[good]] = last["value"][good]
    return state, _place(rules, state, rows, now)


def carry(old_rules: RuleSet, old: State, rules: RuleSet, now: int) -> tuple[State, list[EpisodeEvent]]:
    """Return the state under new rules, and the end of episodes whose rules are gone.

    What a tag or device last said is kept; so is the phase of each rule that still watches the same thing in
    the same way. A rule whose limit moved keeps an active episode, and the next sample judges it.
    """
    state = State.new(rules)
    state.arrived = np.maximum(state.arrived, now)
    device = {code: column for column, code in enumerate(rules.codes) if not rules.tag[column]}
    columns = np.where(
        old_rules.tag > 0,
        rules.columns(old_rules.tag),
        np.array([device.get(code, -1) for code in old_rules.codes], np.int64),  # an empty list is float
    )
    kept = columns >= 0
    for name in ("last", "good_value", "good_ts", "arrived"):
        getattr(state, name)[columns[kept]] = getattr(old, name)[kept]

    unsettled = old.changes(old_rules)
    if unsettled is not None:
        state.ended.append(unsettled)
    rows = _rows(old_rules, old, np.nonzero(old.phase))
    events = _place(rules, state, rows, now)
    moved = (rules.enter[:, columns[kept]] != old_rules.enter[:, kept]) & (
        state.phase[:, columns[kept]] == PENDING
    )
    for kind, index in np.argwhere(moved):
        state.phase[kind, columns[kept][index]] = NORMAL
    return state, events


def _rows(rules: RuleSet, state: State, at: tuple[NDArray[np.intp], ...]) -> Columns:
    kind, column = at
    return {
        "rule": rules.rule[kind, column],
        "tag": rules.tag[column].astype(np.int64),
        "kind": kind.astype(np.int64),
        "phase": state.phase[kind, column].astype(np.int64),
        "start": state.start[kind, column],
        "turn": state.turn[kind, column],
    }


def _place(rules: RuleSet, state: State, rows: Columns, now: int) -> list[EpisodeEvent]:
    """Put the phases of `rows` where their rules are now; end the episodes of rules that are nowhere."""
    if not rows:
        return []
    under_way = rows["phase"] != NORMAL
    rows = {name: column[under_way] for name, column in rows.items()}
    cells = np.argwhere(np.isin(rules.rule, rows["rule"]))
    cell_of = {int(rules.rule[kind, column]): (int(kind), int(column)) for kind, column in cells}
    gone = np.zeros(len(rows["rule"]), np.bool_)
    watched = np.column_stack([rows["rule"], rows["kind"], rows["tag"]])
    for row, (rule, kind, tag) in enumerate(watched.tolist()):
        cell = cell_of.get(rule)
        if cell is None or (cell[0], rules.tag[cell[1]]) != (kind, tag):
            gone[row] = True
        else:
            state.phase[cell] = rows["phase"][row]
            state.start[cell] = rows["start"][row]
            state.turn[cell] = rows["turn"][row]
    ended = {name: column[gone] for name, column in rows.items()}
    if gone.any():
        state.ended.append({**ended, "phase": np.zeros_like(ended["phase"])})
    return _ends(rules, ended, now)


def _ends(rules: RuleSet, rows: Columns, now: int) -> list[EpisodeEvent]:
    """Return the end of each active episode in `rows`."""
    column = rules.columns(rows["tag"].astype(np.int32))
    return [
        EpisodeEvent(
            rule=int(rows["rule"][row]),
            tag=int(rows["tag"][row]),
            device=rules.codes[column[row]] if column[row] >= 0 else "",
            start=int(rows["start"][row]),
            kind="cleared",
            at=now,
            value=None,
            limit=None,
        )
        for row in np.flatnonzero(rows["phase"] >= ACTIVE).tolist()
    ]
