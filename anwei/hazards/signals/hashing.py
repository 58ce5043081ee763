"""Hashes of the photos of hazards, taken in the background from the stored files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db.models import Max, QuerySet

from anwei.cases.evidence import path_of
from anwei.cases.models import Evidence
from anwei.hazards.models import PhotoHash
from anwei.ledgers import confined

AT_ONCE = 200  # photos of one turn of the background: a child of some 0.1 s each
BEHIND = 1000  # a row that was committed late may have a lower number than one already hashed
PROGRAM = Path(__file__).parent / "hash_program.py"


def waiting() -> QuerySet[Evidence]:
    """Return the photos of hazards that have no hash, the oldest first."""
    newest = PhotoHash.objects.aggregate(pk=Max("pk"))["pk"] or 0
    return Evidence.objects.filter(
        pk__gt=newest - BEHIND,
        case__kind="hazard",
        kind=Evidence.Kind.EVIDENCE,
        media_type__startswith="image/",
        photo_hash=None,
    ).order_by("pk")


def hash_photos(now: datetime, limit: int = AT_ONCE) -> int:
    """Hash what waits, at most `limit`; return how many. What cannot be read is remembered as such."""
    rows = list(waiting()[:limit])
    for row in rows:
        difference, _space, frequency = _hashed(row).partition(" ")
        PhotoHash.objects.get_or_create(
            evidence=row, defaults={"difference": difference, "frequency": frequency, "at": now}
        )
    return len(rows)


def _hashed(row: Evidence) -> str:
    try:
        return confined.run(PROGRAM, path_of(row.stored_as).read_bytes()).decode()
    except (confined.Failed, FileNotFoundError):
        return ""
