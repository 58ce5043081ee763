"""Texts that are the same, or all but the same, where different things were done.

Pairs are found exactly and without comparing each with each: two sets of which at least `NEARLY` is common
must share one of their few rarest members (prefix filtering; Bayardo, Ma and Srikant, Scaling up all pairs
similarity search, WWW 2007). The measure is Jaccard's of neighbouring characters, stricter than the likeness
by which two findings may be one hazard: that one was chosen on pairs written by hand, to ask a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

from anwei.standards.formalism.grouping import grouped
from anwei.standards.hazards.likeness import plain

NEARLY = 0.9  # of the pairs of characters of both: a character or two of a sentence differ
SHORTEST = 16  # characters without punctuation: whoever says little says the same as everybody


def alike(texts: Sequence[str]) -> list[list[int]]:
    """Return groups of places whose texts are the same or nearly so, two or more; short ones never."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        if len(cleaned := plain(text)) >= SHORTEST:
            places[cleaned].append(place)
    distinct = list(places)
    groups = grouped(len(distinct), _near(distinct))
    found = [sorted(place for number in group for place in places[distinct[number]]) for group in groups]
    return [group for group in found if len(group) > 1]


def _near(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    sets = [{text[place : place + 2] for place in range(len(text) - 1)} for text in texts]
    rarity = Counter(pair for pairs in sets for pair in pairs)
    index: dict[str, list[int]] = defaultdict(list)
    for number, pairs in enumerate(sets):
        ordered = sorted(pairs, key=lambda pair: (rarity[pair], pair))
        prefix = ordered[: len(ordered) - ceil(NEARLY * len(ordered)) + 1]
        for other in {seen for pair in prefix for seen in index[pair]}:
            common = len(pairs & sets[other])
            if common >= NEARLY * (len(pairs) + len(sets[other]) - common):
                yield number, other
        for pair in prefix:
            index[pair].append(number)
