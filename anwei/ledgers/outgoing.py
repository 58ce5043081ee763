"""Rows of a register that leave the house: as a sheet or a document, marked, masked, and remembered.

Personal columns go out masked; in full, or for more than `FREE_PERSONAL_ROWS` people, only with a reason.
Every export stands in the change log with who, when, how many and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from anwei.ledgers.cells import masked
from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.document import docx_table
from anwei.ledgers.examination import choosings_of
from anwei.ledgers.export import XLSX, csv_sheet, xlsx_sheet
from anwei.ledgers.services import record_change

FREE_PERSONAL_ROWS = 500
MAX_ROWS, MAX_DOCUMENT_ROWS = 100_000, 2_000
MEDIA_TYPES = {
    "xlsx": XLSX,
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
EXPORTS = "ledgers.export"  # the register under which exports are remembered


class NotExported(ValueError):
    """Nothing leaves; the text is a sentence for the user."""


class NeedsReason(NotExported):
    """It may leave with a reason."""


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

    @cached_property
    def n_rows(self) -> int:
        """How many rows leave."""
        return self.rows.count()

    @property
    def shown(self) -> Sequence[Column]:
        """The columns that leave: all, unless some were chosen."""
        return self.columns or self.ledger.columns

    @property
    def needs_reason(self) -> bool:
        """Whether a reason must be given."""
        personal = any(column.personal for column in self.shown)
        return personal and (self.full or self.n_rows > FREE_PERSONAL_ROWS)

    @property
    def watermark(self) -> str:
        """The line above the heading: who took it out, when, how much of what."""
        return _("导出人：%(who)s　导出时间：%(at)s　共 %(n)d 条%(query)s") % {
            "who": self.actor or _("系统"),
            "at": f"{timezone.localtime(self.now):%Y-%m-%d %H:%M}",
            "n": self.n_rows,
            "query": f"　{self.query}" if self.query else "",
        }

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
        return masked(str(value))
    return value if column.kind in ("integer", "number", "date") or value is None else _text(value)


def sheet_of(outgoing: Outgoing, form: str) -> bytes:
    """Return the rows as "xlsx", "csv" or "docx" and remember that they left.

    Raises NeedsReason, and NotExported for another form or too many rows.
    """
    if form not in MEDIA_TYPES:
        raise NotExported(_("只能导出为 %(forms)s。") % {"forms": _("、").join(MEDIA_TYPES)})
    limit = MAX_DOCUMENT_ROWS if form == "docx" else MAX_ROWS
    if outgoing.n_rows > limit:
        sentence = _("筛选结果 %(count)s 条，超过一次导出的上限 %(limit)s 条，请缩小范围后再导出。")
        raise NotExported(sentence % {"count": outgoing.n_rows, "limit": limit})
    if outgoing.needs_reason and not outgoing.reason.strip():
        raise NeedsReason(
            _("导出完整的个人信息，或超过 %(n)d 人的名单，须说明理由。") % {"n": FREE_PERSONAL_ROWS}
        )
    record_change(
        EXPORTS,
        outgoing.ledger.code,
        actor=outgoing.actor,
        now=outgoing.now,
        verb="export",
        content={"rows": outgoing.n_rows, "form": form, "query": outgoing.query, "full": outgoing.full},
        reason=outgoing.reason.strip()[:200],
    )
    if form == "csv":
        return csv_sheet([[outgoing.watermark], *outgoing.lines()])
    if form == "docx":
        mark = _("打印稿　%(mark)s") % {"mark": outgoing.watermark}
        return docx_table(str(outgoing.ledger.label), mark, list(outgoing.lines()))
    return xlsx_sheet(str(outgoing.ledger.label), outgoing.lines(), watermark=outgoing.watermark)


def _text(value: Any) -> Any:
    return value if isinstance(value, datetime) else str(value)
