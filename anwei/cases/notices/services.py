"""Telling people something once, in the transaction of what it tells of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.forms import model_to_dict

from anwei.cases.models import Case
from anwei.cases.models.notices import TEXT_LENGTH, Delivery, Level, Notice, Preference, Urgency
from anwei.cases.notices.channels import Channel, enabled
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


@dataclass(frozen=True)
class Telling:
    """One thing to be told, to whom, under which key."""

    to: Sequence[Post | Person]
    text: str
    url: str
    level: Urgency
    key: str
    case: Case | None
    actor: Person | None


_held_back: ContextVar[list[Telling] | None] = ContextVar("held_back", default=None)


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
    longest: int = TEXT_LENGTH,
) -> list[Notice]:
    """Tell people, and whoever holds posts at `now`, something; return what is new.

    Each person gets a row inside the system, and rows of the outbox for the channels that they and the county
    chose; the worker sends those after the commit. `key` makes telling once: what a person was told under it
    is not told again. `actor` is whose act tells (nobody: the system), and is not told of it. A text over
    `longest` characters is cut. Within `told_together` it waits for the end of that, and nothing is returned.
    """
    telling = Telling(tuple(to), _cut(text, longest), url, level, key, case, actor)
    waiting = _held_back.get()
    if waiting is None:
        return _tell([telling], now)
    waiting.append(telling)
    return []


@contextmanager
def told_together(now: datetime) -> Iterator[None]:
    """Tell at the end, by a handful of queries, everything that is told inside; in its order."""
    waiting: list[Telling] = []
    token = _held_back.set(waiting)
    try:
        yield
    finally:
        _held_back.reset(token)
    _tell(waiting, now)


@transaction.atomic
def _tell(tellings: Sequence[Telling], now: datetime) -> list[Notice]:
    keys = {telling.key for telling in tellings}
    told = set(Notice.objects.filter(key__in=keys).values_list("key", "person"))
    fresh: dict[tuple[str, int], Notice] = {}
    for telling, people in zip(tellings, _people(tellings, now), strict=True):
        for person in people:
            place = (telling.key, person.pk)
            if place not in told and person != telling.actor:
                fresh.setdefault(place, _notice(telling, person, now))
    if not fresh:
        return []
    Notice.objects.bulk_create(fresh.values(), ignore_conflicts=True)  # another hand may tell the same now
    rows = Notice.objects.filter(key__in=keys).order_by("pk")
    notices = [row for row in rows if (row.key, row.person_id) in fresh]
    for notice in notices:
        notice.person = fresh[notice.key, notice.person_id].person
    Delivery.objects.bulk_create(_deliveries(notices, now), ignore_conflicts=True)
    return notices


def _notice(telling: Telling, person: Person, now: datetime) -> Notice:
    return Notice(
        person=person,
        sender=telling.actor,
        case_id=None if telling.case is None else telling.case.pk,
        key=telling.key,
        level=telling.level,
        text=telling.text,
        url=telling.url,
        at=now,
    )


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
        content=kept | {"mailbox_changed": before != email},
    )


def _people(tellings: Sequence[Telling], now: datetime) -> list[list[Person]]:
    """Return the active people each telling means, each once: of a post its holders and their deputies."""
    posts = {one.pk for telling in tellings for one in telling.to if isinstance(one, Post)}
    holders = holdings_on(day_of(now)).filter(post__in=posts).values_list("post", "person")
    deputies = delegations_at(now).filter(post__in=posts).values_list("post", "deputy")
    at_post: dict[int, set[int]] = defaultdict(set)
    for post, person in holders.order_by().union(deputies.order_by()) if posts else ():
        at_post[post].add(person)
    meant = [
        set().union(*(at_post[one.pk] if isinstance(one, Post) else {one.pk} for one in telling.to))
        for telling in tellings
    ]
    active = Person.objects.filter(is_active=True, kind=Person.Kind.PERSON).select_related("preference")
    people = active.in_bulk(set().union(*meant))
    return [[people[pk] for pk in sorted(pks) if pk in people] for pks in meant]


def _deliveries(notices: Sequence[Notice], now: datetime) -> Iterable[Delivery]:
    """Yield the rows of the outbox; the work chat hears a thing once, however many people are told."""
    open_channels, heard = enabled(), set()
    for notice in notices:
        preference = getattr(notice.person, "preference", None) or Preference()
        quiet = None if notice.level == Level.RED else quiet_until(preference, now)
        for channel in ways(notice.person, preference, Level(notice.level)):
            if channel in open_channels:
                key = f"{notice.key}:{channel}:{notice.person_id}"
                yield Delivery(notice=notice, channel=channel, key=key, due_at=quiet or now)
        if Channel.CHAT in open_channels and notice.level != Level.INFO and notice.key not in heard:
            heard.add(notice.key)
            yield Delivery(notice=notice, channel=Channel.CHAT, key=f"{notice.key}:chat", due_at=now)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
