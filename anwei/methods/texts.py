"""Which known texts a new one is like, and by which words: characters and their pairs, weighted by rarity.

Chinese needs no list of words for this: a pair of characters that few texts have (瓦斯, 顶板) decides, one
that all have (未按, 规定) hardly counts. Cosine of tf-idf weights: Salton and Buckley, Information Processing
and Management 24 (1988) 513.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST = 2  # characters of a word that is shown as a reason


@dataclass(frozen=True)
class Likeness:
    """A known text by its place, how alike it is (0 to 1), and the words both share, the weightiest first."""

    place: int
    score: float
    words: tuple[str, ...]


class Texts:
    """Known texts that can be asked. They are given cleaned: half width, without punctuation."""

    def __init__(self, known: Iterable[str]) -> None:
        grams = [_grams(text) for text in known]
        self.n = len(grams)
        spread = Counter(gram for one in grams for gram in one)
        self._rarity = {gram: math.log((1 + self.n) / (1 + n)) + 1 for gram, n in spread.items()}
        self._holding: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, one in enumerate(grams):
            for gram, weight in self._weights(one).items():
                self._holding[gram].append((place, weight))

    def nearest(self, text: str, n: int = 3) -> list[Likeness]:
        """Return at most `n` known texts that share something with `text`, the likest first."""
        scores: dict[int, float] = defaultdict(float)
        parts: dict[int, dict[str, float]] = defaultdict(dict)
        for gram, weight in self._weights(_grams(text)).items():
            for place, other in self._holding.get(gram, ()):
                scores[place] += weight * other
                parts[place][gram] = weight * other
        best = sorted(scores, key=lambda place: (-scores[place], place))[:n]
        return [Likeness(place, min(1.0, scores[place]), shared_words(text, parts[place])) for place in best]

    def _weights(self, grams: Counter[str]) -> dict[str, float]:
        """Return the weights of a text's grams, together of length 1; those that nothing known has count."""
        rarest = math.log(1 + self.n) + 1
        weights = {
            gram: (1 + math.log(times)) * self._rarity.get(gram, rarest) for gram, times in grams.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {gram: weight / length for gram, weight in weights.items()} if length else {}


def shared_words(text: str, parts: dict[str, float]) -> tuple[str, ...]:
    """Return the pieces of `text` that are made of shared grams, the weightiest first, none twice."""
    covered = [False] * len(text)
    weight = [0.0] * len(text)
    for start in range(len(text)):
        gram = text[start : start + 2]
        if len(gram) == SHORTEST and gram in parts:
            covered[start] = covered[start + 1] = True
            weight[start] += parts[gram]
    words: dict[str, float] = defaultdict(float)
    start = 0
    while start < len(text):
        stop = start
        while stop < len(text) and covered[stop]:
            stop += 1
        if stop - start >= SHORTEST:
            words[text[start:stop]] += sum(weight[start:stop])
        start = max(stop, start + 1)
    return tuple(sorted(words, key=lambda word: (-words[word], word)))


def _grams(text: str) -> Counter[str]:
    return Counter(text) + Counter(text[place : place + 2] for place in range(len(text) - 1))
