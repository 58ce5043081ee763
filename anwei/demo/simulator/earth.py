"""Ground and water: a tailings pond with its dam, slopes, pits, bridges, blasts."""

from __future__ import annotations

import numpy as np

from anwei.demo.simulator.circumstances import Circumstances
from anwei.demo.simulator.noise import Seconds, Series, chance, grain, wander
from anwei.demo.simulator.surroundings import DAY, HOUR, day_work, rain, recent_rain

EPOCH = 1_767_196_800.0  # 2026-01-01 in the county: creep counts from here
FLOOD_M = 1.1  # how far a wet day lifts a pond


def rainfall(t: Seconds, here: Circumstances) -> Series:
    """Return the rain at the pond in mm/h."""
    return rain(t) + 22.0 * here.upset(t)


def pond_rise(t: Seconds, here: Circumstances) -> Series:
    """Return how far the pond stands above its dry-weather level in m; discharge takes it back in days."""
    discharge = 0.12 * wander(t, here.site, 2.0 * DAY)
    return 0.5 * recent_rain(t) + discharge


def pond_level(t: Seconds, here: Circumstances, *, base: float) -> Series:
    """Return the pond's level in m above the datum."""
    return base + pond_rise(t, here) + FLOOD_M * here.upset(t) + 0.004 * grain(t, here.seed)


def beach_length(t: Seconds, here: Circumstances, *, base: float, slope: float, surge: float) -> Series:
    """Return the dry beach in m: the water's rise over the beach's `slope`, and `surge` less in a flood."""
    return base - pond_rise(t, here) / slope - surge * here.upset(t) + 0.2 * grain(t, here.seed)


def freeboard(t: Seconds, here: Circumstances, *, base: float, surge: float) -> Series:
    """Return the height from the water to the dam's crest in m."""
    return base - pond_rise(t, here) - surge * here.upset(t) + 0.004 * grain(t, here.seed)


def phreatic_depth(t: Seconds, here: Circumstances, *, base: float, rise: float, surge: float) -> Series:
    """Return the depth of the phreatic line below the slope in m: it follows the pond after half a day.

    `rise` is its response to a centimetre of pond; an upset is a clogged drain.
    """
    follows = rise * 100.0 * pond_rise(t - 12.0 * HOUR, here)
    own = 0.15 * wander(t, here.seed, 3.0 * DAY)
    return base - follows + own - surge * here.upset(t) + 0.01 * grain(t, here.seed)


def creep(t: Seconds, here: Circumstances, *, start: float, per_day: float, surge: float) -> Series:
    """Return a displacement: slow creep, the breath of a warming structure, `surge` when ground moves."""
    age = np.mod(t - EPOCH, 365.0 * DAY) / DAY
    breath = 0.02 * start * wander(t, here.seed, 8 * HOUR)
    return start + per_day * 0.3 * age + breath + surge * here.upset(t) + 0.006 * start * grain(t, here.seed)


def blast_vibration(
    t: Seconds, here: Circumstances, *, background: float, peak: float, surge: float
) -> Series:
    """Return the highest vibration of the last minutes in cm/s: lorries by day, one blast about noon."""
    day = np.floor((t + 8 * HOUR) / DAY).astype(np.int64)
    at = (11.5 + chance(day, here.seed)) * HOUR
    since = (t + 8 * HOUR) % DAY - at
    blast = peak * (0.6 + 0.4 * chance(day, here.seed + 1)) * ((since >= 0.0) & (since < 300.0))
    lorries = background * (1.0 + day_work(t)) * (1.0 + 0.4 * grain(t, here.seed))
    shaken: Series = np.maximum(blast, lorries) + surge * here.upset(t)
    return shaken
