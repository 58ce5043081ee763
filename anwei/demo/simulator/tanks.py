"""Tanks, vessels and pipes: what flows in and out, and the temperature and pressure that go with it."""

from __future__ import annotations

import numpy as np

from anwei.demo.simulator.circumstances import Circumstances
from anwei.demo.simulator.noise import Seconds, Series, chance, grain, wander
from anwei.demo.simulator.response import lagged, smooth_step
from anwei.demo.simulator.surroundings import HOUR, day_work, hour_of_day, outdoor_temperature

FILL_SHARE = 0.22  # of a cycle is filling, the rest is drawing


def level(
    t: Seconds, here: Circumstances, *, low: float, high: float, cycle_h: float, surge: float
) -> Series:
    """Return a level between `low` and `high`: drawn slowly, filled quickly, once in `cycle_h` hours.

    An upset lifts it by `surge` above what the cycle would give, as an inlet left open does.
    """
    phase = (t / (cycle_h * HOUR) + _share(here.seed)) % 1.0
    filling = smooth_step(phase / FILL_SHARE)
    drawing = np.clip((phase - FILL_SHARE) / (1.0 - FILL_SHARE), 0.0, 1.0)
    shape = np.where(phase < FILL_SHARE, filling, 1.0 - drawing)
    settled = low + (high - low) * shape
    return _lifted(settled, high, surge, here.upset(t)) + 0.002 * (high - low) * grain(t, here.seed)


def _lifted(settled: Series, high: float, surge: float, upset: Series) -> Series:
    """Return the level on its way to `surge` beyond `high` (or below it, when `surge` is negative)."""
    return settled + (high + surge - settled) * upset


def _share(seed: int) -> float:
    return float(chance(np.array([7], np.int64), seed)[0])


def liquid_temperature(t: Seconds, here: Circumstances, *, offset: float, surge: float) -> Series:
    """Return the temperature of a large body of liquid: the weather of the last half day, `surge` upset."""

    def cause(moments: Seconds) -> Series:
        return outdoor_temperature(moments)

    body = lagged(cause, t, 5.0 * HOUR) + offset
    return body + surge * here.upset(t) + 0.05 * grain(t, here.seed)


def vapour_pressure(t: Seconds, here: Circumstances, *, offset: float, surge: float) -> Series:
    """Return the gauge pressure of propane-rich LPG in MPa: it doubles every 25 K (Clausius-Clapeyron)."""
    temperature = liquid_temperature(t, here, offset=offset, surge=surge)
    return 0.84 * np.exp((temperature - 20.0) / 36.0) - 0.1 + 0.002 * grain(t, here.seed)


def blanket_pressure(t: Seconds, here: Circumstances, *, base: float, surge: float) -> Series:
    """Return the gas pressure over a liquid in kPa: it breathes with the day, `surge` if the valve sticks."""
    warmth = 0.25 * np.cos(2 * np.pi * (hour_of_day(t) - 14.0) / 24.0)
    return base * (1.0 + warmth + 0.05 * wander(t, here.seed, 900.0)) + surge * here.upset(t)


def water_pressure(t: Seconds, here: Circumstances, *, nominal: float, draw: float, surge: float) -> Series:
    """Return a network's pressure in MPa: `draw` lower at morning and evening peaks, `surge` less upset."""
    hour = hour_of_day(t)
    morning = np.exp(-(((hour - 7.5) / 1.5) ** 2))
    evening = np.exp(-(((hour - 18.5) / 2.0) ** 2))
    demand = morning + evening + 0.15 * wander(t, here.seed, 1500.0)
    return nominal - draw * demand - surge * here.upset(t) + 0.002 * nominal * grain(t, here.seed)


def batch(
    t: Seconds, here: Circumstances, *, idle: float, hold: float, period_h: float, surge: float
) -> Series:
    """Return a batch vessel between `idle` and `hold`: heated, held, cooled, once in `period_h` hours.

    An upset is cooling lost while it holds: it drives the reading `surge` beyond `hold`.
    """
    phase = (t / (period_h * HOUR) + _share(here.site)) % 1.0
    shape = smooth_step((phase - 0.08) / 0.18) * (1.0 - smooth_step((phase - 0.72) / 0.2))
    steady = idle + (hold - idle) * shape
    ripple = 0.012 * (hold - idle) * wander(t, here.seed, 200.0)
    upset = here.upset(t)
    return steady * (1.0 - upset) + (hold + surge) * upset + ripple + 0.003 * hold * grain(t, here.seed)


def condensing_pressure(t: Seconds, here: Circumstances, *, base: float, surge: float) -> Series:
    """Return the high side of an ammonia plant in MPa: by weather and load, `surge` with a fan lost."""
    weather = 0.008 * (outdoor_temperature(t) - 13.0)
    load = 0.06 * (day_work(t) - 0.5)
    cycling = 0.02 * wander(t, here.site, 420.0)
    return base + weather + load + cycling + surge * here.upset(t) + 0.002 * grain(t, here.seed)


def filter_pressure(
    t: Seconds, here: Circumstances, *, clean: float, dirty: float, cycle_h: float, surge: float
) -> Series:
    """Return a bag filter's pressure drop in Pa: it clogs from `clean` to `dirty` and is blown clean."""
    phase = (t / (cycle_h * HOUR) + _share(here.seed)) % 1.0
    clogged = clean + (dirty - clean) * np.minimum(phase / 0.96, 1.0) ** 0.7
    blown = clogged - (dirty - clean) * smooth_step((phase - 0.96) / 0.04)
    return blown + surge * here.upset(t) + 9.0 * grain(t, here.seed)
