"""Questions about notices: what a person may read, and how the channels are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from anwei.cases.models import Case
from anwei.cases.models.notices import Delivery, Notice
from anwei.cases.notices.channels import REGISTER, TESTED, Channel, enabled
from anwei.ledgers.models import Change
from anwei.org.models import Person

DAY = timedelta(days=1)
NOTHING = {"n_waiting": 0, "oldest_due": None, "n_sent": 0, "n_failed": 0, "last_sent_at": None}
STUCK = timedelta(minutes=5)  # what waits longer, quiet hours apart, is a channel's fault


@dataclass(frozen=True)
class ChannelState:
    """How one channel is: open or closed, what waits, what went and failed within a day."""

    channel: Channel
    is_open: bool
    n_waiting: int
    oldest_due: datetime | None
    n_sent: int
    n_failed: int
    last_sent_at: datetime | None
    last_fault: str

    def is_stuck(self, now: datetime) -> bool:
        """Say whether the channel needs somebody to look at it."""
        late = self.oldest_due is not None and self.oldest_due < now - STUCK
        return self.n_failed > 0 or late or bool(self.last_fault)


def notices_of(person: Person) -> QuerySet[Notice]:
    """Return what a person was told, newest first, without cases that have left their scope since."""
    visible = Q(case=None) | Q(case__in=Case.objects.visible_to(person).values("pk"))
    return Notice.objects.filter(visible, person=person)


def sent_by(person: Person) -> QuerySet[Notice]:
    """Return what a person's acts told others, with the deliveries: whom it reached, and how."""
    visible = Q(case=None) | Q(case__in=Case.objects.visible_to(person).values("pk"))
    sent = Notice.objects.filter(visible, sender=person)
    return sent.select_related("person").prefetch_related("deliveries")


def channel_states(now: datetime) -> list[ChannelState]:
    """Return the state of every channel, open or closed."""
    waiting, recent = Q(state=Delivery.State.WAITING), Q(notice__at__gte=now - DAY)
    rows = Delivery.objects.order_by().values("channel")
    figures = rows.annotate(
        n_waiting=Count("pk", filter=waiting),
        oldest_due=Min("due_at", filter=waiting),
        n_sent=Count("pk", filter=recent & Q(state=Delivery.State.SENT)),
        n_failed=Count("pk", filter=recent & Q(state=Delivery.State.FAILED)),
        last_sent_at=Max("sent_at"),
    )
    of_channel = {row["channel"]: row for row in figures}
    open_channels = enabled()
    return [
        ChannelState(
            **(NOTHING | of_channel.get(channel, {}) | {"channel": channel}),
            is_open=channel in open_channels,
            last_fault=_fault(channel, now) or (_failed_test(channel) if channel in open_channels else ""),
        )
        for channel in Channel
    ]


def _fault(channel: Channel, now: datetime) -> str:
    """Return why the latest of what still waits, or was given up within a day, did not get through."""
    waiting = Q(state=Delivery.State.WAITING, attempts__gt=0)
    given_up = Q(state=Delivery.State.FAILED, notice__at__gte=now - DAY)
    tried = Delivery.objects.filter(waiting | given_up, channel=channel).exclude(answer="")
    return tried.order_by("-pk").values_list("answer", flat=True).first() or ""


def _failed_test(channel: Channel) -> str:
    """Return what the last test came to, where it failed and nothing has gone out by the channel since."""
    tests = Change.objects.filter(register=REGISTER, row=channel, verb=TESTED)
    last = tests.order_by("-number").first()
    if last is None or last.content.get("sent", True):
        return ""
    if Delivery.objects.filter(channel=channel, sent_at__gt=last.at).exists():
        return ""
    return str(last.content.get("answer") or _("测试没有送出。"))
