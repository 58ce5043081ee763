"""即将到期: who leaves or whose term ends within a month, told before it becomes a gap (责任真空)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.org.gaps import ANSWERING, cure, may_settle
from anwei.org.models import Holding, Person, Unit
from anwei.org.rights import may_fill
from anwei.org.roster import in_office

SOON = timedelta(days=30)  # no clause; long enough for an appointment by the county
MANY = 50


@dataclass(frozen=True)
class Ending:
    """A holding that ends soon: in a sentence, in how many days, and the form that provides for it."""

    sentence: str
    days: int
    cure_url: str
    cure_label: str
    may_cure: bool


def ending_soon(on: date, person: Person, own_units: frozenset[int], township: str = "") -> list[Ending]:
    """Return at most 50 holdings a person may see that end within a month, the next first.

    A term that will be over counts, and a last day behind which nobody is named to follow.
    """
    last = on + SOON
    seen = Q(post__unit__in=Unit.objects.visible_to(person)) | Q(post__unit__in=own_units)
    stays = Q(to_on=None) | Q(to_on__gt=OuterRef("to_on"))
    successor = Holding.objects.filter(stays, post=OuterRef("post"), person__is_active=True)
    leaving = Q(to_on__range=(on, last)) & ~Exists(successor)
    staying = Q(to_on=None) | Q(to_on__gt=last)
    far = date.max  # SQL's least of a date and nothing is nothing on one database, the date on the other
    rows = (
        in_office(on)
        .filter(seen, leaving | staying & Q(term_on__range=(on, last)), post__kind__in=ANSWERING)
        .filter(post__unit__territory__startswith=township)
        .annotate(ends_on=Least(Coalesce("to_on", far), Coalesce("term_on", far)))
        .select_related("person", "post__unit")
        .order_by("ends_on", "pk")[:MANY]
    )
    return [_ending(holding, on, person) for holding in rows]


def _ending(holding: Holding, on: date, person: Person) -> Ending:
    words = {"post": holding.post, "person": holding.person}
    if holding.term_on is not None and on <= holding.term_on <= on + SOON:
        text = _("%(post)s：%(person)s的任期 %(day)s 届满。") % {**words, "day": holding.term_on}
        url, days = reverse("renew_term", args=[holding.pk]), (holding.term_on - on).days
        return Ending(text, days, url, _("续任或离任"), may_settle(person, holding))
    last_on = holding.to_on or on + SOON  # the query found it by one of the two
    text = _("%(post)s：%(person)s %(day)s 离任，还没有人接任。") % {**words, "day": last_on}
    may_cure = may_fill(person, holding.post)
    return Ending(text, (last_on - on).days, cure("appoint", post=holding.post_id), _("任命"), may_cure)
