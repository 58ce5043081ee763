"""Enterprises as a county's list has them, in any number, with credit codes whose check digit fits."""

from __future__ import annotations

from anwei.standards.identifiers import credit_check

HEADER = ["序号", "单位名称", "社会信用代码", "所属行业", "所属乡镇", "生产状态", "职工人数", "详细地址"]


def credit_code(number: int) -> str:
    """Return the number-th credit code of a fictional county (GB 32100-2015)."""
    body = f"91999001{number:09d}"
    return body + credit_check(body)


def line(number: int) -> list[str | int]:
    """Return one row under HEADER."""
    sector = ("危化品", "煤矿", "工贸")[number % 3]
    town = ("甲镇", "乙镇")[number % 2]
    return [
        number + 1,
        f"示例{number:05d}有限公司",
        credit_code(number),
        sector,
        town,
        "正常生产",
        number % 300,
        f"{town}工业路{number}号",
    ]
