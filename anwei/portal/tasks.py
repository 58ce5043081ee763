"""What the background does for the system pages: verify all, back up, hold a restore drill, tidy up."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from anwei.cases.verify import verify
from anwei.portal.system import results
from anwei.portal.system.backups import backups, new_backup_path, remove_old_nights

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
    now = timezone.now()
    _back_up(new_backup_path(settings.DATA, now), now)


@task()
def nightly_backup() -> None:
    """Make the backup of the night; when it is proved, remove the oldest of such nights."""
    from anwei.portal.schedule import county_schedule

    now = timezone.now()
    if _back_up(new_backup_path(settings.DATA, now, nightly=True), now):
        remove_old_nights(settings.DATA, kept=county_schedule().kept)


@task()
def drill_now() -> None:
    """Hold a restore drill with the newest backup; without one there is nothing to prove."""
    from anwei.portal.system.drill import drill

    newest = next(iter(backups(settings.DATA)), None)
    if newest is not None:
        drill(settings.DATA, newest.path, now=timezone.now(), say=log.info)


@task()
def remove_orphans_now() -> None:
    """Remove the files of papers that no row names; keep how many there were."""
    from anwei.portal.system.orphans import remove_orphans

    remove_orphans(settings.DATA, timezone.now())


def _back_up(target: Path, now: datetime) -> bool:
    from anwei.portal.backup import BackupFailed, back_up

    error = _("备份中断，没有完成")
    try:
        with results.running(settings.DATA, BACKUP, now):
            back_up(settings.DATA, target, now=now, say=log.info)
        error = ""
    except (BackupFailed, OSError) as failed:
        error = str(failed)
    finally:  # whatever happened, it was tried: the next attempt is the next night's
        results.keep(settings.DATA, BACKUP, {"at": now.isoformat(), "ok": not error, "error": error})
    return not error
