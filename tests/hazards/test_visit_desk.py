"""A visit at a desk: its checks, what was found there with photos, and its papers, by ordinary forms."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from anwei.cases.models import Evidence
from anwei.hazards.models import Check, Hazard, Inspector, Visit, VisitFile, VisitHazard, VisitPaper
from anwei.ledgers.services import change_setting
from anwei.org.models import Post, SectorDuty, Unit
from anwei.standards.hazards.criteria import criteria_of
from anwei.standards.inspections.rules import FIGURES
from tests.hazards.conftest import Safe
from tests.hazards.doors import LATER, file, filing, picture, signed_in
from tests.hazards.inspecting import Team, act, page, plan, team
from tests.hazards.phoning import grave, items
from tests.kernel.county import NOW, in_post


@pytest.fixture
def crew(safe: Safe) -> Team:
    return team(safe)


@pytest.fixture
def visit(crew: Team) -> Visit:
    planned = plan(crew)
    act(crew.first, planned, "begin")
    return planned


def finding(**told: Any) -> dict[str, Any]:
    sent = {
        "item": "",
        "description": "电工无证上岗",
        "place": "配电室",
        "criterion": "",
        "reason": "",
        "order": "",
        "due_on": "",
        "requirement": "持证上岗",
        "measures": "",
        "key": "desk-form-1",
        "evidence": picture(),
        **told,
    }
    return {f"found-{name}": value for name, value in sent.items()}


def fail(crew: Team, visit: Visit, item: str) -> None:
    assert act(crew.first, visit, "check", **{f"result-{item}": "failed"}).status_code == 302


def test_a_failed_item_proposes_its_criterion_and_a_person_confirms(crew: Team, visit: Visit) -> None:
    item, criterion = grave(visit)
    fail(crew, visit, item.id)
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    (proposed,) = re.findall(
        r'<optgroup label="不合格项对应的条款（建议重大）">(.*?)</optgroup>', shown, re.S
    )
    assert f'value="{criterion}"' in proposed and "施行" in proposed
    told = finding(item=item.id, criterion=criterion, is_major="on", order="dated", due_on=LATER.isoformat())
    assert act(crew.first, visit, "hazard", **told).status_code == 302
    hazard = Hazard.objects.get()
    assert (hazard.grade, hazard.criterion, hazard.due_on) == ("major", criterion, LATER)
    assert Check.objects.get().hazard == hazard and VisitHazard.objects.get().clause
    assert VisitFile.objects.get().item == item.id and Evidence.objects.get().case_id == hazard.pk
    act(crew.first, visit, "end", finding="一项")
    assert VisitPaper.objects.filter(number__template="visit_order").exists()
    assert hazard.number in page(crew.safe.county.boss, f"/inspections/{visit.pk}/")


def test_the_same_form_again_files_nothing_more(crew: Team, visit: Visit) -> None:
    for _again in range(2):
        assert act(crew.first, visit, "hazard", **finding()).status_code == 302
    assert Hazard.objects.count() == VisitHazard.objects.count() == VisitFile.objects.count() == 1


def test_a_criterion_that_is_replaced_is_shown_as_such_and_refused(crew: Team, visit: Visit) -> None:
    old = next(row for row in criteria_of("chemical") if not row.usable(visit.planned_on))
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    (barred,) = re.findall(r'<optgroup label="不得用于新的判定">(.*?)</optgroup>', shown, re.S)
    assert f'value="{old.id}"' in barred
    told = finding(criterion=old.id, is_major="on", order="dated", due_on=LATER.isoformat())
    answer = act(crew.first, visit, "hazard", **told)
    assert answer.status_code == 422 and "不能据以定级" in answer.content.decode()
    assert not Hazard.objects.exists()


def test_strangers_file_nothing_and_a_visit_that_is_over_takes_no_more_checks(
    crew: Team, visit: Visit
) -> None:
    assert act(crew.townsman, visit, "hazard", **finding()).status_code == 403
    assert act(crew.safe.county.boss, visit, "hazard", **finding()).status_code == 403
    assert not VisitFile.objects.exists()
    act(crew.first, visit, "end", finding="未发现问题")
    item = items(visit)[0].id
    act(crew.first, visit, "check", **{f"result-{item}": "ok"})
    assert not Check.objects.exists()  # it waits, like everything that comes late
    assert "有两种回答，待定" in page(crew.first, f"/inspections/{visit.pk}/")


def test_a_township_is_offered_nothing_to_order(safe: Safe) -> None:
    crew = team(safe)
    town = crew.townsman.holdings.get().post.unit
    colleague = in_post("colleague", Post.objects.create(unit=town, kind="officer", title="安办干事"))
    visit = plan(crew, crew.townsman, body=town.pk, inspectors=[crew.townsman.pk, colleague.pk])
    assert act(crew.townsman, visit, "begin").status_code == 302
    shown = page(crew.townsman, f"/inspections/{visit.pk}/")
    assert "found-description" in shown and "没有赋权或者委托执法的文件" in shown
    assert "found-due_on" not in shown and 'value="stop"' not in shown
    refused = act(crew.townsman, visit, "hazard", **finding(order="dated", due_on=LATER.isoformat()))
    assert refused.status_code == 422 and not Hazard.objects.exists()
    assert act(crew.townsman, visit, "hazard", **finding()).status_code == 302
    assert Hazard.objects.get().description == "电工无证上岗"


def test_a_hazard_filed_beside_a_running_visit_is_found_at_it_and_stands_in_its_record(safe: Safe) -> None:
    crew = team(safe)
    door = f"/hazards/new/?enterprise={crew.plant.pk}"
    assert "本次检查发现" not in page(crew.first, "/hazards/new/", enterprise=crew.plant.pk)
    visit = plan(crew)
    act(crew.first, visit, "begin")
    form = page(crew.first, "/hazards/new/", enterprise=crew.plant.pk)
    assert "本次检查发现" in form and f'<option value="{visit.pk}" selected>' in form
    assert "本次检查发现" not in page(safe.county.boss, "/hazards/new/")
    sent = filing(visit=visit.pk, origin="upper", description="配电箱无门")
    assert signed_in(crew.first).post(door, sent).status_code == 302
    hazard = Hazard.objects.get(description="配电箱无门")
    assert (hazard.origin, hazard.found_at_visit.visit) == ("inspection", visit)
    assert hazard.number in page(crew.first, f"/inspections/{visit.pk}/")
    assert (
        signed_in(crew.first).post(door, filing(visit=visit.pk, description="配电箱无门")).status_code == 302
    )
    assert Hazard.objects.count() == 1  # the same form twice
    beside = filing(visit="", key="form-2", description="围墙倒塌")
    assert signed_in(crew.first).post(door, beside).status_code == 302
    assert visit.found.count() == 1  # who says that it was not found at the visit is believed
    act(crew.first, visit, "end", finding="已查", head="厂长", refusal="")
    record = VisitPaper.objects.get(visit=visit, number__template="visit_record")
    answer = signed_in(crew.first).get(f"/inspections/papers/{record.pk}/")
    told = Document(BytesIO(b"".join(answer)))
    cells = [cell.text for table in told.tables for row in table.rows for cell in row.cells]
    assert any("配电箱无门" in cell for cell in cells)
    assert not any("待定事项" in one.text for one in told.paragraphs)  # nothing is undecided


def test_a_form_whose_visit_ended_meanwhile_is_not_filed_without_a_word(crew: Team, visit: Visit) -> None:
    door = f"/hazards/new/?enterprise={crew.plant.pk}"
    act(crew.second, visit, "end", finding="未发现问题", head="厂长")
    n = Hazard.objects.count()
    refused = signed_in(crew.first).post(door, filing(visit=visit.pk))
    assert refused.status_code == 422 and "所选的检查已结束" in refused.content.decode()
    assert Hazard.objects.count() == n
    assert signed_in(crew.first).post(door, filing()).status_code == 302  # by itself, knowing it
    assert Hazard.objects.count() == n + 1


def test_who_inspects_for_another_body_files_what_they_find_there_and_sees_no_more(safe: Safe) -> None:
    crew = team(safe)
    coal = Unit.objects.get(name="测试县煤炭局")
    regulator = safe.county.regulator
    Inspector.objects.create(person=regulator, number="MT-1", unit=coal, valid_until="2028-01-01")
    other = file(crew.first, crew.plant.pk, key="form-0")
    visit = plan(crew, others=[coal.pk], inspectors=[crew.first.pk, crew.second.pk, regulator.pk])
    act(crew.first, visit, "begin")
    told = {"found-description": "灯具不防爆", "found-key": "k-1", "found-place": "库房"}
    answer = act(regulator, visit, "hazard", **told)
    assert answer.status_code == 302, answer.content.decode()
    hazard = Hazard.objects.get(description="灯具不防爆")
    assert hazard.supervisor == safe.supervising and hazard.found_by == regulator
    entry = hazard.entries.order_by("number").first()
    assert entry is not None and entry.post is not None and entry.post.unit == coal
    assert "灯具不防爆" in page(regulator, f"/inspections/{visit.pk}/")
    assert (
        page(regulator, f"/cases/{other.pk}/") == ""
        and page(regulator, f"/enterprises/{crew.plant.pk}/") == ""
    )


def test_who_holds_two_posts_files_by_the_one_that_reaches_the_place(safe: Safe) -> None:
    plant = Post.objects.create(unit=safe.county.other_enterprise.unit, kind="safety", title="顾问")
    person = in_post("two posts", plant, safe.supervising)
    hazard = file(person, safe.county.enterprise.pk)
    entry = hazard.entries.order_by("number").first()
    assert entry is not None and entry.post == safe.supervising


def test_a_visit_that_was_never_ended_gives_no_rights_and_waits_to_be_ended(crew: Team, visit: Visit) -> None:
    brigade = Unit.objects.create(kind="department", name="测试县消防救援局", territory="999001")
    guest = in_post("guest", Post.objects.create(unit=brigade, kind="officer", title="监督岗"))
    SectorDuty.objects.create(sector="trade", unit=brigade)  # the plant is none of theirs
    visit.bodies.add(brigade)
    visit.attendances.create(person=guest, unit=brigade)

    def filed(key: str) -> int:
        return int(act(guest, visit, "hazard", **finding(key=key)).status_code)

    assert filed("guest-1") == 302
    Visit.objects.filter(pk=visit.pk).update(begun_at=NOW - timedelta(days=8))
    assert filed("guest-2") == 403
    assert "本次检查发现" not in page(crew.first, "/hazards/new/", enterprise=crew.plant.pk)
    desk = page(guest, "/work/")
    assert "未结束的检查：请补办结束" in desk and f"/inspections/{visit.pk}/#end" in desk
    shown = page(crew.first, f"/inspections/{visit.pk}/")
    assert "未结束的检查：开始已久" in shown and 'name="at"' in shown
    own: dict[str, Any] = {"begun_days": 10}
    change_setting(FIGURES, own, default={}, actor=crew.first, now=NOW, reason="跨周检查")
    assert filed("guest-3") == 302 and 'name="at"' not in page(crew.first, f"/inspections/{visit.pk}/")
    change_setting(FIGURES, {}, default={}, actor=crew.first, now=NOW, reason="改回")
    told = {"finding": "已查", "head": "厂长", "refusal": ""}
    for wrong in ("", "2026-11-10T10:00", "2026-11-24T23:00"):
        assert act(crew.first, visit, "end", **told, at=wrong).status_code == 422
    found_at = datetime(2026, 11, 17, 7, 20, 30, tzinfo=UTC)
    Hazard.objects.update(found_at=found_at)
    early = act(crew.first, visit, "end", **told, at="2026-11-17T15:19")
    assert early.status_code == 422 and "最后一项记录（2026-11-17 15:20）" in early.content.decode()
    assert act(crew.first, visit, "end", **told, at="2026-11-17T15:30").status_code == 302
    assert visit.ended_at == datetime(2026, 11, 17, 7, 30, tzinfo=UTC)
    assert "未结束的检查" not in page(guest, "/work/")
