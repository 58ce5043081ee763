"""Who holds a post from which day to which."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.accounts import separation
from anwei.org.holdings import day_of
from anwei.org.models import Holding, Person, Post
from anwei.org.services.errors import OrgError


@transaction.atomic
def appoint(
    person: Person,
    post: Post,
    *,
    actor: Person | None,
    now: datetime,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Holding:
    """Let `person` hold `post` from a day (today unless given), to a day or until dismissed.

    Raises OrgError when two of the three administrators' posts would meet in one hand (三员分立).
    """
    first_on = from_on or day_of(now)
    separation.require_separation(person, post, from_on=first_on, to_on=to_on)
    holding = Holding.objects.create(person=person, post=post, from_on=first_on, to_on=to_on)
    record_change(
        "org.post",
        post.pk,
        actor=actor,
        now=now,
        verb="appoint",
        content={"person": person.pk, "from": holding.from_on, "to": to_on},
    )
    return holding


@transaction.atomic
def dismiss(holding: Holding, *, actor: Person | None, now: datetime, last_on: date, reason: str) -> None:
    """End a holding after the day `last_on`.

    Raises OrgError when that day lies before the first.
    """
    if last_on < holding.from_on:
        raise OrgError(_("离任日期不能早于任职日期。"))
    holding.to_on = last_on
    holding.save(update_fields=["to_on"])
    record_change(
        "org.post",
        holding.post_id,
        actor=actor,
        now=now,
        verb="dismiss",
        content={"person": holding.person_id, "to": last_on},
        reason=reason,
    )
