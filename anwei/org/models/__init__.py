"""Who exists: territories, units, posts, persons; who holds which post; which department answers for what."""

from __future__ import annotations

from anwei.org.models.accounts import ApiToken, Display, KnownBrowser, PastPassword, RecoveryCode
from anwei.org.models.delegation import Delegation
from anwei.org.models.duties import Designation, Duty, KeyTask, Signing
from anwei.org.models.gaps import GapDay, GapRecord
from anwei.org.models.people import Holding, Person, Post
from anwei.org.models.periods import Confidence
from anwei.org.models.units import PUBLIC_BODIES, REGULATING, SECTOR_CHOICES, SectorDuty, Territory, Unit

__all__ = [
    "PUBLIC_BODIES",
    "REGULATING",
    "SECTOR_CHOICES",
    "ApiToken",
    "Confidence",
    "Delegation",
    "Designation",
    "Display",
    "Duty",
    "GapDay",
    "GapRecord",
    "Holding",
    "KeyTask",
    "KnownBrowser",
    "PastPassword",
    "Person",
    "Post",
    "RecoveryCode",
    "SectorDuty",
    "Signing",
    "Territory",
    "Unit",
]
