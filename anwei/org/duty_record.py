"""履职档案: what a post or a person has done, gathered from the work itself, without any extra form.

A room contributes a source by a module `duty_record.py`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.models import Change, SealedRow
from anwei.org.holdings import ACTING_FOR
from anwei.org.models import Delegation, KeyTask, Person, Post
from anwei.org.rights import units_seen


@dataclass(frozen=True)
class Deed:
    """One thing done: when, by whom, what, and where to read on ("" where there is no page)."""

    at: datetime
    person: str
    kind: str
    sentence: str
    url: str = ""


@dataclass(frozen=True)
class Question:
    """Whose deeds are asked for, of what time, and by whom: a source shows only what `viewer` may see.

    Of each source the newest `most` are asked for.
    """

    post: Post | None
    person: Person | None
    since: datetime
    until: datetime
    viewer: Person
    most: int = 200  # as many as a page shows; the cases themselves hold the rest


Source = Callable[[Question], Iterable[Deed]]
_sources: list[Source] = []


def register_record_source(source: Source) -> None:
    """Add a source; called once, when the room's module is imported."""
    _sources.append(source)


def deeds(question: Question) -> list[Deed]:
    """Return what was done, the newest first."""
    found = [deed for source in _sources for deed in source(question)]
    return sorted(found, key=lambda deed: deed.at, reverse=True)


def by_hand(person: Person) -> Q:
    """Return which sealed rows are a person's work: by the own hand or a deputy's."""
    own = Q(actor=person)
    if not Delegation.objects.filter(principal=person).exists():
        return own
    return own | Q(**{f"content__{ACTING_FOR}__id": person.pk})


def hands(row: SealedRow) -> str:
    """Return who acted in a sealed row, and for whom a deputy did."""
    principal = row.content.get(ACTING_FOR)
    if principal is None:
        return str(row.actor or "")
    return _("%(deputy)s 代 %(principal)s") % {"deputy": row.actor, "principal": principal["name"]}


def key_tasks(question: Question) -> Iterable[Deed]:
    """Yield the items of yearly lists that were closed, at the moment and by the hand the change log says.

    Those of posts in units that the viewer may look at: a person may have come from a post elsewhere.
    """
    rows = Change.objects.filter(register="org.post", verb="finish_task", at__gte=question.since)
    rows = rows.filter(at__lt=question.until)
    if question.post is not None:
        rows = rows.filter(row=str(question.post.pk))
    if question.person is not None:
        rows = rows.filter(by_hand(question.person))
    changes = [change for change in rows.select_related("actor") if "task" in change.content]  # not erased
    seen = KeyTask.objects.filter(post__unit__in=units_seen(question.viewer))
    tasks = seen.in_bulk([change.content["task"] for change in changes])
    for change in changes:
        if task := tasks.get(change.content["task"]):
            yield Deed(
                change.at,
                hands(change),
                _("重点工作"),
                f"{task.text}（{change.content['reference']}）",
            )


register_record_source(key_tasks)
