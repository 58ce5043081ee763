"""The county's committee office (安委办): who sits in it, and so keeps what no single department keeps."""

from __future__ import annotations

from datetime import datetime

from anwei.org.holdings import posts_of
from anwei.org.models import Person, Post, Unit
from anwei.org.scope import ADMINISTRATORS, COUNTY_DIGITS

SILENT = (*ADMINISTRATORS, Post.Kind.DISPLAY)


def is_of_the_office(person: Person, at: datetime) -> bool:
    """Say whether a person holds a post of the county's committee office, by appointment: no deputy does."""
    return any(is_the_office(post) for post in posts_of(person, at).select_related("unit"))


def is_the_office(post: Post) -> bool:
    """Say whether a post is of the county's committee office; administrators and walls there are not."""
    office = post.unit.kind == Unit.Kind.COMMITTEE_OFFICE and len(post.unit.territory) == COUNTY_DIGITS
    return office and post.kind not in SILENT
