"""Telling people something once, in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms import model_to_dict

from anwei.cases.models import Case
from anwei.cases.models.notices import TEXT_LENGTH, Delivery, Level, Notice, Preference, Urgency
from anwei.cases.notices.channels import enabled
from anwei.cases.notices.preferences import quiet_until, ways
from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of, delegations_at, holdings_on
from anwei.org.models import Person, Post

FIELDS = (
    "home",
    "sms_from",
    "mail_from",
    "quiet_from",
    "quiet_to",
)  # what a person may choose


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
    people = _people(to, now).exclude(pk__in=told)
    if actor is not None:
        people = people.exclude(pk=actor.pk)
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


def mark_read(notices: QuerySet[Notice], *, now: datetime) -> int:
    """Remember when each notice was first opened; return how many were unread."""
    return notices.filter(read_at=None).update(read_at=now)


@transaction.atomic
def set_preference(preference: Preference, *, email: str, now: datetime) -> None:
    """Keep how a person wants to be told, and their mailbox; the change log has both."""
    person = preference.person
    before = person.email
    person.email = email
    person.save(update_fields=["email"])
    preference.save()
    kept = {name: str(value or "") for name, value in model_to_dict(preference, FIELDS).items()}
    record_change(
        "cases.preference",
        person.pk,
        actor=person,
        now=now,
        verb="set",
        content={name: str(value or "") for name, value in kept.items()}
        | {"mailbox_changed": before != email},
    )


def _people(to: Iterable[Post | Person], now: datetime) -> QuerySet[Person]:
    """Return the active people meant by `to`, each once: of a post its holders and their deputies."""
    posts: list[int] = []
    persons: list[int] = []
    for one in to:
        (posts if isinstance(one, Post) else persons).append(one.pk)
    holders = holdings_on(day_of(now)).filter(post__in=posts).values("person")
    deputies = delegations_at(now).filter(post__in=posts).values("deputy")
    meant = Q(pk__in=persons) | Q(pk__in=holders) | Q(pk__in=deputies)
    return Person.objects.filter(meant, is_active=True, kind=Person.Kind.PERSON)


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
