"""Who is told of a case in place of a vacant post: the filled post above it, else who else answers for it."""

from __future__ import annotations

from datetime import datetime

from anwei.cases.kinds import is_draft
from anwei.cases.models import Case
from anwei.org.holdings import filled_post_above, is_held
from anwei.org.models import Post, Unit
from anwei.org.scope import COUNTY_DIGITS


def stand_in(case: Case, post: Post, now: datetime) -> Post | None:
    """Return the post that is told instead of a vacant `post` of a case; None where nobody is left.

    The nearest principal above it who is in post, else supervisor, responsible or the committee office; of a
    draft nobody of the enterprise is told.
    """
    own = [] if is_draft(case) else [case.responsible]
    others = [case.supervisor, *own, *office_of(case)]
    return filled_post_above(post, now) or next((other for other in others if is_held(other, now)), None)


def office_of(case: Case) -> list[Post]:
    """Return the posts of the county's work-safety committee office."""
    county = case.territory[:COUNTY_DIGITS]
    offices = Post.objects.filter(unit__kind=Unit.Kind.COMMITTEE_OFFICE, unit__territory=county)
    return list(offices.select_related("unit").order_by("pk"))
