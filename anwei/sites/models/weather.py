"""What the weather was: a day, a county or township, as a station or the weather service told it."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anwei.org.models import Person
from anwei.org.scope import COUNTY_DIGITS, grants


class WeatherQuerySet(models.QuerySet["DailyWeather"]):
    """Weather is of a place: who acts for all of it sees it, and all see the county's."""

    def visible_to(self, person: Any) -> WeatherQuerySet:
        """Return the rows of the places that a person acts for a public body at."""
        return self.filter(reduce(or_, map(_around, _territories(person)), Q(pk__in=())))


class DailyWeather(models.Model):
    """One day at one place; what was not measured is empty. Only a day that is over has its row."""

    day = models.DateField(_("日期"))
    territory = models.CharField(_("属地"), max_length=9)
    rain = models.FloatField(
        _("降水量（毫米）"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(2000)]
    )
    highest = models.FloatField(
        _("最高气温（℃）"), null=True, blank=True, validators=[MinValueValidator(-60), MaxValueValidator(60)]
    )
    lowest = models.FloatField(
        _("最低气温（℃）"), null=True, blank=True, validators=[MinValueValidator(-60), MaxValueValidator(60)]
    )
    wind = models.FloatField(
        _("最大风速（米/秒）"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(120)],
    )
    source = models.CharField(_("来源"), max_length=80)

    objects = WeatherQuerySet.as_manager()

    class Meta:
        verbose_name = _("逐日天气")
        ordering = ["-day", "territory"]
        constraints = [
            models.UniqueConstraint(fields=["day", "territory"], name="weather_is_told_once_a_day_and_place"),
            models.CheckConstraint(
                condition=Q(lowest__isnull=True) | Q(highest__isnull=True) | Q(lowest__lte=F("highest")),
                name="weather_is_not_colder_than_warm",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.territory}"


def tells_weather_of(person: Person, territory: str) -> bool:
    """Say whether a place lies where a person acts for a public body."""
    return any(territory.startswith(one) for one in _territories(person))


def _territories(person: Any) -> set[str]:
    return {one.territory for one in grants(person) if one.enterprise is None and one.sectors is None}


def _around(territory: str) -> Q:
    return Q(territory__startswith=territory) | Q(territory=territory[:COUNTY_DIGITS])
