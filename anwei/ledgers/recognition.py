"""Which rows mean the same: those of a table and of its register, and those of one table among each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.examined import WHOLE_ROW, Examined

Key = tuple[Any, ...]
CHUNK = 500  # keys asked for in one query


def _key(columns: Iterable[Column], values: Mapping[str, Any]) -> Key | None:
    """Return the key of a row, None where nothing of it could be read."""
    key = tuple(values.get(column.name, column.default) for column in columns)
    return None if all(part in (None, "") for part in key) else key


def find_existing(ledger: Ledger, rows: Sequence[Examined], person: Any) -> None:
    """Give each row the visible one with the same key, by the first key that finds one."""
    counted = _count_lines(ledger, rows) if ledger.ordinal else {}
    for names in ledger.keys:
        columns = [ledger.column(name) for name in names]
        _find_by(columns, ledger, [row for row in rows if row.existing is None], person)
    apart = [ledger.column(name) for name in ledger.told_apart]
    for place, first in counted.items():
        row = rows[place]
        known = row.existing
        if known is not None:
            told = [column for column in apart if column.name in row.values]
            if any(row.values[column.name] != column.of(known) for column in told):
                row.doubts[ledger.ordinal] = _(
                    "这个编号已有内容不同的记录，写入会改写它；是同一编号的另一条请填序次"
                )
        elif first != row.row.number:
            row.doubts[ledger.ordinal] = _("编号与第 %(n)d 行相同，记为同一编号的第 %(turn)d 条") % {
                "n": first,
                "turn": row.values[ledger.ordinal],
            }


def _count_lines(ledger: Ledger, rows: Sequence[Examined]) -> dict[int, int]:
    """Count the lines that share the rest of the key, where they do not say which they are.

    Returns of each that was counted, by its place, the number of the first.
    """
    ordinal = ledger.column(ledger.ordinal)
    rest = [ledger.column(name) for name in ledger.key if name != ledger.ordinal]
    lines: dict[Key, list[int]] = defaultdict(list)
    counted = {}
    for place, row in enumerate(rows):
        key = _key(rest, row.values)
        if key is None or row.values.get(ordinal.name, ordinal.default) != ordinal.default:
            continue
        lines[key].append(place)
        row.values[ordinal.name] = len(lines[key])
        counted[place] = rows[lines[key][0]].row.number
    return counted


def _find_by(columns: Sequence[Column], ledger: Ledger, rows: Sequence[Examined], person: Any) -> None:
    """Give each row the visible one with the same values of these; refuse those taken out of sight."""
    wanted = {key: row for row in rows if (key := _key(columns, row.values)) is not None}
    seen = rows_by(ledger.visible(person), columns, list(wanted))
    unseen = set(wanted) - set(seen)
    everywhere = rows_by(ledger.model._default_manager.all(), columns, list(unseen)) if unseen else {}
    meant = ledger.meant or (lambda same, values: same[-1])
    for row in rows:
        key = _key(columns, row.values)
        if key in seen:
            row.existing = meant(seen[key], row.values)
        elif key in everywhere and meant(everywhere[key], row.values) is not None:
            row.refusals[WHOLE_ROW] = _("同一记录已登记在您的管辖范围之外")


def rows_by(rows: Any, columns: Sequence[Column], keys: list[Key]) -> dict[Key, list[Any]]:
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


def find_repeats(ledger: Ledger, rows: Sequence[Examined]) -> None:
    """Tell rows of one table that mean the same: written once when they agree, refused when they do not.

    The same are two lines of one key, and two that by whatever keys mean one row of the register.
    """
    first: dict[Key, Examined] = {}
    keys = [[ledger.column(name) for name in names] for names in ledger.keys]
    for row in rows:
        told = ((place, _key(columns, row.values)) for place, columns in enumerate(keys))
        known = next(((place, key) for place, key in told if key is not None), None)
        if known is None or row.refusals:
            continue
        key: Key = (*known, *(row.values.get(name) for name in ledger.told_apart))
        if row.existing is not None:
            key = ("pk", row.existing.pk)
        earlier = first.setdefault(key, row)
        if earlier is row:
            continue
        if earlier.values == row.values:
            row.repeats = earlier.row.number
            row.repairs[WHOLE_ROW] = _("与第 %(n)d 行相同，只写一次") % {"n": earlier.row.number}
        else:
            row.refusals[WHOLE_ROW] = _("与第 %(n)d 行是同一记录而内容不同") % {"n": earlier.row.number}
