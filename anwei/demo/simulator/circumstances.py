"""What a model is given: where it stands and what is going wrong there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anwei.demo.simulator.noise import Seconds, Series

Upset = Callable[[Seconds], Series]


@dataclass(frozen=True)
class Circumstances:
    """`seed` is the tag's, `site` its device's (tags of one device share causes); no upset: 0.

    What an upset of 1 means belongs to the model: the share of ventilation lost, a valve left open, a leak.
    """

    seed: int
    site: int
    upset: Upset


Model = Callable[..., Series]  # (t, circumstances, **parameters) -> readings in the tag's unit
