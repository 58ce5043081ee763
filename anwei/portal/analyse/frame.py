"""Training and test file of a ranking as tables of numbers and words; what a column is shows in its cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from anwei.language import gettext as _
from anwei.methods.ranking.columns import Column, Table
from anwei.methods.ranking.earlier import Floats
from anwei.portal.analyse.files import Unreadable, cells_of, require, sheet_of
from anwei.portal.analyse.numbers import is_missing, number_of, reader_of
from anwei.portal.analyse.times import COUNT, DAY, Times, UnreadTime, day_of, times_of

MOSTLY = 0.95  # of the cells that are not missing: as many numbers (dates) make a column of numbers (dates)
YES = frozenset(("true", "yes", "y", "是", "有", "发生", "t"))
NO = frozenset(("false", "no", "n", "否", "无", "未发生", "没有", "f"))
LABEL, ENTITY, TIME = "\0label", "\0entity", "\0time"  # names no file has
Cells = list[str]


@dataclass(frozen=True)
class Asked:
    """Which column is what; without an entity all rows are one's, without a time they follow each other."""

    label: str
    entity: str | None
    time: Sequence[str]
    exclude: Sequence[str] = ()
    outcomes: Sequence[str] = ()
    nuisance: Sequence[str] = ()
    is_day_first: bool | None = None  # as `times_of` says


@dataclass(frozen=True)
class Frame:
    """Both files as tables, under LABEL, ENTITY and TIME what those are; what of them could not be used."""

    train: Table
    test: Table
    untimed: set[int]  # rows of `test`, from 0, that do not say when they are: the latest
    unit: str
    outcomes: list[str]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _File:
    path: Path
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]  # of the rows in the file, from 1
    delimiter: str

    def cells(self, name: str) -> Cells:
        return cells_of(self.rows, self.header.index(name))


def frame_of(train: Path, test: Path, asked: Asked) -> Frame:
    """Read both files. Raises Unreadable. The label column of the test file is never read."""
    beside = [name for name in (asked.entity, *asked.time) if name]
    if asked.label in (*beside, *asked.nuisance):
        raise Unreadable(_("结果列 {column} 不能又是对象、时间或者参与拟合的列").format(column=asked.label))
    remarks: list[str] = []
    learned = _file(train, [asked.label, *beside, *asked.exclude, *asked.outcomes, *asked.nuisance])
    scored = _file(test, beside)
    learned = _with_times(learned, asked.time, remarks)
    timed = _timed(scored, asked.time)
    if len(timed) < len(scored.rows):
        remarks.append(
            _("{file} 有 {n} 行没有时间，当作最晚的").format(file=test.name, n=len(scored.rows) - len(timed))
        )
    own = [
        name
        for name in learned.header
        if name and name not in {asked.label, *beside, *asked.exclude, *asked.nuisance}
    ]
    outcomes = [name for name in own if name in asked.outcomes or name not in scored.header]
    if dropped := [name for name in outcomes if name not in asked.outcomes]:
        remarks.append(
            _("要打分的文件没有这些列，只用它们的过去：{columns}").format(columns="、".join(dropped))
        )
    told = _times(learned, scored, timed, asked)
    remarks += told.remarks(train)
    times = told.values
    n, past_only = len(learned.rows), list[str]()
    train_table: dict[str, Column] = {
        LABEL: _label(learned, asked.label),
        ENTITY: _entities(learned, asked.entity, 0),
        TIME: times[:n],
    }
    test_table: dict[str, Column] = {ENTITY: _entities(scored, asked.entity, n), TIME: times[n:]}
    for name in asked.nuisance:
        train_table[name] = learned.cells(name)
    for name in own:
        here = learned.cells(name)
        there = scored.cells(name) if name in scored.header and name not in outcomes else None
        if all(is_missing(cell) for cell in here):
            continue
        shown, make = _kind(name, here, learned.delimiter, told)
        train_table[shown] = make(learned, here, times[:n], remarks)
        if name in outcomes:
            past_only.append(shown)
        if there is not None:
            test_table[shown] = make(scored, there, times[n:], remarks)
    return Frame(
        train_table, test_table, set(range(len(scored.rows))) - set(timed), told.unit, past_only, remarks
    )


Make = Callable[[_File, Cells, Floats, list[str]], Column]


def _kind(name: str, cells: Cells, delimiter: str, told: Times) -> tuple[str, Make]:
    """Return the name of a column and how its cells are read: by what its training cells are."""
    there = sorted({cell for cell in cells if not is_missing(cell)})
    usual = [cell for cell in cells if not is_missing(cell)]
    number_in = reader_of(there, delimiter)
    known = {cell: number_in(cell) is not None for cell in there}
    if sum(known[cell] for cell in usual) >= MOSTLY * len(usual):
        return name, lambda file, column, _times, remarks: _numbers(name, file, column, number_in, remarks)
    read = partial(day_of, is_day_first=told.is_day_first)
    known = {cell: read(cell) is not None for cell in there}
    if told.unit == DAY and sum(known[cell] for cell in usual) >= MOSTLY * len(usual):
        return _("{column}（至今天数）").format(
            column=name
        ), lambda file, column, times, remarks: times - _numbers(name, file, column, read, remarks)
    return name, lambda _file, column, _times, _remarks: ["" if is_missing(cell) else cell for cell in column]


def _numbers(
    name: str, file: _File, cells: Cells, read: Callable[[str], float | None], remarks: list[str]
) -> Floats:
    told: dict[str, float] = {}
    for cell in set(cells):
        value = None if is_missing(cell) else read(cell)
        told[cell] = np.nan if value is None else value
    odd = [row for row, cell in enumerate(cells) if np.isnan(told[cell]) and not is_missing(cell)]
    if odd:
        remarks.append(
            _("{file} 列 {column} 有 {n} 个单元格读不懂，按缺失算；第一个在第 {row} 行：{cell}").format(
                file=file.path.name,
                column=name,
                n=len(odd),
                row=file.numbers[odd[0]],
                cell=cells[odd[0]][:40],
            )
        )
    return np.array([told[cell] for cell in cells])


def _label(file: _File, name: str) -> Floats:
    cells = file.cells(name)
    found = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if is_missing(cell):
            continue
        value = 1.0 if cell.lower() in YES else 0.0 if cell.lower() in NO else number_of(cell)
        if value is None:
            raise Unreadable(
                _("{file} 第 {row} 行 列 {column} 不是结果（大于 0 的数或“是”为发生）：{cell}").format(
                    file=file.path.name, row=file.numbers[row], column=name, cell=cell[:40]
                )
            )
        found[row] = value
    return found


def _entities(file: _File, name: str | None, first: int) -> Cells:
    """Return whose each row is; a row that names nobody is nobody else's."""
    if name is None:
        return ["one"] * len(file.rows)
    return [
        f"\0{first + row}" if is_missing(cell) else _plain(cell) for row, cell in enumerate(file.cells(name))
    ]


def _plain(cell: str) -> str:
    """Return a name as both files write it: 30790.0 is 30790, full-width letters are narrow."""
    name = unicodedata.normalize("NFKC", cell).strip()
    whole, dot, rest = name.partition(".")
    return whole if dot and whole.isdigit() and not rest.strip("0") else name


def _times(train: _File, test: _File, timed: Sequence[int], asked: Asked) -> Times:
    names = asked.time
    if not names:
        return Times(np.arange(len(train.rows) + len(test.rows), dtype=float), COUNT)
    there = [test.cells(name) for name in names]
    n = len(train.rows)
    columns = [
        train.cells(name) + [cells[row] for row in timed] for name, cells in zip(names, there, strict=True)
    ]
    try:
        found = times_of(columns, names, len(train.rows), asked.is_day_first)
    except UnreadTime as error:
        file, row = (train, error.row) if error.row < n else (test, timed[error.row - n])
        raise Unreadable(
            _("{file} 第 {row} 行 列 {column} 的时间读不懂，或与其他行写法不同：{cell}").format(
                file=file.path.name,
                row=file.numbers[row],
                column="、".join(names),
                cell=" ".join(file.cells(name)[row] for name in names)[:40],
            )
        ) from error
    values = np.full(n + len(test.rows), found.values.max())
    values[:n], values[n + np.array(timed, int)] = found.values[:n], found.values[n:]
    return replace(found, values=values)


def _file(path: Path, wanted: Sequence[str]) -> _File:
    header, rows, delimiter = sheet_of(path)
    require(path, header, [*wanted, *(name for name in header if name)])
    return _File(path, header, rows, list(range(1, len(rows) + 1)), delimiter)


def _with_times(file: _File, names: Sequence[str], remarks: list[str]) -> _File:
    """Return the file without the rows that do not say when they are. Raises Unreadable where none does."""
    kept = _timed(file, names)
    if n_left := len(file.rows) - len(kept):
        remarks.append(_("{file} 有 {n} 行没有时间，没有用").format(file=file.path.name, n=n_left))
    return replace(file, rows=[file.rows[row] for row in kept], numbers=[file.numbers[row] for row in kept])


def _timed(file: _File, names: Sequence[str]) -> list[int]:
    """Return the rows, from 0, that say when they are; all without a column of times."""
    columns = [file.cells(name) for name in names]
    found = [row for row in range(len(file.rows)) if not any(is_missing(cells[row]) for cells in columns)]
    if not found:
        raise Unreadable(
            _("{file} 的列 {column} 没有一个时间").format(file=file.path.name, column="、".join(names))
        )
    return found
