"""What the background does for the system pages: verify everything, make a backup, hold a restore drill."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from anwei.cases.verify import verify
from anwei.portal.system import results
from anwei.portal.system.backups import backups, new_backup_path

BACKUP, VERIFY = "backup", "verify"
log = logging.getLogger(__name__)


@task()
def verify_now() -> None:
    """Read every sealed row and every file of evidence; keep what was found."""
    now, started = timezone.now(), time.monotonic()
    with results.running(settings.DATA, VERIFY, now):
        found = verify()
    results.keep(
        settings.DATA,
        VERIFY,
        {
            "at": now.isoformat(),
            "rows": found.rows,
            "files": found.files,
            "broken": [{**asdict(broken), "sentence": str(broken)} for broken in found.broken],
            "seconds": round(time.monotonic() - started, 1),
        },
    )


@task()
def backup_now() -> None:
    """Make a backup in the folder of backups; keep whether it could be proved."""
    from anwei.portal.backup import BackupFailed, back_up

    now, error = timezone.now(), ""
    with results.running(settings.DATA, BACKUP, now):
        try:
            back_up(settings.DATA, new_backup_path(settings.DATA, now), now=now, say=log.info)
        except (BackupFailed, OSError) as failed:
            error = str(failed)
    results.keep(settings.DATA, BACKUP, {"at": now.isoformat(), "ok": not error, "error": error})


@task()
def drill_now() -> None:
    """Hold a restore drill with the newest backup; without one there is nothing to prove."""
    from anwei.portal.system.drill import drill

    newest = next(iter(backups(settings.DATA)), None)
    if newest is not None:
        drill(settings.DATA, newest.path, now=timezone.now(), say=log.info)
