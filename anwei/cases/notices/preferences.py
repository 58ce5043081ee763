"""How a person wants to be told: from which level on by which channel, and when not to be disturbed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from anwei.cases.models.notices import Delivery, Level, Preference
from anwei.org.models import Person
from anwei.standards.clocks import COUNTY_TIME

RANK = {level: rank for rank, level in enumerate(Level)}


def preference_of(person: Person) -> Preference:
    """Return what the person set, or the defaults (unsaved)."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def ways(person: Person, preference: Preference, level: Level) -> Iterator[Delivery.Channel]:
    """Yield the channels by which a notice of `level` goes to the person; red goes by all that reach them."""
    reach = (
        (Delivery.Channel.SMS, person.phone, preference.sms_from),
        (Delivery.Channel.MAIL, person.email, preference.mail_from),
    )
    for channel, address, wanted_from in reach:
        wanted = wanted_from and RANK[level] >= RANK[Level(wanted_from)]
        if address and (wanted or level == Level.RED):
            yield channel


def quiet_until(preference: Preference, now: datetime) -> datetime | None:
    """Return when the quiet hours end that `now` falls into, None outside them; they may pass midnight."""
    start, end = preference.quiet_from, preference.quiet_to
    if start is None or end is None or start == end:
        return None
    local = now.astimezone(COUNTY_TIME)
    clock = local.time()
    quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not quiet:
        return None
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, COUNTY_TIME)
