"""What a table would do to a register: row by row good, repaired, doubtful or refused, without writing.

The same examination stands behind import, grid and form; it reads, so it may be made as often as one likes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.cells import Choosing, Reading, Refused, read
from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.saving import Edit, out_of_sight
from anwei.ledgers.sheets import Row, Table

State = Literal["good", "repaired", "doubtful", "refused"]
Action = Literal["create", "update", "unchanged", "repeat"]
Key = tuple[Any, ...]
STATES: tuple[State, ...] = ("good", "repaired", "doubtful", "refused")
CHUNK = 500  # keys asked for in one query
WHOLE_ROW = ""  # the column name under which sentences about a row as a whole stand


@dataclass
class Examined:
    """One row: its values, what is known of it, and sentences by column ("" = the row as a whole)."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    repairs: dict[str, str] = field(default_factory=dict)
    existing: Any = None
    changed: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    repeats: int = 0  # number of the earlier row with the same key and content

    @property
    def state(self) -> State:
        """The gravest thing that was found."""
        if self.refusals:
            return "refused"
        return "doubtful" if self.doubts else "repaired" if self.repairs else "good"

    @property
    def action(self) -> Action:
        """What writing the row would do."""
        if self.repeats:
            return "repeat"
        return "create" if self.existing is None else "update" if self.changed else "unchanged"

    @property
    def edit(self) -> Edit:
        """The row as `save` gets it: all values of a new row, the changed ones of another."""
        values = self.values if self.existing is None else {name: self.values[name] for name in self.changed}
        return Edit(self.existing, values)

    def sentences(self, ledger: Ledger) -> list[str]:
        """Return what to tell about the row, each sentence with the name of its column."""
        labels = {column.name: str(column.label) for column in ledger.columns}
        told = (*self.refusals.items(), *self.doubts.items(), *self.repairs.items())
        return [f"{labels[name]}：{text}" if name in labels else text for name, text in told]


@dataclass(frozen=True)
class Examination:
    """All rows of a table."""

    table: Table
    rows: tuple[Examined, ...]
    needs_reason: tuple[Column, ...]  # sensitive columns that would change

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are good, repaired, doubtful, refused."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in STATES}

    @property
    def actions(self) -> dict[str, int]:
        """What writing the rows that are not refused would do."""
        found = Counter(row.action for row in self.rows if row.state != "refused")
        return {action: found[action] for action in ("create", "update", "unchanged", "repeat")}


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
        _find_existing(ledger, rows, person)
    for row in rows if known is not None else ():
        row.existing = known
    _tell_empty(ledger, rows, table, person)
    _find_repeats(ledger, rows)
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
    changed = {name for row in rows for name in row.changed}
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


def _key(ledger: Ledger, values: Mapping[str, Any]) -> Key | None:
    """Return the key of a row, None where a part of it could not be read or is empty."""
    key = tuple(values.get(name) for name in ledger.key)
    return None if all(part in (None, "") for part in key) else key


def _find_existing(ledger: Ledger, rows: Sequence[Examined], person: Any) -> None:
    """Give each row the visible one with the same key; refuse a key that is taken out of sight."""
    columns = [ledger.column(name) for name in ledger.key]
    wanted = {key: row for row in rows if (key := _key(ledger, row.values)) is not None}
    seen = _rows_by(ledger.visible(person), columns, list(wanted))
    unseen = set(wanted) - set(seen)
    everywhere = _rows_by(ledger.model._default_manager.all(), columns, list(unseen)) if unseen else {}
    for row in rows:
        key = _key(ledger, row.values)
        if key in seen:
            meant = ledger.meant or (lambda same, values: same[-1])
            row.existing = meant(seen[key], row.values)
        elif key in everywhere:
            row.refusals[WHOLE_ROW] = _("同一记录已登记在您的管辖范围之外")


def _rows_by(rows: Any, columns: Sequence[Column], keys: list[Key]) -> dict[Key, list[Any]]:
    """Return the rows with one of these keys; asked by the first part of the key, compared by all."""
    found: dict[Key, list[Any]] = defaultdict(list)
    firsts = list(dict.fromkeys(key[0] for key in keys))
    for begin in range(0, len(firsts), CHUNK):
        some = [part for part in firsts[begin : begin + CHUNK] if part is not None]
        query = Q(**{f"{columns[0].path}__in": some})
        if None in firsts[begin : begin + CHUNK]:
            query |= Q(**{f"{columns[0].path}__isnull": True})
        for row in rows.filter(query):
            found[tuple(column.of(row) for column in columns)].append(row)
    return {key: found[key] for key in keys if key in found}


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


def _find_repeats(ledger: Ledger, rows: Sequence[Examined]) -> None:
    """Tell rows of one table that mean the same: written once when they agree, refused when they do not."""
    first: dict[Key, Examined] = {}
    for row in rows:
        key = _key(ledger, row.values)
        if key is None or row.refusals:
            continue
        key = (*key, *(row.values.get(name) for name in ledger.told_apart))
        earlier = first.setdefault(key, row)
        if earlier is row:
            continue
        if earlier.values == row.values:
            row.repeats = earlier.row.number
            row.repairs[WHOLE_ROW] = _("与第 %(n)d 行相同，只写一次") % {"n": earlier.row.number}
        else:
            row.refusals[WHOLE_ROW] = _("与第 %(n)d 行是同一记录而内容不同") % {"n": earlier.row.number}


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
        if not cells[name].strip() and not blank_clears:
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
    found = _rows_by(ledger.visible(person), columns, [key for key in wanted if all(key)])
    for row, key in zip(new, wanted, strict=True):
        if key in found:
            row.doubts[WHOLE_ROW] = _("与已登记的“%(row)s”相似，请核对是否同一记录") % {"row": found[key][-1]}
