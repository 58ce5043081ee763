"""Training and test file of a ranking as tables of numbers and words; what a column is shows in its cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from anwei.language import gettext as _
from anwei.methods.ranking.columns import Column, Table
from anwei.methods.ranking.earlier import Floats
from anwei.portal.analyse.tables import Unreadable, rows_of
from anwei.portal.analyse.times import COUNT, DAY, UnreadTime, day_of, times_of

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "--", "—", "——", "/", "\\n", "?", "#n/a"))
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


@dataclass(frozen=True)
class Frame:
    """Both files as tables, under LABEL, ENTITY and TIME what those are; what of them could not be used."""

    train: Table
    test: Table
    unit: str
    outcomes: list[str]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _File:
    path: Path
    header: list[str]
    rows: list[list[str]]

    def cells(self, name: str) -> Cells:
        place = self.header.index(name)
        return [row[place].strip() if place < len(row) else "" for row in self.rows]


def frame_of(train: Path, test: Path, asked: Asked) -> Frame:
    """Read both files. Raises Unreadable. The label column of the test file is never read."""
    learned, scored = _file(train), _file(test)
    beside = [name for name in (asked.entity, *asked.time) if name]
    _require(learned, [asked.label, *beside, *asked.exclude, *asked.outcomes, *asked.nuisance])
    _require(scored, beside)
    remarks: list[str] = []
    own = [
        name for name in learned.header if name not in {asked.label, *beside, *asked.exclude, *asked.nuisance}
    ]
    outcomes = [name for name in own if name in asked.outcomes or name not in scored.header]
    if dropped := [name for name in outcomes if name not in asked.outcomes]:
        remarks.append(
            _("要打分的文件没有这些列，只用它们的过去：{columns}").format(columns="、".join(dropped))
        )
    times, unit = _times(learned, scored, asked.time)
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
        if all(_is_missing(cell) for cell in here):
            continue
        shown, make = _kind(name, here, unit == DAY)
        train_table[shown] = make(learned, here, times[:n], remarks)
        if name in outcomes:
            past_only.append(shown)
        if there is not None:
            test_table[shown] = make(scored, there, times[n:], remarks)
    return Frame(train_table, test_table, unit, past_only, remarks)


Make = Callable[[_File, Cells, Floats, list[str]], Column]


def _kind(name: str, cells: Cells, in_days: bool) -> tuple[str, Make]:
    """Return the name of a column and how its cells are read: by what its training cells are."""
    there = sorted({cell for cell in cells if not _is_missing(cell)})
    usual = [cell for cell in cells if not _is_missing(cell)]
    known = {cell: number_of(cell) is not None for cell in there}
    if sum(known[cell] for cell in usual) >= MOSTLY * len(usual):
        return name, lambda file, column, _times, remarks: _numbers(name, file, column, number_of, remarks)
    known = {cell: day_of(cell) is not None for cell in there}
    if in_days and sum(known[cell] for cell in usual) >= MOSTLY * len(usual):
        return _("{column}（至今天数）").format(
            column=name
        ), lambda file, column, times, remarks: times - _numbers(name, file, column, day_of, remarks)
    return name, lambda _file, column, _times, _remarks: [
        "" if _is_missing(cell) else cell for cell in column
    ]


def _numbers(
    name: str, file: _File, cells: Cells, read: Callable[[str], float | None], remarks: list[str]
) -> Floats:
    told: dict[str, float] = {}
    for cell in set(cells):
        value = None if _is_missing(cell) else read(cell)
        told[cell] = np.nan if value is None else value
    odd = [row for row, cell in enumerate(cells) if np.isnan(told[cell]) and not _is_missing(cell)]
    if odd:
        remarks.append(
            _("{file} 列 {column} 有 {n} 个单元格读不懂，按缺失算；第一个在第 {row} 行：{cell}").format(
                file=file.path.name, column=name, n=len(odd), row=odd[0] + 1, cell=cells[odd[0]][:40]
            )
        )
    return np.array([told[cell] for cell in cells])


def number_of(cell: str) -> float | None:
    """Return the number a cell holds: 12, 1,234.5, 12 %; None for anything else."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    is_share = plain.endswith("%")
    try:
        value = float(plain.rstrip("% ").replace(",", ""))
    except ValueError:
        return None
    if not np.isfinite(value) or "_" in plain:
        return None
    return value / 100 if is_share else value


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING


def _label(file: _File, name: str) -> Floats:
    cells = file.cells(name)
    found = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if _is_missing(cell):
            continue
        value = 1.0 if cell.lower() in YES else 0.0 if cell.lower() in NO else number_of(cell)
        if value is None:
            raise Unreadable(
                _("{file} 第 {row} 行 列 {column} 不是结果（大于 0 的数或“是”为发生）：{cell}").format(
                    file=file.path.name, row=row + 1, column=name, cell=cell[:40]
                )
            )
        found[row] = value
    return found


def _entities(file: _File, name: str | None, first: int) -> Cells:
    """Return whose each row is; a row that names nobody is nobody else's."""
    if name is None:
        return ["one"] * len(file.rows)
    return [
        f"\0{first + row}" if _is_missing(cell) else _plain(cell) for row, cell in enumerate(file.cells(name))
    ]


def _plain(cell: str) -> str:
    """Return a name as both files write it: 30790.0 is 30790, full-width letters are narrow."""
    name = unicodedata.normalize("NFKC", cell).strip()
    whole, dot, rest = name.partition(".")
    return whole if dot and whole.isdigit() and not rest.strip("0") else name


def _times(train: _File, test: _File, names: Sequence[str]) -> tuple[Floats, str]:
    if not names:
        return np.arange(len(train.rows) + len(test.rows), dtype=float), COUNT
    columns = [train.cells(name) + test.cells(name) for name in names]
    try:
        found = times_of(columns, names, len(train.rows))
    except UnreadTime as error:
        file, row = (train, error.row) if error.row < len(train.rows) else (test, error.row - len(train.rows))
        raise Unreadable(
            _("{file} 第 {row} 行 列 {column} 的时间读不懂，或与其他行写法不同：{cell}").format(
                file=file.path.name,
                row=row + 1,
                column="、".join(names),
                cell=" ".join(file.cells(name)[row] for name in names)[:40],
            )
        ) from error
    return found.values, found.unit


def _file(path: Path) -> _File:
    header, rows = rows_of(path)
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise Unreadable(_("{file} 有同名的列：{columns}").format(file=path.name, columns="、".join(twice)))
    for n, row in enumerate(rows, 1):
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            raise Unreadable(
                _("{file} 第 {row} 行有 {n} 个单元格，表头只有 {columns} 列").format(
                    file=path.name, row=n, n=len(row), columns=len(header)
                )
            )
    return _File(path, header, rows)


def _require(file: _File, wanted: Sequence[str]) -> None:
    if missing := [name for name in dict.fromkeys(wanted) if name not in file.header]:
        raise Unreadable(
            _("{file} 没有列：{missing}；有：{header}").format(
                file=file.path.name, missing="、".join(missing), header="、".join(file.header)
            )
        )
