"""The access log: refused acts and readings of what is under seal, each one sealed row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from anwei.ledgers import seal
from anwei.ledgers.models import Access

LONGEST_PATH = 300


@transaction.atomic
def record_access(
    *, actor: Any | None, now: datetime, verb: str, path: str, address: str, result: int
) -> Access:
    """Append one row: who (None: nobody known), from which address, did what (POST ...), answered how."""
    content = {"path": path[:LONGEST_PATH], "from": address}
    day = timezone.localdate(now).isoformat()
    return seal.append(Access(day=day, at=now, actor=actor, verb=verb[:40], result=result, content=content))
