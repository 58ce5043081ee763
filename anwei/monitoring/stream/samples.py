"""The columns that travel through the stream: samples, episode events, rejects, and one batch of them.

Times are int64 milliseconds since 1970 UTC everywhere in the stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Quality(IntEnum):
    """How far a value can be trusted; the smallest ranks best when two rows claim the same (tag, ts)."""

    GOOD = 0
    NO_VALUE = 1  # the device sent null
    OUT_OF_RANGE = 2  # outside the sensor's range: stored, marked, may violate a limit but never clear one
    FUTURE = 3  # stamped more than 5 min ahead of the server: stored, marked, not used by rules


class Reason(StrEnum):
    """Why a value was rejected or doubted; each is counted and shown (nothing is dropped in silence)."""

    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_TAG = "unknown_tag"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    FUTURE = "future"
    WRONG_TIME_UNIT = "wrong_time_unit"  # seconds or microseconds where milliseconds are asked
    OVERSIZE = "oversize"
    MALFORMED = "malformed"
    FOREIGN_TOPIC = "foreign_topic"  # refused by the broker: the device may not publish there
    NOT_A_MEMBER = "not_a_member"  # a gateway spoke for a device that is not registered under it
    QOS0 = "qos0"  # published without asking for an acknowledgement: not stored
    TOO_OLD = "too_old"  # beyond the accepted past
    LATE = "late"  # not newer than the newest of its tag: stored, no sign of life; counted, without a row


@dataclass(frozen=True)
class Samples:
    """Columns of equal length; `value` is NaN where the quality is NO_VALUE."""

    tag: NDArray[np.int32]
    ts: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.tag)

    @classmethod
    def empty(cls) -> Samples:
        """Return no samples."""
        return cls(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint8))

    @classmethod
    def concatenate(cls, parts: list[Samples]) -> Samples:
        """Return the parts one after the other."""
        if not parts:
            return cls.empty()
        return cls(
            np.concatenate([part.tag for part in parts]),
            np.concatenate([part.ts for part in parts]),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.quality for part in parts]),
        )


@dataclass(frozen=True)
class Reject:
    """One value or message that was refused or doubted, with what is needed to find its sender."""

    reason: Reason
    device: str
    tag: str
    received_at: int  # ms
    detail: str  # at most 200 characters of what was sent
    count: int = 1


@dataclass(frozen=True)
class EpisodeEvent:
    """Something that happened to an alarm episode; (rule, start) is the episode's key."""

    rule: int
    tag: int  # 0 for a device's silence
    device: str
    start: int  # ms, sample time at which the condition began
    kind: str  # "raised" | "cleared"
    at: int  # ms: sample time that made it active or ended it (server clock for silence)
    value: float | None  # the value that raised or ended it
    limit: float | None
    late: bool = False  # found in late data: opened and closed after the fact, live state untouched


@dataclass
class Batch:
    """What one transaction of the store writes."""

    stream: str
    sequence: int  # mark: last log sequence contained
    samples: Samples
    events: list[EpisodeEvent] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    alarm_state: dict[str, NDArray[Any]] | None = (
        None  # changed rows only, columns of equal length, keyed by column "rule"
    )
