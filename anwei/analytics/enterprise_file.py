"""What this room adds to an enterprise's file, for officials: its place in this week's list and why."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from anwei.analytics.models import RiskScore, WatchRun
from anwei.analytics.shown import said
from anwei.org.models import Person
from anwei.org.scope import sees_as_official
from anwei.sites.enterprise_file import Context, Sheet, contribute
from anwei.sites.models import Enterprise


def score_of(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    """Return the newest score; nothing for the people of the enterprise itself: it accuses nobody."""
    is_official = sees_as_official(person, enterprise)
    run = WatchRun.objects.first() if is_official else None
    score = None if run is None else RiskScore.objects.filter(run=run, enterprise=enterprise).first()
    return {
        "is_official": is_official,
        "run": run,
        "score": score,
        "reasons": [] if score is None or run is None else said(score, run),
    }


contribute(Sheet("watch/of_enterprise.html", score_of, 40, group="risks", title=gettext_lazy("本周重点关注")))
