"""事故台账 and the figures of the years before it (期初数)."""

from __future__ import annotations

from anwei.emergency.registers.accidents import ACCIDENTS
from anwei.emergency.registers.opening import OPENING_FIGURES

__all__ = ["ACCIDENTS", "OPENING_FIGURES"]
