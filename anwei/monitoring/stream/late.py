"""Late samples among what is stored around them: which episodes they tell of that nobody was told of yet.

An episode in the samples as they are now has been told when one of the starts told before lies in it. So one
excursion is one episode in however many messages and in whatever order its samples come; what came in order
of time also has the start and, at last, the end of a run in order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.alarm.late import JUDGED_LATE, Episode, Known, episodes, quiet
from anwei.monitoring.stream.alarm.rules import RuleSet
from anwei.monitoring.stream.alarm.state import NORMAL, State
from anwei.monitoring.stream.samples import EpisodeEvent, Quality, Samples
from anwei.monitoring.stream.store.order import sort_unique, take
from anwei.monitoring.stream.store.protocol import TelemetryStore

_FIRST_LOOK_MS = 60_000  # around late samples: mostly enough
_WIDER = 16  # times, each look for neighbours that were not there
_REACH_MS = 86_400_000  # how far neighbours are looked for
_ENOUGH_ROWS = 2_000  # of neighbours on one side: an episode that long was told
_ROWS = 1_000_000  # of one look at what is stored of a tag
_PAGE = 100_000  # of the outbox
_STARTS = 200  # remembered of a rule


class _Told(NamedTuple):
    end: int | None
    late: bool


class LateData:
    """Finds the episodes in late samples; what was told is read from the store's outbox when first needed."""

    def __init__(self, store: TelemetryStore) -> None:
        self._store = store
        self._known = Known()
        self._told: dict[int, dict[int, _Told]] = {}  # by rule and start
        self._is_read = False  # the outbox

    def forget(self) -> None:
        """Forget what was found by rules that are no longer in force."""
        self._known = Known()

    def note(self, events: list[EpisodeEvent]) -> None:
        """Note what is in the outbox now."""
        if self._is_read:
            for event in events:
                _note(self._told, event)

    def doubtful(self, rules: RuleSet, state: State, late: Samples) -> Samples:
        """Return all late samples of those tags of which one may tell of an alarm or its end."""
        telling = self._known.doubtful(rules, state, late)
        return take(late, np.isin(late.tag, late.tag[telling]))

    def judge(
        self,
        rules: RuleSet,
        state: State,
        late: Samples,
        *,
        message: Samples,
        waiting: Samples,
        pending: list[EpisodeEvent],
    ) -> list[EpisodeEvent]:
        """Return the events of late samples: episodes raised and cleared at once, or an end put right.

        `late` are part of `message`; `waiting` samples and `pending` events are not in the store yet. Devices
        send the same again: only what changes the rows in the store tells anything.
        """
        if not self._is_read:
            self._is_read = True
            self._read_outbox()
        events: list[EpisodeEvent] = []
        for tag in np.unique(late.tag).tolist():
            own, new = take(late, late.tag == tag), take(message, message.tag == tag)
            new = take(new, new.ts > own.ts.max())
            unstored = Samples.concatenate([take(waiting, waiting.tag == tag), new])
            around, cut = self._neighbours(rules, state, own, unstored)
            rows = sort_unique(Samples.concatenate([around, own]))
            fresh = _changed(around, rows)
            if not len(fresh):
                continue
            found = episodes(rules, tag, rows)
            self._known.remember(tag, found, int(rows.ts[0]), int(rows.ts[-1]))
            column = int(rules.columns(own.tag[:1])[0])
            told = self._told_of(rules, column, pending)
            ends: dict[int, int] = {}  # by kind, of the episode before
            for episode in found:
                begin = ends.get(episode.kind, int(rows.ts[0]))
                ends[episode.kind] = episode.cleared.at
                if not ((fresh >= begin) & (fresh <= episode.cleared.at)).any():
                    continue  # as it was before
                if cut and episode.raised.start == rows.ts[0]:
                    continue  # it began before these rows
                if not episode.over and state.phase[episode.kind, column] != NORMAL:
                    continue  # the live one, or going to be
                events += _news(episode, told[episode.raised.rule])
        return events

    def _neighbours(
        self, rules: RuleSet, state: State, late: Samples, unstored: Samples
    ) -> tuple[Samples, bool]:
        """Return the rows of a tag around its late samples, as far as phases may depend on each other.

        Also whether there were too many before the late ones to see where a phase began.
        """
        tag, first, last = int(late.tag[0]), int(late.ts.min()), int(late.ts.max())
        column = int(rules.columns(late.tag[:1])[0])
        kinds = list(JUDGED_LATE)
        delays = rules.on_delay[kinds, column].max() + rules.off_delay[kinds, column].max()
        before = after = int(2 * rules.period[column] + delays) + _FIRST_LOOK_MS
        while True:
            rows = self._rows(tag, first - before, last + after + 1, unstored)
            earlier, later = take(rows, rows.ts < first), take(rows, rows.ts > last)
            begins = np.flatnonzero(quiet(rules, column, earlier))[-1:]
            ends = np.flatnonzero(quiet(rules, column, later))[:1]
            more_before = not len(begins) and len(earlier) < _ENOUGH_ROWS and before < _REACH_MS
            more_after = not len(ends) and len(later) < _ENOUGH_ROWS and after < _REACH_MS
            more_after &= last + after < state.last[column]
            if not more_before and not more_after:
                begin = begins[0] if len(begins) else max(len(earlier) - _ENOUGH_ROWS, 0)
                end = len(rows) - len(later) + ends.min(initial=_ENOUGH_ROWS) + 1
                cut = not len(begins) and len(earlier) >= _ENOUGH_ROWS
                return take(rows, slice(begin, end)), cut
            before *= _WIDER if more_before else 1
            after *= _WIDER if more_after else 1

    def _rows(self, tag: int, start: int, end: int, unstored: Samples) -> Samples:
        """Return the rows of a tag in [start, end), stored or not yet."""
        kept = self._store.history(tag, start, end, None, _ROWS)
        stored = Samples(np.full(len(kept["ts"]), tag, np.int32), kept["ts"], kept["value"], kept["quality"])
        near = take(unstored, (unstored.ts >= start) & (unstored.ts < end))
        return _trusted(sort_unique(Samples.concatenate([stored, near])))

    def _read_outbox(self) -> None:
        read = 0
        while page := self._store.episodes(read, _PAGE):
            self.note([EpisodeEvent(**event) for _, event in page])
            read = page[-1][0]

    def _told_of(
        self, rules: RuleSet, column: int, pending: list[EpisodeEvent]
    ) -> dict[int, dict[int, _Told]]:
        """Return what was told of a column's rules, stored or not, by rule and start."""
        ids = rules.rule[list(JUDGED_LATE), column].tolist()
        told = {rule: dict(self._told.get(rule, {})) for rule in ids}
        for event in pending:
            if event.rule in told:
                _note(told, event)
        return told


def _trusted(samples: Samples) -> Samples:
    return take(samples, samples.quality != Quality.FUTURE)


def _changed(stored: Samples, rows: Samples) -> NDArray[np.int64]:
    """Return the times of those rows that are not stored as they are; both in order, each time once."""
    if not len(stored):
        return rows.ts
    at = np.minimum(np.searchsorted(stored.ts, rows.ts), len(stored) - 1)
    same = (stored.ts[at] == rows.ts) & (stored.quality[at] == rows.quality)
    same &= (stored.value[at] == rows.value) | np.isnan(rows.value)
    changed: NDArray[np.int64] = rows.ts[~same]
    return changed


def _news(episode: Episode, told: dict[int, _Told]) -> list[EpisodeEvent]:
    """Return what must be told of an episode, and note it in `told`, the starts of its rule."""
    raised, cleared = episode.raised, episode.cleared
    known = [start for start in told if raised.start <= start <= cleared.at]
    if not known:
        told[raised.start] = _Told(cleared.at, late=True)
        return [raised, cleared]
    start = min(known)
    if not told[start].late or told[start].end == cleared.at:
        return []
    told[start] = _Told(cleared.at, late=True)
    return [replace(cleared, start=start)]


def _note(told: dict[int, dict[int, _Told]], event: EpisodeEvent) -> None:
    starts = told.setdefault(event.rule, {})
    starts[event.start] = _Told(event.at if event.kind == "cleared" else None, event.late)
    if len(starts) > _STARTS:
        del starts[next(iter(starts))]
