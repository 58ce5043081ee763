"""Rows of a register as they leave the house: which, in which columns, masked unless in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.document import docx_table
from anwei.ledgers.examination import choosings_of
from anwei.ledgers.export import XLSX, csv_sheet, xlsx_sheet
from anwei.ledgers.release import Leaving, NotExported, release

MEDIA_TYPES = {
    "xlsx": XLSX,
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class Outgoing:
    """What leaves: which rows, for whom, in which columns; `query` says in words what was filtered."""

    ledger: Ledger
    rows: QuerySet[Any]
    actor: Any
    now: datetime
    columns: Sequence[Column] = field(default=())
    query: str = ""
    full: bool = False
    reason: str = ""

    @property
    def shown(self) -> Sequence[Column]:
        """The columns that leave: all, unless some were chosen."""
        return self.columns or self.ledger.columns

    @cached_property
    def leaving(self) -> Leaving:
        """What the gate asks about."""
        return Leaving(
            self.ledger.code,
            self.rows.count(),
            self.actor,
            self.now,
            personal=any(column.personal for column in self.shown),
            full=self.full,
            query=self.query,
            reason=self.reason,
        )

    def lines(self) -> Iterator[list[Any]]:
        """Yield the heading, then the rows as people read them."""
        yield [str(column.label) for column in self.shown]
        texts = {
            name: dict(each.pairs) for name, each in choosings_of(self.ledger, self.actor, self.shown).items()
        }
        for row in self.rows.iterator(2000):
            yield [told(column, row, texts.get(column.name), full=self.full) for column in self.shown]


def told(column: Column, row: Any, texts: dict[Any, str] | None = None, *, full: bool = False) -> Any:
    """Return what people read in a column of a row; personal text is masked unless `full`."""
    value = column.shown_in(row, texts)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if column.personal and not full and value:
        return column.mask(str(value))
    return value if column.kind in ("integer", "number", "date") or value is None else _text(value)


def sheet_of(outgoing: Outgoing, form: str) -> bytes:
    """Return the rows as "xlsx", "csv" or "docx" and remember that they left.

    Raises NeedsReason, and NotExported for another form or too many rows.
    """
    if form not in MEDIA_TYPES:
        raise NotExported(_("只能导出为 %(forms)s。") % {"forms": _("、").join(MEDIA_TYPES)})
    release(outgoing.leaving, form)
    label, mark = str(outgoing.ledger.label), outgoing.leaving.watermark
    if form == "csv":
        return csv_sheet(outgoing.lines(), watermark=mark)
    if form == "docx":
        return docx_table(label, _("打印稿　%(mark)s") % {"mark": mark}, list(outgoing.lines()))
    return xlsx_sheet(label, outgoing.lines(), watermark=mark)


def _text(value: Any) -> Any:
    return value if isinstance(value, datetime) else str(value)
