"""The rules of one register snapshot as matrices: a row for each kind, a column for each tag and device."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.register import BrokenRegister, Register

KINDS = ("hh", "h", "l", "ll", "rate", "bad", "no_data")
HH, H, L, LL, RATE, BAD, NO_DATA = range(len(KINDS))
LIMITS = (HH, H, L, LL)
SIGN = np.array([1.0, 1.0, -1.0, -1.0, 1.0, 1.0, 1.0])  # folds low limits into high ones

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class RuleSet:
    """Rules in columns; the columns are the register's tags, then its devices. Revoked devices have no rules.

    Matrices have the shape (kinds, columns). Where there is no rule, `rule` is 0 and `enter` and `leave` are
    infinite, so that nothing ever violates it.
    """

    codes: list[str]  # of the device each column belongs to
    tag: NDArray[np.int32]  # tag number; 0 for a device
    column_of: NDArray[np.int32]  # by tag number; -1: not in this register
    parent: NDArray[np.int32]  # a tag's device, a device's gateway; -1: none
    level: NDArray[np.int32]  # number of parents above
    period: Integers  # ms
    registered: Integers  # ms: when the device was entered in the register
    rule: Integers
    limit: Floats  # as stated
    enter: Floats  # folded by SIGN: violated at and above it
    leave: Floats  # folded by SIGN: returned to normal below it
    on_delay: Integers  # ms
    off_delay: Integers  # ms
    calm_low: Floats  # strictly between the two no limit rule of the tag is violated or held
    calm_high: Floats
    watches_rate: NDArray[np.bool_]
    delayed: NDArray[np.bool_]  # some rule judged by samples has a delay, other than the on-delay of bad data

    def columns(self, tags: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the columns of tag numbers, -1 for those not in this register."""
        inside = np.clip(tags, 0, len(self.column_of) - 1)
        return np.where(inside == tags, self.column_of[inside], np.int32(-1))

    def only(self, tag: int) -> RuleSet:
        """Return the rules of one tag of this register, in the one column there is."""
        column = int(self.column_of[tag])
        parts = {name: getattr(self, name)[..., column : column + 1] for name in _BY_COLUMN}
        column_of = np.full(tag + 1, -1, np.int32)
        column_of[tag] = 0
        top = np.zeros(1, np.int32)
        codes = [self.codes[column]]
        return replace(self, codes=codes, column_of=column_of, parent=top - 1, level=top, **parts)


_BY_COLUMN = (
    *("tag", "period", "registered", "rule", "limit", "enter", "leave", "on_delay", "off_delay"),
    *("calm_low", "calm_high", "watches_rate", "delayed"),
)


def compile_rules(register: Register) -> RuleSet:
    """Return the register's rules as matrices; raises BrokenRegister when a rule makes no sense."""
    tags, devices, rules = register.tags, register.devices, register.rules
    n_tags, n_devices = len(tags.number), len(devices.code)
    shape = (len(KINDS), n_tags + n_devices)
    tag = np.concatenate([np.array(tags.number, np.int32), np.zeros(n_devices, np.int32)])
    column_of = np.full(max(tags.number, default=0) + 1, -1, np.int32)
    column_of[tag[:n_tags]] = np.arange(n_tags)
    parent = np.array([*tags.device, *devices.gateway], np.int32)
    parent[parent >= 0] += n_tags

    try:
        kind = np.array([KINDS.index(name) for name in rules.kind], np.int64)
    except ValueError as error:
        raise BrokenRegister(f"unknown kind of rule: {error}") from error
    of_tag = np.array(rules.tag, np.int64)
    column_of_tag = column_of[np.minimum(of_tag, len(column_of) - 1)]
    column = np.where(of_tag > 0, column_of_tag, np.array(rules.device, np.int64) + n_tags)
    limit = np.array(rules.limit, np.float64)  # None becomes NaN
    if (column < 0).any() or (of_tag >= len(column_of)).any():
        raise BrokenRegister("a rule for a tag that is not in the register")
    if np.isnan(limit[kind < BAD]).any():
        raise BrokenRegister("a limit rule without a limit")

    device_of = np.array([*tags.device, *range(n_devices)], np.int64)
    in_force = ~np.array(devices.revoked, np.bool_)[device_of[column]]

    def matrix(values: NDArray[Any], empty: float) -> NDArray[Any]:
        filled = np.full(shape, empty)
        filled[kind[in_force], column[in_force]] = values[in_force]
        return filled

    folded = np.where(kind < BAD, SIGN[kind] * limit, 0.5)  # BAD and NO_DATA: a flag, 1 is violated
    deadband = np.maximum(np.array(rules.deadband, np.float64), 0.0)
    enter = matrix(folded, np.inf)
    leave = matrix(np.where(kind < BAD, folded - deadband, 0.5), np.inf)
    on_delay = matrix(np.array(rules.on_delay_ms, np.int64), 0)
    off_delay = matrix(np.array(rules.off_delay_ms, np.int64), 0)
    delays = on_delay + off_delay
    delays[BAD] = off_delay[BAD]  # good data has no on-delay to wait for
    return RuleSet(
        codes=[*(devices.code[index] for index in tags.device), *devices.code],
        tag=tag,
        column_of=column_of,
        parent=parent,
        level=_levels(parent),
        period=_periods(np.array(tags.period_ms, np.int64), parent, n_devices),
        registered=np.array(devices.registered_at, np.int64)[device_of],
        rule=matrix(np.array(rules.id, np.int64), 0),
        limit=matrix(limit, np.nan),
        enter=enter,
        leave=leave,
        on_delay=on_delay,
        off_delay=off_delay,
        calm_low=-np.minimum(leave[L], leave[LL]),
        calm_high=np.minimum(leave[HH], leave[H]),
        watches_rate=np.isfinite(enter[RATE]),
        delayed=(delays[:NO_DATA] > 0).any(axis=0),
    )


def _levels(parent: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return how many parents each column has above it: a gateway has none, the tags of its members two."""
    level = np.zeros_like(parent)
    above = parent.copy()
    while (above >= 0).any():
        level += above >= 0
        above = np.where(above >= 0, parent[above], above)
        if level.max() > 3:
            raise BrokenRegister("a gateway under a gateway")
    return level


def _periods(of_tags: Integers, parent: NDArray[np.int32], n_devices: int) -> Integers:
    """Return the period of each column; a device speaks as often as the quickest tag below it."""
    never = np.iinfo(np.int64).max // 4
    period = np.concatenate([of_tags, np.full(n_devices, never)])
    for _ in range(2):  # tags to devices, members to gateways
        below = parent >= 0
        np.minimum.at(period, parent[below], period[below])
    return period
