"""What was sent against what is stored: samples one by one, episodes by the oracle."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from anwei.monitoring.stream.samples import Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from tests.oracle import Rule, Sample, events_of
from tests.proof.senders import STEP_MS, Sender, tag_codes, values_of
from tests.support.family import Family

Episode = tuple[int, int, int | None]  # rule, start, cleared or None
LIMIT_KINDS = "('hh', 'h', 'l', 'll')"


@dataclass
class Outcome:
    """Counts of one proof; everything but `ripened` must be 0 from `missing` on."""

    sent: int
    acknowledged: int
    episodes: int
    missing: int
    duplicate: int
    foreign: int
    lost_episodes: int
    extra_episodes: int
    ripened: (
        int  # on-delays that ended by the server's clock while no sample came: due, though no sample told
    )

    def check(self) -> None:
        """Fail unless nothing was lost and nothing came twice."""
        print(self)
        assert self.acknowledged > 0
        assert self.episodes > 0
        assert (self.missing, self.duplicate, self.foreign) == (0, 0, 0), self
        assert (self.lost_episodes, self.extra_episodes) == (0, 0), self


@dataclass
class Due:
    """What the messages must cause, by the oracle."""

    episodes: set[Episode]
    may_ripen: set[tuple[int, int]]  # (rule, start) of every excursion of a delayed rule


def due(family: Family, senders: list[Sender], counts: dict[str, int]) -> Due:
    """Return what the first `counts[device]` messages of each device must cause."""
    numbers, rules = _numbers(family), _rules(family)
    messages = [
        [
            Sample(numbers[sender.device, code], sender.start_ms + number * STEP_MS, value)
            for code, value in zip(tag_codes(), values_of(sender.device, number), strict=True)
        ]
        for sender in senders
        for number in range(counts[sender.device])
    ]
    episodes: dict[tuple[int, int], int | None] = {}
    for event in events_of(rules, messages):
        episodes[event.rule, event.start] = event.at if event.kind == "cleared" else None
    excursions = [Rule(rule.id, rule.tag, rule.kind, rule.limit) for rule in rules if rule.on_delay_ms]
    return Due(
        {(rule, start, cleared) for (rule, start), cleared in episodes.items()},
        {(event.rule, event.start) for event in events_of(excursions, messages)},
    )


def acknowledged(senders: list[Sender]) -> dict[str, int]:
    """Return how many messages of each device were acknowledged."""
    return {sender.device: sender.acknowledged for sender in senders}


def recorded(family: Family) -> list[Episode]:
    """Return the limit episodes of the business database."""
    question = f"SELECT rule_id, started_at, cleared_at FROM monitoring_alarm WHERE kind IN {LIMIT_KINDS}"
    with _database(family) as database:
        rows = database.execute(question).fetchall()
    return [(rule, _ms(started), _ms(cleared) if cleared else None) for rule, started, cleared in rows]


def stored(family: Family) -> Samples:
    """Return all rows of the telemetry store; nothing may run on it."""
    store = EmbeddedStore(family.folder.telemetry)
    try:
        return store.dump()
    finally:
        store.close()


def stored_counts(family: Family, senders: list[Sender], rows: Samples) -> dict[str, int]:
    """Return up to which message each device is stored (a message without acknowledgement may be)."""
    numbers, newest = _numbers(family), dict(zip(rows.tag.tolist(), rows.ts.tolist(), strict=True))
    first = tag_codes()[0]  # rows are ordered by tag and time, so the last of a tag wins
    return {
        sender.device: (newest[numbers[sender.device, first]] - sender.start_ms) // STEP_MS + 1
        for sender in senders
    }


def compare(family: Family, senders: list[Sender], rows: Samples, expected: Due) -> Outcome:
    """Return the counts of what is lost, doubled or foreign."""
    numbers = _numbers(family)
    found_rows = list(zip(rows.tag.tolist(), rows.ts.tolist(), rows.value.tolist(), strict=True))
    found = set(found_rows)
    sent: set[tuple[int, int, float]] = set()
    promised: set[tuple[int, int, float]] = set()
    for sender in senders:
        for number in range(sender.tried):
            at = sender.start_ms + number * STEP_MS
            values = zip(tag_codes(), values_of(sender.device, number), strict=True)
            message = {(numbers[sender.device, code], at, value) for code, value in values}
            sent |= message
            if number < sender.acknowledged:
                promised |= message
    episodes = recorded(family)
    ripened = _ripened(episodes, expected)
    return Outcome(
        sent=len(sent),
        acknowledged=len(promised),
        episodes=len(expected.episodes),
        missing=len(promised - found),
        duplicate=len(found_rows) - len({(tag, ts) for tag, ts, _ in found_rows}),
        foreign=len(found - sent),
        lost_episodes=len(lost(family, expected)),
        extra_episodes=len(set(episodes) - expected.episodes - ripened)
        + len(episodes)
        - len({episode[:2] for episode in episodes}),
        ripened=len(ripened),
    )


def lost(family: Family, expected: Due) -> set[Episode]:
    """Return the due episodes that are not recorded, neither as such nor as part of one that ripened earlier."""
    episodes = recorded(family)
    ripened = _ripened(episodes, expected)
    return {
        (rule, start, cleared)
        for rule, start, cleared in expected.episodes - set(episodes)
        if not any(
            other == rule and begun < start and (ended is None or ended >= start) and ended == cleared
            for other, begun, ended in ripened
        )
    }


def _ripened(episodes: list[Episode], expected: Due) -> set[Episode]:
    return {episode for episode in set(episodes) - expected.episodes if episode[:2] in expected.may_ripen}


def _numbers(family: Family) -> dict[tuple[str, str], int]:
    """Return the number of each (device code, tag code)."""
    question = (
        "SELECT d.code, t.code, t.number FROM monitoring_tag t JOIN monitoring_device d ON d.id = t.device_id"
    )
    with _database(family) as database:
        return {(device, code): number for device, code, number in database.execute(question)}


def _rules(family: Family) -> list[Rule]:
    question = (
        'SELECT id, tag_id, kind, "limit", deadband, on_delay_s, off_delay_s FROM monitoring_alarmrule'
        f" WHERE tag_id IS NOT NULL AND kind IN {LIMIT_KINDS}"
    )
    with _database(family) as database:
        return [
            Rule(rule, tag, kind, limit, deadband, int(on * 1000), int(off * 1000))
            for rule, tag, kind, limit, deadband, on, off in database.execute(question)
        ]


def _database(family: Family) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{family.folder.database}?mode=ro", uri=True)


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text + "+00:00").timestamp() * 1000)
