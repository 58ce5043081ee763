"""What all plants of the county share: weather, the county's day, and shifts."""

from __future__ import annotations

import numpy as np

from anwei.demo.simulator.noise import Seconds, Series, wander
from anwei.demo.simulator.response import smooth_step

DAY = 86_400.0
HOUR = 3_600.0
COUNTY_OFFSET = 8 * HOUR  # Asia/Shanghai has no summer time
_WEATHER_SEED = 990_101


def hour_of_day(t: Seconds) -> Series:
    """Return the county's hour, 0..24."""
    hours: Series = (t + COUNTY_OFFSET) % DAY / HOUR
    return hours


def outdoor_temperature(t: Seconds) -> Series:
    """Return the air temperature in ℃: season, day cycle (warmest at 15:00) and passing weather."""
    day_of_year = (t / DAY) % 365.2425
    season = 13.0 - 13.5 * np.cos(2 * np.pi * (day_of_year - 20.0) / 365.2425)
    day = 4.5 * np.cos(2 * np.pi * (hour_of_day(t) - 15.0) / 24.0)
    weather = 3.0 * wander(t, _WEATHER_SEED, 3.0 * DAY)
    temperature: Series = season + day + weather
    return temperature


def barometer(t: Seconds) -> Series:
    """Return the air pressure's departure from its mean in hPa, about -12..12, with the twice-daily tide."""
    tide = 1.2 * np.cos(4 * np.pi * (hour_of_day(t) - 10.0) / 24.0)
    return 9.0 * wander(t, _WEATHER_SEED + 1, 2.5 * DAY) + 2.0 * wander(t, _WEATHER_SEED + 2, 6 * HOUR) + tide


def rain(t: Seconds) -> Series:
    """Return the rain in mm/h: dry most of the time, showers of a few hours on wet days."""
    wet_day = smooth_step((wander(t, _WEATHER_SEED + 3, 2.0 * DAY) - 0.2) / 0.5)
    shower = smooth_step((wander(t, _WEATHER_SEED + 4, 2.5 * HOUR) - 0.1) / 0.6)
    strength = 2.0 + 3.0 * wander(t, _WEATHER_SEED + 5, 5 * HOUR)
    return wet_day * shower * np.maximum(strength, 0.3)


def recent_rain(t: Seconds) -> Series:
    """Return the rain of about the last day, 0..1: what a pond and its dam have taken up."""
    hours = np.linspace(0.0, 30.0, 16)
    moments = t[:, None] - HOUR * hours[None, :]
    taken: Series = np.tanh(rain(moments.ravel()).reshape(moments.shape).mean(axis=1) / 1.5)
    return taken


def wind(t: Seconds) -> Series:
    """Return the wind in m/s at 10 m: stronger by day, with gusts."""
    day = 1.0 + 0.35 * np.cos(2 * np.pi * (hour_of_day(t) - 14.0) / 24.0)
    front = 2.6 + 1.4 * wander(t, _WEATHER_SEED + 6, 1.5 * DAY)
    return day * front * (1.0 + 0.18 * wander(t, _WEATHER_SEED + 7, 40.0))


def coal_shift(t: Seconds) -> Series:
    """Return how hard the coal is cut, 0..1: production shifts 16-24 and 0-8, maintenance 8-16.

    Cutting rests for about half an hour at each change of shift.
    """
    hour = hour_of_day(t)
    producing = 1.0 - smooth_step((hour - 7.6) / 0.5) * (1.0 - smooth_step((hour - 16.2) / 0.5))
    to_change = np.minimum(np.abs(hour), np.abs(24.0 - hour))
    return producing * smooth_step((to_change - 0.15) / 0.4)


def day_work(t: Seconds) -> Series:
    """Return how busy a day-time plant, site or road is, 0..1: from 7 to 18, with a pause at noon."""
    hour = hour_of_day(t)
    day = smooth_step((hour - 6.8) / 1.2) * (1.0 - smooth_step((hour - 17.5) / 1.5))
    noon = smooth_step((hour - 11.8) / 0.4) * (1.0 - smooth_step((hour - 13.4) / 0.4))
    return day * (1.0 - 0.6 * noon)
