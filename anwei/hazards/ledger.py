"""隐患台账, the register that most officials use all day, and the register of records from elsewhere."""

from __future__ import annotations

from anwei.hazards.registers.hazards import HAZARDS
from anwei.hazards.registers.past import PAST_HAZARDS

__all__ = ["HAZARDS", "PAST_HAZARDS"]
