"""One enterprise, one file (一企一档): this room opens the file, every room above adds its own sheets.

A room contributes by a module of this name, found when the rooms are made ready. The page shows of each sheet
the few most telling rows; the printed file tells the same in the same order, with more rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from anwei.ledgers.papers.blocks import Block
from anwei.org.models import Person
from anwei.sites.models import Enterprise

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise
else:
    Label = str

Context = dict[str, Any]

GROUPS: dict[str, Label] = {
    "overview": _("概况"),
    "people": _("人员"),
    "papers": _("证照制度"),
    "risks": _("风险"),
    "plant": _("现场"),
    "monitoring": _("监测"),
    "cases": _("事项"),
    "documents": _("文档"),
    "timeline": _("时间线"),
}
"""The parts of the file by the anchor of each, in their order."""


@dataclass(frozen=True)
class Asked:
    """For whom a file is printed, and whether telephone numbers stand in it in full."""

    enterprise: Enterprise
    person: Person
    now: datetime
    full: bool = False


@dataclass(frozen=True)
class Figure:
    """A number of the file's head, and the rows behind it."""

    label: Label
    n: int
    note: str
    address: str
    hot: bool = False


@dataclass(frozen=True)
class Sheet:
    """One part of the file: a template ("" on paper alone) and what it needs; in its group by `place`.

    A `wide` one takes the whole width. `printed` tells it on paper (nothing: on the screen alone), `figure`
    takes a number for the head of the page out of the sheet's context.
    """

    template: str
    context: Callable[[Enterprise, Person, datetime], Context]
    place: int
    group: str = "overview"
    title: Label = ""
    wide: bool = False
    printed: Callable[[Asked], Iterable[Block]] | None = None
    figure: Callable[[Enterprise, Context], Figure] | None = None


_sheets: list[Sheet] = []


def contribute(sheet: Sheet) -> None:
    """Add a sheet to every enterprise's file; called once, when the room's module is imported."""
    _sheets.append(sheet)
    order = list(GROUPS)
    _sheets.sort(key=lambda each: (order.index(each.group), each.place))


def sheets() -> tuple[Sheet, ...]:
    """Return the sheets in their order."""
    return tuple(_sheets)


def sheets_of(enterprise: Enterprise, person: Person, now: datetime) -> list[tuple[Sheet, Context]]:
    """Return the sheets of an enterprise with what `person` may see in them."""
    return [(sheet, sheet.context(enterprise, person, now)) for sheet in _sheets]


def grouped(
    filled: Iterable[tuple[Sheet, Context]],
) -> Iterator[tuple[str, Label, list[tuple[Sheet, Context]]]]:
    """Yield anchor, label and sheets of each part of the file that has any."""
    shown = (pair for pair in filled if pair[0].template)
    for group, parts in groupby(shown, key=lambda pair: pair[0].group):
        yield group, GROUPS[group], list(parts)
