"""Sheets that are a few columns of a register: the most telling rows on the page, more of them on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.masking import masked
from anwei.ledgers.papers.blocks import Block, Paragraph, Table
from anwei.org.models import Person
from anwei.sites.enterprise_file import Asked, Context, Label, Sheet, contribute
from anwei.sites.models import Enterprise
from anwei.sites.things import address_of_thing, register_of

SHOWN = 5
PRINTED = 200  # rows of one sheet on paper
TEMPLATE = "sites/file/part.html"


@dataclass(frozen=True)
class Cell:
    """What stands under a label of the table; `late` is a day that is over, `minor` left out on a phone."""

    label: str
    text: str
    late: bool = False
    minor: bool = False


@dataclass(frozen=True)
class Part:
    """Rows of one model in an enterprise's file.

    `columns` are its fields, `telling` those that a phone shows beside the first (the last unless given);
    `ends` are red when their day is over, `personal` masked; `standing` says which rows still count. An
    `optional` part has no register of its own and is left out where it has no rows. `of` leads from a row to
    its enterprise.
    """

    model: type[Model]
    title: Label
    group: str
    place: int
    columns: tuple[str, ...]
    telling: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    of: str = "enterprise"
    related: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    standing: dict[str, Any] = field(default_factory=dict)
    optional: bool = False
    widths: tuple[float, ...] = ()

    def rows(self, enterprise: Enterprise, person: Person) -> QuerySet[Any]:
        """Return the rows of an enterprise that a person may see, the most telling first."""
        manager: Any = self.model._default_manager
        rows: QuerySet[Any] = manager.visible_to(person).filter(**{self.of: enterprise}, **self.standing)
        rows = rows.select_related(*self.related) if self.related else rows
        return rows.order_by(*self.order) if self.order else rows

    @property
    def heading(self) -> list[str]:
        """The labels of the columns."""
        return [str(self.model._meta.get_field(name).verbose_name) for name in self.columns]  # type: ignore[union-attr]

    def cells(self, row: Any, today: date, *, full: bool = False) -> list[Cell]:
        """Return what people read in a row."""
        labelled = zip(self.heading, self.columns, strict=True)
        return [self._cell(row, label, name, today, full=full) for label, name in labelled]

    def _cell(self, row: Any, label: str, name: str, today: date, *, full: bool) -> Cell:
        shown: Callable[[], Any] | None = getattr(row, f"get_{name}_display", None)
        value = shown() if shown is not None else getattr(row, name)
        if name in self.personal and value and not full:
            value = masked(str(value))
        late = name in self.ends and value is not None and value < today
        minor = name not in (self.columns[0], *(self.telling or self.columns[-1:]))
        return Cell(label, words(value), late, minor)


def words(value: Any) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return str(value)


def contribute_part(part: Part) -> None:
    """Add a part to every enterprise's file."""
    contribute(
        Sheet(
            TEMPLATE,
            partial(_shown, part),
            part.place,
            group=part.group,
            title=part.title,
            printed=partial(_printed, part),
        )
    )


def _shown(part: Part, enterprise: Enterprise, person: Person, now: datetime) -> Context:
    """Return the first rows; they are counted only where there are more than are shown."""
    rows = part.rows(enterprise, person)
    first = list(rows[: SHOWN + 1])
    today = timezone.localdate(now)
    ledger = None if part.optional else register_of(part.model)
    query = f"enterprise={enterprise.pk}"
    filtered = ledger is not None and (
        ledger.parent == "enterprise" or "enterprise" in dict(ledger.narrowed_by)
    )
    may_write = ledger is not None and ledger.parent == "enterprise" and ledger.may_write(person)
    return {
        "title": part.title,
        "is_left_out": part.optional and not first,
        "only_standing": bool(part.standing),
        "heading": part.heading,
        "lines": [(address_of_thing(row), part.cells(row, today)) for row in first[:SHOWN]],
        "n_rows": rows.count() if len(first) > SHOWN else len(first),
        "address": f"{reverse('ledger', args=[ledger.code])}?{query}" if ledger and filtered else "",
        "new_address": f"{reverse('ledger_new', args=[ledger.code])}?{query}" if ledger and may_write else "",
    }


def _printed(part: Part, asked: Asked) -> Iterator[Block]:
    rows = part.rows(asked.enterprise, asked.person)
    today = timezone.localdate(asked.now)
    lines = [[cell.text for cell in part.cells(row, today, full=asked.full)] for row in rows[: PRINTED + 1]]
    n_rows = rows.count() if len(lines) > PRINTED else len(lines)
    if lines or not part.optional:
        yield from table(part.heading, lines[:PRINTED], n_rows, part.widths)


def table(
    heading: Sequence[str], lines: Sequence[Sequence[str]], n_rows: int, widths: Sequence[float] = ()
) -> Iterator[Block]:
    """Yield rows as a table for paper, with a line on how many more there are, or that there are none."""
    if not lines:
        yield Paragraph(_("没有登记。"))
        return
    yield Table([list(heading), *lines], widths)
    if n_rows > len(lines):
        yield Paragraph(_("另有 %(n)d 条未印出，见系统台账。") % {"n": n_rows - len(lines)})
