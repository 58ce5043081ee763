"""What is written after D with a day before it: each story tells what was there, waits for D, and corrects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import time_machine

from anwei.emergency.models import Accident
from anwei.emergency.services.accidents import save_accidents
from anwei.hazards.services.inspectors import certify
from anwei.hazards.services.opening import Whereabouts
from anwei.hazards.services.visiting import begin_visit
from anwei.hazards.services.visits import plan_visit
from anwei.ledgers.saving import Edit, save_rows
from anwei.org.models import Holding, Post
from anwei.org.services import appoint
from anwei.org.services.posts import dismiss
from anwei.sites.models import Enterprise, Insurance, Licence, Site
from anwei.sites.services import save_enterprises
from tests.analytics.told import DAY, TODAY, Life
from tests.kernel.county import NOW, in_post
from tests.sites.risks import place, point

STORIES: list[Callable[[Life], Iterator[None]]] = []
AT = NOW + 3 * DAY


def story(tell: Callable[[Life], Iterator[None]]) -> Callable[[Life], Iterator[None]]:
    """Add a story to those that the contract of features tells."""
    STORIES.append(tell)
    return tell


def neighbour(n: int) -> Enterprise:
    return Enterprise.objects.select_related("unit").get(unit__name=f"邻厂{n}")


@story
def who_held_a_post_long_ago_does_so_again(life: Life) -> Iterator[None]:
    head = Post.objects.create(unit=neighbour(0).unit, kind="principal", title="厂长")
    person = in_post("former")
    Holding.objects.create(post=head, person=person, from_on=TODAY - 400 * DAY, to_on=TODAY - 100 * DAY)
    yield
    appoint(person, head, actor=None, now=NOW + DAY, from_on=TODAY + DAY)
    held = Holding.objects.get(post=head, to_on=None)
    dismiss(held, actor=None, now=AT, last_on=TODAY + 2 * DAY, reason="离职")


@story
def an_enterprise_is_closed_as_of_an_earlier_day(life: Life) -> Iterator[None]:
    closed = neighbour(1)
    with time_machine.travel(NOW - 20 * DAY, tick=False):
        point(place(closed, "GQ-11", "库房"), "FX-11", grade="orange")
    yield
    given = {"status": "closed", "status_since": TODAY - 10 * DAY}
    with time_machine.travel(AT, tick=False):
        save_enterprises([Edit(closed, given)], actor=None, now=AT, reason="注销")


@story
def a_place_is_removed(life: Life) -> Iterator[None]:
    with time_machine.travel(NOW - 20 * DAY, tick=False):
        where = place(neighbour(0), "GQ-10", "库房")
        point(where, "FX-10", grade="orange")
    yield
    save_rows(Site, [Edit(where, {"removed_on": TODAY})], actor=None, now=AT)


@story
def a_visit_was_begun_without_signal(life: Life) -> Iterator[None]:
    safe, body = life.safe, life.safe.supervising.unit
    pair = (safe.inspector, safe.verifier)
    for person in pair:
        told = {"unit": body, "number": f"Z-{person.pk}", "valid_until": TODAY + 300 * DAY}
        certify(person, actor=safe.inspector, now=NOW - 9 * DAY, **told)
    visit = plan_visit(
        Whereabouts(neighbour(2)),
        actor=safe.inspector,
        now=NOW - 3 * DAY,
        body=body,
        planned_on=TODAY - 3 * DAY,
        reason="asked",
        reason_text="来函",
        inspectors=pair,
    )
    yield
    begin_visit(visit, actor=safe.inspector, now=AT, at=NOW - 2 * DAY)


@story
def accidents_are_put_right(life: Life) -> Iterator[None]:
    entered = NOW - 40 * DAY
    for _ in range(4):
        life.accident(entered, entered)
    anybodys, older, elsewhere, other = Accident.objects.order_by("-pk")[:4]
    save_accidents([Edit(anybodys, {"enterprise": None})], actor=None, now=entered)
    yield
    owner = life.county.enterprise.pk
    edits = [
        Edit(anybodys, {"enterprise": owner}),
        Edit(older, {"happened_on": TODAY - 500 * DAY}),
        Edit(elsewhere, {"source": "elsewhere", "source_name": "通报", "territory": "", "enterprise": None}),
        Edit(other, {"enterprise": neighbour(3).pk}),
    ]
    save_accidents(edits, actor=None, now=AT)


@story
def the_day_from_which_a_paper_holds_is_written(life: Life) -> Iterator[None]:
    owner, before = neighbour(3).pk, NOW - 100 * DAY
    of_kind = {"enterprise": owner, "kind": "safety"}
    old = {**of_kind, "number": "X-1", "expires_on": TODAY - 5 * DAY}
    new = {**of_kind, "number": "X-2", "expires_on": TODAY + 700 * DAY}
    licences = save_rows(Licence, [Edit(None, old), Edit(None, new)], actor=None, now=before)
    policy = {"enterprise": owner, "insurer": "某公司"}
    old = {**policy, "number": "P-8", "starts_on": TODAY - 400 * DAY, "expires_on": TODAY - 35 * DAY}
    new = {**policy, "number": "P-9", "starts_on": TODAY - 34 * DAY, "expires_on": TODAY + 300 * DAY}
    policies = save_rows(Insurance, [Edit(None, old), Edit(None, new)], actor=None, now=before)
    yield
    save_rows(Licence, [Edit(licences[1], {"issued_on": TODAY + 2 * DAY})], actor=None, now=AT)
    save_rows(Insurance, [Edit(policies[1], {"starts_on": TODAY + 2 * DAY})], actor=None, now=AT)
