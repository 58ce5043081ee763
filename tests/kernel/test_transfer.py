"""A post that is given up hands over what it has open, in every role, with a line in each record."""

from __future__ import annotations

import pytest

from anwei.cases.errors import CaseError, MissingPaper, NotYourTurn
from anwei.cases.models import Case, Notice
from anwei.cases.queries import timeline
from anwei.cases.services import advance
from anwei.cases.transfer import transfer_post
from anwei.ledgers import seal
from anwei.org.models import Person, Post, Unit
from anwei.org.services import appoint
from tests.kernel.county import COUNTY, NOW, County, in_post, open_repair
from tests.kernel.test_advance import to_review
from tests.kernel.test_engine import ordered
from tests.kernel.test_extension import ask


@pytest.fixture
def secretary(county: County) -> Person:
    office = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    return in_post("secretary", Post.objects.create(unit=office, kind="officer", title="综合岗"))


@pytest.fixture
def heir(county: County) -> Post:
    return Post.objects.create(unit=county.safety.unit, kind="safety", title="安环部长")


def test_open_cases_move_and_closed_ones_stay(county: County, secretary: Person, heir: Post) -> None:
    newcomer = in_post("newcomer", heir)
    running = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    closed = to_review(county)
    closed = advance(closed, "inspect", actor=county.officer, now=NOW, finding="好")
    closed = advance(closed, "close", actor=county.officer, now=NOW)
    deadline = running.deadline
    moved = transfer_post(county.safety, heir, actor=secretary, now=NOW, reason="机构合并")
    assert [case.pk for case in moved] == [running.pk]
    case = Case.objects.get(pk=running.pk)
    assert (case.implementer, case.deadline, case.version) == (heir, deadline, running.version + 1)
    assert Case.objects.get(pk=closed.pk).implementer == county.safety
    line = timeline(case)[-1]
    assert str(line.line) == "由“甲化工厂 安全科长”移交“甲化工厂 安环部长”"
    assert (line.entry.note, line.entry.actor) == ("机构合并", secretary)
    assert Notice.objects.filter(case=case, person=newcomer).exists()
    assert advance(case, "sign", actor=newcomer, now=NOW).phase == "acting"
    assert seal.verify().first_broken is None


def test_who_worked_for_the_old_post_may_still_not_check(
    county: County, secretary: Person, heir: Post
) -> None:
    case = to_review(county)  # by worker
    transfer_post(county.safety, heir, actor=secretary, now=NOW, reason="机构合并")
    appoint(county.worker, county.duty, actor=None, now=NOW)
    with pytest.raises(NotYourTurn, match="不能再监督验收"):
        advance(Case.objects.get(pk=case.pk), "inspect", actor=county.worker, now=NOW, finding="好")


def test_what_is_refused_moves_nothing(county: County, secretary: Person, heir: Post) -> None:
    case = open_repair(county)
    for person in (county.officer, county.boss):
        with pytest.raises(NotYourTurn):
            transfer_post(county.safety, heir, actor=person, now=NOW, reason="机构合并")
    with pytest.raises(MissingPaper):
        transfer_post(county.safety, heir, actor=secretary, now=NOW, reason=" ")
    with pytest.raises(CaseError, match=case.number):
        transfer_post(county.safety, county.duty, actor=secretary, now=NOW, reason="机构合并")
    assert Case.objects.get(pk=case.pk).implementer == county.safety
    assert case.entries.count() == 1


def test_who_asked_for_more_time_does_not_grant_it_after_a_transfer(
    county: County, secretary: Person, heir: Post
) -> None:
    request = ask(county, ordered(county))  # by worker
    transfer_post(county.safety, heir, actor=secretary, now=NOW, reason="机构合并")
    appoint(county.worker, county.duty, actor=None, now=NOW)
    with pytest.raises(NotYourTurn, match="不能再监督验收"):
        advance(Case.objects.get(pk=request.pk), "refuse", actor=county.worker, now=NOW, opinion="不同意延期")
