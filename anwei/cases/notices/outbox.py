"""Sending what lies in the outbox: claimed by one worker, tried again after a failure, given up at last.

At least once: a worker that dies between handing a message over and writing that down leaves a lease, after
which the message goes again under the same key, by which a provider can drop the repetition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.models.notices import Delivery, Level
from anwei.cases.notices.channels import (
    Channel,
    Message,
    Misconfigured,
    Undelivered,
    hand_over,
    link,
)
from anwei.cases.notices.services import tell
from anwei.org.accounts.administration import OF_THE_COUNTY
from anwei.org.holdings import day_of
from anwei.org.models import Post

BACK_OFF = tuple(timedelta(seconds=pause) for pause in (10, 30, 120, 600, 1800, 7200))
MAX_ATTEMPTS = len(BACK_OFF) + 1
LEASE = timedelta(minutes=2)  # longer than any adapter waits for its provider
A_ROUND = 200
FLOOD = 5  # more messages than this at once to one address become one


@dataclass(frozen=True)
class Round:
    """What one round over a channel did."""

    n_sent: int
    n_put_off: int
    n_failed: int


def send_due(channel: Channel, now: datetime) -> Round:
    """Send what is due on a channel; after the first failure the channel rests until the next round.

    No transaction is open while a provider is asked.
    """
    done = {Delivery.State.SENT: 0, Delivery.State.WAITING: 0, Delivery.State.FAILED: 0}
    for deliveries in _parcels(channel, now):
        mine = [delivery for delivery in deliveries if _claim(delivery, now)]
        if not mine:
            continue
        state = _send(channel, mine, now)
        done[state] += len(mine)
        if state is not Delivery.State.SENT:
            break
    return Round(*done.values())


def _parcels(channel: Channel, now: datetime) -> Iterator[Sequence[Delivery]]:
    """Yield what goes out in one message: each delivery by itself, a flood to one address together."""
    due = Delivery.objects.filter(channel=channel, state=Delivery.State.WAITING, due_at__lte=now)
    red_first = due.annotate(is_red=Q(notice__level=Level.RED)).order_by("-is_red", "pk")
    rows: list[Delivery] = sorted(red_first.select_related("notice__person")[:A_ROUND], key=_address)
    parcels: list[list[Delivery]] = []
    for _to, deliveries in groupby(rows, key=_address):
        together = list(deliveries)
        parcels += [together] if len(together) > FLOOD else [[one] for one in together]
    return iter(sorted(parcels, key=lambda parcel: (parcel[0].notice.level != Level.RED, parcel[0].pk)))


def _claim(delivery: Delivery, now: datetime) -> bool:
    """Take a delivery for the length of a lease; False when another worker was faster."""
    seen = Delivery.objects.filter(
        pk=delivery.pk, state=Delivery.State.WAITING, attempts=delivery.attempts, due_at__lte=now
    )
    delivery.attempts += 1
    return bool(seen.update(attempts=F("attempts") + 1, due_at=now + LEASE))


def _send(channel: Channel, deliveries: Sequence[Delivery], now: datetime) -> Delivery.State:
    """Hand one message over and write down what became of it."""
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    try:
        receipt = hand_over(channel, _message(deliveries))
    except Undelivered as reason:
        attempts = max(delivery.attempts for delivery in deliveries)
        if attempts < MAX_ATTEMPTS:
            rows.update(due_at=now + BACK_OFF[attempts - 1], answer=_short(reason))
            return Delivery.State.WAITING
        rows.update(state=Delivery.State.FAILED, answer=_short(reason))
        _tell_administrators(channel, now)
        return Delivery.State.FAILED
    rows.update(state=Delivery.State.SENT, sent_at=now, answer=_short(receipt))
    return Delivery.State.SENT


def _address(delivery: Delivery) -> str:
    """Return where a delivery goes as things stand now: a number or mailbox may have changed since."""
    person = delivery.notice.person
    if delivery.channel == Channel.CHAT or not person.is_active:
        return ""
    return person.phone if delivery.channel == Channel.SMS else person.email


def _message(deliveries: Sequence[Delivery]) -> Message:
    """Return the message of one delivery, or one sentence for many.

    Raises Misconfigured when the person has no number or mailbox any more.
    """
    first = deliveries[0]
    to = _address(first)
    if not to and first.channel != Channel.CHAT:
        raise Misconfigured(_("收件人没有登记手机号或邮箱，或账号已停用。"))
    if len(deliveries) == 1:
        return Message(to, f"{first.notice.text} {link(first.notice.url)}".strip(), first.key)
    n_red = sum(delivery.notice.level == Level.RED for delivery in deliveries)
    text = _("%(n)s 条通知，其中红色 %(red)s 条。最早一条：%(text)s") % {
        "n": len(deliveries),
        "red": n_red,
        "text": first.notice.text,
    }
    return Message(to, f"{text} {link(reverse('notices'))}".strip(), first.key)


def _tell_administrators(channel: Channel, now: datetime) -> None:
    """Say inside the system, once a day, that a channel does not deliver."""
    tell(
        to=Post.objects.filter(OF_THE_COUNTY, kind=Post.Kind.SYSTEM_ADMIN),
        text=_("%(channel)s发送失败，已停止重试，请检查渠道设置。") % {"channel": channel.label},
        url=reverse("deliveries"),
        level="info",
        key=f"channel-{channel}-{day_of(now)}",
        now=now,
    )


def _short(answer: object) -> str:
    return str(answer)[:200]
