"""Answers of a telephone beside those that stand: both kept until a person decides, the late ones too."""

from __future__ import annotations

from anwei.hazards.models import (
    Answer,
    Check,
    PaperNumber,
)
from anwei.ledgers.models import Change
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import Team, page, plan
from tests.hazards.inspecting import act as at_desk
from tests.hazards.phoning import (
    act,
    begun,
    check,
    crew,
    items,
    post,
    send,
)

__all__ = ["crew"]


def test_two_answers_are_kept_until_a_person_decides(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    check(crew.first, visit, item, "ok", note="齐全")
    sent = act(visit, "check", item=item, result="failed", note="缺一个")
    told = post(crew.second, sent).json()
    assert (told["status"], told["change"]) == ("conflict", 1)
    assert post(crew.second, sent).json()["status"] == "conflict" and Answer.objects.count() == 1
    standing, waiting = Check.objects.get(), Answer.objects.get()
    assert (standing.result, waiting.result, waiting.decided_at) == ("ok", "failed", None)
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert "有两种回答，待定" in shown and "齐全" in shown and "缺一个" in shown
    assert "缺一个" not in page(crew.safe.county.boss, f"/inspections/{visit.pk}/")
    assert at_desk(crew.townsman, visit, "decide", answer=waiting.pk, take="1").status_code == 403
    assert at_desk(crew.first, visit, "decide", answer=waiting.pk, take="1").status_code == 302
    standing.refresh_from_db()
    waiting.refresh_from_db()
    assert (standing.result, standing.note, standing.change, standing.by) == (
        "failed",
        "缺一个",
        2,
        crew.second,
    )
    assert (waiting.decided_by, waiting.taken) == (crew.first, True)
    sealed = Change.objects.filter(register="hazards.visit", row=str(visit.pk)).order_by("number")
    assert [one.verb for one in sealed][-4:] == ["check", "differ", "check", "decide"]
    assert at_desk(crew.first, visit, "decide", answer=waiting.pk, take="0").status_code == 422


def test_what_stands_may_stay(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    check(crew.first, visit, item, "ok")
    check(crew.second, visit, item, "failed")
    at_desk(crew.first, visit, "decide", answer=Answer.objects.get().pk, take="0")
    assert Check.objects.get().result == "ok" and Answer.objects.get().taken is False


def test_an_open_question_waits_on_the_desk(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    check(crew.first, visit, item, "ok")
    at_desk(crew.first, visit, "end", finding="一项")
    assert visit.number not in page(crew.second, "/work/")
    check(crew.second, visit, item, "failed")
    shown = page(crew.second, "/work/")
    assert visit.number in shown and "有两种回答，待定" in shown
    at_desk(crew.first, visit, "decide", answer=Answer.objects.get().pk, take="0")
    assert visit.number not in page(crew.second, "/work/")


def test_an_answer_on_top_of_what_one_saw_is_no_conflict(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    change = check(crew.first, visit, item, "ok")["change"]
    assert check(crew.second, visit, item, "failed", based_on=change)["change"] == 2
    assert check(crew.first, visit, item, "failed", based_on=1)["status"] == "written"  # says the same
    assert Check.objects.get().result == "failed" and not Answer.objects.exists()


def test_what_comes_after_the_end_waits(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    at_desk(crew.second, visit, "end", finding="未发现问题")
    assert check(crew.first, visit, item, "failed", note="漏了")["status"] == "conflict"
    told = send(crew.first, visit, "end", finding="发现一项", head="", refusal="", papers=["record"])
    assert told["status"] == "conflict"
    assert not Check.objects.exists() and Answer.objects.filter(late=True).count() == 2
    late = [answer.pk for answer in Answer.objects.all()]
    assert at_desk(crew.second, visit, "decide", answer=late, take="1").status_code == 302
    assert Check.objects.get().note == "漏了" and visit.finding == "发现一项"
    printed = PaperNumber.objects.get(person=crew.first, template="visit_record")
    assert printed.used_at is not None and "现场打印" in printed.remark


def test_a_visit_that_was_cancelled_on_the_way_can_have_taken_place(crew: Team) -> None:
    visit = plan(crew)
    item = items(visit)[0].id
    at_desk(crew.second, visit, "cancel", reason="改期")
    told = send(crew.first, visit, "begin", code="")
    assert told["status"] == "conflict" and "改期" in told["message"]
    assert check(crew.first, visit, item, "ok")["status"] == "conflict"
    answers = {answer.kind: answer.pk for answer in Answer.objects.all()}
    assert at_desk(crew.second, visit, "decide", answer=answers["check"], take="1").status_code == 422
    assert at_desk(crew.second, visit, "decide", answer=list(answers.values()), take="1").status_code == 302
    assert visit.begun_by == crew.first and visit.cancelled_at is None
    assert Check.objects.get().result == "ok"


def test_a_merged_visit_is_the_one_that_was_made_of_it(crew: Team) -> None:
    kept, other = plan(crew), plan(crew)
    other.bodies.set([crew.clerk.holdings.get().post.unit, crew.bureau])
    answer = signed_in(crew.first).post("/inspections/merge/", {"visits": f"{kept.pk},{other.pk}"})
    assert answer.status_code == 302
    assert send(crew.first, other, "begin", code="")["status"] == "written"
    kept.refresh_from_db()
    assert kept.begun_at is not None


def test_the_desk_writes_by_the_same_service(crew: Team) -> None:
    visit = begun(crew)
    first, second = items(visit)[:2]
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert f'name="result-{first.id}"' in shown
    check(crew.second, visit, second.id, "failed", note="缺")
    sent = {
        f"result-{first.id}": "ok",
        f"change-{first.id}": "0",
        f"result-{second.id}": "ok",  # seen before the telephone sent
        f"change-{second.id}": "0",
    }
    assert at_desk(crew.first, visit, "check", **sent).status_code == 302
    assert {one.item: one.result for one in Check.objects.all()} == {first.id: "ok", second.id: "failed"}
    assert Answer.objects.get().item == second.id
    assert at_desk(crew.townsman, visit, "check", **sent).status_code == 403
