"""What the weather of the last days tells of an enterprise: heavy rain, heat, strong wind at its place.

A day's weather is known to everybody when the day is over; that a register had it only later changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.scope import COUNTY_DIGITS
from anwei.sites.features import Feature, Ground, Values, contribute_features, numbered
from anwei.sites.models import DailyWeather, Enterprise
from anwei.sites.queries import TOWNSHIP_DIGITS
from anwei.sites.then import enterprises_then

DAYS = 7
HEAVY_RAIN = 50.0  # mm a day, 暴雨 (GB/T 28592-2012, from memory)
HEAT = 35.0  # degrees Celsius, 高温 (GB/T 29457-2012, from memory)
STRONG_WIND = 17.2  # m/s, 大风, 8级 (GB/T 28591-2012, from memory)


def severe(row: DailyWeather) -> list[str]:
    """Return what was severe on a day, in words."""
    told = (
        (row.rain, HEAVY_RAIN, _("暴雨 %(n)g 毫米")),
        (row.highest, HEAT, _("高温 %(n)g ℃")),
        (row.wind, STRONG_WIND, _("大风 %(n)g 米/秒")),
    )
    return [words % {"n": value} for value, least, words in told if value is not None and value >= least]


def _rows(at: datetime) -> dict[str, dict[date, DailyWeather]]:
    """Return the days before the day of a moment by place."""
    today = day_of(at)
    found: dict[str, dict[date, DailyWeather]] = {}
    for row in DailyWeather.objects.filter(day__lt=today, day__gte=today - timedelta(days=DAYS)):
        found.setdefault(row.territory, {})[row.day] = row
    return found


def _at_a_place(rows: dict[str, dict[date, DailyWeather]], territory: str) -> list[DailyWeather]:
    """Return the days at a place: its township's where they are told, else the county's."""
    days = rows.get(territory[:COUNTY_DIGITS], {}) | rows.get(territory[:TOWNSHIP_DIGITS], {})
    return [days[day] for day in sorted(days)]


def severe_days(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
    """Return on how many of the last days it was severe; nothing where no day is told."""
    rows = _rows(at)
    if not rows:
        return {}
    found: dict[int, float] = {}
    for key, told in enterprises_then(at, enterprises, "territory").items():
        if days := _at_a_place(rows, told["territory"]):
            found[key] = float(sum(1 for row in days if severe(row)))
    return found


def _grounds(at: datetime, enterprise: Enterprise, person: Person) -> Iterator[Ground]:
    """Tell the severe days to whoever sees the enterprise, with the rows to whoever sees those."""
    seen = set(DailyWeather.objects.visible_to(person).values_list("pk", flat=True))
    told = enterprises_then(at, Enterprise.objects.filter(pk=enterprise.pk), "territory")
    for row in _at_a_place(_rows(at), told[enterprise.pk]["territory"]) if told else ():
        if words := severe(row):
            address = reverse("ledger_row", args=["weather", row.pk]) if row.pk in seen else ""
            yield Ground(row.day, _("、").join(words), address)


contribute_features(
    Feature(
        "severe_weather_7",
        gettext_lazy("近7天灾害性天气"),
        numbered(
            ngettext_lazy("近7天有 %(n)d 天暴雨、高温或者大风", "近7天有 %(n)d 天暴雨、高温或者大风", "n")
        ),
        severe_days,
        otherwise=None,
        grounds=_grounds,
    )
)
