"""The papers of a visit: what they say, under which numbers, who reads them, and what is decided later."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from PIL import Image, ImageDraw

from anwei.cases.evidence import path_of
from anwei.cases.models import Notice
from anwei.cases.verify import verify
from anwei.hazards.models import Answer, Hazard, Inspector, PaperNumber, Visit, VisitFile, VisitPaper
from anwei.ledgers.models import Change, PaperSeries
from anwei.ledgers.papers import files
from anwei.org.models import Person, Post, SectorDuty, Unit
from tests.hazards.conftest import Safe
from tests.hazards.doors import LATER, signed_in
from tests.hazards.inspecting import Team, page, plan, team
from tests.hazards.inspecting import act as at_desk
from tests.hazards.phoning import check, grave, items, package, send, send_file
from tests.kernel.county import in_post

WHOLE = {"head": "王厂长", "refusal": "", "signature_key": "", "finding": "现场管理较好"}


@pytest.fixture
def crew(safe: Safe) -> Team:
    return team(safe)


def drawn() -> bytes:
    """Return a name drawn in black on nothing."""
    image = Image.new("RGBA", (120, 60))
    ImageDraw.Draw(image).line((10, 50, 110, 10), fill="black", width=4)
    content = BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def read(person: Any, paper: VisitPaper) -> Any:
    answer = signed_in(person).get(f"/inspections/papers/{paper.pk}/")
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    return Document(BytesIO(b"".join(answer)))


def words(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def of_kind(visit: Visit, kind: str) -> VisitPaper:
    return VisitPaper.objects.filter(visit=visit, number__template=f"visit_{kind}").latest("version")


def inspected(crew: Team) -> Visit:
    """Find a major hazard and two answers to one item, and end with a drawn signature."""
    visit = plan(crew)
    numbers = package(crew.first)["visits"][0]["numbers"]
    send(crew.first, visit, "begin", code="")
    item, criterion = grave(visit)
    check(crew.first, visit, item.id, "failed", note="无证上岗\n两人")
    other = next(one for one in items(visit) if one.id != item.id)
    check(crew.first, visit, other.id, "ok", note="齐全")
    check(crew.second, visit, other.id, "failed", note="缺一个")
    found = {"item": item.id, "description": "电工无证上岗", "place": "配电室", "criterion": criterion}
    ordered = {"order": "stop", "due_on": LATER.isoformat(), "requirement": "持证上岗"}
    told = send(crew.first, visit, "hazard", **found, **ordered, major=True, measures="撤出人员，停用配电室")
    assert told["status"] == "written", told
    signed = send_file(
        crew.first, visit, drawn(), key="signature-1", kind="signature", latitude="", longitude=""
    )
    assert signed.status_code == 200, signed.content
    told = send(
        crew.first, visit, "end", **WHOLE | {"signature_key": "signature-1"}, papers=["record", "order"]
    )
    assert told["status"] == "written", told
    visit.refresh_from_db()
    assert {one.number.number for one in VisitPaper.objects.filter(visit=visit)} == {
        numbers[kind] for kind in ("record", "order", "measures")
    }
    return visit


def test_the_papers_say_what_was_found(crew: Team) -> None:
    visit = inspected(crew)
    hazard = Hazard.objects.get()
    record = read(crew.first, of_kind(visit, "record"))
    said = words(record)
    for word in (
        visit.number,
        "甲化工厂",
        "inspector（HN-001）、verifier（HN-002）",
        "现场管理较好",
        "共检查2项：合格1项，不合格1项，不适用0项。",
        "无证上岗；两人",
        "隐患1",
        "电工无证上岗",
        hazard.criterion_text,
        hazard.criterion_source,
        "王厂长（签名见文末）",
        "有不同的回答，待定：合格，齐全（inspector）；不合格，缺一个（verifier）",
    ):
        assert word in said, word
    assert len(record.inline_shapes) == 1
    order = words(read(crew.first, of_kind(visit, "order")))
    assert "停产停业整改，2026年12月4日前整改完毕" in order and "持证上岗" in order and "行政复议" in order
    assert "待定" in order and of_kind(visit, "order").number.number in order
    assert "撤出人员，停用配电室" in words(read(crew.first, of_kind(visit, "measures")))
    assert "《中华人民共和国危险化学品安全法》第" in said  # the item's basis, by its full name
    assert "《中华人民共和国安全生产法》第六十二条" in said
    assert "{" not in said + order


def test_a_signature_on_nothing_stays_readable(crew: Team) -> None:
    document = read(crew.first, of_kind(inspected(crew), "record"))
    (relation,) = [one for one in document.part.rels.values() if "image" in one.reltype]
    picture = Image.open(BytesIO(relation.target_part.blob)).convert("L")
    assert picture.getextrema()[0] < 60 and picture.getpixel((2, 2)) > 200


def test_both_sides_have_them_after_the_end(crew: Team) -> None:
    visit = inspected(crew)
    boss, worker = crew.safe.county.boss, crew.safe.county.worker
    paper = of_kind(visit, "record")
    assert visit.number in words(read(boss, paper))
    shown = page(boss, f"/inspections/{visit.pk}/")
    assert f"/inspections/papers/{paper.pk}/" in shown and "领用文号" not in shown
    assert Notice.objects.filter(text__contains="下载文书").exists()
    signature = VisitFile.objects.get(kind="signature")
    assert signed_in(worker).get(f"/inspections/files/{signature.pk}/").status_code == 200
    other = crew.safe.county.other_enterprise
    stranger = other.unit.posts.first().holdings.first()
    if stranger is not None:
        assert signed_in(stranger.person).get(f"/inspections/papers/{paper.pk}/").status_code == 404


def test_the_enterprise_opens_nothing_before_the_end_and_no_recording(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    send_file(crew.first, visit)
    photo = VisitFile.objects.get()
    boss, address = crew.safe.county.boss, f"/inspections/files/{photo.pk}/"
    assert signed_in(boss).get(address).status_code == 404
    assert signed_in(crew.second).get(address).status_code == 200
    assert signed_in(crew.second).get(f"{address}?size=small").status_code == 200
    at_desk(crew.first, visit, "end", finding="未发现问题")
    answer = signed_in(boss).get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert address in page(boss, f"/inspections/{visit.pk}/")


def test_what_was_not_used_is_void_and_never_given_again(crew: Team) -> None:
    plan(crew, planned_on="2026-11-25")
    visit = plan(crew)
    for person in (crew.first, crew.second):
        package(person)
    send(crew.first, visit, "begin", code="")
    send(crew.first, visit, "end", **WHOLE, papers=[])
    mine = PaperNumber.objects.filter(visit=visit)
    used = mine.get(used_at__isnull=False)
    assert (used.template, used.person, used.void_at) == ("visit_record", crew.first, None)
    assert mine.filter(void_at__isnull=False).count() == 7
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert "作废" in shown and all(one.number in shown for one in mine)
    assert Change.objects.filter(register="hazards.visit", row=str(visit.pk), verb="void").count() == 1
    plan(crew, reason="asked", reason_text="来函")
    given = [
        number
        for one in package(crew.first)["visits"]
        for number in one["numbers"].values()
        if one["numbers"]
    ]
    assert not set(given) & {one.number for one in mine}
    assert PaperSeries.objects.get(series="检记").last == PaperNumber.objects.filter(series="检记").count()


def test_a_cancelled_visit_gives_its_numbers_up(crew: Team) -> None:
    visit = plan(crew)
    package(crew.first)
    at_desk(crew.first, visit, "cancel", reason="改期")
    assert PaperNumber.objects.filter(visit=visit, void_at__isnull=False).count() == 4


def test_a_paper_of_a_visit_and_of_a_case_share_one_series(crew: Team) -> None:
    visit = inspected(crew)
    order = of_kind(visit, "order").number
    assert (order.series, order.issuer) == ("责改", crew.bureau)
    assert re.fullmatch(r".*责改〔2026〕\d+号", order.number)


def test_a_hazard_that_arrives_after_the_end_stands_on_the_papers(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    at_desk(crew.second, visit, "end", finding="未发现问题")
    assert not VisitPaper.objects.filter(visit=visit, number__template="visit_order").exists()
    found = {"item": "", "description": "通道堵塞", "place": "一楼", "criterion": "", "reason": ""}
    ordered = {"order": "dated", "due_on": LATER.isoformat(), "requirement": "清通"}
    assert send(crew.first, visit, "hazard", **found, **ordered)["status"] == "written"
    record = of_kind(visit, "record")
    assert record.version == 2 and "通道堵塞" in words(read(crew.first, record))
    order = of_kind(visit, "order")
    assert order.version == 1 and order.signing is None and order.number.void_at is None
    assert "清通" in words(read(crew.safe.county.boss, order))
    assert Notice.objects.filter(text__contains=order.number.number).exists()


def brigade_of(*certified: bool) -> list[Person]:
    """Return people of a second department, which answers for the chemical sector too."""
    brigade = Unit.objects.create(kind="department", name="测试县消防救援局", territory="999001")
    SectorDuty.objects.create(sector="chemical", unit=brigade)
    post = Post.objects.create(unit=brigade, kind="officer", title="监督岗")
    people = [in_post(f"fire-{n}", post) for n, _is in enumerate(certified)]
    for n, (person, is_certified) in enumerate(zip(people, certified, strict=True)):
        if is_certified:
            told = {"number": f"XF-{n}", "valid_until": "2028-01-01"}
            Inspector.objects.create(person=person, unit=brigade, **told)
    return people


def served_by_the_brigade(crew: Team, people: list[Person]) -> VisitPaper:
    """Merge two visits, end it with an order that the brigade printed under its own number; return the order."""
    first = plan(crew)
    unit = people[0].holdings.get().post.unit
    second = plan(crew, people[0], body=unit.pk, inspectors=[one.pk for one in people])
    package(people[0])
    answer = signed_in(crew.first).post("/inspections/merge/", {"visits": f"{first.pk},{second.pk}"})
    assert answer.url == f"/inspections/{first.pk}/"
    send(people[0], second, "begin", code="")
    item = items(first)[0]
    check(people[0], second, item.id, "failed")
    found = {"item": item.id, "description": "通道堵塞", "place": "", "criterion": "", "reason": "无"}
    ordered = {"order": "dated", "due_on": LATER.isoformat(), "requirement": "清通"}
    assert send(people[0], second, "hazard", **found, **ordered)["status"] == "written"
    ended = send(people[0], second, "end", **WHOLE | {"refusal": "不签"}, papers=["record", "order"])
    assert ended["status"] == "written", ended
    first.refresh_from_db()
    return of_kind(first, "order")


def test_an_order_names_the_officers_and_remedies_of_the_body_that_issues_it(crew: Team) -> None:
    people = brigade_of(True, True, False)
    order = served_by_the_brigade(crew, people)
    assert order.number.issuer.name == "测试县消防救援局"
    said = words(read(crew.first, order))
    assert "检查人员（签名）及执法证号：fire-0（XF-0）、fire-1（XF-1）" in said and "HN-001" not in said
    assert "根据《中华人民共和国安全生产法》第六十五条" in said
    assert "违反\n《中华人民共和国危险化学品安全法》第" in said  # the basis of the item that failed
    record = words(read(crew.first, of_kind(order.visit, "record")))
    assert "HN-001" in record and "XF-1" in record


def test_a_body_that_sends_too_few_with_a_certificate_issues_no_order(crew: Team) -> None:
    order = served_by_the_brigade(crew, brigade_of(True, False))
    assert order.number.issuer == crew.bureau
    said = words(read(crew.first, order))
    assert "inspector（HN-001）、verifier（HN-002）" in said and "XF-0" not in said


def test_what_is_decided_later_makes_a_new_version(crew: Team) -> None:
    visit = inspected(crew)
    before = of_kind(visit, "record")
    at_desk(crew.second, visit, "decide", answer=Answer.objects.get().pk, take="1")
    after = of_kind(visit, "record")
    assert (after.version, after.number) == (2, before.number) and after.sha256 != before.sha256
    said = words(read(crew.first, after))
    assert "不合格2项" in said and "有不同的回答" not in said
    assert "有不同的回答" in words(read(crew.first, before))
    assert "第 2 版" in page(crew.first, f"/inspections/{visit.pk}/")


def test_a_record_never_tells_counts_that_its_finding_denies(crew: Team) -> None:
    visit, denied = plan(crew), "以上检查情况写于检查结果更正之前"
    send(crew.first, visit, "begin", code="")
    one, two = [item.id for item in items(visit)][:2]
    check(crew.first, visit, one, "ok")
    drafted = "本次检查共2项，合格1项，不合格0项，不适用0项，未查1项。"
    send(crew.first, visit, "end", **WHOLE | {"finding": drafted})
    assert denied not in words(read(crew.first, of_kind(visit, "record")))
    check(crew.second, visit, one, "failed", note="已坏")
    check(crew.second, visit, two, "failed", note="没有")
    late = list(Answer.objects.order_by("pk"))
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert shown.count(f"\n{drafted}</textarea>") == 3  # at each answer and at all of them
    told = {"take": "1", "finding": drafted, "shown": drafted}
    assert at_desk(crew.first, visit, "decide", answer=late[0].pk, **told).status_code == 302
    said = words(read(crew.first, of_kind(visit, "record")))
    assert f"{drafted}\n（{denied}" in said and "共检查1项：合格0项，不合格1项" in said
    amended = told | {"finding": "两项不合格：\r\n一台已坏，一台没有"}
    stale = amended | {"shown": "另一种说法"}
    assert at_desk(crew.first, visit, "decide", answer=late[1].pk, **stale).status_code == 422
    assert Answer.objects.get(pk=late[1].pk).decided_at is None
    assert at_desk(crew.first, visit, "decide", answer=late[1].pk, **amended).status_code == 302
    said = words(read(crew.first, of_kind(visit, "record")))
    assert "两项不合格：\n一台已坏，一台没有" in said and denied not in said and drafted not in said
    first = VisitPaper.objects.get(visit=visit, number__template="visit_record", version=1)
    assert drafted in words(read(crew.first, first))
    (change,) = Change.objects.filter(register="hazards.visit", row=str(visit.pk), verb="finding")
    assert (change.content["before"], change.actor) == (drafted, crew.first)


def test_a_refusal_is_noted(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    send(crew.first, visit, "end", **WHOLE | {"refusal": "对隐患有异议"})
    document = read(crew.first, of_kind(visit, "record"))
    assert "王厂长拒绝签字：对隐患有异议" in words(document) and len(document.inline_shapes) == 0


def test_a_township_without_the_power_gets_record_and_transfer(crew: Team) -> None:
    town = crew.townsman.holdings.get().post.unit
    visit = plan(crew, crew.townsman, body=town.pk, inspectors=[])
    visit.attendances.create(person=crew.townsman, unit=town)
    visit.attendances.create(person=crew.clerk, unit=town)
    send(crew.townsman, visit, "begin", code="")
    found = {"item": "", "description": "通道堵塞", "place": "一楼", "criterion": "", "major": False}
    ordered = {"order": "dated", "due_on": LATER.isoformat(), "requirement": "清通"}
    send(crew.townsman, visit, "hazard", **found, **ordered)
    whole = WHOLE | {"refusal": "不认可"}
    told = send(crew.townsman, visit, "end", **whole, papers=["record", "order", "measures"])
    assert told["status"] == "written"
    papers = VisitPaper.objects.filter(visit=visit)
    assert {one.number.template for one in papers} == {"visit_record", "visit_transfer"}
    said = words(read(crew.townsman, of_kind(visit, "transfer")))
    assert "通道堵塞" in said and Hazard.objects.get().supervisor.unit.name in said
    assert not PaperNumber.objects.filter(template__in=["visit_order", "visit_measures"]).exists()
    letter = of_kind(visit, "transfer")  # to another body: nobody of the plant is asked to sign it
    assert letter.signing is None and of_kind(visit, "record").signing is not None
    served = page(crew.townsman, f"/cases/{Hazard.objects.get().pk}/").partition(letter.number.number)[2]
    assert "拒绝签字" not in served[:300] and "现场送达" not in served[:300]
    assert 'name="sign-head"' not in page(crew.townsman, f"/inspections/{visit.pk}/")
    document = read(crew.townsman, letter)
    assert document.sections[0].first_page_header.paragraphs[0].text == town.name
    assert "文件" not in words(document) and document.paragraphs[0].text == letter.number.number


def test_a_signature_that_did_not_come_holds_the_end_up(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    told = send(crew.first, visit, "end", **WHOLE | {"signature_key": "signature-9"})
    assert told["status"] == "refused" and "签名" in told["message"]
    visit.refresh_from_db()
    assert visit.ended_at is None


def test_verify_names_what_was_altered(crew: Team) -> None:
    visit = inspected(crew)
    assert verify().broken == ()
    paper, photo = of_kind(visit, "record"), VisitFile.objects.get()
    files.path_of(paper.stored_as).write_bytes(b"other")
    path_of(photo.stored_as).unlink()
    told = [str(one) for one in verify().broken]
    assert len(told) == 2 and all(f"hazards.visit {visit.pk}" in one for one in told)
    assert any("被改动" in one for one in told) and any("缺失" in one for one in told)
    assert verify(files=False).broken == ()


def test_user_text_makes_no_rows_of_its_own(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    check(crew.first, visit, items(visit)[0].id, "failed", note="｜伪造｜一行｜\n｜合格｜全部｜ {今天}")
    send(crew.first, visit, "end", **WHOLE | {"finding": "｜伪造｜一行｜\n{今天}"})
    document = read(crew.first, of_kind(visit, "record"))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert all(row[0] not in ("伪造", "合格") for row in cells)
    assert "{今天}" in words(document)
