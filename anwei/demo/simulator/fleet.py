"""The whole county's stations at work: history first, then live, each on its own connection."""

from __future__ import annotations

import selectors
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from anwei.demo.simulator.link import Link
from anwei.demo.simulator.station import Message, Station

HISTORY_IN_FLIGHT = 2  # messages; the next waits until the log has one of them durably
TURN_S = 0.2  # longest wait of one turn
PROGRESS_S = 2.0


@dataclass(frozen=True)
class Progress:
    """How far the fleet has come; `refused` says why nobody is let in yet."""

    live: int
    stations: int
    history_samples: int
    seconds: float
    refused: str


@dataclass
class Member:
    """A station with its connection and how far it has come."""

    station: Station
    link: Link
    history: Iterator[Message] | None
    live: bool = False

    def finished_history(self) -> bool:
        """Say whether all history is sent and acknowledged."""
        return self.history is None and self.link.in_flight == 0


@dataclass
class Fleet:
    """Runs all members in one thread; `rate` caps history (samples a second): live never waits."""

    members: list[Member]
    selector: selectors.BaseSelector
    rate: float
    say: Callable[[Progress], None]
    loaded: Callable[
        [str, float], None
    ]  # called with a station's code when its history is in, and until when
    history_samples: int = 0
    live_samples: int = 0
    _started: float = field(default_factory=time.monotonic)
    _waiting: deque[Member] = field(init=False)
    _said: float = 0.0
    _ticked: float = 0.0

    def __post_init__(self) -> None:
        self._waiting = deque(self.members)

    def run(self, stop: Callable[[], bool]) -> None:
        """Work until `stop` says so."""
        while not stop():
            self.turn()
        for member in self.members:
            member.link.close()

    def turn(self) -> None:
        """Do what is due, then wait for the network or the next reading."""
        now, clock = time.time(), time.monotonic()
        if clock - self._ticked >= 1.0 or self._loading():
            self._ticked = clock
            self._keep_connected(clock)
        wait = self._send_live(now)
        if self._loading():
            wait = min(wait, self._send_history(clock))
            self._progress(clock)
        for key, events in self.selector.select(max(wait, 0.0)):
            link: Link = key.data
            link.handle(events)

    def _loading(self) -> bool:
        return bool(self._waiting)

    def _keep_connected(self, clock: float) -> None:
        """Look after all connections; before the first was ever let in, only that one knocks."""
        knocking = self.members if self.members[0].link.admitted else self.members[:1]
        for member in knocking:
            member.link.tick(clock)

    def _send_live(self, now: float) -> float:
        """Send the readings that are due; return the seconds until the next."""
        due = now + TURN_S
        for member in self.members:
            if member.live:
                if member.station.next_due() <= now and (message := member.station.readings(now)):
                    member.link.publish(message.payload)
                    self.live_samples += message.n_samples
                due = min(due, member.station.next_due())
        return due - now

    def _send_history(self, clock: float) -> float:
        """Send some history within the rate; return the seconds to wait before the next turn.

        The first station goes first; then all take turns, a message each, so that none is silent for long.
        """
        for _ in range(len(self._waiting)):
            member = self._waiting[0]
            if (clock - self._started) * self.rate < self.history_samples:
                return 0.01  # ahead of the rate: let the stream breathe
            if member.finished_history() and member.link.connected:
                self._go_live(self._waiting.popleft())
            elif member is self.members[0]:
                self._send_piece(member)
                return 0.002
            else:
                self._send_piece(member)
                self._waiting.rotate(-1)
        return 0.002

    def _send_piece(self, member: Member) -> None:
        if member.history is None or not member.link.connected or member.link.in_flight >= HISTORY_IN_FLIGHT:
            return
        message = next(member.history, None)
        if message is None:
            member.history = None
        else:
            member.link.publish(message.payload)
            self.history_samples += message.n_samples

    def _go_live(self, member: Member) -> None:
        now = time.time()
        member.live = True
        member.station.go_live(now)
        self.loaded(member.station.code, now)

    def _progress(self, clock: float) -> None:
        live = sum(member.live for member in self.members)
        if clock - self._said < PROGRESS_S and live < len(self.members):
            return
        self._said = clock
        first = self.members[0].link
        refused = "" if first.admitted else first.refused
        seconds = clock - self._started
        self.say(Progress(live, len(self.members), self.history_samples, seconds, refused))
