"""Air under ground and in halls: methane, trace gases, oxygen, the current and the fan that makes it."""

from __future__ import annotations

import numpy as np

from anwei.demo.simulator.circumstances import Circumstances
from anwei.demo.simulator.noise import Seconds, Series, grain, wander
from anwei.demo.simulator.response import lagged
from anwei.demo.simulator.surroundings import HOUR, barometer, coal_shift, day_work, outdoor_temperature

WORST_LOSS = 0.8  # of the ventilation, at an upset of 1
BREATHING = 0.012  # more gas from goaf and cracks for each hPa below the mean


def airflow(t: Seconds, here: Circumstances) -> Series:
    """Return the air current as a share of its nominal: doors, cars and the fan's wear move it a little."""
    return (1.0 + 0.03 * wander(t, here.site, 900.0)) * (1.0 - WORST_LOSS * here.upset(t))


def methane(
    t: Seconds, here: Circumstances, *, base: float, lag: float = 8.0, cutting: float = 0.3
) -> Series:
    """Return CH4 in %: what the face gives off over the air that carries it away, mixed with a lag in s.

    The face gives off more while coal is cut and while the barometer is low.
    """

    def undelayed(moments: Seconds) -> Series:
        cut = 1.0 - cutting / 2 + cutting * coal_shift(moments)
        breathing = 1.0 - BREATHING * barometer(moments)
        strata = 1.0 + 0.08 * wander(moments, here.seed, 1.5 * HOUR)
        return base * cut * breathing * strata / airflow(moments, here)

    return np.asarray(lagged(undelayed, t, lag) + 0.006 * grain(t, here.seed))


def gas(t: Seconds, here: Circumstances, *, base: float, swing: float, surge: float) -> Series:
    """Return a gas or dust that work makes: `base`, moved by the share `swing`, and `surge` upset."""
    work = base * (1.0 + swing * (day_work(t) - 0.5) + 0.15 * wander(t, here.seed, 1200.0))
    return np.maximum(work + surge * here.upset(t) + 0.03 * base * grain(t, here.seed), 0.0)


def oxygen(t: Seconds, here: Circumstances, *, base: float, loss: float) -> Series:
    """Return O2 in %: nearly constant, `loss` less where air is displaced or used up."""
    return base - loss * here.upset(t) + 0.04 * wander(t, here.seed, 1800.0) + 0.02 * grain(t, here.seed)


def airspeed(t: Seconds, here: Circumstances, *, nominal: float) -> Series:
    """Return the speed of an air current, or a flow, in the unit of `nominal`."""
    return nominal * (airflow(t, here) + 0.012 * grain(t, here.seed))


def fan_pressure(t: Seconds, here: Circumstances, *, nominal: float) -> Series:
    """Return a main fan's suction in Pa: it falls with the speed squared; the natural draught helps."""
    natural_draught = -2.0 * (outdoor_temperature(t) - 13.0)
    doors = 25.0 * wander(t, here.site, 700.0)
    speed = 1.0 - 0.14 * here.upset(t)
    return nominal * speed**2 + natural_draught + doors + 4.0 * grain(t, here.seed)


def air_temperature(
    t: Seconds, here: Circumstances, *, mean: float, weather: float, work: float, surge: float
) -> Series:
    """Return a temperature in ℃ that takes the share `weather` of the outdoor swing and `work` from use."""
    outdoor = weather * (outdoor_temperature(t) - 13.0)

    def warming(moments: Seconds) -> Series:
        return work * (day_work(moments) - 0.4) + surge * here.upset(moments)

    return (
        mean
        + outdoor
        + lagged(warming, t, 300.0)
        + 0.4 * wander(t, here.seed, 1800.0)
        + 0.05 * grain(t, here.seed)
    )


def leak(t: Seconds, here: Circumstances, *, base: float, puff: float, surge: float) -> Series:
    """Return a detector in clean air: a zero line, a puff from a coupling now and then, `surge` at a leak.

    A cloud comes and goes in gusts, so a leak is never a plateau.
    """
    puffs = puff * np.maximum(wander(t, here.seed, 240.0) - 0.75, 0.0) * 4.0 * day_work(t)
    gusts = 0.86 + 0.14 * wander(t, here.seed + 1, 45.0)
    line = base * (1.0 + 0.2 * wander(t, here.seed + 2, 6 * HOUR))
    return np.maximum(line + puffs + surge * here.upset(t) * gusts + 0.1 * base * grain(t, here.seed), 0.0)
