"""What was signed stays as it was signed; who reads a paper sees full names, remedies, and where a number went."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx.shared import Pt

from anwei.hazards.models import Answer, Hazard, PaperNumber, PaperSigning, Visit, VisitFile, VisitPaper
from anwei.hazards.remedies import remedy_words
from anwei.hazards.services.cancelling import merge_visits
from anwei.ledgers.models import Paper
from anwei.ledgers.papers.files import path_of
from anwei.ledgers.search.keeping import catch_up
from anwei.ledgers.services import change_setting
from anwei.org.models import Post, Unit
from tests.hazards.conftest import Safe
from tests.hazards.doors import CRITERION, LATER, ORDERED, TODAY, act, file, signed_in
from tests.hazards.inspecting import Team, page, plan, team
from tests.hazards.inspecting import act as at_desk
from tests.hazards.phoning import items, moment, package, send, send_file, shown
from tests.hazards.test_visit_papers import WHOLE, drawn, inspected, of_kind, read, words
from tests.kernel.county import COUNTY, NOW, in_post

CODE = re.compile(r"\b[A-Z]{2,5}-[0-9A-Z]+(-[0-9]+)?\b|hazchem|industrial_trade|PART_|tier_")


@pytest.fixture
def crew(safe: Safe) -> Team:
    return team(safe)


def decided(crew: Team) -> tuple[Visit, VisitPaper]:
    """Return a visit that ended with a signature and of which an open answer was decided, and what was signed."""
    visit = inspected(crew)
    signed = of_kind(visit, "record")
    at_desk(crew.second, visit, "decide", answer=Answer.objects.get().pk, take="1")
    return visit, signed


def test_what_is_changed_after_the_signature_bears_none(crew: Team) -> None:
    visit, signed = decided(crew)
    assert sha256(path_of(signed.stored_as).read_bytes()).hexdigest() == signed.sha256
    assert len(read(crew.safe.county.boss, signed).inline_shapes) == 1
    changed = read(crew.first, of_kind(visit, "record"))
    said = words(changed)
    assert len(changed.inline_shapes) == 0 and "签名见文末" not in said
    assert "签字后更改（第2版，" in said and "王厂长于" in said and "签字的是第1版" in said
    assert "签字后更改，本版未签字" in said
    for person in (crew.first, crew.safe.county.boss):
        shown = page(person, f"/inspections/{visit.pk}/")
        assert "签字后更改，未重新签字" in shown and f"/inspections/papers/{signed.pk}/" in shown
        assert "王厂长已签字" in shown
    marks = package(crew.first)["changed"][str(visit.pk)]
    assert set(marks) == {"record", "order", "measures"}
    assert marks["record"].startswith("签字后更改（第2版，") and marks["record"] in said


def test_what_says_the_same_gets_no_new_version(crew: Team) -> None:
    visit = inspected(crew)
    at_desk(crew.second, visit, "decide", answer=Answer.objects.get().pk, take="1")
    n = VisitPaper.objects.count()
    late = send(crew.first, visit, "end", **WHOLE | {"finding": "另有一说"}, papers=[])
    assert late["status"] == "conflict"
    at_desk(crew.second, visit, "decide", answer=Answer.objects.get(kind="end").pk, take="")
    assert VisitPaper.objects.count() == n


@pytest.mark.parametrize("kept", [True, False])
def test_another_layout_is_no_other_text(crew: Team, monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    if not kept:  # a version from before the digest of its words was kept
        monkeypatch.setattr("anwei.hazards.services.visit_papers.text_digest", lambda _content: "")
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    send(crew.first, visit, "hazard", **FOUND_HERE, **ORDERED_HERE)
    send(crew.first, visit, "end", **WHOLE | {"refusal": "不签"})
    monkeypatch.undo()
    papers = list(VisitPaper.objects.values_list("pk", "text_sha256"))
    assert len(papers) == 2 and {bool(digest) for _pk, digest in papers} == {kept}
    monkeypatch.setattr("anwei.ledgers.papers.layout.SIZE_2", Pt(20))  # an upgrade
    for finding, take in (("另有一说", ""), ("另有一说", "1")):
        assert (
            send(crew.first, visit, "end", **WHOLE | {"finding": finding}, papers=[])["status"] == "conflict"
        )
        late = Answer.objects.latest("pk")
        assert at_desk(crew.second, visit, "decide", answer=late.pk, take=take).status_code == 302
        n_new = VisitPaper.objects.count() - len(papers)
        assert n_new == (1 if take else 0)  # the record says another finding; the orders say what they said


def offered(crew: Team, visit: Visit, **told: Any) -> dict[str, Any]:
    """Return the form by which changed papers are signed, as the page shows it now, filled with a signature."""
    shown_now = page(crew.first, f"/inspections/{visit.pk}/")
    hidden = re.findall(r'<input type="hidden" name="(sign-\w+)" value="([^"]+)"', shown_now)
    name = SimpleUploadedFile("签名.png", drawn(), content_type="image/png")
    return dict(hidden) | {"sign-head": "王厂长", "sign-refusal": "", "sign-signature": name} | told


def test_it_is_signed_again(crew: Team) -> None:
    visit, _signed = decided(crew)
    told = offered(crew, visit)
    without = {name: one for name, one in told.items() if name != "sign-signature"}
    assert at_desk(crew.first, visit, "sign", **without).status_code == 422
    assert at_desk(crew.first, visit, "sign", **told).status_code == 302
    record = of_kind(visit, "record")
    document = read(crew.first, record)
    assert record.version == 3 and len(document.inline_shapes) == 1
    assert "更正（第3版，" in words(document) and "由王厂长重新签字" in words(document)
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert "签字后更改，未重新签字" not in shown and 'name="sign-head"' not in shown
    assert VisitFile.objects.filter(visit=visit, kind="signature").count() == 2


def test_the_refusal_to_sign_again_is_noted(crew: Team) -> None:
    visit, _signed = decided(crew)
    told = offered(crew, visit, **{"sign-refusal": "不同意更改"})
    del told["sign-signature"]
    assert signed_in(crew.safe.county.boss).post(f"/inspections/{visit.pk}/sign/", told).status_code == 403
    assert at_desk(crew.first, visit, "sign", **told).status_code == 302
    said = words(read(crew.first, of_kind(visit, "order")))
    assert "王厂长拒绝签字：不同意更改" in said and "送签时王厂长拒绝签字" in said


def test_only_what_the_head_was_shown_is_signed(crew: Team) -> None:
    visit = inspected(crew)
    late = items(visit)[5].id
    send(crew.first, visit, "check", item=late, result="failed", note="迟到一", based_on=0)
    one, two = Answer.objects.order_by("pk")
    at_desk(crew.second, visit, "decide", answer=one.pk, take="1")
    told = offered(crew, visit)
    at_desk(crew.second, visit, "decide", answer=two.pk, take="1")  # a colleague, meanwhile
    n = PaperSigning.objects.count()
    assert at_desk(crew.first, visit, "sign", **told).status_code == 422
    record = of_kind(visit, "record")
    assert (record.version, record.signing, PaperSigning.objects.count()) == (3, None, n)

    told = offered(crew, visit)
    Unit.objects.filter(pk=crew.plant.unit_id).update(name="换名化工厂")
    answer = at_desk(crew.first, visit, "sign", **told)
    assert answer.status_code == 422 and "已生成新版" in answer.content.decode()
    record = of_kind(visit, "record")
    assert (record.version, record.signing) == (4, None) and "换名化工厂" in words(read(crew.first, record))
    assert at_desk(crew.first, visit, "sign", **offered(crew, visit)).status_code == 302
    record = of_kind(visit, "record")
    assert record.version == 5 and record.signing is not None
    assert "换名化工厂" in words(read(crew.first, record))


FOUND_HERE = {"item": "", "description": "罐体倾斜", "place": "", "criterion": "", "reason": ""}
ORDERED_HERE = {"order": "dated", "due_on": LATER.isoformat(), "requirement": "拆除违建"}


def test_a_signature_covers_nothing_that_the_head_did_not_see(crew: Team) -> None:
    visit = plan(crew)
    package(crew.first)
    send(crew.first, visit, "begin", code="")
    on_the_phone = shown(visit, WHOLE["finding"])  # of the first inspector, who has no network
    found = {"item": "", "description": "第二人发现的违建", "place": "", "criterion": "", "reason": ""}
    send(crew.second, visit, "hazard", **found, **ORDERED_HERE)
    send_file(crew.first, visit, drawn(), key="signature-1", kind="signature", latitude="", longitude="")
    told = WHOLE | {"signature_key": "signature-1", "shown": on_the_phone}
    assert send(crew.first, visit, "end", **told, papers=["record"])["status"] == "written"
    for kind in ("record", "order"):
        document = read(crew.first, of_kind(visit, kind))
        said = words(document)
        assert "第二人发现的违建" in said and "（未签字）" in said, said
        assert len(document.inline_shapes) == 0 and "签名见文末" not in said
    page_of_visit = page(crew.first, f"/inspections/{visit.pk}/")
    assert "与现场签字时手机上的内容不同，未签字" in page_of_visit and 'name="sign-head"' in page_of_visit
    assert "王厂长已签字" not in page_of_visit
    assert at_desk(crew.first, visit, "sign", **offered(crew, visit)).status_code == 302
    order = read(crew.first, of_kind(visit, "order"))
    assert len(order.inline_shapes) == 1 and "本版由王厂长签字。" in words(order)
    assert 'name="sign-head"' not in page(crew.first, f"/inspections/{visit.pk}/")


def shortened(crew: Team) -> None:
    """Give everybody a short name, as units of a county have them."""
    for unit in Unit.objects.all():
        unit.short_name = f"简{unit.pk}"
        unit.save()


def test_papers_name_units_in_full_and_cite_in_words(crew: Team) -> None:
    shortened(crew)
    visit = inspected(crew)
    for kind in ("record", "order", "measures"):
        paper = of_kind(visit, kind)
        said = words(read(crew.first, paper)).replace(paper.number.number, "")  # its 代字 is short by custom
        said = said.replace("HN-00", "")  # the inspectors' certificates
        assert not re.search(r"简\d", said) and "测试县应急管理局" in said, (kind, said)
        assert not CODE.search(said), (kind, CODE.search(said))
    assert "甲化工厂：" in words(read(crew.first, of_kind(visit, "order")))
    hazard = file(crew.first, crew.plant.pk, criterion=CRITERION, key="form-9")
    act(crew.second, hazard, "order", **ORDERED | {"grade": "major", "criterion": CRITERION, "order": "stop"})
    keys = set(re.findall(r'name="template" value="(\w+)"', page(crew.second, f"/cases/{hazard.pk}/")))
    for key in keys:
        asked = {"register": "cases.case", "row": hazard.pk, "template": key}
        assert signed_in(crew.second).post("/papers/new/", asked).status_code == 302
        paper = Paper.objects.get(template=key)
        told = {name: text for name, text in paper.content.items() if name != "marks"}
        said = f"{paper.title}\n{told}"
        assert not re.search(r"简\d", said), (key, said)
        assert not CODE.search(said), (key, said)
        assert "{" not in paper.content["body"]
    assert Paper.objects.get(template="hazard_order").content["addressee"] == "甲化工厂"


def test_an_order_says_to_whom_one_may_turn_and_within_which_time(crew: Team) -> None:
    visit = inspected(crew)
    review = "自收到之日起60日内向测试县人民政府申请行政复议（《中华人民共和国行政复议法》第20条）"
    suit = "自收到之日起6个月内依法向测试县人民法院提起行政诉讼（《中华人民共和国行政诉讼法》第46条）"
    for kind in ("order", "measures"):
        said = words(read(crew.first, of_kind(visit, kind)))
        assert review in said and suit in said, said
    own = {"review": "乙市人民政府"}
    change_setting("hazards.remedies", own, default={}, actor=crew.first, now=NOW, reason="垂直管理")
    hazard = file(crew.first, crew.plant.pk, key="form-8")
    act(crew.second, hazard, "order", **ORDERED)
    asked = {"register": "cases.case", "row": hazard.pk, "template": "hazard_order"}
    assert signed_in(crew.second).post("/papers/new/", asked).status_code == 302
    body = Paper.objects.get(template="hazard_order").content["body"]
    assert "60日内向乙市人民政府申请行政复议" in body and suit in body
    government = Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    against = remedy_words(government)  # what was entered for the departments is not of it
    assert (against["review_body"], against["court"]) == ("上一级人民政府", "有管辖权的中级人民法院")
    admin = in_post("admin", Post.objects.create(unit=government, kind="system_admin", title="系统管理员"))
    sent = {"name": "丙市人民政府", "reason": "填写市政府"}
    door = "/system/figures/remedies/government_review/"
    assert signed_in(admin).post(door, sent).status_code == 302
    assert "（县级人民政府自己作出的）" in page(admin, "/system/figures/remedies/")
    assert remedy_words(government)["review_body"] == "丙市人民政府"
    assert remedy_words(crew.bureau)["review_body"] == "乙市人民政府"


def test_an_order_is_offered_again_where_it_was_judged_otherwise_since(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    told = {"item": "", "description": "储罐区未经评价", "place": "", "criterion": "", "reason": "可能重大"}
    ordered = {"order": "dated", "due_on": LATER.isoformat(), "requirement": "补做评价"}
    assert send(crew.first, visit, "hazard", **told, **ordered, proposed=True)["status"] == "written"
    assert send(crew.first, visit, "end", **WHOLE | {"refusal": "不签"})["status"] == "written"
    hazard = Hazard.objects.get()
    assert "现场建议：限期整改 2026-12-04" in page(crew.second, f"/cases/{hazard.pk}/")
    assert not VisitPaper.objects.exclude(number__template="visit_record").exists()  # no day without a clock
    record = words(read(crew.first, of_kind(visit, "record")))
    assert "是否重大待判定，核实定级后另行责令" in record and "前整改完毕" not in record
    judged = ORDERED | {"grade": "major", "criterion": CRITERION, "requirement": "停用后评价"}
    answer = act(crew.second, hazard, "order", **judged)
    assert answer.status_code == 302, answer.content.decode()
    assert 'name="template" value="hazard_order"' in page(crew.second, f"/cases/{hazard.pk}/")


def test_the_case_shows_the_order_that_was_served_and_offers_no_second(crew: Team) -> None:
    visit, _signed = decided(crew)
    hazard, order = Hazard.objects.get(), of_kind(visit, "order")
    shown = page(crew.second, f"/cases/{hazard.pk}/")
    assert order.number.number in shown and f"/inspections/papers/{order.pk}/" in shown
    assert "责令限期整改指令书" in shown and "现场送达" in shown and "更改后未重新签字" in shown
    offered = set(re.findall(r'name="template" value="(\w+)"', shown))
    assert not offered & {"hazard_order", "hazard_measures"} and "hazard_stop" in offered
    asked = {"register": "cases.case", "row": hazard.pk, "template": "hazard_order"}
    assert signed_in(crew.second).post("/papers/new/", asked).status_code == 403
    assert order.number.number in page(crew.safe.county.boss, f"/cases/{hazard.pk}/")


def test_another_day_or_grade_than_was_served_needs_an_order_of_its_own(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    found = {"item": "", "description": "罐体倾斜", "place": "", "criterion": "", "reason": ""}
    Visit.objects.update(begun_at=NOW - timedelta(days=3))
    late = {"due_on": (TODAY - timedelta(days=1)).isoformat(), "at": moment(NOW - timedelta(days=2))}
    told = send(crew.first, visit, "hazard", **found, **ORDERED_HERE | late)  # told when its day was over
    assert told["status"] == "written" and "期限已过" in told["message"], told
    send(crew.first, visit, "end", **WHOLE | {"refusal": "不签"}, papers=["record", "order"])
    hazard = Hazard.objects.get()
    judged = ORDERED | {"grade": "major", "grade_reason": "可能倾覆"}  # what was served says another day
    assert act(crew.second, hazard, "order", **judged).status_code == 302
    shown_now = page(crew.second, f"/cases/{hazard.pk}/")
    assert of_kind(visit, "order").number.number in shown_now
    assert "hazard_order" in re.findall(r'name="template" value="(\w+)"', shown_now)


def merged(crew: Team) -> tuple[Visit, Visit, str]:
    """Return the visit that was made of two, the one given up, and the number a phone has of that one."""
    visits = [plan(crew), plan(crew)]
    numbers = {one["pk"]: one["numbers"] for one in package(crew.first)["visits"]}
    kept = merge_visits(visits, actor=crew.first, now=NOW)
    gone = next(one for one in visits if one.pk != kept.pk)
    return kept, gone, numbers[gone.pk]["record"]


def found(person: Any, number: str) -> str:
    """Search for a number, once the index has followed; nothing is committed in a test."""
    catch_up()
    answer = signed_in(person).get("/search/", {"q": number}, follow=True)
    return f"{answer.redirect_chain} {answer.content.decode()}"


def test_a_number_printed_under_a_visit_that_was_merged_stands(crew: Team) -> None:
    kept, gone, printed = merged(crew)
    assert "作废" in page(crew.first, f"/inspections/{kept.pk}/") and printed in found(crew.first, printed)
    send(crew.first, gone, "begin", code="")
    told = send(crew.first, gone, "end", **WHOLE, papers=["record"])
    assert told["status"] == "written", told
    paper = of_kind(kept, "record")
    assert paper.number.number == printed and printed in words(read(crew.first, paper))
    number = PaperNumber.objects.get(number=printed)
    assert number.used_at is not None and number.void_at is None and kept.number in number.remark
    for visit in (kept, gone):
        assert printed in page(crew.first, f"/inspections/{visit.pk}/"), visit
    for person in (crew.first, crew.safe.county.boss):
        assert f"/inspections/{kept.pk}/" in found(person, printed)


def test_what_was_printed_beside_the_paper_that_stands_can_be_looked_up(crew: Team) -> None:
    kept, gone, printed = merged(crew)
    at_desk(crew.second, kept, "begin", code="")
    at_desk(crew.second, kept, "end", finding="未发现问题", head="王厂长")
    standing = of_kind(kept, "record").number.number
    assert standing != printed
    told = send(crew.first, gone, "end", **WHOLE, papers=["record"])
    assert told["status"] == "conflict"
    for person in (crew.first, crew.safe.county.boss):
        assert f"现场打印件 {printed}：系统中的文书文号为 {standing}" in page(
            person, f"/inspections/{kept.pk}/"
        )
        assert f"/inspections/{kept.pk}/" in found(person, printed)
