"""Climbing the ladder: which rungs a clock has come to, and who is told at each.

A reminder is not sent once the clock has run out, nor where the clock is too short for it (three days before
the end of two); of a rung that comes again only the last time counts: after a night without the worker nobody
gets yesterday's mail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.kinds import kind_of
from anwei.cases.lifecycle import TURN, Phase
from anwei.cases.models import Case, Clock, Entry, RungReached
from anwei.cases.notices.services import tell
from anwei.cases.stand_ins import office_of, stand_in
from anwei.cases.until import until
from anwei.ledgers import seal
from anwei.ledgers.services import county_setting
from anwei.org.holdings import filled_post_above, is_held, people_at
from anwei.org.models import Post
from anwei.standards.ladders import LADDERS, Ladder, Rung, ladders

PLAIN = (Rung("overdue", "overdue", "超期", ("turn",), "urgent"),)  # of a kind that has no ladder

Step = tuple[Rung, int]  # a rung and how often it has come again


def county_ladders() -> dict[str, Ladder]:
    """Return the ladders as this county set them."""
    return ladders(county_setting(LADDERS, {}))


def rungs_of(case: Case, found: Mapping[str, Ladder]) -> tuple[Rung, ...]:
    """Return the rungs that clocks of the case climb."""
    key = kind_of(case).ladder
    return found[key].rungs if key else PLAIN


def steps_due(clock: Clock, rungs: Iterable[Rung], reached: Mapping[str, int], now: datetime) -> list[Step]:
    """Return what is to be done at `now`, in order; `reached` gives the last occurrence by code."""
    is_overdue = clock.due_at < now
    steps = []
    for rung in rungs:
        occurrence = rung.occurrence(clock.started_at, clock.due_at, now)
        if occurrence is None or occurrence <= reached.get(rung.code, -1):
            continue
        too_early = rung.at(clock.started_at, clock.due_at) <= clock.started_at
        if not (rung.is_early and (is_overdue or too_early)):
            steps.append((rung, occurrence))
    return sorted(steps, key=lambda step: step[0].at(clock.started_at, clock.due_at))


def reached_by(clock: Clock) -> dict[str, int]:
    """Return the last occurrence of each rung the clock came to since it is due when it is."""
    rows = RungReached.objects.filter(clock=clock.pk, due_at=clock.due_at).order_by("occurrence")
    return dict(rows.values_list("code", "occurrence"))


@transaction.atomic
def climb(clock_id: int, found: Mapping[str, Ladder], now: datetime) -> list[RungReached]:
    """Enter each rung that a clock has newly come to into its case's timeline, and tell people, once.

    The case is locked, so a second worker finds everything done; what a killed one began is undone with it.
    """
    case_id = Clock.objects.values_list("case_id", flat=True).get(pk=clock_id)
    case = Case._base_manager.select_for_update().get(pk=case_id)
    clock = Clock.objects.get(pk=clock_id)
    if clock.met_at is not None or case.phase == Phase.CLOSED:
        return []
    steps = steps_due(clock, rungs_of(case, found), reached_by(clock), now)
    return [_enter(case, clock, rung, occurrence, now) for rung, occurrence in steps]


def _enter(case: Case, clock: Clock, rung: Rung, occurrence: int, now: datetime) -> RungReached:
    told, vacant = recipients(case, rung, now)
    entry = seal.append(
        Entry(
            case_id=case.pk,
            at=now,
            verb=rung.act,
            from_phase=case.phase,
            to_phase=case.phase,
            content={
                "clock": clock.name,
                "due_at": clock.due_at,
                "citation": clock.citation,
                "rung": rung.code,
                "label": rung.label,
                "told": [str(post) for post in told],
                "vacant": [str(post) for post in vacant],
            },
        )
    )
    reached = RungReached.objects.create(
        case_id=case.pk,
        clock=clock,
        code=rung.code,
        act=rung.act,
        due_at=clock.due_at,
        occurrence=occurrence,
        at=now,
        entry=entry,
    )
    tell(
        to=[person for post in told for person in people_at(post, now)],
        text=_sentence(case, clock, rung),
        url=reverse("case", args=[case.pk]),
        level=rung.level,
        key=f"rung-{reached.pk}",
        now=now,
        case=case,
    )
    return reached


def recipients(case: Case, rung: Rung, now: datetime) -> tuple[list[Post], list[Post]]:
    """Return the posts that are told at a rung, each once, and the vacant ones they stand in for."""
    told: dict[int, Post] = {}
    vacant: dict[int, Post] = {}
    for name in rung.to:
        for post in _posts(case, name, now):
            told_of: Post | None = post
            if not is_held(post, now):
                vacant[post.pk] = post
                told_of = stand_in(case, post, now)
            if told_of is not None:
                told[told_of.pk] = told_of
    return list(told.values()), list(vacant.values())


def _posts(case: Case, name: str, now: datetime) -> list[Post]:
    turn = getattr(case, TURN[Phase(case.phase)])
    if name == "turn":
        return [turn]
    if name == "above":
        above = filled_post_above(turn, now)
        return [] if above is None else [above]
    if name == "office":
        return office_of(case)
    return [getattr(case, name)]


def _sentence(case: Case, clock: Clock, rung: Rung) -> str:
    day, hour = until(clock.due_at)
    words = {
        "rung": _(rung.label),
        "number": case.number,
        "title": case.title,
        "clock": _(clock.name),
        "due": f"{day:%m-%d} {hour}",
    }
    return _("%(rung)s：%(number)s %(title)s，“%(clock)s”期限 %(due)s。") % words
