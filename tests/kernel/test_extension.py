"""More time: asked for with a reason, signed for by the supervisor, until a day, so often and no oftener."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from anwei.cases.dossier.records import case_record
from anwei.cases.errors import CaseError, MissingPaper, NotYet, NotYourTurn, WrongPhase
from anwei.cases.extension import EXTENSIONS, ask_extension, extendable, last_day, latest_day, terms_of
from anwei.cases.models import Case, Clock, Extension
from anwei.cases.queries import timeline, work_list
from anwei.cases.services import advance
from anwei.cases.sweep import sweep
from anwei.ledgers import seal
from anwei.ledgers.services import change_setting
from anwei.org.models import Person
from anwei.org.services import appoint, delegate, dismiss
from tests.kernel.county import NOW, County, in_post, open_repair
from tests.kernel.test_engine import ordered

SignIn = Callable[[Any], Client]
DUE = datetime(2026, 12, 10, 16, 0, tzinfo=UTC)  # the 10th, 24:00 in the county
DAY = timedelta(days=1)


def clock_of(case: Case, name: str = "大修") -> Clock:
    return case.clocks.get(name=name)


def ask(county: County, case: Case, **changes: Any) -> Extension:
    asked: dict[str, Any] = {
        "actor": county.worker,
        "now": NOW,
        "until": date(2026, 12, 14),
        "reason": "备件未到",
        "interim_measures": "停用、专人监护",
    }
    return ask_extension(case, changes.pop("clock", None) or clock_of(case), **asked | changes)


def approve(county: County, request: Extension, until: date, **changes: Any) -> Case:
    acts: dict[str, Any] = {"actor": county.officer, "now": NOW, "granted_until": until, "opinion": "同意"}
    acts |= changes
    return advance(request, "approve", signature=str(acts["actor"]), **acts)


def test_the_clock_moves_only_when_it_is_signed_for(county: County) -> None:
    case = ordered(county)
    assert (case.deadline, clock_of(case).due_at) == (DUE, DUE)
    request = ask(county, case)
    assert (request.number, request.phase, request.parent_id) == ("YQ202600001", "review", case.pk)
    assert clock_of(case).due_at == DUE  # not yet
    assert [row.pk for row in work_list(county.officer, NOW).todo] == [request.pk]
    approve(county, request, date(2026, 12, 13))  # a day less than was asked for
    clock, case = clock_of(case), Case.objects.get(pk=case.pk)
    assert (clock.due_at, clock.first_due_at) == (DUE + 3 * DAY, DUE)
    assert clock.is_extended and case.deadline == DUE + 3 * DAY
    assert [str(line.line) for line in timeline(case)][-2:] == [
        "已申请延期：YQ202600001，申请延至 2026-12-14",
        "“大修”由 2026-12-11 00:00 延至 2026-12-14 00:00，YQ202600001，签批人 officer",
    ]
    assert seal.verify().first_broken is None


def test_a_deputy_signs_and_both_names_stand(county: County) -> None:
    request, deputy = ask(county, ordered(county)), in_post("deputy")
    terms = {"principal": county.officer, "deputy": deputy, "from_at": NOW, "to_at": NOW + DAY}
    delegate(county.duty, **terms, reason="出差", actor=county.officer, now=NOW)
    approve(county, request, date(2026, 12, 12), actor=deputy)
    assert request.parent is not None
    assert "签批人 deputy（代officer）" in str(timeline(request.parent)[-1].line)


def test_who_signed_stands_with_the_name_they_signed_with(county: County, client: Client) -> None:
    request = ask(county, ordered(county))
    approve(county, request, date(2026, 12, 12))
    Person.objects.filter(pk=county.officer.pk).update(full_name="王县长")
    client.force_login(county.boss)
    page = client.get(f"/cases/{request.pk}/").content.decode()
    line = page.partition("已批准延期")[0].rpartition("<li>")[2]
    assert "officer" in line and "王县长" not in line
    assert {word["who"] for word in case_record(request, whole=True, beginning=True)["words"]} == {
        "worker",
        "officer",
    }
    assert "officer" in client.get("/extensions/?state=approved").content.decode()


def test_a_granted_extension_still_gets_its_paper_and_a_refused_one_none(
    county: County, client: Client
) -> None:
    granted, refused = ask(county, ordered(county)), ask(county, ordered(county))
    approve(county, granted, date(2026, 12, 12))
    advance(refused, "refuse", actor=county.officer, now=NOW, opinion="备件已到")
    client.force_login(county.officer)
    offers = [
        'value="extension_approval"' in client.get(f"/cases/{case.pk}/").content.decode()
        for case in (granted, refused)
    ]
    assert offers == [True, False]


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_whoever_signs_or_refuses_long_after_login_is_asked_again(
    county: County, client: Client, verb: str
) -> None:
    request = ask(county, ordered(county))
    client.force_login(county.officer)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 10 * 3600  # s
    session.save()
    fields = {"granted_until": "2026-12-13", "opinion": "同意", "signature_typed": "officer"}
    answer = client.post(f"/cases/{request.pk}/{verb}/", fields)
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/confirm/")
    request.refresh_from_db()
    assert request.phase == "review"


def test_asking_twice_is_one_request_and_a_second_one_waits(county: County) -> None:
    case = ordered(county)
    assert ask(county, case) == ask(county, case)
    with pytest.raises(NotYet, match="YQ202600001正在审批"):
        ask(county, case, reason="另一个理由")
    assert Extension.objects.count() == 1 and extendable(case) == []


def test_only_the_implementer_asks_and_only_the_supervisor_signs(county: County) -> None:
    case = ordered(county)
    for person in (county.officer, county.boss, county.stranger):
        with pytest.raises(NotYourTurn):
            ask(county, case, actor=person)
    request = ask(county, case)
    with pytest.raises(NotYourTurn):
        approve(county, request, date(2026, 12, 12), actor=county.worker)


def test_whoever_worked_on_the_case_does_not_decide_on_its_extension(county: County, client: Client) -> None:
    """The second implementer moved to the office that supervises; a colleague asks for more time."""
    case, second = ordered(county), in_post("second", county.safety)
    advance(case, "report", actor=second, now=NOW)
    request = ask(county, case)
    appoint(second, county.duty, actor=None, now=NOW, from_on=NOW.date())
    dismiss(
        county.safety.holdings.get(person=second),
        actor=None,
        now=NOW,
        last_on=NOW.date() - DAY,
        reason="调动",
    )
    fields = {"granted_until": "2026-12-12", "opinion": "同意", "signature_typed": "second"}
    fields |= {"version": 1, "key": "k"}
    client.force_login(second)
    assert f"/cases/{request.pk}/approve/" not in client.get(f"/cases/{request.pk}/").content.decode()
    assert client.post(f"/cases/{request.pk}/approve/", fields).status_code == 403
    client.force_login(county.officer)
    assert (
        client.post(f"/cases/{request.pk}/approve/", fields | {"signature_typed": "officer"}).status_code
        == 302
    )


@pytest.mark.parametrize("name", ["reason", "interim_measures"])
def test_without_reason_or_measures_there_is_no_request(county: County, name: str) -> None:
    with pytest.raises(MissingPaper):
        ask(county, ordered(county), **{name: "  "})


@pytest.mark.parametrize(
    ("until", "fault"),
    [
        (date(2026, 12, 10), "晚于现在的期限"),
        (date(2026, 12, 16), "最多可延至 2026-12-15（测试依据）"),
    ],
)
def test_how_far(county: County, until: date, fault: str) -> None:
    case = ordered(county)
    terms = terms_of(case, clock_of(case))
    assert terms is not None and latest_day(clock_of(case), terms) == date(2026, 12, 15)
    with pytest.raises(NotYet, match=fault):
        ask(county, case, until=until)
    request = ask(county, case)
    with pytest.raises(NotYet, match=fault):
        approve(county, request, until)
    request.refresh_from_db()
    assert (request.phase, request.granted_until, clock_of(case).due_at) == ("review", None, DUE)


def test_how_often(county: County) -> None:
    case = ordered(county)
    approve(county, ask(county, case), date(2026, 12, 12))
    assert extendable(case) == []
    with pytest.raises(NotYet, match="最多延期 1 次（测试依据）"):
        ask(county, case)


def test_a_refusal_leaves_the_clock_and_lets_one_ask_better(county: County) -> None:
    case = ordered(county)
    refused = advance(ask(county, case), "refuse", actor=county.officer, now=NOW, opinion="措施不够")
    assert (refused.outcome, clock_of(case).due_at) == ("refused", DUE)
    assert ask(county, case, interim_measures="停产").number == "YQ202600002"


def test_the_timeline_of_the_case_tells_a_refusal_and_why(county: County, client: Client) -> None:
    case = ordered(county)
    advance(ask(county, case), "refuse", actor=county.officer, now=NOW, opinion="措施不够")
    client.force_login(county.worker)
    assert "YQ202600001不予延期：措施不够（officer）" in client.get(f"/cases/{case.pk}/").content.decode()
    assert seal.verify().first_broken is None


def test_the_one_who_asked_may_take_it_back(county: County) -> None:
    taken_back = advance(
        ask(county, ordered(county)), "withdraw", actor=county.worker, now=NOW, reason="已到货"
    )
    assert (taken_back.phase, taken_back.outcome) == ("closed", "withdrawn")


def test_a_clock_that_has_no_terms_is_not_extended(county: County) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    with pytest.raises(NotYet, match="不能延期"):
        ask(county, case, clock=clock_of(case, "完成"))


def test_what_is_done_needs_no_more_time(county: County) -> None:
    case = ordered(county)
    request = ask(county, case)
    case = advance(case, "finish", actor=county.worker, now=NOW)
    with pytest.raises(WrongPhase):
        approve(county, request, date(2026, 12, 12))
    closed = advance(case, "close", actor=county.officer, now=NOW, finding="好")
    request.refresh_from_db()
    assert (request.phase, request.outcome) == ("closed", "withdrawn")  # lapsed with its parent
    assert f"{closed.number}已办结" in request.entries.latest("number").content["reason"]
    with pytest.raises(CaseError):
        ask(county, case)


def test_a_late_request_is_possible_unless_the_county_forbids_it_and_the_miss_stays(county: County) -> None:
    case, late = ordered(county), DUE + timedelta(hours=1)
    assert sweep(late).n_overdue == 1
    change_setting(
        EXTENSIONS, {"ask_before_due": True}, default={}, actor=county.officer, now=NOW, reason="县规定"
    )
    with pytest.raises(NotYet, match="到期前申请"):
        ask(county, case, now=late)
    change_setting(EXTENSIONS, {}, default={}, actor=county.officer, now=NOW, reason="放宽")
    approve(county, ask(county, case, now=late), date(2026, 12, 13), now=late)
    assert sweep(late + timedelta(hours=1)).n_overdue == 0
    assert sweep(DUE + 3 * DAY + timedelta(hours=1)).n_overdue == 1  # missed a second time
    assert list(case.entries.filter(verb="overdue").values_list("verb", flat=True)) == ["overdue"] * 2


def test_the_request_has_a_clock_of_its_own(county: County) -> None:
    request = ask(county, ordered(county))
    (clock,) = request.clocks.all()
    assert (clock.name, last_day(clock.due_at)) == ("审批延期申请", date(2026, 11, 27))  # three working days
    assert "可改" in clock.citation and clock.confidence == "TEMPLATE"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"until": "2026-12-16"}, "最多可延至 2026-12-15（测试依据）"),
        ({"until": ""}, "这个字段是必填项"),
        ({"interim_measures": "  "}, "这个字段是必填项"),
    ],
)
def test_a_refused_request_keeps_what_was_typed_and_says_why_at_the_field(
    county: County, client: Client, changed: dict[str, str], words: str
) -> None:
    case = ordered(county)
    client.force_login(county.worker)
    fields = {"clock": clock_of(case).pk, "until": "2026-12-14", "reason": "备件在途，等船期"}
    answer = client.post(
        f"/cases/{case.pk}/extend/", fields | {"interim_measures": "停用、专人监护"} | changed
    )
    page = answer.content.decode()
    (name,) = changed
    field = re.search(rf'<div><label class="form-label" for="id_extend_{name}">.*?</div>', page, re.S)
    assert answer.status_code == 422 and field and words in field[0]
    assert "备件在途，等船期" in page and "<details open><summary>申请延期" in page
    assert not Extension.objects.exists()


def test_a_second_request_says_which_one_waits_and_loses_nothing(county: County, client: Client) -> None:
    case = ordered(county)
    ask(county, case)
    client.force_login(county.worker)
    fields = {"clock": clock_of(case).pk, "until": "2026-12-13", "reason": "另一个理由"}
    answer = client.post(f"/cases/{case.pk}/extend/", fields | {"interim_measures": "专人监护"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "已有延期申请YQ202600001正在审批" in page and "另一个理由" in page
    client.force_login(county.boss)  # sees the case, does not carry it out: not told what else is wrong
    assert client.post(f"/cases/{case.pk}/extend/", {}).status_code == 403


def test_asked_and_listed_in_the_browser(county: County, client: Client) -> None:
    case = ordered(county)
    client.force_login(county.worker)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "申请延期" in page and "最多至 2026-12-15" in page
    fields = {
        "clock": clock_of(case).pk,
        "until": "2026-12-14",
        "reason": "备件未到",
        "interim_measures": "停用、专人监护",
    }
    for _click in range(2):
        answer = client.post(f"/cases/{case.pk}/extend/", fields, follow=True)
    assert answer.status_code == 200 and "YQ202600001" in answer.content.decode()
    assert Extension.objects.count() == 1
    assert "申请延期</summary>" not in answer.content.decode()
    approve(county, Extension.objects.get(), date(2026, 12, 14))
    listed = client.get("/extensions/?state=approved").content.decode()
    assert (
        "YQ202600001" in listed and "officer" in listed and "2026-12-14" in listed and "12-10 24:00" in listed
    )
    assert "原定 12-10 24:00 到期" in client.get(f"/cases/{case.pk}/").content.decode()
    client.force_login(county.stranger)
    assert "YQ202600001" not in client.get("/extensions/").content.decode()
    assert client.post(f"/cases/{case.pk}/extend/", fields).status_code == 404
    client.force_login(county.boss)
    assert client.post(f"/cases/{case.pk}/extend/", fields).status_code == 403
