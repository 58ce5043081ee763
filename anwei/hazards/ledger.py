"""隐患台账, which most officials use all day, the register of records from elsewhere, and certificates."""

from __future__ import annotations

from anwei.hazards.registers.hazards import HAZARDS
from anwei.hazards.registers.inspectors import INSPECTORS
from anwei.hazards.registers.past import PAST_HAZARDS

__all__ = ["HAZARDS", "INSPECTORS", "PAST_HAZARDS"]
