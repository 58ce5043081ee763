"""What must be done, by which post, until when, checked by whom, proved how."""

from __future__ import annotations

from anwei.cases.models.case import PHASE_CHOICES, TITLE_LENGTH, Case, Clock, Entry, Series
from anwei.cases.models.documents import Document
from anwei.cases.models.evidence import Evidence
from anwei.cases.models.extension import Extension
from anwei.cases.models.ladder import RungReached
from anwei.cases.models.notices import Delivery, Notice, Preference

__all__ = [
    "PHASE_CHOICES",
    "TITLE_LENGTH",
    "Case",
    "Clock",
    "Delivery",
    "Document",
    "Entry",
    "Evidence",
    "Extension",
    "Notice",
    "Preference",
    "RungReached",
    "Series",
]
