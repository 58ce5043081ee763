"""A county's spreadsheet of enterprises as it really looks, made from a seed: every fault counted as it is put.

The title is merged over the sheet, the header stands in two lines with merged cells, a township is merged over
the rows of its enterprises; dates come in four spellings and as day numbers, numbers with units and full width,
codes mistyped, enterprises twice under two names.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import groupby
from typing import Any

import xlsxwriter

from anwei.standards.identifiers import credit_check, is_credit_code, organisation_check

TOWNS = ("甲镇", "乙镇")
ABOVE = ("企业基本情况",) * 7 + ("日期",) * 2
HEADER = (
    "企业名称",
    "社会信用代码",
    "所属行业",
    "所属乡镇",
    "生产状态",
    "职工人数",
    "详细地址",
    "状态日期",
    "标准化到期日期",
)
NAME, CODE, SECTOR, TOWN, STATUS, WORKERS, ADDRESS, SINCE, UNTIL = range(len(HEADER))
BLOCK = 50  # rows of one township, one below the other
# a character from each: two names differ in one of four at least, which is less than alike
CHARACTERS = ("安宝昌德恩丰广海恒华", "伯波灿澄达迪鼎恺帆孚", "铭诺沛琦勤仁融尚圣硕", "舟卓琢滋纵祖佐作坤乾")
Line = list[Any]


@dataclass(frozen=True)
class Messy:
    """The sheet, and how many rows of each state it holds by the way it was made."""

    content: bytes
    counts: Counter[str]


def messy(n: int, seed: int = 4) -> Messy:
    """Return a sheet of `n` enterprises (at most 10,000) of which every third row has a fault."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    lines: list[Line] = []
    for number in range(n):
        line = _good(number, chance)
        place = number % BLOCK
        if place >= BLOCK - len(FAULTS):
            state, fault = FAULTS[place - BLOCK + len(FAULTS)]
            fault(line, lines[number - place + chance.randrange(BLOCK - len(FAULTS))], chance)
            counts[state] += 1
        else:
            counts["good"] += 1
        lines.append(line)
    return Messy(_workbook(lines), counts)


def company(number: int) -> str:
    """Return the number-th name."""
    return "".join(of[number // 10**place % 10] for place, of in enumerate(CHARACTERS)) + "有限公司"


def credit_code(number: int) -> str:
    """Return the number-th credit code of a fictional county, with an organisation code that fits within."""
    eight = f"MA{number:06d}"
    body = f"91990001{eight}{organisation_check(eight)}"
    return body + credit_check(body)


def _good(number: int, chance: random.Random) -> Line:
    town = TOWNS[number // BLOCK % len(TOWNS)]
    return [
        company(number),
        credit_code(number),
        chance.choice(("危化品", "煤矿", "工贸")),
        town,
        "正常生产",
        chance.randrange(5, 900),
        f"{town}工业路{number + 1}号",
        f"2023-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
        "2028-05-31",
    ]


def _set(
    place: int, make: Callable[[Any, random.Random], Any]
) -> Callable[[Line, Line, random.Random], None]:
    def fault(line: Line, earlier: Line, chance: random.Random) -> None:
        line[place] = make(line[place], chance)

    return fault


def _day(form: str) -> Callable[[Any, random.Random], str]:
    return lambda _old, chance: date(2024, chance.randrange(1, 13), chance.randrange(1, 29)).strftime(form)


def _copied(line: Line, earlier: Line, chance: random.Random) -> None:
    line[:] = earlier


def _same_code(line: Line, earlier: Line, chance: random.Random) -> None:
    line[CODE] = earlier[CODE]


def _second_name(line: Line, earlier: Line, chance: random.Random) -> None:
    own = str(earlier[NAME]).removesuffix("有限公司")
    line[NAME] = f"测试县{own}（集团）有限责任公司"


def _no_place(line: Line, earlier: Line, chance: random.Random) -> None:
    line[TOWN], line[ADDRESS] = "", "工业园区东侧"


def _wrong_check(code: str, chance: random.Random) -> str:
    return next(wrong for letter in "23456789" if not is_credit_code(wrong := code[:12] + letter + code[13:]))


def _wide(number: int, chance: random.Random) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def _day_number(_old: str, chance: random.Random) -> int:
    """Excel's number of a day, left without its format."""
    return (date(2028, 1, 1) - date(1899, 12, 30)).days + chance.randrange(300)


FAULTS: tuple[tuple[str, Callable[[Line, Line, random.Random], None]], ...] = (
    ("repaired", _set(SINCE, _day("%Y/%-m/%-d"))),
    ("repaired", _set(SINCE, _day("%Y年%-m月%-d日"))),
    ("repaired", _set(SINCE, _day("%Y%m%d"))),
    ("repaired", _set(UNTIL, _day_number)),
    ("repaired", _set(WORKERS, lambda old, chance: f"{old}人")),
    ("repaired", _set(WORKERS, _wide)),
    ("repaired", _set(CODE, lambda old, chance: f" {old[:6].lower()} {old[6:]}　")),
    ("repaired", _set(CODE, lambda old, chance: old.replace("0", "O", 1))),
    ("repaired", _set(TOWN, lambda old, chance: "")),  # it stands in the address
    ("repaired", _copied),
    ("doubtful", _set(CODE, _wrong_check)),
    ("doubtful", _second_name),
    ("doubtful", _set(SINCE, _day("%Y年%-m月"))),
    ("doubtful", _set(WORKERS, lambda old, chance: f"约{old}人")),
    ("refused", _set(CODE, lambda old, chance: old[:9])),
    ("refused", _set(NAME, lambda old, chance: "")),
    ("refused", _set(WORKERS, lambda old, chance: "若干")),
    ("refused", _set(SINCE, lambda old, chance: "2024-02-30")),
    ("refused", _no_place),
    ("refused", _same_code),
)


def _workbook(lines: list[Line]) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("企业名录")
        sheet.merge_range(0, 0, 0, len(HEADER) - 1, "测试县生产经营单位名录")
        _merged(sheet, [(1, place, text) for place, text in enumerate(ABOVE)], down=False)
        for place, text in enumerate(HEADER):
            sheet.write(2, place, text)
        for row, line in enumerate(lines, start=3):
            for place, cell in enumerate(line):
                if place != TOWN:
                    sheet.write(row, place, cell)
        _merged(sheet, [(row, TOWN, line[TOWN]) for row, line in enumerate(lines, start=3)], down=True)
    return content.getvalue()


def _merged(sheet: Any, cells: list[tuple[int, int, str]], *, down: bool) -> None:
    """Write neighbours with the same text as one merged cell."""
    for text, run in groupby(cells, key=lambda cell: cell[2]):
        (top, left, _text), *others = run
        bottom, right, _text = others[-1] if others else (top, left, text)
        if others and text:
            sheet.merge_range(top, left, bottom, right, text)
        else:
            sheet.write(top, left, text)
