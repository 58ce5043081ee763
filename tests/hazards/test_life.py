"""A hazard from its finding to its end, by the doors people use."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from time_machine import TimeMachineFixture

from anwei.cases import kinds as kinds_module
from anwei.cases.kinds import kind_for
from anwei.cases.models import Entry, Evidence
from anwei.cases.verify import verify
from anwei.hazards.models import Hazard
from anwei.hazards.services.opening import Whereabouts, file_hazard
from anwei.org.models import Post, SectorDuty, Unit
from tests.hazards.conftest import Safe
from tests.hazards.doors import (
    CRITERION,
    FIVE,
    FIXED,
    LATER,
    ORDERED,
    VERIFIED,
    act,
    file,
    filing,
    picture,
    signed_in,
)
from tests.kernel.county import NOW, in_post


def to_review(safe: Safe, **filed: object) -> Hazard:
    hazard = file(safe.inspector, safe.county.enterprise.pk, **filed)
    assert act(safe.verifier, hazard, "order", **ORDERED).status_code == 302
    assert act(safe.county.worker, hazard, "accept").status_code == 302
    assert (
        act(safe.county.worker, hazard, "fix", **FIXED, evidence=picture(colour="green")).status_code == 302
    )
    return hazard


def test_found_ordered_put_right_verified_and_closed_off_by_three_people(safe: Safe) -> None:
    hazard = to_review(safe)
    assert (hazard.phase, hazard.supervisor, hazard.implementer) == (
        "review",
        safe.supervising,
        safe.county.safety,
    )
    finder = act(safe.inspector, hazard, "verify", **VERIFIED, evidence=picture())
    assert finder.status_code == 403  # who found it does not verify it
    assert act(safe.verifier, hazard, "close").status_code == 422  # not before somebody was on site
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302
    assert act(safe.verifier, hazard, "close").status_code == 302
    assert (hazard.phase, hazard.outcome, hazard.deadline) == ("closed", "rectified", None)
    people = dict(hazard.entries.values_list("verb", "actor"))
    assert len({people["open"], people["fix"], people["close"]}) == 3
    assert Evidence.objects.filter(case=hazard.pk).count() == 3
    assert not verify().broken
    page = signed_in(safe.verifier).get(f"/cases/{hazard.pk}/").content.decode()
    assert "整改前" in page and "整改后" in page and "已修补并做闭水试验" in page


def test_what_was_found_is_sealed_and_a_change_of_it_is_seen(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    told = Entry.objects.get(case=hazard.pk).content["columns"]
    assert told["description"] == "一号罐围堰有裂缝\n长约两米" and told["found_by"] == safe.inspector.pk
    assert not verify().broken
    Hazard._base_manager.filter(pk=hazard.pk).update(description="没有问题")
    assert [one.chain for one in verify().broken] == [hazard.number]


def test_a_column_that_a_later_version_seals_breaks_no_older_beginning(
    safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    kind = kind_for(Hazard)
    more = replace(kind, sealed=(*kind.sealed, "title"))
    monkeypatch.setitem(kinds_module._kinds, kind.code, more)
    assert not verify().broken
    Hazard._base_manager.filter(pk=hazard.pk).update(place="别处")
    assert [one.chain for one in verify().broken] == [hazard.number]


def test_the_clock_is_the_day_of_the_order_and_a_return_names_a_new_one(safe: Safe) -> None:
    hazard = to_review(safe)
    assert [clock.name for clock in hazard.clocks.filter(met_at=None)] == ["复查整改情况"]
    fixed = hazard.clocks.get(name="限期整改")
    assert fixed.due_at.date() == LATER and fixed.met_at is not None
    nothing_new = act(safe.verifier, hazard, "return_back", reason="仍渗漏", due_on="2026-11-01")
    assert nothing_new.status_code == 422 and "不能早于今天" in nothing_new.content.decode()
    day = LATER + timedelta(days=5)
    act(safe.verifier, hazard, "return_back", reason="仍渗漏", due_on=day.isoformat())
    assert hazard.phase == "acting"
    assert hazard.clocks.get(name="限期整改", met_at=None).due_at.date() == day


def test_a_criterion_only_proposes_and_a_person_judges(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    assert (hazard.grade, hazard.criterion, hazard.criterion_text) == ("", CRITERION, "")
    told = act(safe.verifier, hazard, "order", **ORDERED, criterion=CRITERION)
    assert told.status_code == 422 and "须写明定级说明" in told.content.decode()
    major = ORDERED | {"grade": "major", "criterion": CRITERION}
    assert act(safe.verifier, hazard, "order", **(major | {"order": "immediate"})).status_code == 422
    assert act(safe.verifier, hazard, "order", **major).status_code == 302
    assert (
        hazard.criterion_text.startswith("特种作业人员未按照规定") and hazard.criterion_in_force is not None
    )
    assert "10号" in hazard.criterion_source


def test_a_major_hazard_is_not_signed_for_without_the_five_implementations(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **ORDERED | {"grade": "major", "criterion": CRITERION})
    missing = act(safe.county.worker, hazard, "accept", **FIVE | {"emergency_plan": ""}, evidence=picture())
    assert missing.status_code == 422 and "应急预案" in missing.content.decode()
    assert act(safe.county.worker, hazard, "accept", **FIVE, evidence=picture()).status_code == 302
    assert hazard.clocks.filter(name="报告重大隐患治理进展", met_at=None).exists()


def test_a_superseded_criterion_carries_no_new_judgement(safe: Safe) -> None:
    from anwei.standards.hazards.criteria import criteria

    old = next(row for row in criteria() if row.status == "superseded")
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    told = act(safe.verifier, hazard, "order", **ORDERED | {"grade": "major", "criterion": old.id})
    assert told.status_code == 422 and "已被新标准代替" in told.content.decode()
    shown = signed_in(safe.inspector).get(
        "/hazards/beside/", {"enterprise": safe.county.enterprise.pk, "q": old.id}
    )
    if old.id in (page := shown.content.decode()):
        assert "disabled" in page


@pytest.mark.parametrize("typed", [{"description": "电工无证上岗"}, {"q": "安全阀"}])
def test_a_criterion_that_was_chosen_stays_whatever_is_typed_after(safe: Safe, typed: dict[str, str]) -> None:
    asked = {"enterprise": safe.county.enterprise.pk, "criterion": CRITERION, **typed}
    shown = signed_in(safe.inspector).get("/hazards/beside/", asked).content.decode()
    assert re.findall(r'value="([^"]*)" checked', shown) == [CRITERION]
    unknown = signed_in(safe.inspector).get("/hazards/beside/", asked | {"criterion": "nosuch"})
    assert unknown.status_code == 200 and "nosuch" not in unknown.content.decode()


def test_the_same_form_twice_files_once_and_a_likeness_is_shown(safe: Safe) -> None:
    first = file(safe.inspector, safe.county.enterprise.pk)
    assert file(safe.inspector, safe.county.enterprise.pk) == first
    assert Hazard.objects.count() == 1
    words = {"enterprise": safe.county.enterprise.pk, "description": "一号罐的围堰裂缝，长两米"}
    assert first.number in signed_in(safe.inspector).get("/hazards/beside/", words).content.decode()


def test_what_came_back_within_a_year_is_a_repeat(safe: Safe, time_machine: TimeMachineFixture) -> None:
    old = to_review(safe)
    act(safe.verifier, old, "verify", **VERIFIED, evidence=picture())
    act(safe.verifier, old, "close")
    time_machine.move_to(NOW + timedelta(hours=1))
    again = file(
        safe.inspector,
        safe.county.enterprise.pk,
        key="form-2",
        description="一号罐围堰又有裂缝，长约两米",
        found_at="2026-11-24T10:30",
    )
    assert again.repeat_of == old
    other = file(
        safe.inspector,
        safe.county.enterprise.pk,
        key="form-3",
        description="灭火器过期",
        found_at="2026-11-24T10:30",
    )
    assert other.repeat_of is None


def test_a_transfer_changes_the_regulator_and_no_clock(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    before = list(hazard.clocks.values_list("name", "due_at"))
    bureau = Unit.objects.create(kind="department", name="测试县市监局", territory="999001")
    SectorDuty.objects.create(sector="industry", unit=bureau)
    post = Post.objects.create(unit=bureau, kind="officer", title="特设岗")
    clerk = in_post("special", post)
    assert (
        act(safe.verifier, hazard, "hand_over", handed_to=post.pk, reason="特种设备归市监局").status_code
        == 302
    )
    assert (hazard.supervisor, list(hazard.clocks.values_list("name", "due_at"))) == (post, before)
    assert act(clerk, hazard, "order", **ORDERED).status_code == 302
    assert not verify().broken


def test_the_same_hazard_twice_is_merged_into_the_first(safe: Safe) -> None:
    first = file(safe.inspector, safe.county.enterprise.pk)
    second = file(safe.inspector, safe.county.enterprise.pk, key="form-2")
    elsewhere = file(safe.county.regulator, safe.county.other_enterprise.pk, key="form-3")
    wrong = act(safe.verifier, second, "merge", merged_into=elsewhere.number, reason="同一件")
    assert wrong.status_code == 422 and "不在同一单位" in wrong.content.decode()
    act(safe.verifier, second, "merge", merged_into=first.number, reason="同一件")
    assert (second.phase, second.outcome, second.merged_into) == ("closed", "merged", first.number)


def test_a_plant_verifies_by_its_head_what_it_found_itself(safe: Safe) -> None:
    hazard = file(safe.county.worker, safe.county.enterprise.pk, origin="self_check")
    assert (hazard.origin, hazard.supervisor, hazard.implementer) == (
        "self_check",
        safe.county.principal,
        safe.county.safety,
    )
    assert act(safe.county.boss, hazard, "order", **ORDERED).status_code == 302


def test_a_plant_does_not_verify_its_own_major_hazard(safe: Safe) -> None:
    hazard = file(safe.county.worker, safe.county.enterprise.pk, origin="self_check", criterion=CRITERION)
    major = ORDERED | {"grade": "major", "criterion": CRITERION}
    told = act(safe.county.boss, hazard, "order", **major)
    assert told.status_code == 422 and "不能由本企业自行验收" in told.content.decode()
    post = safe.supervising.pk
    assert act(safe.county.boss, hazard, "hand_over", handed_to=post, reason="疑似重大").status_code == 302
    assert act(safe.verifier, hazard, "order", **major).status_code == 302 and hazard.is_major


def test_nobody_files_out_of_sight_and_no_typed_word_is_lost(safe: Safe) -> None:
    client = signed_in(safe.county.stranger)
    assert client.post(f"/hazards/new/?enterprise={safe.county.enterprise.pk}", filing()).status_code == 404
    empty = signed_in(safe.inspector).post(
        f"/hazards/new/?enterprise={safe.county.enterprise.pk}", filing(description="", place="东墙")
    )
    assert empty.status_code == 422 and "东墙" in empty.content.decode()
    late = filing(found_at=(NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    told = signed_in(safe.inspector).post(f"/hazards/new/?enterprise={safe.county.enterprise.pk}", late)
    assert told.status_code == 422 and "不能晚于现在" in told.content.decode()


def test_who_found_it_does_not_verify_it_though_another_typed_it_in(safe: Safe) -> None:
    hazard = file_hazard(
        Whereabouts(safe.county.enterprise),
        actor=safe.inspector,
        now=NOW,
        origin="inspection",
        description="围堰裂缝",
        found_at=NOW,
        found_by=safe.verifier,
    )
    act(safe.inspector, hazard, "order", **ORDERED)
    act(safe.county.worker, hazard, "accept")
    act(safe.county.worker, hazard, "fix", **FIXED, evidence=picture(colour="green"))
    assert hazard.phase == "review"
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 403
