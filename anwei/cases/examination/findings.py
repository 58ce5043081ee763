"""What an examination may find, and why it may refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Text that a browser or a server would run, whatever the file calls itself; none of it is met in a photo or a
# recording by chance.
ACTIVE_TEXT = re.compile(
    rb"<script|<\?php|<html[\s>]|<svg[\s>]|<iframe|<!doctype html|javascript:", re.IGNORECASE
)


class Reason(StrEnum):
    """Why a file is refused; the sentence for the user is made by `cases.evidence`."""

    UNKNOWN = "unknown"  # none of the accepted types, or not whole
    TOO_MANY_PIXELS = "too_many_pixels"
    ACTIVE = "active"  # macros, scripts, embedded programs, links that are followed on opening
    TWO_IN_ONE = "two_in_one"  # a second file hidden in the first
    LOCKED = "locked"  # a password keeps it from being examined
    VIDEO = "video"
    OFFICE = "office"  # the sentence of `ledgers.ooxml` says why


class Refused(Exception):
    """The file is not accepted."""

    def __init__(self, reason: Reason, sentence: str = "") -> None:
        super().__init__(reason, sentence)
        self.reason, self.sentence = reason, sentence


@dataclass(frozen=True)
class Finding:
    """What a file is, and what it says about itself (`taken_at` ISO 8601 UTC, degrees WGS84, seconds)."""

    media_type: str
    taken_at: str = ""
    latitude: float | None = None
    longitude: float | None = None
    seconds: float | None = None
