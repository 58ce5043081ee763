"""Text as the search compares it. Pure: no Django.

Chinese has no spaces between words, so a text is indexed by its pairs of neighbouring characters: "安全生产"
is found by every two of its characters that stand together.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

SHORTEST = 2  # characters of a word that can be looked up
MAX_QUERY = 60


def normal(text: str) -> str:
    """Return the words of a text, lower case, full-width forms made plain, parted by single spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def grams(word: str) -> list[str]:
    """Return the pairs of neighbouring characters of one word; a single character stands for itself."""
    return [first + second for first, second in pairwise(word)] or [word]


def gram_text(text: str) -> str:
    """Return the pairs of all words of a normal text, in their order."""
    return " ".join(gram for word in text.split() for gram in grams(word))


def query_words(query: str) -> list[str]:
    """Return the words of what a person typed; none when no word is long enough to be looked up."""
    words = normal(query[:MAX_QUERY]).split()
    return words if any(len(word) >= SHORTEST for word in words) else []
