"""The arithmetic of sealed chains: HMAC-SM3 over canonical bytes. Knows no Django and no database.

A third person with the key repeats every seal with this file alone (`anwei verify-dossier`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.json import encode

BLOCK = 64  # bytes SM3 takes at a time (GB/T 32905-2016)
FIRST = ""  # the seal before the first link
Value = str | int | None


@dataclass(frozen=True)
class Hour:
    """What an hourly head covers: of each model the last primary key (`through`) and a seal (`parts`)."""

    number: int
    at: str
    through: dict[str, int]
    n_rows: int  # since the first hour
    parts: dict[str, str]


class Seals:
    """Seals under one key; every argument is a canonical value (`anwei.ledgers.spelling`)."""

    def __init__(self, key: bytes) -> None:
        """Prepare both hashes of an HMAC (RFC 2104): a copy of each is quicker than `hmac`'s own copy."""
        block = (key if len(key) <= BLOCK else hashlib.new("sm3", key).digest()).ljust(BLOCK, b"\0")
        self._inner = hashlib.new("sm3", bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.new("sm3", bytes(byte ^ 0x5C for byte in block))

    def of(self, content: Sequence[Any]) -> str:
        """Return the seal over `content`, told as a JSON array without blanks."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(encode(content))
        outer.update(inner.digest())
        return outer.hexdigest()

    def content(self, contents: Sequence[Value]) -> str:
        """Return the digest of what may one day be erased; keyed, so that it cannot be guessed back."""
        return self.of(("content", *contents))

    def link(
        self, chain: str, number: int, values: Sequence[Value], content_digest: str, previous: str
    ) -> str:
        """Return the seal of a row: its chain and place, its columns, its content, the row before."""
        return self.of(("link", chain, number, *values, content_digest, previous))

    def head(self, chain: str, number: int, digest: str) -> str:
        """Return the seal that says which link is the last of a chain."""
        return self.of(("head", chain, number, digest))

    def hour(self, hour: Hour, previous: str) -> str:
        """Return the seal of everything written in an hour, and of the hour before."""
        through, parts = sorted(hour.through.items()), sorted(hour.parts.items())
        return self.of(("hour", hour.number, hour.at, through, hour.n_rows, parts, previous))

    def running(self) -> Running:
        """Return a seal to be fed row by row."""
        return Running(self._inner.copy(), self._outer.copy())


class Running:
    """The seal over one model's rows of an hour, in the order of their primary keys."""

    def __init__(self, inner: hashlib._Hash, outer: hashlib._Hash) -> None:
        self._inner, self._outer = inner, outer

    def feed(self, rows: Sequence[tuple[int, str]]) -> None:
        """Add rows: primary key and digest of each."""
        self._inner.update("".join([f"{pk} {digest}\n" for pk, digest in rows]).encode())

    def seal(self) -> str:
        """Return the seal over what was fed so far."""
        outer = self._outer.copy()
        outer.update(self._inner.digest())
        return outer.hexdigest()


def chain_name(label: str, key: Sequence[Any]) -> str:
    """Return the name of a chain: JSON of the model's label and the values of its chain columns."""
    return encode((label, *key)).decode()


def chain_key(name: str) -> tuple[str, tuple[Any, ...]]:
    """Return the label and the key that a chain's name tells."""
    label, *key = json.loads(name)
    return label, tuple(key)
