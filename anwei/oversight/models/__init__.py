"""The nouns of the room."""

from anwei.oversight.models.briefing import Briefing
from anwei.oversight.models.frozen import FrozenFigure, FrozenMonth
from anwei.oversight.models.morning import Morning
from anwei.oversight.models.order import SupervisionOrder
from anwei.oversight.models.target import Target

__all__ = ["Briefing", "FrozenFigure", "FrozenMonth", "Morning", "SupervisionOrder", "Target"]
