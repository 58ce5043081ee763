"""A major hazard is judged and verified by a regulator, never by the plant; its head reports on it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from time_machine import TimeMachineFixture

from anwei.cases.models import Entry
from anwei.cases.transfer import transfer_post
from anwei.cases.verify import verify
from anwei.org.models import Person, Post
from tests.hazards.conftest import Safe
from tests.hazards.doors import (
    CRITERION,
    FIVE,
    MAJOR,
    ORDERED,
    STATED,
    VERIFIED,
    act,
    file,
    picture,
    put_right,
    signed_in,
)
from tests.kernel.county import NOW, county_clerk


def test_a_hazard_is_handed_over_to_public_bodies_only(safe: Safe) -> None:
    keeper = Post.objects.create(unit=safe.supervising.unit, kind="system_admin", title="系统管理员")
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **MAJOR)
    page = signed_in(safe.verifier).get(f"/cases/{hazard.pk}/").content.decode()
    for post in (safe.county.principal, keeper):
        assert f'<option value="{post.pk}">' not in page.split('name="handed_to"')[1].split("</select>")[0]
        told = act(safe.verifier, hazard, "hand_over", handed_to=post.pk, reason="移送")
        assert told.status_code == 422 and hazard.supervisor == safe.supervising


def test_a_plant_to_which_a_major_hazard_came_by_a_transfer_of_posts_cannot_verify_it(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **MAJOR)
    put_right(safe.county.worker, hazard, **FIVE)
    transfer_post(safe.supervising, safe.county.principal, actor=county_clerk(), now=NOW, reason="机构改革")
    told = act(safe.county.boss, hazard, "verify", **VERIFIED, evidence=picture())
    assert told.status_code == 422 and "不能由本企业自行验收" in told.content.decode()
    post = safe.supervising.pk
    assert act(safe.county.boss, hazard, "hand_over", handed_to=post, reason="移送监管").status_code == 302
    assert act(safe.verifier, hazard, "verify", **VERIFIED, evidence=picture()).status_code == 302
    assert act(safe.verifier, hazard, "close").status_code == 302


@pytest.mark.parametrize(
    ("verb", "papers"),
    [
        ("order", ORDERED | {"grade_reason": "问题不大"}),
        ("false_report", {"reason": "没有", "evidence": None}),
        ("merge", {"merged_into": "YH202600001", "reason": "同一件"}),
    ],
)
def test_a_plant_only_hands_over_what_a_criterion_proposes_as_major(
    safe: Safe, verb: str, papers: dict[str, object]
) -> None:
    file(safe.county.worker, safe.county.enterprise.pk, origin="self_check", key="form-0")
    hazard = file(safe.county.worker, safe.county.enterprise.pk, origin="self_check", criterion=CRITERION)
    handed_in = papers | ({"evidence": picture()} if "evidence" in papers else {})
    told = act(safe.county.boss, hazard, verb, **handed_in)
    assert told.status_code == 422 and "移送其他部门" in told.content.decode()
    assert hazard.phase == "registered"
    page = signed_in(safe.county.boss).get(f"/cases/{hazard.pk}/").content.decode()
    assert f"/cases/{hazard.pk}/hand_over/" in page and f"/cases/{hazard.pk}/{verb}/" not in page


def test_the_proposal_is_sealed_and_outlives_a_judgement_without_it(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    assert act(safe.verifier, hazard, "order", **ORDERED, grade_reason="不符合条款").status_code == 302
    assert (hazard.criterion, hazard.proposed) == ("", CRITERION)
    assert Entry.objects.get(case=hazard.pk, number=1).content["columns"]["proposed"] == CRITERION
    type(hazard)._base_manager.filter(pk=hazard.pk).update(proposed="")
    assert [one.chain for one in verify().broken] == [hazard.number]


def test_a_plant_orders_no_stop_of_itself(safe: Safe) -> None:
    hazard = file(safe.county.worker, safe.county.enterprise.pk, origin="self_check")
    told = act(safe.county.boss, hazard, "order", **ORDERED | {"order": "stop"})
    assert told.status_code == 422 and "企业不能对自己作出" in told.content.decode()


@pytest.mark.parametrize("day", ["2099-01-01", "2026-11-25", "2026-11-23"])
def test_the_report_to_the_workers_was_after_the_finding_and_is_over(safe: Safe, day: str) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **MAJOR)
    told = act(safe.county.worker, hazard, "accept", **FIVE | {"congress_on": day}, evidence=picture())
    assert told.status_code == 422 and "职工大会" in told.content.decode() and hazard.phase == "assigned"


def test_the_head_reports_each_quarter_while_it_is_put_right_and_while_it_waits_to_be_verified(
    safe: Safe,
) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **MAJOR)
    act(safe.county.worker, hazard, "accept", **FIVE, evidence=picture())
    due = hazard.clocks.filter(name="报告重大隐患治理进展")
    assert act(safe.county.worker, hazard, "report", progress="已停用").status_code == 302
    assert act(safe.county.worker, hazard, "report_quarter", progress="已停用").status_code == 403
    assert due.get().met_at is None
    assert act(safe.county.boss, hazard, "report_quarter", progress="已停用").status_code == 302
    assert due.filter(met_at__isnull=False).exists() and due.get(met_at=None).due_at.date().year == 2027
    put = act(safe.county.worker, hazard, "fix", rectification="已修补", evidence=picture(), **STATED)
    assert put.status_code == 302 and hazard.phase == "review"
    assert act(safe.county.boss, hazard, "report_quarter", progress="已修补").status_code == 302


def test_of_a_general_hazard_no_head_reports(safe: Safe) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    act(safe.verifier, hazard, "order", **ORDERED)
    act(safe.county.worker, hazard, "accept")
    assert act(safe.county.boss, hazard, "report_quarter", progress="已停用").status_code == 409


def test_the_report_of_the_quarter_waits_on_the_desk_of_the_head_alone(
    safe: Safe, time_machine: TimeMachineFixture
) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **MAJOR)
    act(safe.county.worker, hazard, "accept", **FIVE, evidence=picture())
    words = "主要负责人每季度报告重大隐患治理进展"
    assert words not in desk(safe.county.boss)  # the quarter has weeks to go
    time_machine.move_to(datetime(2027, 1, 5, 2, tzinfo=UTC))
    assert words in desk(safe.county.boss)
    assert words not in desk(safe.county.worker) and words not in desk(safe.verifier)
    assert act(safe.county.boss, hazard, "report_quarter", progress="已停用").status_code == 302
    assert words not in desk(safe.county.boss)


def desk(person: Person) -> str:
    return signed_in(person).get("/work/").content.decode()
