"""Reading the CSV tables of this package's data."""

from __future__ import annotations

import csv
import unicodedata
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table in `data/risk/` by the names of its header."""
    text = files("anwei.standards").joinpath("data/risk").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def plain(words: str) -> str:
    """Return words as they are compared in a search: half width, small letters, no outer spaces."""
    return unicodedata.normalize("NFKC", words).lower().strip()


def matches(words: str, *names: str) -> bool:
    """Say whether each of `words`, parted by spaces, is within one of the names."""
    within = [plain(name) for name in names]
    return all(any(word in name for name in within) for word in plain(words).split())
