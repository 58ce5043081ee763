"""Files in the folder of papers that no row names: stored, then the transaction was rolled back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from anwei.datafolder import DataFolder
from anwei.hazards.models import VisitPaper
from anwei.ledgers.models import PaperVersion
from anwei.org.models import Signing
from anwei.portal.models import Suggestion
from anwei.portal.system import results

ORPHANS = "orphans"  # name of the nightly look among the kept results
AGE = timedelta(days=1)  # a younger one may belong to a transaction that is still open
NAMED_IN: tuple[tuple[type[models.Model], str], ...] = (  # every column that names a file there
    (PaperVersion, "stored_as"),
    (VisitPaper, "stored_as"),
    (Signing, "scan"),
    (Suggestion, "photo"),
)


def remove_orphans(folder: DataFolder, now: datetime) -> dict[str, Any]:
    """Remove the orphans older than a day, keep the result and return it.

    The result has `at`, `removed` and `waiting`: how many went, and how many are too young to go.
    """
    # The folder is read before the rows: a file that comes between is not looked at.
    found = [(path, path.stat().st_mtime) for path in folder.folder("papers").iterdir()]
    named: set[str] = set()
    for model, column in NAMED_IN:
        named.update(model._default_manager.values_list(column, flat=True))
    orphans = [(path, at) for path, at in found if path.name not in named]
    old = [path for path, at in orphans if at < (now - AGE).timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    result = {"at": now.isoformat(), "removed": len(old), "waiting": len(orphans) - len(old)}
    results.keep(folder, ORPHANS, result)
    return result


def last_look() -> dict[str, Any] | None:
    """Return what the last look found, None when there was none yet."""
    return results.last(settings.DATA, ORPHANS)
