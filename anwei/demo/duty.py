"""The demo's duty officer, who has looked through what ended before yesterday: the list shows what is new."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.monitoring.filters import ACTIVE, UNACKNOWLEDGED
from anwei.monitoring.models import Alarm
from anwei.monitoring.services import acknowledge
from anwei.org.models import Person

OFFICER = "zhiban"  # the account of the county's duty post, see people.py
LEFT_TO_VISITORS = timedelta(days=1)
BATCH = 50  # acknowledgements a transaction: others write too


@transaction.atomic
def look_through(*, now: datetime) -> int:
    """Acknowledge, as the duty officer, some alarms that ended a day ago or earlier; return how many."""
    officer = Person.objects.filter(username=OFFICER).first()
    if officer is None:
        return 0
    old = Alarm.objects.filter(~ACTIVE & UNACKNOWLEDGED, cleared_at__lte=now - LEFT_TO_VISITORS)
    chosen = list(old.order_by("pk")[:BATCH])
    for alarm in chosen:
        acknowledge(alarm, actor=officer, now=now, note=_("演示：补录的历史报警，接班时查阅"))
    return len(chosen)
