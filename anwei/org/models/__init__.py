"""Who exists: territories, units, posts, persons; who holds which post; which department answers for what."""

from __future__ import annotations

from anwei.org.models.accounts import ApiToken, Display, KnownBrowser, PastPassword, RecoveryCode
from anwei.org.models.delegation import Delegation
from anwei.org.models.people import Holding, Person, Post
from anwei.org.models.units import SECTOR_CHOICES, SectorDuty, Territory, Unit

__all__ = [
    "SECTOR_CHOICES",
    "ApiToken",
    "Delegation",
    "Display",
    "Holding",
    "KnownBrowser",
    "PastPassword",
    "Person",
    "Post",
    "RecoveryCode",
    "SectorDuty",
    "Territory",
    "Unit",
]
