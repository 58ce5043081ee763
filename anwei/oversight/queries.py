"""Questions that other rooms ask: the figures of a period, and how far the year's targets are used up."""

from __future__ import annotations

from anwei.oversight.figures import Figures, figures
from anwei.oversight.progress import Progress, progress

__all__ = ["Figures", "Progress", "figures", "progress"]
