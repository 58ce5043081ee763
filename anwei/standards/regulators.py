"""Which department leads which industry, as a first proposal: 51 industries, each to be replaced by a county.

The table is from memory (MEMORY): the county's own 三定 and 安委会 division of work take its place.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Industry:
    """One industry with its proposed departments; `sector` is "" outside the nine sectors of the county."""

    code: str
    sector: str
    industry: str
    sub_scope: str
    lead_dept: str
    co_depts: str
    basis: str
    confidence: str
    note: str


@cache
def industries() -> tuple[Industry, ...]:
    """Return all industries in the order of the table."""
    text = files("anwei.standards").joinpath("data/regulators.csv").read_text("utf-8")
    return tuple(Industry(**row) for row in csv.DictReader(text.splitlines()))  # the header names the fields
