"""年度目标: the control targets of the county, its townships and sectors."""

from __future__ import annotations

from anwei.oversight.registers.targets import TARGETS

__all__ = ["TARGETS"]
