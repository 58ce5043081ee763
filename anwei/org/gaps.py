"""责任真空: where nobody is responsible, nobody supervises or nobody carries out; each with its cure.

`gaps(on)` asks every source on one roster of that day. A room adds a source by a module `gaps.py`, found when
the rooms are made ready. What the nights recorded lies in `anwei.org.gap_records`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from anwei.org.models import PUBLIC_BODIES, Holding, Person, Post, Unit
from anwei.org.rights import may_fill
from anwei.org.roster import Placed, Roster, in_office, placed_on
from anwei.org.scope import Grant

ANSWERING = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.DUTY, Post.Kind.OFFICER, Post.Kind.SAFETY)


class GapKind(models.TextChoices):
    """What is missing."""

    NO_HOLDER = "no_holder", gettext_lazy("无人任职")
    HOLDER_LEFT = "holder_left", gettext_lazy("离任未补")
    TERM_EXPIRED = "term_expired", gettext_lazy("任期届满")
    NO_REGULATOR = "no_regulator", gettext_lazy("行业无主管")
    TWO_CLAIMANTS = "two_claimants", gettext_lazy("两家都管")
    NO_TERRITORY = "no_territory", gettext_lazy("属地不明")
    UNCOVERED = "uncovered", gettext_lazy("部位缺责任")


@dataclass(frozen=True)
class Gap:
    """One hole: what it is, in a sentence, and the form that fills it.

    `key` names the same hole from one night to the next, `may_cure` says whether a person may fill in the
    form. The last four say whose it is (scope). Of ten thousand a page shows fifty: so text and label are
    translated, the words put in and the form's address made only when they are asked for.
    """

    kind: GapKind
    key: str
    text: str
    words: Mapping[str, object]
    form: Callable[[], str]
    label: str
    may_cure: Callable[[Person], bool]
    territory: str = ""
    sector: str = ""
    enterprise: int | None = None
    unit: int | None = None

    @property
    def sentence(self) -> str:
        """What is missing, in the reader's language."""
        return _(self.text) % self.words

    @property
    def cure_url(self) -> str:
        """The address of the form that fills it."""
        return self.form()

    @property
    def cure_label(self) -> str:
        """What that form does, in the reader's language."""
        return _(self.label)

    def seen_by(self, reach: Sequence[Grant], own_units: frozenset[int]) -> bool:
        """Say whether a person with these grants may see it: what they cover, or what is in the own unit."""
        if self.unit in own_units:
            return True
        whose = (self.territory, self.sector, self.enterprise)
        return any(grant.covers(*whose) or (grant.is_county_wide and not whose[0]) for grant in reach)


Source = Callable[[Roster], Iterable[Gap]]


_sources: list[Source] = []


def register_gap_source(source: Source) -> None:
    """Add a source; called once, when the room's module is imported."""
    _sources.append(source)


def gaps(on: date) -> list[Gap]:
    """Return every gap of a day, by kind."""
    roster = Roster(on)
    found = [gap for source in _sources for gap in source(roster)]
    order = {kind: number for number, kind in enumerate(GapKind)}
    return sorted(found, key=lambda gap: (order[gap.kind], gap.territory, gap.key))


def may_settle(person: Person, holding: Holding) -> bool:
    """Say whether a person may renew or end a holding: who fills the post, and nobody their own."""
    return holding.person_id != person.pk and may_fill(person, holding.post)


def cure(name: str, **prefilled: str | int) -> str:
    """Return the address of a form with its fields filled in."""
    return f"{reverse(name)}?{urlencode(prefilled)}"


def unit_without_post(unit: Unit, kind: Post.Kind, *, sector: str = "", enterprise: int | None = None) -> Gap:
    """Return the gap of a unit that has no post of a kind at all."""
    return Gap(
        GapKind.NO_HOLDER,
        f"no_post:{unit.pk}:{kind}",
        gettext_noop("%(unit)s没有设“%(kind)s”岗位。"),
        {"unit": unit, "kind": Post.Kind(kind).label},
        partial(cure, "appoint", unit=unit.pk, kind=kind),
        gettext_noop("设岗并任命"),
        partial(may_fill, post=Post(unit=unit, kind=kind)),
        territory=unit.territory,
        sector=sector,
        enterprise=enterprise,
        unit=unit.pk,
    )


def gaps_of_post(
    placed: Placed, left: Holding | None, on: date, *, sector: str = "", enterprise: int | None = None
) -> Iterator[Gap]:
    """Yield what is wrong with one post: nobody in it, terms that are over, two heads at once.

    `left` is the last holding that is over, None where there never was one.
    """
    post = placed.post
    of_post = partial(
        Gap,
        territory=post.unit.territory,
        sector=sector,
        enterprise=enterprise,
        unit=post.unit_id,
    )
    if not placed.holdings:
        text, words = _vacancy(post, left)
        yield of_post(
            kind=GapKind.NO_HOLDER if left is None else GapKind.HOLDER_LEFT,
            key=f"vacant:{post.pk}",
            text=text,
            words=words,
            form=partial(cure, "appoint", post=post.pk),
            label=gettext_noop("任命"),
            may_cure=partial(may_fill, post=post),
        )
    for holding in placed.holdings:
        if holding.term_on is not None and holding.term_on < on:
            yield of_post(
                kind=GapKind.TERM_EXPIRED,
                key=f"term:{holding.pk}",
                text=gettext_noop("%(post)s：%(person)s的任期 %(day)s 届满，没有续任或离任手续。"),
                words={"post": post, "person": holding.person, "day": holding.term_on},
                form=partial(reverse, "renew_term", args=[holding.pk]),
                label=gettext_noop("续任或离任"),
                may_cure=partial(may_settle, holding=holding),
            )
    if post.kind == Post.Kind.PRINCIPAL and len(placed.holdings) > 1:
        people = _("、").join(str(holding.person) for holding in placed.holdings)
        yield of_post(
            kind=GapKind.TWO_CLAIMANTS,
            key=f"two_heads:{post.pk}",
            text=gettext_noop("%(post)s同时由%(people)s担任。"),
            words={"post": post, "people": people},
            form=partial(reverse, "dismiss", args=[placed.holdings[0].pk]),
            label=gettext_noop("办理离任"),
            may_cure=partial(may_fill, post=post),
        )


def _vacancy(post: Post, left: Holding | None) -> tuple[str, dict[str, object]]:
    """Return the text on a vacant post and its words."""
    if left is None:
        return gettext_noop("%(post)s没有任命过人。"), {"post": post}
    if left.to_on is None:
        closed = gettext_noop("%(post)s：%(person)s的账号已停用，岗位空缺。")
        return closed, {"post": post, "person": left.person}
    words = {"post": post, "person": left.person, "day": left.to_on}
    return gettext_noop("%(post)s：%(person)s %(day)s 离任后空缺。"), words


def faulty_posts(on: date, posts: models.QuerySet[Post]) -> list[Placed]:
    """Return those of the posts that `gaps_of_post` has something to say about, found by the database."""
    held = in_office(on).filter(post=models.OuterRef("pk"))
    several = held.order_by().values("post").annotate(n=models.Count("pk")).filter(n__gt=1)
    vacant, over = ~models.Exists(held), models.Exists(held.filter(term_on__lt=on))
    two_heads = models.Q(kind=Post.Kind.PRINCIPAL) & models.Exists(several)
    return placed_on(on, posts.filter(vacant | over | two_heads))


def last_left(on: date, posts: Iterable[Placed]) -> dict[int, Holding]:
    """Return, by post, the last holding that had begun and holds no more; for vacant posts only."""
    vacant = [placed.post.pk for placed in posts if not placed.holdings]
    if not vacant:
        return {}
    rows = Holding.objects.filter(from_on__lte=on).select_related("person").order_by("from_on", "pk")
    if len(vacant) <= 500:
        rows = rows.filter(post__in=vacant)
    wanted = frozenset(vacant)
    return {holding.post_id: holding for holding in rows if holding.post_id in wanted}


def public_gaps(roster: Roster) -> Iterator[Gap]:
    """Yield the gaps of public bodies: units without a head, posts without a holder."""
    posts = [
        placed
        for placed in roster.posts()
        if placed.post.unit.kind in PUBLIC_BODIES
        and placed.post.unit.closed_on is None
        and placed.post.kind in ANSWERING
    ]
    left = last_left(roster.on, posts)
    for placed in posts:
        yield from gaps_of_post(placed, left.get(placed.post.pk), roster.on)
    headed = {placed.post.unit_id for placed in posts if placed.post.kind == Post.Kind.PRINCIPAL}
    may_lack_one = (Unit.Kind.COMMITTEE, Unit.Kind.GRID)  # headed by the government's and the village's heads
    bodies = Unit.objects.filter(kind__in=PUBLIC_BODIES, closed_on__isnull=True)
    for unit in bodies.exclude(kind__in=may_lack_one).order_by("pk"):
        if unit.pk not in headed:
            yield unit_without_post(unit, Post.Kind.PRINCIPAL)


register_gap_source(public_gaps)
