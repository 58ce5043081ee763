"""Types of accident: GB 6441-1986 until 2026-06-30, GB 6441-2025 from 2026-07-01; each code stays readable.

2025: VERIFIED text, seen in one public copy only. 1986: names from memory, they agree with the 2025 text's
list of changes. The standard maps no old code to a new one: `successors` is DERIVED by us and only suggests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from anwei.standards.risk.tables import rows

STANDARD_1986, STANDARD_2025 = "GB 6441-1986", "GB 6441-2025"
CHANGE = date(2026, 7, 1)  # the day on which GB 6441-2025 came into force


@dataclass(frozen=True)
class AccidentType:
    """One type; codes of the two standards never meet ("01" and "WSA10001")."""

    code: str
    name: str
    english: str
    standard: str
    former: tuple[str, ...] = ()


@cache
def _by_standard() -> dict[str, dict[str, AccidentType]]:
    old = {
        row["code"]: AccidentType(row["code"], row["name_zh"], row["name_en"], STANDARD_1986)
        for row in rows("accident_types_1986.csv")
    }
    new = {
        row["code"]: AccidentType(
            row["code"],
            row["name_zh"],
            row["name_en"],
            STANDARD_2025,
            tuple(filter(None, row["old_1986_code_derived"].split(";"))),
        )
        for row in rows("accident_types_2025.csv")
    }
    return {STANDARD_1986: old, STANDARD_2025: new}


def accident_types(on: date) -> dict[str, AccidentType]:
    """Return the types by code that a record of that day may have."""
    return _by_standard()[STANDARD_2025 if on >= CHANGE else STANDARD_1986]


def accident_type(code: str) -> AccidentType:
    """Return a type of either standard.

    Raises KeyError for a code of none.
    """
    return (_by_standard()[STANDARD_1986] | _by_standard()[STANDARD_2025])[code]


def successors(code: str) -> tuple[AccidentType, ...]:
    """Return the new types that may take the place of an old one (DERIVED: a person must choose)."""
    return tuple(found for found in _by_standard()[STANDARD_2025].values() if code in found.former)
