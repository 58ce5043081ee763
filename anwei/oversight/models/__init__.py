"""The nouns of the room."""

from anwei.oversight.models.morning import Morning
from anwei.oversight.models.order import SupervisionOrder

__all__ = ["Morning", "SupervisionOrder"]
