"""Sentences of an assessment as message and values, and its exact numbers as people write them.

A page says a sentence in its user's language; a stored assessment keeps it and says it again later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

PLAIN_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")


@dataclass(frozen=True)
class Sentence:
    """A sentence of an assessment: the clause it rests on ("" for none), a message and its values."""

    clause: str
    message: str
    values: dict[str, str] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in the language of `translate`, with those values that are words of ours."""
        values = {name: translate(value) if value else "" for name, value in self.values.items()}
        return translate(self.message).format(**values)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads, and the Chinese text for readers that know nothing of messages."""
        return {
            "clause": self.clause,
            "message": self.message,
            "values": self.values,
            "text": self.said(str),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Sentence:
        """Return a stored sentence."""
        return cls(stored["clause"], stored["message"], dict(stored["values"]))


class Unassessable(ValueError):
    """Something cannot be assessed as it was entered; `sentence` says why."""

    def __init__(self, message: str, **values: str) -> None:
        self.sentence = Sentence("", message, values)
        super().__init__(message.format(**values))


def number(words: object) -> Fraction | None:
    """Return the number that `words` write plainly ("0.5", at most six digits before the point), or None."""
    return Fraction(str(words)) if PLAIN_NUMBER.fullmatch(str(words)) else None


def decimal(number: Fraction) -> str:
    """Return a number as people write it: no exponent, no needless zero."""
    return f"{float(number):.10f}".rstrip("0").rstrip(".")


def cut(number: Fraction, digits: int) -> Fraction:
    """Return a number cut to so many decimals, never rounded up: what is below an edge stays below it."""
    return Fraction(int(number * 10**digits), 10**digits)


def rounded(number: Fraction) -> str:
    """Return a result to four decimals, cut and not rounded up: 9.99999 must not read as 10."""
    return decimal(cut(number, 4))
