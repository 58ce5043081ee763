"""The rows that were not written, as their owner wrote them, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from anwei.ledgers.declaration import Ledger
from anwei.ledgers.examination import Examined
from anwei.ledgers.export import xlsx_sheet
from anwei.ledgers.sheets import Row, Table


def errors_sheet(table: Table, reasons: Iterable[tuple[Row, str]]) -> bytes:
    """Return an XLSX of the user's own columns, then the number of the row and the reason."""

    def lines() -> Iterator[Sequence[str | int]]:
        yield [*table.header, _("行号"), _("原因")]
        for row, reason in reasons:
            cells = [*row.cells, *[""] * len(table.header)][: len(table.header)]
            yield [*cells, row.number, reason]

    return xlsx_sheet(_("有问题的行"), lines())


def unwritten(ledger: Ledger, rows: Iterable[Examined], *, doubtful_too: bool) -> Iterator[tuple[Row, str]]:
    """Yield the refused rows, and the doubtful ones where they are not written, with their sentences."""
    for row in rows:
        if row.state == "refused" or (row.state == "doubtful" and doubtful_too):
            yield row.row, "；".join(row.sentences(ledger))
