"""Columns and checks that the registers of enterprises and places share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column
from anwei.sites.models import Datum, SafetyFund
from anwei.sites.places import DECIMALS, as_given
from anwei.standards.geography import points

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def degrees(axis: str) -> Callable[[str], str]:
    """Return a reader of one coordinate as people write it (113°4′48″, 东经113.08): decimal degrees as text.

    It raises ValueError with a sentence where the text is none, or one of the other axis.
    """

    def read(text: str) -> str:
        try:
            found = points.parse_coordinate(text)
        except ValueError as error:
            raise ValueError(
                _("“%(text)s”不是经纬度，请写成 113.08 或 113°4′48″") % {"text": text}
            ) from error
        if found.axis and found.axis != axis:
            raise ValueError(_("“%(text)s”填反了：经度、纬度各归各列") % {"text": text})
        return text if text == str(found.degrees) else f"{found.degrees:.{DECIMALS}f}".rstrip("0").rstrip(".")

    return read


LONGITUDE = Column(
    "longitude",
    path="longitude",
    value=lambda row: as_given(row)[0],
    clean=degrees(points.EAST),
    synonyms=("东经", "X坐标", "坐标经度"),
    shown=False,
    example="113.08",
)
LATITUDE = Column(
    "latitude",
    path="latitude",
    value=lambda row: as_given(row)[1],
    clean=degrees(points.NORTH),
    synonyms=("北纬", "Y坐标", "坐标纬度"),
    shown=False,
    example="36.19",
)
DATUM = Column(
    "datum",
    synonyms=("坐标系统", "坐标类型", "经纬度坐标系"),
    aliases={
        "CGCS2000": Datum.CGCS2000.value,
        "国家2000": Datum.CGCS2000.value,
        "WGS84": Datum.CGCS2000.value,
        "WGS-84": Datum.CGCS2000.value,
        "GPS": Datum.CGCS2000.value,
        "GCJ-02": Datum.GCJ02.value,
        "火星坐标": Datum.GCJ02.value,
        "高德": Datum.GCJ02.value,
        "腾讯": Datum.GCJ02.value,
        "BD-09": Datum.BD09.value,
        "百度": Datum.BD09.value,
    },
    shown=False,
    explanation=gettext_lazy("经纬度从哪种地图上取的；存一份换算成国家 2000 的"),
)
PLACE = (LONGITUDE, LATITUDE, DATUM)


def check_place(values: Mapping[str, Any]) -> str:
    """Refuse one coordinate without the other, and places outside China."""
    longitude, latitude = values.get("longitude"), values.get("latitude")
    if (longitude is None) != (latitude is None):
        return _("经度和纬度须同时填写")
    if longitude is None or latitude is None:
        return ""
    if not points.in_china(points.Point(longitude, latitude)):
        return _("经纬度不在中国范围内，请核对是否填反")
    return ""


def in_order(first: str, last: str, sentence: _StrPromise) -> Callable[[Mapping[str, Any]], str]:
    """Return a check that refuses, by a sentence, a row whose last day lies before its first."""

    def check(values: Mapping[str, Any]) -> str:
        begin, end = values.get(first), values.get(last)
        return str(sentence) if begin and end and end < begin else ""

    return check


def amount(name: str) -> Callable[[Any], float | None]:
    """Return a reader of a sum of money or a quantity as sheets write it: a plain number."""

    def of(row: Any) -> float | None:
        value = getattr(row, name)
        return None if value is None else float(value)

    return of


def share_spent(fund: SafetyFund) -> str:
    """Return which share of what was drawn was spent: "80 %"; a dash where nothing was drawn."""
    return f"{fund.spent_yuan / fund.drawn_yuan:.0%}" if fund.drawn_yuan else "—"
