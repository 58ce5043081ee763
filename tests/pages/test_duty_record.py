"""履职档案 as DOCX: register, from-to dates, counts and list, only what the viewer may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from anwei.cases.services import advance
from anwei.org.models import Person, Post, Unit
from anwei.org.services import delegate, finish_task, plan_task
from tests.kernel.county import NOW, OTHER_TOWN, County, in_post, open_repair
from tests.pages.test_org import words_of

SignIn = Callable[[Person], Client]


def test_a_post_and_its_person_have_a_record_made_of_their_work(county: County, sign_in: SignIn) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    advance(case, "sign", actor=county.worker, now=NOW)
    client, page = sign_in(county.officer), f"/org/posts/{county.safety.pk}/"
    assert f'action="{page}record.docx"' in client.get(page).content.decode()
    answer = client.get(f"{page}record.docx")
    words = words_of(answer.content)
    for text in (
        "打印稿，不是公文 · officer 2026",
        "安全生产履职档案",
        "甲化工厂 安全科长",
        "worker",
        "1 件",
        case.number,
        "任职文件",
    ):
        assert text in words, text
    person = client.get(f"/org/people/{county.worker.pk}/record.docx")
    assert case.number in words_of(person.content) and "安全科长" in words_of(person.content)
    assert "attachment" in answer["Content-Disposition"]


def test_the_days_bound_the_record(county: County, sign_in: SignIn) -> None:
    case = advance(open_repair(county), "order", actor=county.officer, now=NOW)
    advance(case, "sign", actor=county.worker, now=NOW)
    today, client = NOW.date(), sign_in(county.officer)
    address = f"/org/posts/{county.safety.pk}/record.docx"
    inside = words_of(client.get(address, {"from": str(today), "to": str(today)}).content)
    assert case.number in inside and f"{today.year}年{today.month}月{today.day}日" in inside
    before = words_of(client.get(address, {"to": str(today - timedelta(days=1))}).content)
    assert case.number not in before and "此期间没有officer有权查看的办理记录" in before
    assert client.get(address, {"from": "2026-02-31", "to": "nonsense"}).status_code == 200


def test_a_stranger_gets_no_record(county: County, sign_in: SignIn) -> None:
    stranger = sign_in(county.stranger)
    assert stranger.get(f"/org/posts/{county.safety.pk}/record.docx").status_code == 404
    assert stranger.get(f"/org/people/{county.worker.pk}/record.docx").status_code == 404


def test_a_plant_reads_no_key_tasks_of_bodies_it_does_not_see(county: County, sign_in: SignIn) -> None:
    other = Unit.objects.create(kind="government", name="乙镇人民政府", territory=OTHER_TOWN)
    there = Post.objects.create(unit=other, kind="principal", title="镇长")
    head = in_post("head", there, county.townsman.holdings.get().post)
    task = plan_task(there, text="整治乙煤矿", due_on=NOW.date(), year=2026, actor=head, now=NOW)
    finish_task(task, done_on=NOW.date(), reference="乙镇纪要1号", actor=head, now=NOW)
    for viewer, told in ((county.officer, True), (county.boss, False)):
        client = sign_in(viewer)
        page = client.get(f"/org/people/{head.pk}/").content.decode()
        paper = words_of(client.get(f"/org/people/{head.pk}/record.docx").content)
        assert ("整治乙煤矿" in page, "整治乙煤矿" in paper) == (told, told)


def test_what_a_deputy_did_stands_in_the_record_of_whom_it_was_done_for(
    county: County, sign_in: SignIn
) -> None:
    head, deputy = county.townsman, in_post("deputy", county.duty)
    post = head.holdings.get().post
    task = plan_task(post, text="整治甲化工厂", due_on=NOW.date(), year=2026, actor=None, now=NOW)
    days = {"from_at": NOW - timedelta(days=1), "to_at": NOW + timedelta(days=9)}
    delegate(post, principal=head, deputy=deputy, reason="出差", actor=head, now=NOW, **days)
    finish_task(task, done_on=NOW.date(), reference="纪要1号", actor=deputy, now=NOW)
    for address in (f"/org/posts/{post.pk}/", f"/org/people/{head.pk}/", f"/org/people/{deputy.pk}/"):
        page = sign_in(county.officer).get(address).content.decode()
        assert "整治甲化工厂" in page and "deputy 代 townsman" in page, address


def test_a_paper_says_for_whose_eyes_it_is_whole(county: County, sign_in: SignIn) -> None:
    words = words_of(sign_in(county.officer).get(f"/org/people/{county.townsman.pk}/record.docx").content)
    assert "没有officer有权查看的办理记录" in words and "不作为全部履职情况的证明" in words
