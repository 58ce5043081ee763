"""The inventory of personal data: which column holds what, what for, how grave, how long it is kept."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "personal_fields.toml"


@dataclass(frozen=True)
class PersonalField:
    """One column (`room.model.field`) with the class it belongs to."""

    column: str
    what: str  # key of the class
    purpose: str  # what the county needs it for
    level: str  # "general" or "sensitive" (个人信息保护法 art. 28)
    retention: str  # how long it is kept
    citation: str
    confidence: str  # VERIFIED, MEMORY or TEMPLATE


@cache
def personal_fields() -> dict[str, PersonalField]:
    """Return every column that holds personal data, by `room.model.field`."""
    content = tomllib.loads(FILE.read_text("utf-8"))
    return {
        column: PersonalField(column, what, **content["class"][what])
        for what, columns in content["columns"].items()
        for column in columns
    }


@cache
def not_personal() -> dict[str, str]:
    """Return the columns that look like personal data and are none, each with the reason."""
    reasons: dict[str, str] = tomllib.loads(FILE.read_text("utf-8"))["not_personal"]
    return reasons
