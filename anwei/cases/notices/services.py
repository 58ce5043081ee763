"""Telling people something once, in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from anwei.cases.models import Case
from anwei.cases.models.notices import TEXT_LENGTH, Delivery, Level, Notice, Preference, Urgency
from anwei.cases.notices.channels import enabled
from anwei.cases.notices.preferences import quiet_until, ways
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Post


@transaction.atomic
def tell(
    *,
    to: Iterable[Post | Person],
    text: str,
    url: str,
    level: Urgency,
    key: str,
    now: datetime,
    case: Case | None = None,
    actor: Person | None = None,
) -> list[Notice]:
    """Tell people, and whoever holds posts at `now`, something; return what is new.

    Each person gets a row inside the system, and rows of the outbox for the channels that they and the county
    chose; the worker sends those after the commit. `key` makes telling once: what a person was told under it
    is not told again. `actor` is whose act tells (nobody: the system), and is not told of it. A text over
    TEXT_LENGTH is cut.
    """
    told = Notice.objects.filter(key=key).values("person")
    people = _people(to, now).exclude(pk__in=told).exclude(pk=None if actor is None else actor.pk)
    fresh = [
        Notice(
            person=person,
            sender=actor,
            case_id=None if case is None else case.pk,
            key=key,
            level=level,
            text=_cut(text),
            url=url,
            at=now,
        )
        for person in people
    ]
    if not fresh:
        return []
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)  # another hand may tell the same just now
    notices = list(
        Notice.objects.filter(key=key, person__in=[notice.person_id for notice in fresh])
        .select_related("person__preference")
        .order_by("pk")
    )
    Delivery.objects.bulk_create(_deliveries(notices, now), ignore_conflicts=True)
    return notices


def mark_read(notices: Iterable[Notice], *, now: datetime) -> None:
    """Remember when each notice was first opened."""
    Notice.objects.filter(pk__in=[notice.pk for notice in notices], read_at=None).update(read_at=now)


def _people(to: Iterable[Post | Person], now: datetime) -> QuerySet[Person]:
    """Return the active people meant by `to`, each once, with their preference."""
    posts: list[int] = []
    persons: list[int] = []
    for one in to:
        (posts if isinstance(one, Post) else persons).append(one.pk)
    holders = holdings_on(day_of(now)).filter(post__in=posts).values("person")
    chosen = Person.objects.filter(is_active=True, kind=Person.Kind.PERSON)
    return chosen.filter(pk__in=holders) | chosen.filter(pk__in=persons)


def _deliveries(notices: Sequence[Notice], now: datetime) -> Iterable[Delivery]:
    """Yield the outbox rows of one telling; the work chat hears it once, however many people are told."""
    open_channels = enabled()
    for notice in notices:
        preference = getattr(notice.person, "preference", None) or Preference()
        quiet = None if notice.level == Level.RED else quiet_until(preference, now)
        for channel in ways(notice.person, preference, Level(notice.level)):
            if channel in open_channels:
                key = f"{notice.key}:{channel}:{notice.person_id}"
                yield Delivery(notice=notice, channel=channel, key=key, due_at=quiet or now)
    if Delivery.Channel.CHAT in open_channels and notices and notices[0].level != Level.INFO:
        first = notices[0]
        yield Delivery(notice=first, channel=Delivery.Channel.CHAT, key=f"{first.key}:chat", due_at=now)


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"
