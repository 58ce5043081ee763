"""Nouns of this room."""

from anwei.emergency.models.accident import Accident, Facts, Source
from anwei.emergency.models.opening import OpeningFigure

__all__ = ["Accident", "Facts", "OpeningFigure", "Source"]
