"""A column of texts: whether its words stood in earlier rows with an event more often than is usual."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from anwei.methods.ranking.columns import MOST_CATEGORIES, Column, Known, coded
from anwei.methods.ranking.earlier import Floats
from anwei.methods.ranking.history import UP, Feature

LEAST_WORDS = 2  # a cell on average
MOST_WORDS = 60  # of a cell
PSEUDO = 5  # rows of the usual rate mixed into that of a word
WORD = re.compile(r"[a-z]{2,}|[\u4e00-\u9fff]+")


def words_of(cell: str) -> list[str]:
    """Return the different words of a text; of Chinese, which has no gaps, the pairs of characters."""
    found: dict[str, None] = {}
    for word in WORD.findall(cell.lower()):
        if word[0] < "\u4e00":
            found[word] = None
        else:
            found.update({a + b: None for a, b in pairwise(word)})
    return list(found)[:MOST_WORDS]


def is_text(cells: Sequence[str]) -> bool:
    """Say whether a column of words holds texts and not names of kinds."""
    there = sorted({cell for cell in cells if cell})
    if len(there) <= MOST_CATEGORIES:
        return False
    return sum(len(words_of(cell)) for cell in there) >= LEAST_WORDS * len(there)


class Text:
    """The mean over a text's words of how far their rate lies above the usual one (log odds)."""

    def __init__(self, name: str) -> None:
        self.name = name

    def features(self) -> list[Feature]:
        """Return the features, in the order of `values`."""
        return [Feature("text", self.name, monotone=UP)]

    def values(self, column: Column, known: Known) -> list[Floats]:
        """Return the columns of features."""
        cells = [str(cell) for cell in column]
        of_cell = {cell: words_of(cell) for cell in set(cells)}
        n_words = np.array([len(of_cell[cell]) for cell in cells])
        words = [word for cell in cells for word in of_cell[cell]]
        if not words:
            return [np.zeros(len(cells))]
        row = np.repeat(np.arange(len(cells)), n_words)
        each = Known(known.time[row], known.event[row], known.until[row])
        usual = known.usual()
        rate = each.rate(coded(words), PSEUDO, usual[row])
        above = np.log(rate / (1 - rate)) - np.log(usual / (1 - usual))[row]
        return [np.bincount(row, above, minlength=len(cells)) / np.maximum(n_words, 1)]
