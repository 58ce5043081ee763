"""One enterprise, one file (一企一档): this room opens the file, every room above adds its own sheets.

A room contributes by a module of this name, found when the rooms are made ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anwei.org.models import Person
from anwei.sites.models import Enterprise

Context = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One part of the file: a template and what it needs; small `place` comes first."""

    template: str
    context: Callable[[Enterprise, Person, datetime], Context]
    place: int
    wide: bool = True


_sheets: list[Sheet] = []


def contribute(sheet: Sheet) -> None:
    """Add a sheet to every enterprise's file; called once, when the room's module is imported."""
    _sheets.append(sheet)
    _sheets.sort(key=lambda each: each.place)


def sheets_of(enterprise: Enterprise, person: Person, now: datetime) -> list[tuple[Sheet, Context]]:
    """Return the sheets of an enterprise with what `person` may see in them."""
    return [(sheet, sheet.context(enterprise, person, now)) for sheet in _sheets]
