"""The rows that were not written, as their owner wrote them, each with its reason; and what was repaired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from anwei.ledgers.declaration import Ledger
from anwei.ledgers.examination import Examined
from anwei.ledgers.export import xlsx_book
from anwei.ledgers.sheets import Row, Table


def errors_sheet(
    table: Table, reasons: Iterable[tuple[Row, str]], repairs: Iterable[tuple[int, str]]
) -> bytes:
    """Return an XLSX: the user's own columns, number of the row and reason; then what was repaired."""

    def lines() -> Iterator[Sequence[str | int]]:
        yield [*table.header, _("行号"), _("原因")]
        for row, reason in reasons:
            cells = [*row.cells, *[""] * len(table.header)][: len(table.header)]
            yield [*cells, row.number, reason]

    repaired = [(_("行号"), _("规范了什么")), *repairs]
    return xlsx_book([(_("有问题的行"), lines()), (_("自动规范了的行"), repaired)])


def unwritten(ledger: Ledger, rows: Iterable[Examined], *, doubtful_too: bool) -> Iterator[tuple[Row, str]]:
    """Yield the refused rows, and the doubtful ones where they are not written, with their sentences."""
    for row in rows:
        if row.state == "refused" or (row.state == "doubtful" and doubtful_too):
            yield row.row, "；".join(row.sentences(ledger))


def repaired(ledger: Ledger, rows: Iterable[Examined]) -> Iterator[tuple[int, str]]:
    """Yield the numbers of the rows that were only repaired, with what became of what."""
    for row in rows:
        if row.state == "repaired":
            yield row.row.number, "；".join(row.sentences(ledger))
