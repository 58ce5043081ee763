"""What happens to messages between the log and the store: decoded, judged, committed in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import msgspec
import numpy as np

from anwei.monitoring.stream.alarm.arrival import evaluate_messages
from anwei.monitoring.stream.alarm.rules import NO_DATA, compile_rules
from anwei.monitoring.stream.alarm.silence import begin_anew, tick
from anwei.monitoring.stream.alarm.state import carry, restore
from anwei.monitoring.stream.consume import Entry, telemetry
from anwei.monitoring.stream.decode import MAX_DETAIL, Decoded, Decoder
from anwei.monitoring.stream.late import LateData
from anwei.monitoring.stream.log import HTTP_PREFIX, MQTT_PREFIX, REFUSED_PREFIX
from anwei.monitoring.stream.register import Register
from anwei.monitoring.stream.samples import Batch, Quality, Reason, Reject, Samples
from anwei.monitoring.stream.store.protocol import Columns, TelemetryStore

_ROWS = 1_000_000  # of one look at what is stored of a tag
_RECALL_MS = 86_400_000

log = logging.getLogger("anwei.stream")


class _Refused(msgspec.Struct):
    reason: Reason
    detail: str
    at: int  # ms
    count: int = 1


class Intake:
    """Takes messages, judges them at once, and commits what has been taken when told to.

    What has been taken and not committed is in memory only: the store's mark has not moved, so that after a
    crash the log delivers it again.
    """

    def __init__(self, store: TelemetryStore, log_name: str, register: Register, *, now: int) -> None:
        """`log_name` is the name of the store's mark; the alarm state is taken up from the store."""
        self.sequence = store.mark(log_name)
        self.register_version = register.version
        self._store = store
        self.log_name = log_name
        self._decoder = Decoder(register)
        self._rules = compile_rules(register)
        last = store.last(None)
        self._state, self._events = restore(self._rules, store.alarm_state(), last, now)
        self._recall_good(last)
        self._late = LateData(store)
        self.read_to = 0  # ms: the log's time of the last message taken
        self._samples: list[Samples] = []
        self._rejects: list[Reject] = []
        self.committed = self.sequence
        self.newest = int(last["ts"].max(initial=0))  # ms: time of the newest sample stored
        self.oldest = 0  # ms: the log's time of the oldest message that waits for its commit, 0 if none does
        self.n_messages = 0  # that wait for their commit

    @property
    def n_samples(self) -> int:
        """Number of samples taken and not committed."""
        return sum(map(len, self._samples))

    @property
    def urgent(self) -> bool:
        """Whether an episode began or ended and waits for its commit."""
        return bool(self._events)

    @property
    def pending(self) -> bool:
        """Whether there is anything to commit."""
        return self.sequence > self.committed or bool(self._events) or bool(self._rejects)

    def use(self, register: Register, *, now: int) -> None:
        """Go on with a new register; raises BrokenRegister, and keeps the old one, when it makes no sense."""
        decoder, rules = Decoder(register), compile_rules(register)
        self._state, ended = carry(self._rules, self._state, rules, now)
        self._events += ended
        self._decoder, self._rules = decoder, rules
        self._late.forget()
        self.register_version = register.version

    def decode(self, entries: Sequence[Entry]) -> Decoded:
        """Return what the messages say by the present register; nothing is taken yet."""
        return self._decoder.decode([message for entry in entries if (message := telemetry(entry))])

    def take(self, entries: Sequence[Entry], decoded: Decoded) -> None:
        """Take messages and what they say; events are at hand at once, in `commit`'s batch.

        Their senders were heard when the log had the last of them, however late it is read here.
        """
        now = self.read_to = entries[-1].stamped
        self._rejects += decoded.rejects
        for entry in entries:
            if entry.missing:
                self._rejects.append(_cut(entry))
            if not entry.subject.startswith((MQTT_PREFIX, HTTP_PREFIX)):
                self._rejects.append(_refused(entry))
        self.sequence = entries[-1].sequence
        self.oldest = self.oldest or entries[0].stamped
        self.n_messages += len(entries)
        late: list[Samples] = []
        for part, outcome in evaluate_messages(
            self._rules, self._state, decoded.samples, decoded.message, now
        ):
            self._events += outcome.events
            if len(outcome.late):
                late.append(outcome.late)
                self._judge_late(outcome.late, part)
            self._samples.append(part)
        self._rejects += self._count(Samples.concatenate(late), now)

    def tick(self, *, now: int) -> None:
        """Note the passing of time: silence, and delays that ripen."""
        self._events += tick(self._rules, self._state, now)

    def begin_anew(self, *, now: int) -> None:
        """Count every silence from `now` at the earliest."""
        begin_anew(self._state, now)

    def note(self, rejects: list[Reject]) -> None:
        """Take rejects that did not come out of the log."""
        self._rejects += rejects

    def commit(self) -> list[tuple[int, dict[str, Any]]]:
        """Write all that was taken as one transaction; return the numbered events.

        Raises StoreFull, and then still holds everything for the next try, or for `commit_alarms`.
        """
        batch = Batch(
            stream=self.log_name,
            sequence=self.sequence,
            samples=Samples.concatenate(self._samples),
            events=self._events,
            rejects=self._rejects,
            alarm_state=self._state.changes(self._rules),
        )
        numbers = self._store.append(batch)
        self._late.note(batch.events)
        trusted = batch.samples.ts[batch.samples.quality != Quality.FUTURE]
        self.newest = int(trusted.max(initial=self.newest))
        self.oldest, self.n_messages = 0, 0
        self._state.settle()
        self.committed = self.sequence
        self._samples, self._events, self._rejects = [], [], []
        return list(zip(numbers, map(asdict, batch.events), strict=True))

    def commit_alarms(self) -> list[tuple[int, dict[str, Any]]]:
        """Write only the events, while the store has no room for samples; return them numbered.

        The mark stays, and so do the phases that samples decide: after a crash the log delivers the samples
        again, and the same events come again under the same keys. Raises StoreFull.
        """
        changes = self._state.changes(self._rules)
        if changes is not None:
            of_silence = changes["kind"] == NO_DATA
            changes = {name: column[of_silence] for name, column in changes.items()}
        batch = Batch(
            stream=self.log_name,
            sequence=self.committed,
            samples=Samples.empty(),
            events=self._events,
            alarm_state=changes,
        )
        numbers = self._store.append(batch)
        self._late.note(batch.events)
        self._events = []
        return list(zip(numbers, map(asdict, batch.events), strict=True))

    def _recall_good(self, last: Columns) -> None:
        """Look up the last good sample of tags that ended on another: a rate is measured from it."""
        column = self._rules.columns(last["tag"])
        wanted = (column >= 0) & (last["quality"] != Quality.GOOD) & self._rules.watches_rate[column]
        for tag, ts, at in zip(last["tag"][wanted], last["ts"][wanted], column[wanted], strict=True):
            rows = self._store.history(int(tag), int(ts) - _RECALL_MS, int(ts), None, _ROWS)
            good = np.flatnonzero(rows["quality"] == Quality.GOOD)
            if len(good):
                self._state.good_ts[at] = rows["ts"][good[-1]]
                self._state.good_value[at] = rows["value"][good[-1]]

    def _judge_late(self, late: Samples, part: Samples) -> None:
        doubtful = self._late.doubtful(self._rules, self._state, late)
        if len(doubtful):
            self._samples = [Samples.concatenate(self._samples)]
            self._events += self._late.judge(
                self._rules,
                self._state,
                doubtful,
                message=part,
                waiting=self._samples[0],
                pending=self._events,
            )

    def _count(self, late: Samples, now: int) -> list[Reject]:
        """Return how many late samples there were of each device."""
        columns, numbers = np.unique(self._rules.columns(late.tag), return_counts=True)
        counts: dict[str, int] = {}
        for column, number in zip(columns.tolist(), numbers.tolist(), strict=True):
            code = self._rules.codes[column]
            counts[code] = counts.get(code, 0) + number
        return [Reject(Reason.LATE, code, "", now, "", number) for code, number in counts.items()]


def _refused(entry: Entry) -> Reject:
    """Return the refused publish that the gate wrote down; any other subject is a foreign topic itself."""
    if entry.subject.startswith(REFUSED_PREFIX):
        with suppress(msgspec.MsgspecError):
            told = msgspec.msgpack.decode(entry.data, type=_Refused)
            device = entry.subject[len(REFUSED_PREFIX) :]
            return Reject(told.reason, device, "", told.at, told.detail[:MAX_DETAIL], told.count)
    return Reject(Reason.FOREIGN_TOPIC, "", "", entry.stamped, entry.subject[:MAX_DETAIL])


def _cut(entry: Entry) -> Reject:
    log.error("%d messages were cut from the log before they were read", entry.missing)
    detail = f"log cut before {entry.sequence}"
    return Reject(Reason.TOO_OLD, "", "", entry.stamped, detail, entry.missing)
