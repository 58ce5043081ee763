"""Listed supervision from proposal to 摘牌, by the doors people use; and what everybody reads of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from time_machine import TimeMachineFixture

from anwei.cases.models import Clock
from anwei.cases.verify import verify
from anwei.hazards.models import Hazard, Listing
from anwei.ledgers.models import Paper
from anwei.org.models import Person, Post, Unit
from anwei.standards.hazards.rules import listed_supervision
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
    picture,
    signed_in,
)
from tests.kernel.county import NOW, county_clerk, in_post

MAJOR = ORDERED | {"grade": "major", "criterion": CRITERION}
REASON = {"level": "3", "authority": "", "reason": "逾期可能造成群死群伤"}


@pytest.fixture(autouse=True)
def nobody_came_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clerk(safe: Safe) -> Person:
    return county_clerk()


@pytest.fixture
def major(safe: Safe, clerk: Person) -> Hazard:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    assert act(safe.verifier, hazard, "order", **MAJOR).status_code == 302
    return hazard


def proposed(person: Person, hazard: Hazard, **told: str) -> Listing:
    answer = signed_in(person).post(f"/hazards/{hazard.pk}/list/", REASON | told)
    assert answer.status_code == 302, answer.content.decode()
    return Listing.objects.get(pk=re.fullmatch(r"/cases/(\d+)/", answer.url)[1])  # type: ignore[index]


def noticed(clerk: Person, listing: Listing, requirement: str = "修补围堰并验收") -> Listing:
    answer = act(clerk, listing, "notice", requirement=requirement, due_on=LATER.isoformat())
    assert answer.status_code == 302, answer.content.decode()
    return listing


def running(case: Hazard | Listing) -> set[str]:
    return set(Clock.objects.filter(case=case.pk, met_at=None).values_list("name", flat=True))


def test_the_whole_way_from_the_proposal_to_the_lifting(safe: Safe, clerk: Person, major: Hazard) -> None:
    boss, worker = safe.county.boss, safe.county.worker
    assert "提出挂牌督办建议" not in running(major)  # a plant is not late with what its regulator has to do
    desk = signed_in(safe.verifier).get("/work/").content.decode()
    assert f"/hazards/{major.pk}/list/" in desk and "宜于 11-29 24:00 前提出" in desk
    assert "尚未提出挂牌督办" not in signed_in(boss).get("/work/").content.decode()
    listing = proposed(safe.inspector, major)
    assert (listing.supervisor.unit.name, listing.implementer, listing.responsible) == (
        "测试县安委办",
        safe.supervising,
        safe.county.principal,
    )
    assert listing.parent is None
    assert "尚未提出挂牌督办" not in signed_in(safe.verifier).get("/work/").content.decode()
    assert running(listing) == {"下达挂牌督办通知书并公布"}
    noticed(clerk, listing)
    assert listing.code and running(listing) == {"报挂牌督办进度", "按治理方案整改"}
    assert act(safe.verifier, listing, "progress", progress="围堰已挖开，责任人厂长").status_code == 302
    assert "报挂牌督办进度" in running(listing)  # comes again until it is reviewed
    early = act(boss, listing, "apply", application="已完成", evidence=picture())
    assert early.status_code == 422 and "提交治理评估" in early.content.decode()
    evaluated = {"evaluator": "某安全评价公司", "evaluation": "符合要求"}
    unfixed = act(boss, listing, "evaluate", **evaluated, evidence=picture())
    assert f"隐患{major.number}尚未提交整改" in unfixed.content.decode() and not listing.evaluator
    act(worker, major, "accept", **FIVE, evidence=picture())
    assert act(boss, listing, "evaluate", **evaluated, evidence=picture()).status_code == 422
    act(worker, major, "fix", **FIXED, evidence=picture(colour="green"))
    assert act(boss, listing, "evaluate", **evaluated, evidence=picture()).status_code == 302
    assert act(boss, listing, "apply", application="已完成", evidence=picture()).status_code == 302
    assert "现场审查，决定核销或者停产整改" in running(listing)
    finding = {"finding": "围堰不渗漏", "evidence_taken_at": "2026-11-24T09:30", "evidence_place": "罐区"}
    failed = act(safe.verifier, listing, "fail_review", reason_failed="仍渗漏")
    assert failed.status_code == 302 and listing.phase == "acting"
    again = act(safe.verifier, listing, "pass_review", **finding, evidence=picture())
    assert listing.phase == "acting" and "须先由治理责任单位申请" in again.content.decode()
    assert act(boss, listing, "apply", application="已返工", evidence=picture()).status_code == 302
    back = {"reason": "仍渗漏", "due_on": LATER.isoformat()}
    assert act(safe.verifier, major, "return_back", **back).status_code == 302
    unfixed = act(safe.verifier, listing, "pass_review", **finding, evidence=picture())
    assert listing.phase == "acting" and "尚未提交整改（现为整改中）" in unfixed.content.decode()
    act(worker, major, "fix", **FIXED, evidence=picture(colour="olive"))
    passed = act(safe.verifier, listing, "pass_review", **finding, evidence=picture())
    assert passed.status_code == 302 and running(listing) == {"下达解除挂牌督办通知书并公告"}
    lifting = {"announcement": "县政府网站"}
    open_still = act(clerk, listing, "lift", **lifting, evidence=picture())
    assert listing.phase == "review" and "尚未销号" in open_still.content.decode()
    act(safe.verifier, major, "verify", **VERIFIED, evidence=picture())
    assert act(safe.verifier, major, "close").status_code == 302  # the listing keeps it from nothing
    without = act(clerk, listing, "lift", **lifting)
    assert without.status_code == 422 and "验收审批表" in without.content.decode()
    assert act(clerk, listing, "lift", **lifting, evidence=picture()).status_code == 302
    assert (listing.phase, listing.outcome, listing.in_force) == ("closed", "lifted", False)
    page = signed_in(clerk).get(f"/cases/{major.pk}/").content.decode()
    assert f"已摘牌：{listing.number}" in page and f"已提出挂牌督办：{listing.number}" in page
    assert not verify().broken


def test_a_hazard_is_listed_once_at_a_time_and_again_after_a_refusal(
    safe: Safe, clerk: Person, major: Hazard
) -> None:
    listing = proposed(safe.inspector, major)
    second = signed_in(safe.verifier).post(f"/hazards/{major.pk}/list/", REASON)
    assert second.status_code == 422 and listing.number in second.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing._base_manager.filter(pk=listing.pk).update(in_force=False)
        other = proposed(safe.verifier, major)
        Listing._base_manager.filter(pk__in=(listing.pk, other.pk)).update(in_force=True)
    assert act(clerk, listing, "decline", reason_declined="县级已督办").status_code == 302
    assert (listing.outcome, listing.code, listing.in_force) == ("declined", "", False)
    assert proposed(safe.verifier, major) != listing


def test_only_a_major_hazard_is_proposed_by_who_sees_it_and_the_office_issues(
    safe: Safe, clerk: Person, major: Hazard
) -> None:
    general = file(safe.inspector, safe.county.enterprise.pk, key="form-2")
    act(safe.verifier, general, "order", **ORDERED)
    told = signed_in(safe.inspector).post(f"/hazards/{general.pk}/list/", REASON)
    assert told.status_code == 422 and "只有重大隐患" in told.content.decode()
    assert "提出挂牌督办" not in signed_in(safe.inspector).get(f"/cases/{general.pk}/").content.decode()
    assert signed_in(safe.county.boss).post(f"/hazards/{major.pk}/list/", REASON).status_code == 403
    assert signed_in(safe.county.stranger).post(f"/hazards/{major.pk}/list/", REASON).status_code == 404
    higher = signed_in(safe.inspector).post(f"/hazards/{major.pk}/list/", REASON | {"level": "2"})
    assert higher.status_code == 422 and "须写明挂牌机关" in higher.content.decode()
    assert Listing.objects.count() == 0
    by_town = proposed(safe.county.townsman, major, level="2", authority="某市安委会")
    assert (by_town.level, by_town.authority) == ("2", "某市安委会")
    papers = {"requirement": "修补", "due_on": LATER.isoformat()}
    assert act(safe.inspector, by_town, "notice", **papers).status_code == 403


def test_who_proposes_at_the_office_does_not_issue(safe: Safe, clerk: Person, major: Hazard) -> None:
    listing = proposed(clerk, major)
    papers = {"requirement": "修补", "due_on": LATER.isoformat()}
    assert act(clerk, listing, "notice", **papers).status_code == 403
    office = Post.objects.get(unit__kind=Unit.Kind.COMMITTEE_OFFICE)
    assert act(in_post("second", office), listing, "notice", **papers).status_code == 302


def test_everybody_reads_the_progress_without_names_numbers_or_positions(
    safe: Safe, clerk: Person, major: Hazard
) -> None:
    listing = proposed(safe.inspector, major)
    public = Client()
    assert listing.title not in public.get("/public/listed/").content.decode()  # not before the notice
    assert public.get("/g/2222222222").status_code == 404
    noticed(clerk, listing)
    act(safe.verifier, listing, "progress", progress="boss 带队，电话13812345678，已挖开")
    page = public.get(f"/g/{listing.code}")
    text = page.content.decode()
    for said in (
        "甲化工厂",
        "一号罐围堰有裂缝",
        "县级",
        "督办中",
        "2026年12月4日",
        "厂长",
        "危化监管岗",
        "已挖开",
        "12350",
    ):
        assert said in text, said
    for hidden in ("boss", "13812345678", "inspector", "verifier", "longitude", safe.county.boss.username):
        assert hidden not in text, hidden
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    listed = public.get("/public/listed/").content.decode()
    assert "甲化工厂" in listed and f"/g/{listing.code}" in listed
    assert act(clerk, listing, "revoke", reason_revoked="改由市级挂牌").status_code == 302
    assert public.get(f"/g/{listing.code}").status_code == 404


def test_the_public_list_masks_names_as_the_page_does(safe: Safe, clerk: Person) -> None:
    told = {"description": "boss 未经考核合格，电话13812345678", "criterion": CRITERION}
    hazard = file(safe.inspector, safe.county.enterprise.pk, **told)
    assert act(safe.verifier, hazard, "order", **MAJOR).status_code == 302
    listing = noticed(clerk, proposed(safe.inspector, hazard))
    assert "boss" in listing.title
    for address in ("/public/listed/", f"/g/{listing.code}"):
        text = Client().get(address).content.decode()
        assert "未经考核合格" in text and "boss" not in text and "13812345678" not in text, address
    asked = {"register": "cases.case", "row": listing.pk, "template": "listed_announcement"}
    assert signed_in(clerk).post("/papers/new/", asked).status_code == 302
    body = Paper.objects.get(template="listed_announcement").content["body"]
    assert "未经考核合格" in body and "boss" not in body and "13812345678" not in body


def test_the_deadline_on_the_public_page_is_late_when_it_is_past(
    safe: Safe, clerk: Person, major: Hazard, time_machine: TimeMachineFixture
) -> None:
    listing = noticed(clerk, proposed(safe.inspector, major))
    time_machine.move_to(NOW + timedelta(days=10))
    assert "已逾期" not in Client().get(f"/g/{listing.code}").content.decode()
    time_machine.move_to(NOW + timedelta(days=11))
    assert "已逾期" in Client().get(f"/g/{listing.code}").content.decode()


def test_who_guesses_codes_is_soon_answered_no_more(safe: Safe) -> None:
    public = Client()
    statuses = [public.get(f"/g/222222222{n % 8 + 2}").status_code for n in range(21)]
    assert statuses == [404] * 20 + [429]


def test_the_sign_prints_what_the_rules_name_with_code_and_hotline(
    safe: Safe, clerk: Person, major: Hazard
) -> None:
    listing = proposed(safe.inspector, major)
    client, address = signed_in(safe.inspector), f"/listings/{listing.pk}/sign/"
    assert client.get(address).status_code == 404  # nothing to print before the notice
    noticed(clerk, listing)
    for size in ("a4", "a3"):
        page = client.get(f"{address}?size={size}").content.decode()
        assert "data:image/svg" in page and f"/g/{listing.code}" in page and "12350" in page
        assert f"listed-sign-{size}" in page and listed_supervision().levels[0] in page
    assert client.get(f"{address}?size=a0").status_code == 404
    assert signed_in(safe.county.stranger).get(address).status_code == 404


def test_the_list_counts_by_state_and_level(safe: Safe, clerk: Person, major: Hazard) -> None:
    listing = proposed(safe.inspector, major)
    client = signed_in(clerk)
    assert "待下达 1" in client.get("/listings/").content.decode()
    noticed(clerk, listing)
    page = client.get("/listings/?state=listed&level=3").content.decode()
    assert "督办中 1" in page and "待下达 0" in page and listing.number in page
    assert listing.number not in client.get("/listings/?state=lifted").content.decode()
    assert listing.number not in signed_in(safe.county.stranger).get("/listings/").content.decode()


def test_every_paper_of_a_listing_is_drafted_with_what_the_rules_ask(
    safe: Safe, clerk: Person, major: Hazard
) -> None:
    from anwei.hazards.listed.facts import facts_of, notice_step

    listing = noticed(clerk, proposed(safe.inspector, major, authority="测试县安全生产委员会"))
    assert {*facts_of(listing), "文号"} == {*notice_step().fields}
    asked = {"register": "cases.case", "row": listing.pk}
    for key in ("listed_notice", "listed_acceptance", "listed_announcement"):
        assert signed_in(clerk).post("/papers/new/", asked | {"template": key}).status_code == 302, key
    assert signed_in(clerk).post("/papers/new/", asked | {"template": "listed_lifting"}).status_code == 403
    notice = Paper.objects.get(template="listed_notice")
    for said in (
        "甲化工厂",
        "测试县安委办",
        "危化监管岗",
        "特种作业人员未按照规定",
        "2026年12月4日",
        "摘牌公告",
    ):
        assert said in notice.content["body"], said
    body = notice.content["body"]
    assert "测试县安全生产委员会决定对你单位下列重大事故隐患实行县级挂牌督办，并向社会公布。" in body
    assert "现由测试县安委办通知你单位。" in body
    assert re.search(r"｜督办责任人｜测试县应急管理局 危化监管岗（[^）]*verifier[^）]*）｜", body), body[:600]
    procedure = body.partition("解除程序：")[2].partition("\n")[0]
    assert procedure.startswith("（1）评估：") and procedure.endswith("并公告。")
    assert "/" not in procedure and "县级(" not in body
    assert notice.content["red_head"] == "测试县安委办文件"
