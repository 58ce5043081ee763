"""The columns of the sheet: their headers in Chinese and English, what they mean, how a cell is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.monitoring.models import LONGEST_DELAY_S
from anwei.standards.sectors import sector_named

CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
TERRITORY = re.compile(r"\d{6}(\d{3}){0,2}")
YES, NO = (
    frozenset({"是", "有", "1", "y", "yes", "true"}),
    frozenset({"", "否", "无", "0", "n", "no", "false"}),
)


class BadCell(ValueError):
    """A cell that cannot be read; the text says why, without naming the column."""


def text(limit: int) -> Callable[[str], str]:
    """Return a reader of text of at most `limit` characters."""

    def read(cell: str) -> str:
        if len(cell) > limit:
            raise BadCell(_("超过 %(limit)d 字") % {"limit": limit})
        return cell

    return read


def matching(pattern: re.Pattern[str], sentence: Any) -> Callable[[str], str]:
    """Return a reader of text that has a form; `sentence` says which."""

    def read(cell: str) -> str:
        if not pattern.fullmatch(cell):
            raise BadCell(str(sentence))
        return cell

    return read


def number(cell: str) -> float:
    """Read a finite number."""
    try:
        value = float(cell)
    except ValueError:
        raise BadCell(_("不是数字")) from None
    if value - value != 0:  # infinite or not a number
        raise BadCell(_("不是数字"))
    return value


def not_negative(cell: str) -> float:
    """Read a number of at least 0."""
    if (value := number(cell)) < 0:
        raise BadCell(_("不能为负数"))
    return value


def delay(cell: str) -> float:
    """Read a delay: seconds from 0 to a day."""
    if (value := not_negative(cell)) > LONGEST_DELAY_S:
        raise BadCell(_("不能超过 24 小时（86400 秒）"))
    return value


def positive(cell: str) -> float:
    """Read a number above 0."""
    if (value := number(cell)) <= 0:
        raise BadCell(_("必须大于 0"))
    return value


def decimals(cell: str) -> int:
    """Read how many decimals a value keeps."""
    value = number(cell)
    if value not in range(10):
        raise BadCell(_("应为 0 至 9 的整数"))
    return int(value)


def degrees(limit: int) -> Callable[[str], float]:
    """Return a reader of a coordinate from -`limit` to `limit`."""

    def read(cell: str) -> float:
        if abs(value := number(cell)) > limit:
            raise BadCell(_("超出坐标范围"))
        return value

    return read


def sector(cell: str) -> str:
    """Read a sector by any name a source gives it."""
    try:
        return sector_named(cell).code
    except KeyError:
        raise BadCell(_("不是已知行业")) from None


def yes_or_no(cell: str) -> bool:
    """Read 是 or 否."""
    if cell.lower() in YES:
        return True
    if cell.lower() in NO:
        return False
    raise BadCell(_("应填“是”或“否”"))


@dataclass(frozen=True)
class Column:
    """One column of the sheet; `read` turns a cell that is not empty into a value or raises BadCell."""

    field: str
    header: str
    synonyms: tuple[str, ...]
    meaning: Any
    read: Callable[[str], Any]
    example: str = ""


_CODE_FORM = gettext_lazy("只能用字母、数字、下划线和连字符，最长 64 位")
COLUMNS = (
    Column(
        "enterprise",
        "企业名称",
        ("企业", "单位名称", "enterprise", "enterprise_name"),
        gettext_lazy("必填；已登记的企业按信用代码认定"),
        text(120),
        "青云第一煤矿有限公司",
    ),
    Column(
        "credit_code",
        "统一社会信用代码",
        ("信用代码", "credit_code", "uscc"),
        gettext_lazy("必填，18 位"),
        matching(CREDIT_CODE, gettext_lazy("应为 18 位统一社会信用代码")),
        "91000000MA00000001",
    ),
    Column(
        "sector",
        "行业",
        ("行业领域", "sector"),
        gettext_lazy("新企业必填；任一通行的行业名称，如煤矿、危险化学品、工贸"),
        sector,
        "煤矿",
    ),
    Column(
        "territory",
        "属地代码",
        ("属地", "区划代码", "territory", "territory_code"),
        gettext_lazy("新企业必填：6、9 或 12 位区划代码"),
        matching(TERRITORY, gettext_lazy("应为 6、9 或 12 位区划代码")),
        "990101001",
    ),
    Column("address", "地址", ("address",), gettext_lazy("可空"), text(200), "东山镇一号"),
    Column("longitude", "经度", ("longitude", "lon"), gettext_lazy("可空，度，CGCS2000"), degrees(180)),
    Column("latitude", "纬度", ("latitude", "lat"), gettext_lazy("可空，度，CGCS2000"), degrees(90)),
    Column("site_code", "部位编号", ("重点部位编号", "site_code"), gettext_lazy("可空"), text(40), "QY1-F1"),
    Column(
        "site",
        "重点部位",
        ("部位", "部位名称", "site", "site_name"),
        gettext_lazy("填了部位编号时必填"),
        text(80),
        "一号采煤工作面",
    ),
    Column("site_kind", "部位类别", ("site_kind",), gettext_lazy("可空"), text(40), "采煤工作面"),
    Column(
        "device",
        "设备编码",
        ("设备", "device", "device_code"),
        gettext_lazy("可空；字母、数字、下划线和连字符，最长 64 位"),
        matching(CODE, _CODE_FORM),
        "qy1-f1-01",
    ),
    Column(
        "device_name",
        "设备名称",
        ("device_name",),
        gettext_lazy("可空，默认同编码"),
        text(80),
        "一号面分站",
    ),
    Column(
        "gateway",
        "网关编码",
        ("网关", "gateway"),
        gettext_lazy("可空；网关须已登记或在前面的行出现"),
        matching(CODE, _CODE_FORM),
    ),
    Column("tag", "测点编码", ("测点", "tag", "tag_code"), gettext_lazy("可空"), text(64), "ch4_t1"),
    Column("tag_name", "测点名称", ("tag_name",), gettext_lazy("可空，默认同编码"), text(80), "T1 甲烷"),
    Column("quantity", "监测量", ("quantity",), gettext_lazy("可空"), text(60), "CH4"),
    Column("unit", "单位", ("计量单位", "unit"), gettext_lazy("可空"), text(20), "%"),
    Column("decimals", "小数位", ("decimals",), gettext_lazy("默认 2"), decimals, "2"),
    Column(
        "period_s",
        "周期秒",
        ("周期", "周期（秒）", "period", "period_s"),
        gettext_lazy("默认 1"),
        positive,
        "1",
    ),
    Column("range_low", "量程下限", ("range_low",), gettext_lazy("可空"), number, "0"),
    Column("range_high", "量程上限", ("range_high",), gettext_lazy("可空"), number, "4"),
    Column("hh", "高高限", ("hh",), gettext_lazy("可空；红色"), number, "1.5"),
    Column("h", "高限", ("h",), gettext_lazy("可空；黄色"), number, "1.0"),
    Column("l", "低限", ("l",), gettext_lazy("可空；黄色"), number),
    Column("ll", "低低限", ("ll",), gettext_lazy("可空；红色"), number),
    Column("rate", "变化率限", ("rate",), gettext_lazy("可空；每分钟，黄色"), positive),
    Column("deadband", "回差", ("deadband",), gettext_lazy("默认 0"), not_negative, "0.05"),
    Column(
        "on_delay_s",
        "报警延时秒",
        ("报警延时", "on_delay", "on_delay_s"),
        gettext_lazy("默认 0"),
        delay,
    ),
    Column(
        "off_delay_s",
        "恢复延时秒",
        ("恢复延时", "off_delay", "off_delay_s"),
        gettext_lazy("默认 0"),
        delay,
    ),
    Column("citation", "依据", ("条款", "citation"), gettext_lazy("可空，即“无条款，可改”"), text(120)),
    Column("action", "应采取的措施", ("措施", "action"), gettext_lazy("可空"), text(120)),
    Column(
        "opens_warning",
        "发出预警",
        ("预警", "opens_warning", "warning"),
        gettext_lazy("是或否：高高限、低低限报警时是否发出预警"),
        yes_or_no,
        "是",
    ),
)
BY_NAME = {
    name.lower(): column for column in COLUMNS for name in (column.header, column.field, *column.synonyms)
}
REQUIRED = ("enterprise", "credit_code")
