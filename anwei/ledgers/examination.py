"""What a table would do to a register: row by row good, repaired, doubtful or refused, without writing.

The same examination stands behind import, grid and form; it reads, so it may be made as often as one likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from anwei.ledgers.cells import Choosing, Reading, Refused, read
from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.examined import WHOLE_ROW, Examination, Examined
from anwei.ledgers.recognition import find_existing, find_repeats, rows_by
from anwei.ledgers.saving import out_of_sight
from anwei.ledgers.sheets import Row, Table

__all__ = ["WHOLE_ROW", "Examination", "Examined", "choosings_of", "examine"]


def examine(
    ledger: Ledger, table: Table, person: Any, *, blank_clears: bool = False, known: Any = None
) -> Examination:
    """Return what `table` would do to the register if `person` wrote it.

    An empty cell leaves an existing row as it is, unless `blank_clears`. A form knows its row: then the one
    row of the table is `known`, whatever its key says.
    """
    choosings = choosings_of(ledger, person, (column for column in table.columns if column))
    remembered: dict[tuple[str, str], Reading] = {}
    rows = tuple(_read(table, row, choosings, remembered) for row in table.rows)
    _respell(rows, (column for column in table.columns if column), person)
    if known is None:
        find_existing(ledger, rows, person)
    for row in rows if known is not None else ():
        row.existing = known
    _tell_empty(ledger, rows, table, person)
    find_repeats(ledger, rows)
    by_name = {column.name: column for column in ledger.columns}
    for row in rows:
        if row.existing is None:
            _complete(ledger, row)
        else:
            _keep_what_stands(row, choosings, table)
            _compare(row, by_name, table, blank_clears)
            if ledger.doubt is not None and (sentence := ledger.doubt(row.existing, row.edit.values)):
                row.doubts[WHOLE_ROW] = sentence
            if known is None and ledger.parent in row.changed:
                row.doubts[ledger.parent] = _doubt_taken_over(by_name[ledger.parent], row.existing)
        if not row.refusals and (sentence := _refusal(ledger, row, person)):
            row.refusals[WHOLE_ROW] = sentence
    _refuse_together(ledger, rows, person)
    _doubt_the_new(ledger, rows, person)
    changed = {name for row in rows if row.state != "refused" for name in row.changed}
    return Examination(
        table, rows, tuple(column for column in ledger.columns if column.sensitive and column.name in changed)
    )


def choosings_of(ledger: Ledger, person: Any, columns: Iterable[Column] | None = None) -> dict[str, Choosing]:
    """Return the choices of each column that has some."""
    asked = ledger.columns if columns is None else columns
    return {column.name: Choosing(column, person) for column in asked if column.choices is not None}


def _read(
    table: Table,
    row: Row,
    choosings: Mapping[str, Choosing],
    remembered: dict[tuple[str, str], Reading],
) -> Examined:
    """Read the cells of a row; what a column said before (choices, dates, numbers) is not read again."""
    examined = Examined(row)
    for column, raw in zip(table.columns, row.cells, strict=False):
        if column is None:
            continue
        try:
            found = remembered.get((column.name, raw)) or read(column, raw, choosings.get(column.name))
        except Refused as refused:
            if not (column.personal and "*" in raw):
                examined.refusals[column.name] = str(refused)
            else:
                examined.values[column.name] = raw.strip()
            continue
        if column.kind != "text":
            remembered[column.name, raw] = found
        examined.values[column.name] = found.value
        if found.repairs:
            examined.repairs[column.name] = "；".join(found.repairs)
        if found.doubts:
            examined.doubts[column.name] = "；".join(found.doubts)
    return examined


def _respell(rows: Sequence[Examined], columns: Iterable[Column], person: Any) -> None:
    """Let what is spelt otherwise be what we have; a repair, told as such."""
    for column in columns:
        if column.respell is None:
            continue
        reader = column.respell(person)
        for row in rows:
            if found := reader(row.values.get(column.name) or ""):
                row.values[column.name], row.repairs[column.name] = found


def _tell_empty(ledger: Ledger, rows: Sequence[Examined], table: Table, person: Any) -> None:
    """Let new rows have what another column tells of one that they leave empty; a repair, or a doubt."""
    for column in ledger.entered:
        if column.tell is None:
            continue
        silent = [
            row
            for row in rows
            if row.existing is None and row.values.get(column.told_by) and _is_empty(row, column, table)
        ]
        if not silent:
            continue
        reader = column.tell(person)
        for row in silent:
            try:
                told = reader(row.values[column.told_by])
            except ValueError as error:
                row.refusals[column.name] = str(error)
                continue
            if told is not None:
                row.values[column.name], sentence, sure = told
                (row.repairs if sure else row.doubts)[column.name] = sentence
                row.refusals.pop(column.name, None)


def _is_empty(row: Examined, column: Column, table: Table) -> bool:
    """Say whether a row says nothing in a column, or the table does not have it."""
    cells = zip(table.columns, row.row.cells, strict=False)
    return not any(cell.strip() for other, cell in cells if other is not None and other.name == column.name)


def _complete(ledger: Ledger, row: Examined) -> None:
    """Give a new row what its sheet does not say."""
    for column in ledger.entered:
        if column.personal and "*" in str(row.values.get(column.name, "")):
            row.refusals[column.name] = _("隐去的内容不能用来新建记录，请填写完整")
        if column.name not in row.values and column.name not in row.refusals:
            if column.required:
                row.refusals[column.name] = _("不能为空")
            else:
                row.values[column.name] = column.default


def _compare(row: Examined, by_name: Mapping[str, Column], table: Table, blank_clears: bool) -> None:
    """Find what a row would change; a masked text that hides the value we have changes nothing."""
    cells = {column.name: cell for column, cell in zip(table.columns, row.row.cells, strict=False) if column}
    for name in list(row.refusals):
        if name in by_name and not cells.get(name, "").strip() and not blank_clears:
            del row.refusals[name]  # the cell is empty: the row keeps what it has
    for name, value in row.values.items():
        column = by_name[name]
        before = column.of(row.existing)
        if not cells.get(name, "").strip() and not blank_clears:
            continue
        if column.of_new_rows:
            if before != value:
                row.repairs[name] = _("以台账里的为准，表中的没有写入")
            continue
        if column.personal and "*" in cells[name]:
            if cells[name].strip() != column.mask(str(before or "")):
                row.refusals[name] = _("隐去的内容与原值不符，请填写完整")
            continue
        if before != value:
            row.changed[name] = (before, value)


def _doubt_taken_over(parent: Column, existing: Any) -> str:
    """Return the sentence on a row that is known by its key alone, and belongs to something else."""
    whose = parent.shown_in(existing) or existing
    return _("编号已属于“%(whose)s”，写入会把那条记录转走；是另一条记录的请换一个编号") % {"whose": whose}


def _keep_what_stands(row: Examined, choosings: Mapping[str, Choosing], table: Table) -> None:
    """Let a row keep a choice that is not offered (any more), when the cell says what the row shows."""
    for column, cell in zip(table.columns, row.row.cells, strict=False):
        if column is not None and column.name in choosings:
            stands = column.shown_in(row.existing, choosings[column.name].texts)
            if stands is not None and cell.strip() == str(stands):
                row.values[column.name] = column.of(row.existing)
                row.refusals.pop(column.name, None)
                row.doubts.pop(column.name, None)


def _refusal(ledger: Ledger, row: Examined, person: Any) -> str:
    """Return why the row as a whole is refused, '' where it is not."""
    values = _whole(ledger, row)
    if ledger.check is not None and (sentence := ledger.check(values)):
        return sentence
    writes = row.action in ("create", "update")
    if ledger.sees is None or person is None or not writes or ledger.sees(person, row.existing, values):
        return ""
    return out_of_sight()


def _refuse_together(ledger: Ledger, rows: Sequence[Examined], person: Any) -> None:
    """Refuse what writing would refuse, though each row for itself is right."""
    if ledger.refuse_together is None:
        return
    written = [row for row in rows if not row.refusals and row.action in ("create", "update")]
    told = ledger.refuse_together([(row.existing, row.edit.values) for row in written], person)
    for row, sentence in zip(written, told, strict=True):
        if sentence:
            row.refusals[WHOLE_ROW] = sentence


def _whole(ledger: Ledger, row: Examined) -> dict[str, Any]:
    """Return the values the row would have after writing."""
    kept = {} if row.existing is None else {column.name: column.of(row.existing) for column in ledger.entered}
    return {**kept, **row.edit.values}


def _doubt_the_new(ledger: Ledger, rows: Sequence[Examined], person: Any) -> None:
    """Doubt a new row by what its register says, or because it looks like one we have under another key."""
    new = [row for row in rows if row.existing is None and not row.refusals and not row.repeats]
    if ledger.doubt_new is not None and new:
        sentences = ledger.doubt_new([row.values for row in new], person)
        for row, sentence in zip(new, sentences, strict=True):
            if sentence:
                row.doubts[WHOLE_ROW] = sentence
    if not ledger.alike:
        return
    columns = [ledger.column(name) for name in ledger.alike]
    wanted = [tuple(row.values[name] for name in ledger.alike) for row in new]
    found = rows_by(ledger.visible(person), columns, [key for key in wanted if all(key)])
    for row, key in zip(new, wanted, strict=True):
        if key in found:
            row.doubts[WHOLE_ROW] = _("与已登记的“%(row)s”相似，请核对是否同一记录") % {"row": found[key][-1]}
