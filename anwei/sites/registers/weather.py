"""逐日天气台账: rain, temperatures and wind of each day, as the weather service told them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.models import Territory
from anwei.org.register_rules import PLACE_HEADERS, may_keep_registers
from anwei.sites.models import DailyWeather
from anwei.sites.models.weather import tells_weather_of
from anwei.sites.queries import TOWNSHIP_DIGITS


def places(person: Any) -> Iterable[tuple[str, str]]:
    """Return the county and its townships by code and name."""
    rows = Territory.objects.order_by("code").values_list("code", "name")
    return [(code, name) for code, name in rows if len(code) <= TOWNSHIP_DIGITS]


def check(values: Mapping[str, Any]) -> str:
    """Refuse a day that is not over, a row that tells nothing, and a day colder at noon than at night."""
    if values["day"] >= timezone.localdate():
        return _("只登记已经过去的日子；预报不登记")
    low, high = values.get("lowest"), values.get("highest")
    if all(values.get(name) is None for name in ("rain", "highest", "lowest", "wind")):
        return _("降水、气温、风速至少填一项")
    return _("最低气温不能高于最高气温") if low is not None and high is not None and low > high else ""


def sees(person: Any, row: DailyWeather | None, values: Mapping[str, Any]) -> bool:
    """Say whether a person may tell the weather of this place."""
    return tells_weather_of(person, values["territory"])


WEATHER = register(
    Ledger(
        code="weather",
        label=gettext_lazy("逐日天气"),
        model=DailyWeather,
        key=("day", "territory"),
        order=("-day", "territory"),
        may_write=may_keep_registers,
        check=check,
        sees=sees,
        period="day",
        explanation=gettext_lazy("气象部门每天的实况，供重点关注的预测使用；没有登记的日子按不知道算。"),
        empty=gettext_lazy("从气象部门的逐日数据导入，或逐日登记。"),
        columns=(
            Column("day", synonyms=("观测日期", "时间"), example="2026-11-23"),
            Column("territory", choices=places, synonyms=("站点", "站名", *PLACE_HEADERS), filtered=True),
            Column(
                "rain", synonyms=("降水", "降水量", "降雨量", "日降水量", "20-20时降水量"), example="12.5"
            ),
            Column("highest", synonyms=("最高气温", "日最高气温", "最高温"), example="31.5"),
            Column("lowest", synonyms=("最低气温", "日最低气温", "最低温"), example="18"),
            Column("wind", synonyms=("最大风速", "极大风速", "日最大风速"), example="8.5"),
            Column("source", synonyms=("数据来源", "资料来源"), example="县气象局"),
        ),
    )
)
