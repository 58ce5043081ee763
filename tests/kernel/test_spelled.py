"""Questions put into SQL once: the same answer as spelt anew, and no answer remembered with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from anwei.cases.desk import counts_of
from anwei.cases.models import Case
from anwei.cases.services import advance
from anwei.ledgers import spelled as spelling
from anwei.ledgers.spelled import MOMENT, n_each, spelled
from anwei.org.holdings import PLACED, standing_of
from anwei.org.models import Person, Post, Unit
from anwei.org.services import appoint
from tests.kernel.county import NOW, TOWN, County, in_post, open_repair


@pytest.fixture(autouse=True)
def nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(spelling, "_remembered", {})
    yield


def test_the_words_are_found_once_and_the_answer_each_time(county: County) -> None:
    called = []

    def units() -> QuerySet[Unit]:
        called.append(1)
        return Unit.objects.filter(territory=TOWN)

    nobody = spelled("nobody", Unit.objects.none)
    before = n_each([spelled("units", units), nobody])
    Unit.objects.create(kind="village", name="甲村", territory=TOWN)
    after = n_each([nobody, spelled("units", units)])
    assert (before, after) == ([2, 0], [0, 3]) and len(called) == 1
    with CaptureQueriesContext(connection) as queries:
        assert n_each([nobody]) == [0] and n_each([]) == []
    assert len(queries) == 0


def test_words_that_were_asked_for_are_asked_for_again(county: County) -> None:
    def posts() -> QuerySet[Post]:
        return Post.objects.filter(unit__in=list(Unit.objects.filter(territory=TOWN)))

    before = n_each([spelled("posts", posts)])
    village = Unit.objects.create(kind="village", name="甲村", territory=TOWN)
    Post.objects.create(unit=village, kind="principal", title="村主任")
    assert n_each([spelled("posts", posts)]) == [before[0] + 1]


def test_a_question_of_the_moment_is_asked_at_each(county: County) -> None:
    case = open_repair(county)
    case = advance(case, "order", actor=county.officer, now=NOW)
    assert case.deadline is not None
    late = spelled("late", lambda: Case.objects.filter(deadline__lt=MOMENT))
    moments = [case.deadline, case.deadline + timedelta(seconds=1)]
    assert [n_each([late.put(now=moment)]) for moment in moments] == [[0], [1]]


def test_a_desk_that_was_counted_costs_one_query_until_its_owner_stands_otherwise(county: County) -> None:
    def counted() -> tuple[int, int]:
        officer = Person.objects.get(pk=county.officer.pk)
        assert officer.footing
        with CaptureQueriesContext(connection) as queries:
            n_todo = counts_of(officer, NOW).n_todo
        return n_todo, len(queries)

    first, again = counted(), counted()
    assert first[0] == 0 and again == (0, 2)  # the registers with proposals are asked for each time
    case = open_repair(county)
    assert counted() == (1, 2)
    advance(case, "order", actor=county.officer, now=NOW)
    assert counted() == (0, 2)
    appoint(county.officer, county.safety, actor=None, now=NOW)
    assert counted()[0] == 1  # the plant's turn is theirs now
    county.officer.holdings.filter(post=county.safety).delete()
    assert counted() == (0, 2)


def test_what_is_remembered_has_a_bound(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "MOST", 3)
    for number in range(10):
        assert n_each([spelled(number, lambda: Unit.objects.filter(territory=TOWN))]) == [2]
        assert len(spelling._remembered) <= 3


def test_a_post_is_told_whole_though_its_question_was_spelt_once(county: County) -> None:
    plant = county.enterprise.unit
    workshop = Unit.objects.create(kind="enterprise_part", name="一车间", territory=TOWN, parent=plant)
    head = in_post("head", Post.objects.create(unit=workshop, kind="officer", title="车间主任"), county.duty)
    plant.closed_on = NOW.date()
    plant.save()
    for person in (head, county.worker, county.townsman, in_post("nobody")):
        posts = Post.objects.filter(holdings__person=person).order_by("pk").select_related(*PLACED)
        expected = [(vars_of(post), vars_of(post.unit), vars_of(post.unit.whole)) for post in posts]
        stands = standing_of(person, NOW)
        assert [post.pk for post in stands.held] == [post.pk for post in posts] and stands.lent == ()
        with CaptureQueriesContext(connection) as queries:
            told = [(vars_of(post), vars_of(post.unit), vars_of(post.unit.whole)) for post in stands.held]
            keys = [post.unit.whole.enterprise.pk for post in stands.held if hasattr(post.unit, "enterprise")]
        assert told == expected and len(queries) == 0
        assert keys == [post.unit.enterprise.pk for post in posts if hasattr(post.unit, "enterprise")]
    [safety] = standing_of(county.worker, NOW).held
    assert safety.unit.enterprise.sector == "chemical"  # asked for, and there


def vars_of(row: Post | Unit) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
