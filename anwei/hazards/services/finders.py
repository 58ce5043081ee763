"""Who found a hazard, and who counts like them: none of these people puts it right or verifies it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from anwei.cases.rights import people_of
from anwei.hazards.models import Hazard, Origin
from anwei.org.holdings import day_of, holdings_on, posts_of
from anwei.org.models import Person
from anwei.org.scope import standing
from anwei.sites.models import Enterprise

BETWEEN = re.compile("[、，,；;/]+")


def beginners(hazard: Hazard) -> set[int]:
    """Return who counts like the one who filed it; it asks nothing of the database."""
    found_by = set() if hazard.found_by_id is None else {hazard.found_by_id}
    return found_by | {*hazard.also_found_by}


def finders(hazard: Hazard) -> set[int]:
    """Return who filed it, and who counts like them."""
    return {*people_of(hazard.entries.filter(number=1))} | beginners(hazard)


def remember_finders(hazard: Hazard) -> None:
    """Keep who else counts as a finder: who bears a name typed as finder, and who found what was merged in.

    Asked again as the hazard moves, for somebody may have got an account since.
    """
    also = _bearers(hazard)
    for merged in Hazard._base_manager.filter(merged_into=hazard.number, outcome="merged"):
        also |= finders(merged)
    if sorted(also) != hazard.also_found_by:
        hazard.also_found_by = sorted(also)
        hazard.save(update_fields=["also_found_by"])


def may_know_finder(hazard: Hazard, person: Person) -> bool:
    """Say whether a person may read who found it: who informed is told to the supervising body alone."""
    units = {post.unit_id for post in standing(person).posts}
    return hazard.origin != Origin.TIP_OFF or hazard.supervisor.unit_id in units


def tells_finder(person: Person | None) -> ExpressionWrapper[Any]:
    """Return for lists of hazards what `may_know_finder` says of each; nothing to the system (None)."""
    units = set() if person is None else {post.unit_id for post in standing(person).posts}
    known = ~Q(origin=Origin.TIP_OFF) | Q(supervisor__unit__in=units)
    return ExpressionWrapper(known, output_field=BooleanField())


def named_person(
    typed: str, enterprise: Enterprise | None, actor: Person | None, now: datetime
) -> Person | None:
    """Return the one person so named in the actor's bodies or the enterprise today, None unless just one."""
    units = set() if actor is None else {post.unit.whole.pk for post in posts_of(actor, now)}
    if enterprise is not None:
        units.add(enterprise.unit_id)
    here = Q(post__unit__in=units) | Q(post__unit__parent__in=units)
    held = holdings_on(day_of(now)).filter(here, person__full_name__in=_names(typed))
    found = list(Person.objects.filter(holdings__in=held).distinct()[:2])
    return found[0] if len(found) == 1 and len(BETWEEN.split(typed.strip())) == 1 else None


def _bearers(hazard: Hazard) -> set[int]:
    """Return who bears the typed name; of an informant nobody of the plant, where that would betray them."""
    if not hazard.finder:
        return set()
    people = Person.objects.filter(full_name__in=_names(hazard.finder))
    if hazard.origin == Origin.TIP_OFF and hazard.enterprise is not None:
        unit = hazard.enterprise.unit_id
        own = Q(holdings__post__unit=unit) | Q(holdings__post__unit__parent=unit)
        people = people.exclude(pk__in=Person.objects.filter(own).values("pk"))
    return {*people.values_list("pk", flat=True)}


def _names(typed: str) -> Iterable[str]:
    """Return the names in what was typed, as they stand and without blanks."""
    parts = [part.strip() for part in BETWEEN.split(typed)]
    return {name for part in parts for name in (part, "".join(part.split())) if name}
