"""Who answers for an enterprise: responsible, supervisor and implementer, as of any date."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Post, Unit
from anwei.org.scope import COUNTY_DIGITS


class HasUnit(Protocol):
    """An enterprise, as far as responsibility needs it."""

    @property
    def unit(self) -> Unit:
        """The unit that carries its name and territory."""


class Posts(NamedTuple):
    """The three posts of a case."""

    responsible: Post
    supervisor: Post
    implementer: Post


class Vacant(Exception):
    """Nobody answers: a post is missing or nobody holds it; the sentence names each, and so does `holes`."""

    def __init__(self, holes: list[str]) -> None:
        super().__init__(_("责任真空：%(holes)s。") % {"holes": _("；").join(holes)})
        self.holes = holes


def posts_for(enterprise: HasUnit, at: datetime, *, held: bool = True) -> Posts:
    """Return who answers for a warning at an enterprise at a moment.

    Responsible is its principal (安全生产法 art. 5), implementer its safety post (art. 25), supervisor the
    duty post of the county (生产安全事故应急条例 art. 14). With `held=False` a post that nobody holds counts
    too, so that what must not be lost can wait for its next holder. Raises Vacant, naming every hole.
    """
    unit = enterprise.unit
    county = unit.territory[:COUNTY_DIGITS]
    own = Post.objects.filter(unit=unit)
    duty = Post.objects.filter(kind=Post.Kind.DUTY, unit__territory=county).exclude(
        unit__kind=Unit.Kind.ENTERPRISE
    )
    found = {
        _("%(unit)s主要负责人") % {"unit": unit}: _first(own.filter(kind=Post.Kind.PRINCIPAL), at, held),
        _("县级值班岗"): _first(duty, at, held),
        _("%(unit)s安全管理人员") % {"unit": unit}: _first(own.filter(kind=Post.Kind.SAFETY), at, held),
    }
    if holes := [name for name, post in found.items() if post is None]:
        raise Vacant([_("%(post)s空缺") % {"post": name} for name in holes])
    return Posts(*(post for post in found.values() if post is not None))


def _first(posts: QuerySet[Post], at: datetime, held: bool) -> Post | None:
    """Return the first post that is held at `at`; where none is and `held` is False, the first post."""
    holding = holdings_on(day_of(at)).filter(post=OuterRef("pk"))
    ordered = posts.select_related("unit").annotate(is_held=Exists(holding)).order_by("-is_held", "pk")
    return (ordered.filter(is_held=True) if held else ordered).first()
