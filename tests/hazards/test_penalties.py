"""Penalties: recorded, redacted, approved by another, public for a time; and the counter of art. 113."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from time_machine import TimeMachineFixture

from anwei.cases.verify import verify
from anwei.hazards.indicators import penalties as penalties_counted
from anwei.hazards.models import Hazard, Penalty
from anwei.hazards.penalties.closure import closure_of, windows_reached
from anwei.hazards.penalties.publishing import public_withdrawals
from anwei.hazards.redaction import found_in, redacted
from anwei.ledgers.desk import heaps_of, n_waiting
from anwei.org.models import Holding, Person, Post, Unit
from anwei.sites.live.facts import facts_of
from anwei.sites.models import Enterprise
from anwei.standards.hazards.penalties import penalties as fines
from tests.hazards.conftest import Safe
from tests.hazards.doors import CRITERION, ORDERED, act, file, signed_in
from tests.kernel.county import COUNTY, NOW, county_clerk, in_post

DECIDED = date(2026, 11, 23)
CARD = "140423199001010012"


@pytest.fixture(autouse=True)
def nobody_came_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def head(safe: Safe) -> Person:
    post = Post.objects.create(unit=safe.supervising.unit, kind="principal", title="局长")
    return in_post("bureau head", post)


def told(**changed: Any) -> dict[str, Any]:
    return {
        "fine": "P097-5",
        "sanction": "罚款",
        "amount": "20000",
        "decision_number": "测应急罚〔2026〕1号",
        "decided_on": DECIDED.isoformat(),
        "person_name": "",
        **changed,
    }


def recorded(person: Person, where: str, **changed: Any) -> Penalty:
    answer = signed_in(person).post(f"/penalties/new/?{where}", told(**changed))
    assert answer.status_code == 302, answer.content.decode()
    return Penalty.objects.get(pk=re.fullmatch(r"/cases/(\d+)/", answer.url)[1])  # type: ignore[index]


def published(safe: Safe, head: Person, penalty: Penalty) -> Penalty:
    submitted = act(safe.inspector, penalty, "submit", public_text=penalty.public_text)
    assert submitted.status_code == 302, submitted.content.decode()
    answer = act(head, penalty, "publish", opinion="同意", signature_typed=head.full_name)
    assert answer.status_code == 302, answer.content.decode()
    return penalty


def test_a_penalty_is_published_by_a_second_person_and_withdrawn_by_itself(
    safe: Safe, head: Person, time_machine: TimeMachineFixture
) -> None:
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    penalty = recorded(safe.inspector, f"hazard={hazard.pk}")
    assert (penalty.on_hazard, penalty.enterprise, penalty.body) == (
        hazard,
        safe.county.enterprise,
        safe.supervising.unit,
    )
    assert "第97条(五)" in penalty.article and "未将隐患排查治理情况如实记录" in penalty.violation
    for address in (f"/cases/{penalty.pk}/", "/penalties/"):
        assert 'href="/law/law_spf/97/"' in signed_in(safe.inspector).get(address).content.decode(), address
    clock = penalty.clocks.get()
    # decided on Monday 23 November: the seventh working day after is Wednesday 2 December
    assert (clock.due_at - timedelta(seconds=1)).date() == date(2026, 12, 2)
    assert "甲化工厂" not in Client().get("/public/penalties/").content.decode()
    act(safe.inspector, penalty, "submit", public_text=penalty.public_text)
    own = act(safe.inspector, penalty, "publish", opinion="同意", signature_typed="inspector")
    assert own.status_code == 403  # the one who wrote the text does not approve it
    assert act(head, penalty, "publish", opinion="同意", signature_typed="bureau head").status_code == 302
    assert (penalty.outcome, penalty.published_on, penalty.withdraw_on) == (
        "published",
        NOW.date(),
        date(2027, 11, 24),
    )
    public = Client().get("/public/penalties/").content.decode()
    assert "甲化工厂" in public and "测应急罚〔2026〕1号" in public and "20000.00元" in public
    time_machine.move_to(NOW + timedelta(days=364))
    assert "甲化工厂" in Client().get("/public/penalties/").content.decode()
    time_machine.move_to(NOW + timedelta(days=365))
    assert "甲化工厂" not in Client().get("/public/penalties/").content.decode()
    assert not verify().broken


def test_no_name_card_or_telephone_is_published(safe: Safe, head: Person) -> None:
    penalty = recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}", person_name="王小明")
    assert "王小明" not in penalty.public_text and "王某某" in penalty.public_text
    for secret in ("王小明", CARD, "13812345678", "boss"):
        answer = act(safe.inspector, penalty, "submit", public_text=f"{penalty.public_text}（{secret}）")
        assert answer.status_code == 422 and secret in answer.content.decode()
        assert penalty.phase == "acting"
    published(safe, head, penalty)
    public = Client().get("/public/penalties/").content.decode()
    assert "王某某" in public and "王小明" not in public


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"身份证{CARD}号", "身份证1404**********0012号"),
        ("身份证14042319900101001X", "身份证1404**********001X"),
        ("旧证140423900101001", "旧证1404*******1001"),
        ("电话0355-1234567或13812345678", "电话（电话略）或（电话略）"),
        ("统一社会信用代码91140423MA0GTQ8N7Y", "统一社会信用代码91140423MA0GTQ8N7Y"),
        ("罚款20000.00元", "罚款20000.00元"),
        ("王小明和王小", "王某某和王某"),
        ("国王小心", "国王小心"),
    ],
)
def test_what_is_masked_and_what_is_not(text: str, masked: str) -> None:
    names = {"王小明", "王小"} if "和" in text else {"王"}
    assert redacted(text, names) == masked
    assert bool(found_in(text, names)) == (text != masked)


def test_a_published_text_is_taken_down_with_a_reason_by_who_approved(safe: Safe, head: Person) -> None:
    penalty = published(safe, head, recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}"))
    door = f"/penalties/{penalty.pk}/take-down/"
    assert signed_in(safe.inspector).post(door, {"reason": "复议撤销"}).status_code == 403
    signed_in(head).post(door, {"reason": " "})
    assert "甲化工厂" in Client().get("/public/penalties/").content.decode()
    signed_in(head).post(door, {"reason": "行政复议撤销原决定"})
    assert "甲化工厂" not in Client().get("/public/penalties/").content.decode()
    page = signed_in(head).get(f"/cases/{penalty.pk}/").content.decode()
    assert "已提前撤下公示：行政复议撤销原决定" in page
    assert not verify().broken


def test_who_penalises_and_what_is_refused(safe: Safe, head: Person) -> None:
    where = f"/penalties/new/?enterprise={safe.county.enterprise.pk}"
    assert signed_in(safe.county.boss).post(where, told()).status_code == 403
    town = signed_in(safe.county.townsman).post(where, told())
    assert town.status_code == 403 and "行政处罚法第24条" in town.content.decode()
    assert signed_in(safe.county.regulator).post(where, told()).status_code == 404
    late = signed_in(safe.inspector).post(where, told(decided_on="2026-11-25"))
    assert late.status_code == 422 and "不能晚于今天" in late.content.decode()
    recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}")
    twice = signed_in(safe.inspector).post(where, told())
    assert twice.status_code == 422 and "已经登记" in twice.content.decode()
    assert Penalty.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Penalty._base_manager.update(published_on=DECIDED)


def test_the_county_sets_for_how_long_a_penalty_is_shown(safe: Safe, head: Person) -> None:
    county = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    admin = in_post("admin", Post.objects.create(unit=county, kind="system_admin", title="系统管理员"))
    page, reason = "/system/figures/penalties/months/", {"reason": "本县规定"}
    assert signed_in(admin).post(page, {"limit": "37", **reason}).status_code == 422
    assert signed_in(admin).post(page, {"limit": "3", **reason}).status_code == 302
    penalty = published(safe, head, recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}"))
    assert penalty.withdraw_on == date(2027, 2, 24)


LAST = date(2026, 11, 20)


def days_before(*days: int) -> list[date]:
    return [LAST - timedelta(days=n) for n in days]


@pytest.mark.parametrize(
    ("days", "windows"),
    [
        (days_before(180, 90, 0), ["180日内3次"]),  # the day of the first is not counted, the 180th is
        (days_before(181, 90, 0), []),
        ([date(2025, 11, 20), *days_before(200, 100, 0)], ["1年内4次"]),
        ([date(2025, 11, 19), *days_before(200, 100, 0)], []),
        (days_before(3, 2, 1, 0), ["180日内3次", "1年内4次"]),
        (days_before(0, 0, 0), ["180日内3次"]),  # three decisions of one day
        (days_before(1, 0), []),
    ],
)
def test_the_windows_of_article_113_at_their_edges(days: list[date], windows: list[str]) -> None:
    assert [window.text for window in windows_reached(days, LAST)] == windows


def test_a_filled_window_stays_for_its_length_and_does_not_come_before_its_last_penalty() -> None:
    days = days_before(180, 90, 0)
    assert not windows_reached(days, LAST - timedelta(days=1))
    assert windows_reached(days, LAST + timedelta(days=180))
    assert not windows_reached(days, LAST + timedelta(days=181))


def penalise(safe: Safe, n: int) -> None:
    for number in range(n):
        where = f"enterprise={safe.county.enterprise.pk}"
        recorded(safe.inspector, where, decision_number=f"测应急罚〔2026〕{number}号")


def major(safe: Safe) -> Hazard:
    hazard = file(safe.inspector, safe.county.enterprise.pk, criterion=CRITERION)
    act(safe.verifier, hazard, "order", **ORDERED | {"grade": "major", "criterion": CRITERION})
    return hazard


def facts(enterprise: Enterprise) -> set[str]:
    rows = Enterprise.objects.filter(pk=enterprise.pk)
    found = facts_of(rows, NOW + timedelta(minutes=5), ("hazards", "closure"))
    return {fact.key for source in found.values() for told in source.values() for fact in told}


def test_three_penalties_with_a_major_hazard_raise_the_flag_everywhere(safe: Safe, head: Person) -> None:
    clerk, enterprise = county_clerk(), safe.county.enterprise
    penalise(safe, 3)
    assert closure_of(enterprise, NOW.date()) is None  # no major hazard
    hazard = major(safe)
    assert facts(enterprise) == {"major_hazards_open", "closure_reached"}
    assert n_waiting(clerk, NOW) == 1
    assert [str(heap.kind.label) for heap in heaps_of(safe.inspector, NOW, 5)] == ["挂牌督办"]
    [line] = heaps_of(clerk, NOW, 5)[0].lines
    assert line.title == "甲化工厂"
    for address in (f"/enterprises/{enterprise.pk}/", line.address, "/work/"):
        page = signed_in(clerk).get(address).content.decode()
        assert "提请关闭" in page, address
    other = closure_of(safe.county.other_enterprise, NOW.date())
    assert other is None
    Hazard._base_manager.filter(pk=hazard.pk).update(phase="closed", outcome="rectified", closed_at=NOW)
    assert closure_of(enterprise, NOW.date() + timedelta(days=1)) is None


def test_two_penalties_or_those_of_another_law_do_not_count(safe: Safe, head: Person) -> None:
    major(safe)
    penalise(safe, 2)
    where = f"enterprise={safe.county.enterprise.pk}"
    from anwei.standards.hazards.penalties import penalties

    other = next(one.id for one in penalties().values() if one.source_id != "law_spf")
    recorded(safe.inspector, where, decision_number="另一号", fine=other)
    assert closure_of(safe.county.enterprise, NOW.date()) is None


def test_an_overdue_major_hazard_is_a_fact_from_the_day_after(safe: Safe) -> None:
    major(safe)
    rows = Enterprise.objects.filter(pk=safe.county.enterprise.pk)

    def keys(days: int) -> list[str]:
        found = facts_of(rows, NOW + timedelta(days=days), ("hazards",))
        return sorted(fact.key for told in found["hazards"].values() for fact in told)

    assert keys(10) == ["major_hazards_open"]
    assert keys(11) == ["major_hazards_open", "major_hazards_overdue"]
    assert keys(-1) == []


def test_a_decision_that_was_annulled_counts_no_more_and_is_taken_down(safe: Safe, head: Person) -> None:
    enterprise = safe.county.enterprise
    penalise(safe, 2)
    third = recorded(safe.inspector, f"enterprise={enterprise.pk}", decision_number="第三号")
    major(safe)
    assert closure_of(enterprise, NOW.date()) is not None
    published(safe, head, third)
    door = f"/penalties/{third.pk}/annul/"
    assert door in signed_in(head).get(f"/cases/{third.pk}/").content.decode()
    assert door not in signed_in(safe.inspector).get(f"/cases/{third.pk}/").content.decode()
    sent = {
        "kind": "revoked",
        "on": NOW.date().isoformat(),
        "document": "测政复〔2026〕3号行政复议决定书",
        "reason": "事实不清，电话13812345678的证言不实",
    }
    assert signed_in(safe.inspector).post(door, sent).status_code == 403
    assert signed_in(safe.county.stranger).post(door, sent).status_code == 404
    for wrong in ({"reason": ""}, {"document": ""}, {"on": "2020-01-01"}, {"on": "2027-01-01"}):
        assert signed_in(head).post(door, sent | wrong).status_code == 422, wrong
    assert "罚款" in Client().get("/public/penalties/").content.decode()
    assert signed_in(head).post(door, sent).status_code == 302
    third.refresh_from_db()
    assert (third.annulled_on, third.annulled_by, third.outcome) == (
        NOW.date(),
        "测政复〔2026〕3号行政复议决定书",
        "published",
    )
    assert closure_of(enterprise, NOW.date()) is None
    page = signed_in(head).get(f"/cases/{third.pk}/").content.decode()
    assert "不计入处罚次数" in page and "事实不清" in page and door not in page
    shown = Client().get("/public/penalties/").content.decode()
    public, _head, withdrawn = shown.partition("已撤回的公示")
    assert "第三号" not in public and third.public_text not in shown
    assert "第三号" in withdrawn and "依据测政复〔2026〕3号行政复议决定书撤销，原公示信息已撤回" in withdrawn
    assert (
        "理由：事实不清，电话（电话略）的证言不实。" in withdrawn and "本说明公开至 2027-05-24" in withdrawn
    )
    assert public_withdrawals(date(2027, 5, 23)).count() == 1
    assert not public_withdrawals(date(2027, 5, 24)).exists()
    annulled = signed_in(head).get("/penalties/?state=annulled").content.decode()
    assert "第三号" in annulled and ">决定已撤销</span>" in annulled and ">已公示<" not in annulled
    file_page = signed_in(head).get(f"/enterprises/{enterprise.pk}/").content.decode()
    assert ">决定已撤销</span>" in file_page
    assert "第三号" not in signed_in(head).get("/penalties/?state=standing").content.decode()
    assert penalties_counted().rows(None, NOW).count() == 2  # and so in the figures of the county
    assert signed_in(head).post(door, sent).status_code == 403  # once
    assert not verify().broken


def test_a_decision_that_was_varied_counts_with_what_it_says_now(safe: Safe, head: Person) -> None:
    enterprise = safe.county.enterprise
    penalise(safe, 2)
    major(safe)
    penalty = recorded(safe.inspector, f"enterprise={enterprise.pk}", decision_number="第三号")
    door = f"/penalties/{penalty.pk}/annul/"
    sent = {"kind": "varied", "on": NOW.date().isoformat(), "document": "判决书2号", "reason": "处罚过重"}
    for wrong in (sent, sent | {"kind": "", "sanction": "罚款"}):
        assert signed_in(head).post(door, wrong).status_code == 422
    varied = sent | {"sanction": "罚款", "amount": "8000"}
    assert signed_in(head).post(door, varied).status_code == 302
    penalty.refresh_from_db()  # it waits for its publication still, with another text
    assert penalty.phase == "acting" and "（罚款8000.00元）" in penalty.public_text
    published(safe, head, penalty)
    assert "8000.00元" in Client().get("/public/penalties/").content.decode()
    assert closure_of(enterprise, NOW.date()) is not None and penalties_counted().rows(None, NOW).count() == 3
    page = signed_in(head).get("/penalties/?state=varied").content.decode()
    assert "第三号" in page and "8000.00 元" in page and ">已公示</span>" in page
    again = signed_in(head).post(door, sent | {"kind": "void", "reason": "无权处罚"})
    assert again.status_code == 302  # a varied one may fall later
    penalty.refresh_from_db()
    assert (penalty.annul_kind, penalty.varied_sanction, penalty.varied_amount) == ("void", "", None)
    assert closure_of(enterprise, NOW.date()) is None and penalties_counted().rows(None, NOW).count() == 2
    assert "判决书2号确认无效，原公示信息已撤回" in Client().get("/public/penalties/").content.decode()
    assert ">决定已确认无效</span>" in signed_in(head).get("/penalties/?state=annulled").content.decode()
    assert not verify().broken


def test_the_laws_of_both_sectors_of_an_enterprise_apply(safe: Safe, head: Person) -> None:
    plant = safe.county.enterprise
    fine = next(one for one in fines().values() if one.source_id == "reg_coal")
    where, client = f"/penalties/new/?enterprise={plant.pk}", signed_in(safe.inspector)
    assert fine.id not in client.get(where).content.decode()
    assert client.post(where, told(fine=fine.id)).status_code == 422
    Enterprise.objects.filter(pk=plant.pk).update(second_sector="coal")
    assert fine.id in client.get(where).content.decode()
    assert recorded(safe.inspector, f"enterprise={plant.pk}", fine=fine.id).law == "reg_coal"
    hazard = file(safe.inspector, plant.pk)
    own = recorded(safe.inspector, f"hazard={hazard.pk}", fine=fine.id, decision_number="第二号")
    assert own.law == "reg_coal"


def test_who_received_a_hazard_penalises_it_and_its_former_regulator_no_more(
    safe: Safe, head: Person
) -> None:
    brigade = Unit.objects.create(kind="department", name="测试县消防救援大队", territory=COUNTY)
    post = Post.objects.create(unit=brigade, kind="officer", title="监督岗")
    officer, _other = in_post("fire-1", post), in_post("fire-2", post)
    in_post("fire-head", Post.objects.create(unit=brigade, kind="principal", title="大队长"))
    hazard = file(safe.inspector, safe.county.enterprise.pk)
    moved = act(safe.verifier, hazard, "hand_over", handed_to=post.pk, reason="消防设施归消防")
    assert moved.status_code == 302, moved.content.decode()
    where = f"/penalties/new/?hazard={hazard.pk}"
    answer = signed_in(safe.inspector).post(where, told())
    assert answer.status_code == 403 and not Penalty.objects.exists()
    penalty = recorded(officer, f"hazard={hazard.pk}", sanction="罚款二万元")
    assert penalty.body == brigade
    assert (
        penalty.public_text.count("罚款") == 1 and "《中华人民共和国安全生产法》第97条" in penalty.public_text
    )


def test_a_decision_that_was_annulled_before_it_was_public_is_not_published(safe: Safe, head: Person) -> None:
    penalty = recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}")
    sent = {"on": NOW.date().isoformat(), "document": "测政复〔2026〕3号", "reason": "程序违法"}
    sent["kind"] = "illegal"
    assert signed_in(head).post(f"/penalties/{penalty.pk}/annul/", sent).status_code == 302
    penalty.refresh_from_db()
    assert (penalty.phase, penalty.outcome, penalty.published_on) == ("closed", "annulled", None)
    assert not verify().broken


def test_penalties_of_people_do_not_close_the_plant(safe: Safe, head: Person) -> None:
    hazard = major(safe)
    for n in range(3):
        recorded(safe.inspector, f"hazard={hazard.pk}", decision_number=f"{n}号", person_name="王小明")
    assert closure_of(safe.county.enterprise, DECIDED + timedelta(days=1)) is None


@pytest.mark.parametrize(
    "words",
    [
        "138  0013 8000",
        "１３８００１３８０００",
        "+86138/0013/8000",
        "（0730）8812345",
        "司马 长风",
        "司马长风",
    ],
)
def test_nobody_of_a_workshop_and_no_number_in_any_writing_is_published(
    safe: Safe, head: Person, words: str
) -> None:
    unit = safe.county.enterprise.unit
    shop = Unit.objects.create(kind="enterprise_part", name="一车间", territory=unit.territory, parent=unit)
    staff = in_post("w", Post.objects.create(unit=shop, kind="safety", title="车间安全员"))
    Person.objects.filter(pk=staff.pk).update(full_name="司马长风")
    penalty = recorded(safe.inspector, f"hazard={file(safe.inspector, safe.county.enterprise.pk).pk}")
    answer = act(safe.inspector, penalty, "submit", public_text=f"甲化工厂（{words}）违章指挥，罚款2万元")
    assert answer.status_code == 422 and words.replace(" ", "")[:2] in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24 10:00 罚款20000.00元，〔2026〕13号",
        "91140423MA0ABCD12X",
        "GB 18218-2018 第0.1条",
        "013-2026-001-88",
        "2026 11 24 001 共 15 页",
    ],
)
def test_dates_codes_and_numbers_of_papers_stay(text: str) -> None:
    assert redacted(text, {"王小明"}) == text


def test_a_post_in_a_plant_gives_no_right_of_the_bureau_there(safe: Safe) -> None:
    coal = Unit.objects.create(kind="department", name="煤炭局", territory=COUNTY)
    person = in_post("both", Post.objects.create(unit=coal, kind="officer", title="科员"))
    own = Post.objects.create(unit=safe.county.enterprise.unit, kind="safety", title="兼职安全科长")
    Holding.objects.create(post=own, person=person, from_on=DECIDED)
    where = f"enterprise={safe.county.enterprise.pk}"
    assert signed_in(person).get(f"/enterprises/{safe.county.enterprise.pk}/").status_code == 200
    assert signed_in(person).post(f"/penalties/new/?{where}", told()).status_code == 403
    assert not Penalty.objects.exists()
