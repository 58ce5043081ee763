"""The door by which cases move, on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from anwei.cases.errors import (
    CaseError,
    MissingPaper,
    NotYourTurn,
    RefusedEvidence,
    StaleCase,
    WrongPhase,
)
from anwei.cases.evidence import described
from anwei.cases.intake import Upload
from anwei.cases.models import Case, Clock, Entry, Evidence
from anwei.cases.services import advance, open_case
from anwei.ledgers import seal
from anwei.org.services import appoint, dismiss
from tests.kernel.county import NOW, County, in_post, open_repair, photo, reread
from tests.kernel.repairs import Repair


def to_review(county: County) -> Case:
    case = open_repair(county)
    case = advance(case, "order", actor=county.officer, now=NOW)
    case = advance(case, "sign", actor=county.worker, now=NOW + timedelta(minutes=5))
    return advance(
        case, "finish", actor=county.worker, now=NOW + timedelta(hours=1), way="repair", evidence=[photo()]
    )


def test_whole_life(county: County) -> None:
    case = to_review(county)
    case = advance(case, "inspect", actor=county.officer, now=NOW + timedelta(hours=2), finding=" 已更换 ")
    case = advance(case, "close", actor=county.officer, now=NOW + timedelta(hours=3), note="完成")

    assert (case.phase, case.outcome, case.closed_at) == ("closed", "repaired", NOW + timedelta(hours=3))
    assert isinstance(case, Repair)
    assert (case.way, case.finding, case.version) == ("repair", "已更换", 6)
    entries = list(Entry.objects.filter(case=case))
    assert [entry.verb for entry in entries] == ["open", "order", "sign", "finish", "inspect", "close"]
    assert [entry.post for entry in entries] == [
        county.duty,
        county.duty,
        county.safety,
        county.safety,
        county.duty,
        county.duty,
    ]
    assert entries[3].content["way"] == "repair"
    evidence = Evidence.objects.get(case=case)
    assert entries[3].content["evidence"] == [described(evidence)]
    assert evidence.entry == entries[3] and evidence.taken_at == NOW
    assert seal.verify().first_broken is None


def test_numbers_count_up_within_the_county_s_year(county: County) -> None:
    first, second = open_repair(county), open_repair(county)
    new_year = NOW.replace(month=12, day=31, hour=16)  # midnight in the county
    assert first.number == "WX202600001"
    assert second.number == "WX202600002"
    assert open_repair(county, now=new_year).number == "WX202700001"


@pytest.mark.parametrize("who", ["worker", "boss", "stranger", None])
def test_only_the_post_whose_turn_it_is(county: County, who: str | None) -> None:
    case = open_repair(county)
    with pytest.raises(NotYourTurn):
        advance(case, "order", actor=getattr(county, who) if who else None, now=NOW)
    assert reread(case).phase == "registered"
    assert Entry.objects.filter(case=case).count() == 1


def test_nobody_acts_for_the_system(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    case = advance(case, "sign", actor=county.worker, now=NOW)
    with pytest.raises(NotYourTurn):
        advance(case, "remark", actor=county.worker, now=NOW)
    assert advance(case, "remark", actor=None, now=NOW).entries.latest("number").actor is None


def test_no_file_of_somebody_who_may_not_open_is_examined(county: County) -> None:
    broken = Upload("现场.jpg", b"no picture", NOW)
    with pytest.raises(NotYourTurn):
        open_repair(county, actor=county.stranger, evidence=[broken])
    with pytest.raises(RefusedEvidence):
        open_repair(county, evidence=[broken])


def test_only_the_opening_role_opens(county: County) -> None:
    with pytest.raises(NotYourTurn, match="值班岗"):
        open_repair(county, actor=county.worker)
    assert not Case.objects.exists()


def test_a_post_is_held_from_a_day_to_a_day(county: County) -> None:
    case = open_repair(county)
    holding = county.officer.holdings.get()
    yesterday = NOW.date() - timedelta(days=1)
    with pytest.raises(NotYourTurn):
        advance(case, "order", actor=county.officer, now=NOW - timedelta(days=31))  # not yet in post
    dismiss(holding, actor=None, now=NOW, last_on=NOW.date(), reason="轮岗")
    advance(case, "order", actor=county.officer, now=NOW)
    newcomer = in_post("newcomer")
    appoint(newcomer, county.safety, actor=None, now=NOW, from_on=yesterday, to_on=yesterday)
    with pytest.raises(NotYourTurn):
        advance(case, "sign", actor=newcomer, now=NOW)


def test_a_retired_account_does_not_act(county: County) -> None:
    case = open_repair(county)
    county.officer.is_active = False
    county.officer.save()
    with pytest.raises(NotYourTurn):
        advance(case, "order", actor=county.officer, now=NOW)


def test_the_same_person_does_not_check_their_own_work(county: County) -> None:
    case = to_review(county)
    appoint(county.worker, county.duty, actor=None, now=NOW)
    with pytest.raises(NotYourTurn, match="不能再监督验收"):
        advance(case, "inspect", actor=county.worker, now=NOW, finding="好")


def test_missing_papers_are_named(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    case = advance(case, "sign", actor=county.worker, now=NOW)
    with pytest.raises(MissingPaper, match="办法、照片"):
        advance(case, "finish", actor=county.worker, now=NOW, way="  ")
    with pytest.raises(MissingPaper, match="办法"):
        advance(case, "finish", actor=county.worker, now=NOW, way="burn", evidence=[photo()])
    assert reread(case).phase == "acting"


def test_verbs_that_must_come_first_count_anew_after_a_return(county: County) -> None:
    case = to_review(county)
    with pytest.raises(MissingPaper, match="现场核查"):
        advance(case, "close", actor=county.officer, now=NOW)
    case = advance(case, "inspect", actor=county.officer, now=NOW, finding="还漏")
    case = advance(case, "return_back", actor=county.officer, now=NOW, reason="还漏")
    case = advance(case, "finish", actor=county.worker, now=NOW, way="replace", evidence=[photo()])
    with pytest.raises(MissingPaper, match="现场核查"):
        advance(case, "close", actor=county.officer, now=NOW)


def test_a_reason_stays_in_the_timeline(county: County) -> None:
    case = advance(to_review(county), "return_back", actor=county.officer, now=NOW, reason="还漏")
    assert case.entries.latest("number").content["reason"] == "还漏"


def test_a_verb_writes_only_the_columns_its_needs_name(county: County) -> None:
    case = open_repair(county)
    with pytest.raises(TypeError, match="title"):
        advance(case, "order", actor=county.officer, now=NOW, title="别的")
    with pytest.raises(TypeError, match="evidence"):
        advance(case, "order", actor=county.officer, now=NOW, evidence=[photo()])


def test_a_column_that_does_not_fit_is_refused_in_words(county: County) -> None:
    with pytest.raises(MissingPaper, match="20"):
        advance(to_review(county), "inspect", actor=county.officer, now=NOW, finding="长" * 21)


def test_wrong_phase(county: County) -> None:
    with pytest.raises(WrongPhase, match=r"待下达.*签收"):
        advance(open_repair(county), "sign", actor=county.worker, now=NOW)


def test_another_hand_was_faster(county: County) -> None:
    case = open_repair(county)
    advance(case, "order", actor=county.officer, now=NOW, version=case.version)
    with pytest.raises(StaleCase):
        advance(case, "order", actor=county.officer, now=NOW, version=case.version)


def test_a_double_click_does_nothing_twice(county: County) -> None:
    case = open_repair(county)
    first = advance(case, "order", actor=county.officer, now=NOW, key="k1", version=1)
    again = advance(case, "order", actor=county.officer, now=NOW, key="k1", version=1)
    assert (first.version, again.version, again.phase) == (2, 2, "assigned")
    assert Entry.objects.filter(case=case).count() == 2


def test_a_key_counts_for_its_own_verb_and_hand_only(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW, key="k1")
    with pytest.raises(StaleCase):  # not "done": nothing of it was
        advance(case, "sign", actor=county.worker, now=NOW, key="k1")
    with pytest.raises(StaleCase):
        advance(case, "order", actor=county.worker, now=NOW, key="k1")
    assert Case.objects.get().phase == "assigned"


def test_the_database_itself_refuses_one_post_for_both(county: County) -> None:
    with pytest.raises(CaseError, match="同一个岗位"):
        open_repair(county, implementer=county.duty)
    case = open_repair(county)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(implementer=county.duty)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(phase="closed")


def test_a_column_missing_at_opening_is_refused_in_words(county: County) -> None:
    with pytest.raises(CaseError):
        open_repair(county, title="")
    with pytest.raises(LookupError):
        open_case(Case, actor=None, now=NOW)


def test_clocks_start_are_met_and_set_the_deadline(county: County) -> None:
    case = open_repair(county)
    assert case.deadline is None
    case = advance(case, "order", actor=county.officer, now=NOW)
    assert case.deadline == NOW + timedelta(minutes=30)
    case = advance(case, "sign", actor=county.worker, now=NOW + timedelta(minutes=5))
    assert case.deadline == NOW + timedelta(hours=4)
    case = advance(
        case, "finish", actor=county.worker, now=NOW + timedelta(hours=1), way="repair", evidence=[photo()]
    )
    assert case.deadline is None
    case = advance(case, "return_back", actor=county.officer, now=NOW + timedelta(hours=2), reason="漏")
    assert case.deadline == NOW + timedelta(hours=6)
    assert Clock.objects.filter(case=case, met_at__isnull=True).count() == 1


def test_a_refused_verb_leaves_no_file_behind(county: County) -> None:
    case = open_repair(county)
    before = set(settings.DATA.evidence.iterdir())
    with pytest.raises(WrongPhase):
        advance(case, "finish", actor=county.worker, now=NOW, way="repair", evidence=[photo()])
    assert set(settings.DATA.evidence.iterdir()) == before
