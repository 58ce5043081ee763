"""The nouns of the room."""

from anwei.hazards.models.hazard import Grade, Hazard, Order, Origin

__all__ = ["Grade", "Hazard", "Order", "Origin"]
