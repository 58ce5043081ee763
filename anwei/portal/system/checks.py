"""Chain verification, backups and the restore drill: what was found last, and doing it again."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.models import GlobalHead
from anwei.ledgers.services import record_change
from anwei.org.accounts.administration import is_of_the_county
from anwei.org.models import Post
from anwei.org.policy import county_administrators, person_of
from anwei.portal import tasks
from anwei.portal.schedule import county_schedule
from anwei.portal.system import results
from anwei.portal.system.backups import DRILL, backups, backups_folder, is_due

HEADS_SHOWN = 24
SYSTEM, AUDIT = Post.Kind.SYSTEM_ADMIN, Post.Kind.AUDIT_ADMIN
TASKS = {
    tasks.VERIFY: (tasks.verify_now, "system_chain", (SYSTEM, AUDIT)),
    tasks.BACKUP: (tasks.backup_now, "system_backup", (SYSTEM,)),
    DRILL: (tasks.drill_now, "system_backup", (SYSTEM,)),
}
"""What runs, the page that shows its result, and whose that page is: nobody starts what they may not see."""


@county_administrators(SYSTEM, AUDIT)
@require_GET
def system_chain(request: HttpRequest) -> HttpResponse:
    """Show what the last verification of all records found, and the hourly heads to be printed."""
    context = {
        "last": results.last(settings.DATA, tasks.VERIFY),
        "running": results.running_since(settings.DATA, tasks.VERIFY, timezone.now()),
        "heads": GlobalHead.objects.order_by("-number")[:HEADS_SHOWN],
    }
    return render(request, "system/chain.html", context)


@county_administrators(SYSTEM)
@require_GET
def system_backup(request: HttpRequest) -> HttpResponse:
    """Show the backups with their age, and whether the newest has proved itself."""
    now = timezone.now()
    found = backups(settings.DATA)
    context = {
        "backups": found,
        "newest": next(iter(found), None),
        "made": results.last(settings.DATA, tasks.BACKUP),
        "drill": results.last(settings.DATA, DRILL),
        "is_due": is_due(settings.DATA, now),
        "due_kind": "" if settings.DEMO else "lost",  # what a demo loses, nobody misses
        "running": [
            (name, since)
            for name in (tasks.BACKUP, DRILL)
            if (since := results.running_since(settings.DATA, name, now)) is not None
        ],
        "folder": backups_folder(settings.DATA),
        "schedule": county_schedule() if settings.ROUTINES and not settings.DEMO else None,
        "same_disk": backups_folder(settings.DATA).stat().st_dev == settings.DATA.root.stat().st_dev,
        "now": now,
    }
    return render(request, "system/backup.html", context)


@county_administrators(SYSTEM, AUDIT)
@require_POST
def system_run(request: HttpRequest, check: str) -> HttpResponse:
    """Let the background verify, back up or hold a drill now; asked twice, it is done once."""
    if check not in TASKS:
        raise Http404
    task, page, kinds = TASKS[check]
    if not any(is_of_the_county(person_of(request), timezone.now(), kind) for kind in kinds):
        raise PermissionDenied(_("您现在的岗位不能进行此操作。"))
    if results.running_since(settings.DATA, check, timezone.now()) is None:
        task.enqueue()
        record_change(
            "system.check", check, actor=person_of(request), now=timezone.now(), verb="run", content={}
        )
    messages.success(request, _("已交后台办理，完成后在此显示结果。"))
    return redirect(page)
