"""What was ordered to stop: when it may run again and be closed off, and that of a mine both are announced.

Law: 安全生产法 第65条; 煤矿安全生产条例 第49条.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from anwei.cases.models import Entry
from anwei.hazards.clocks import stops_a_mine
from anwei.hazards.models import Hazard, Order
from anwei.hazards.services.verbs import not_by_the_plant


def is_stopped(hazard: Hazard) -> bool:
    """Say whether production was ordered to stop: it resumes when that was approved (安全生产法 第65条)."""
    return hazard.order == Order.STOP


def may_close(hazard: Hazard, now: datetime) -> str | None:
    """Refuse the plant its own major hazard, and what stopped before production may run again."""
    return not_by_the_plant(hazard, now) or _may_run_again(hazard)


def _may_run_again(hazard: Hazard) -> str | None:
    """Refuse to close off what stopped before production may resume, and a mine before that is announced."""
    if not is_stopped(hazard):
        return None
    verbs = Entry.objects.filter(case=hazard.pk, verb__in=("fix", "resume", "announce")).order_by("number")
    since = list(verbs.values_list("verb", flat=True))
    since = since[len(since) - since[::-1].index("fix") :]  # after the last rectification
    if "resume" not in since:
        return gettext("停产停业的，须先审查同意恢复生产。")
    if not stops_a_mine(hazard):
        return None
    if "announce" not in since[since.index("resume") :]:
        return gettext("煤矿恢复生产须先公告（煤矿安全生产条例第49条）。")
    return stop_is_announced(hazard)


def stop_is_announced(hazard: Hazard) -> str | None:
    """Refuse where a mine was stopped and only one thing was announced, or nothing: both are (第49条).

    Who resumed without it before this was asked announces twice afterwards: that it stopped, that it runs.
    """
    verbs = Entry.objects.filter(case=hazard.pk, verb__in=("announce", "resume"))
    told = list(verbs.order_by("number").values_list("verb", flat=True))
    n_needed = 2 if "resume" in told else 1
    if told.count("announce") >= n_needed:
        return None
    if "announce" in told and "resume" in told:
        return gettext("已同意恢复生产，还须公告恢复生产（煤矿安全生产条例第49条）。")
    return gettext("煤矿责令停产整顿须先公告（煤矿安全生产条例第49条），恢复生产另行公告。")


def may_resume(hazard: Hazard, now: datetime) -> str | None:
    """Refuse the plant to let itself run again, and a mine whose stop was never announced."""
    refused = not_by_the_plant(hazard, now)
    return refused or (stop_is_announced(hazard) if stops_a_mine(hazard) else None)
