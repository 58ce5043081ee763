"""Reading the CSV tables of `data/law/`: one reader for the search over laws and for the facts of hazards."""

from __future__ import annotations

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table by the names of its header."""
    text = files("anwei.standards").joinpath("data/law").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
