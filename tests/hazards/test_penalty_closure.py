"""The counter of art. 113: which penalties fill a window, what they raise, what annulling takes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from anwei.cases.desk import counts_of
from anwei.cases.verify import verify
from anwei.hazards.indicators import penalties as penalties_counted
from anwei.hazards.models import Hazard, Penalty
from anwei.hazards.penalties.closure import closure_of, windows_reached
from anwei.hazards.penalties.publishing import public_withdrawals
from anwei.ledgers.desk import heaps_of
from anwei.org.models import Person
from anwei.sites.live.facts import facts_of
from anwei.sites.models import Enterprise
from tests.hazards.conftest import Safe
from tests.hazards.doors import act, signed_in
from tests.hazards.penalising import (
    DECIDED,
    annulled,
    head,
    major,
    nobody_came_before,
    published,
    recorded,
)
from tests.kernel.county import NOW, county_clerk

__all__ = ["head", "nobody_came_before"]


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
    assert counts_of(clerk, NOW).n_todo == 1
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
    assert "电话（电话略）的证言" in annulled(head, third, sent)
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
    fallen = signed_in(head).get("/penalties/?state=annulled").content.decode()
    assert "第三号" in fallen and ">决定已撤销</span>" in fallen and ">已公示<" not in fallen
    file_page = signed_in(head).get(f"/enterprises/{enterprise.pk}/").content.decode()
    assert ">决定已撤销</span>" in file_page
    assert "第三号" not in signed_in(head).get("/penalties/?state=standing").content.decode()
    assert penalties_counted().rows(None, NOW).count() == 2  # and so in the figures of the county
    assert signed_in(head).post(door, sent).status_code == 403  # once
    take_down = f"/penalties/{third.pk}/take-down/"
    assert take_down in page
    assert signed_in(head).post(take_down, {"reason": "说明有误"}).status_code == 302
    assert "第三号" not in Client().get("/public/penalties/").content.decode()
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
    annulled(head, penalty, sent | {"kind": "void", "reason": "无权处罚"})  # a varied one may fall later
    penalty.refresh_from_db()
    assert (penalty.annul_kind, penalty.varied_sanction, penalty.varied_amount) == ("void", "", None)
    assert closure_of(enterprise, NOW.date()) is None and penalties_counted().rows(None, NOW).count() == 2
    assert "判决书2号确认无效，原公示信息已撤回" in Client().get("/public/penalties/").content.decode()
    assert ">决定已确认无效</span>" in signed_in(head).get("/penalties/?state=annulled").content.decode()
    assert not verify().broken


def test_what_left_the_public_page_long_ago_is_not_told_again(safe: Safe, head: Person) -> None:
    penalty = recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}", decision_number="第三号")
    published(safe, head, penalty)
    gone = NOW.date() - timedelta(days=700)
    Penalty.objects.filter(pk=penalty.pk).update(published_on=gone - timedelta(days=365), withdraw_on=gone)
    sent = {"kind": "revoked", "on": NOW.date().isoformat(), "document": "判决书2号", "reason": "事实不清"}
    assert signed_in(head).post(f"/penalties/{penalty.pk}/annul/", sent).status_code == 302
    assert "第三号" not in Client().get("/public/penalties/").content.decode()
    penalty.refresh_from_db()
    assert (penalty.withdraw_on, penalty.annul_text, penalty.stands) == (gone, "", False)


def test_a_text_before_its_approver_is_submitted_anew_once_the_decision_is_varied(
    safe: Safe, head: Person
) -> None:
    penalty = recorded(safe.inspector, f"enterprise={safe.county.enterprise.pk}", decision_number="第三号")
    act(safe.inspector, penalty, "submit", public_text="某企业违法，罚款二万元。")
    penalty.refresh_from_db()
    version = penalty.version
    sent = {"kind": "varied", "on": NOW.date().isoformat(), "document": "判决书2号", "reason": "处罚过重"}
    sent |= {"sanction": "罚款", "amount": "8000"}
    assert signed_in(head).post(f"/penalties/{penalty.pk}/annul/", sent).status_code == 302
    penalty.refresh_from_db()
    assert penalty.phase == "acting" and penalty.version > version and "8000" in penalty.public_text


def test_penalties_of_people_do_not_close_the_plant(safe: Safe, head: Person) -> None:
    hazard = major(safe)
    for n in range(3):
        recorded(safe.inspector, f"hazard={hazard.pk}", decision_number=f"{n}号", person_name="王小明")
    assert closure_of(safe.county.enterprise, DECIDED + timedelta(days=1)) is None
