"""Senders, the tags they speak of, and the rows that their payloads become."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anwei.monitoring.stream.samples import Reason

UNKNOWN_TAG = -1  # in a vocabulary's slots
NOT_A_MEMBER = -2
Scalar = float | bool | None

_TS_BOUND = 1 << 62  # beyond it a time is not even kept as sent: it would not fit into a column
_CACHED_VOCABULARIES = 64  # of one sender; one that names its tags in ever new orders starts over


class Malformed(ValueError):
    """The payload is neither JSON nor MessagePack, or of no known shape."""


class Vocabulary(NamedTuple):
    """The tags that the values of a row belong to, in the order in which the sender names them."""

    codes: tuple[str, ...]
    slots: NDArray[np.int32]  # row of the tag in the register, or UNKNOWN_TAG, NOT_A_MEMBER


@dataclass
class Sender:
    """A device as the decoder knows it: its tags, and the devices it may speak for."""

    code: str
    tags: dict[str, int] = field(default_factory=dict)  # code -> row in the register
    members: dict[str, Sender] = field(default_factory=dict)
    vocabularies: dict[Any, Vocabulary] = field(default_factory=dict)

    def vocabulary(self, codes: tuple[str, ...]) -> Vocabulary:
        """Return where the values of a row with these tags go."""
        return self.vocabularies.get(codes) or self.remember(codes, codes)

    def remember(self, key: object, codes: tuple[str, ...]) -> Vocabulary:
        """Resolve tag codes, and keep the result under `key`."""
        if len(self.vocabularies) >= _CACHED_VOCABULARIES:
            self.vocabularies.clear()
        found = Vocabulary(codes, np.array([self._slot(code) for code in codes], np.int32))
        self.vocabularies[key] = found
        return found

    def _slot(self, code: str) -> int:
        own = self.tags.get(code)
        if own is not None:
            return own
        device, slash, tag = code.partition("/")
        if not slash:
            return UNKNOWN_TAG
        member = self.members.get(device)
        return NOT_A_MEMBER if member is None else member.tags.get(tag, UNKNOWN_TAG)


class Refusal(NamedTuple):
    """Values of one message that cannot become samples."""

    message: int
    reason: Reason
    tag: str
    sent: Any
    number: int  # of values


@dataclass
class Rows:
    """Rows of many messages, flat: the i-th row has `counts[i]` of the values."""

    message: list[int] = field(default_factory=list)  # index of the message the row came in
    vocabulary: list[Vocabulary] = field(default_factory=list)
    ts: list[int | None] = field(default_factory=list)  # ms; None: the log's own timestamp counts
    counts: list[int] = field(default_factory=list)
    values: list[Scalar] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def append(
        self, message: int, vocabulary: Vocabulary, ts: int | None, values: Iterable[Scalar], count: int
    ) -> None:
        """Add one row of `count` values."""
        if ts is not None and not -_TS_BOUND < ts < _TS_BOUND:
            ts = _TS_BOUND
        self.message.append(message)
        self.vocabulary.append(vocabulary)
        self.ts.append(ts)
        self.counts.append(count)
        self.values.extend(values)
