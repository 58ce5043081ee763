"""One process's share of a verification: every row of every chain whose key falls to it, read once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from anwei.ledgers.hours import HourlyParts
from anwei.ledgers.keyring import seals
from anwei.ledgers.links import FIRST, Seals, chain_name
from anwei.ledgers.models import SealedRow
from anwei.ledgers.raw import Places, Raw, digests, pages, share_of

Key = tuple[Any, ...]
Tail = tuple[int, str, str]  # number and digest of a chain's last link, and the seal over both
Say = Callable[[int], None]


@dataclass
class Share:
    """Which chains to read (`place` of `n_shares`), and what was found in them."""

    place: int
    n_shares: int
    n_rows: int = 0
    doubtful: set[str] = field(default_factory=set)  # names of chains to be read again under lock
    hours: dict[str, list[tuple[str, int]]] = field(
        default_factory=dict
    )  # by model; of the first share alone


def read_share(
    share: Share,
    models: Sequence[type[SealedRow]],
    through: dict[str, list[int]],
    heads: dict[str, Tail],
    say: Say = lambda n_rows: None,
) -> Share:
    """Read all rows of `models`; check the chains of this share against their links and their `heads`.

    `through` is the last primary key of each hour, by model; the first share seals the hours anew.
    """
    keyed = seals()
    for model in models:
        label = model._meta.label_lower
        chains, hourly = Chains(model, keyed), HourlyParts(keyed, through[label])
        for page in pages(model, share.place, share.n_shares):
            chains.check(page)
            say(share.n_rows + chains.n_rows)
        for page in digests(model) if share.place == 0 and through[label] else ():
            hourly.feed(page)
        share.n_rows += chains.n_rows
        share.hours[label] = hourly.parts()
        share.doubtful |= {chain_name(label, key) for key in chains.doubtful}
        for name, number, digest in chains.tails.values():
            if heads.pop(name, None) != (number, digest, keyed.head(name, number, digest)):
                share.doubtful.add(name)
    share.doubtful |= {name for name in heads if share_of(name, share.n_shares) == share.place}
    return share


class Chains:
    """The chains of one model while its rows go by: where each ends so far, and which do not hold."""

    def __init__(self, model: type[SealedRow], keyed: Seals) -> None:
        self.n_rows = 0
        self.tails: dict[Key, tuple[str, int, str]] = {}  # name, number and digest of the last link
        self.doubtful: set[Key] = set()
        self._places = Places.of(model)
        self._label = model._meta.label_lower
        self._keyed = keyed

    def check(self, rows: Sequence[Raw]) -> None:
        """Check the next rows, each against its own seal and the row before; once broken, a chain rests."""
        at_number, at_values, at_contents = self._places.number, self._places.values, self._places.contents
        content_of, link_of = self._keyed.content, self._keyed.link
        tails, doubtful = self.tails, self.doubtful
        for row in rows:
            key, number = row[1:at_number], row[at_number]
            if key in doubtful:
                continue
            name, last, previous = tails.get(key) or (chain_name(self._label, key), 0, FIRST)
            content_digest, digest = row[-2:]
            if (
                number == last + 1
                and content_of(row[at_contents:-2]) == content_digest
                and link_of(name, number, row[at_values:at_contents], content_digest, previous) == digest
            ):
                tails[key] = (name, number, digest)
            else:
                doubtful.add(key)
                tails.pop(key, None)
        self.n_rows += len(rows)
