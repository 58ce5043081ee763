"""“建档立账，逐一整改销号”: from the plan of a visit to the closing off of what was found there.

Two bodies come as one, the checklist is filled without a network, the orders are Word files, the plant puts right
what it was ordered to, is sent back once, and somebody else closes it off; figures and dossier say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from docx import Document
from playwright.sync_api import expect

from anwei.cases.verify import verify
from anwei.hazards.models import Check, Hazard, PaperNumber, Visit, VisitFile
from anwei.org.models import Unit
from tests.hazards.conftest import build_safe, quick_hashes, today_is_the_day_of_the_story  # noqa: F401
from tests.hazards.doors import LATER, signed_in
from tests.hazards.inspecting import TODAY, Team, plan, team
from tests.hazards.phoning import items
from tests.hazards.telephone import Server, Telephone, telephones
from tests.stories.desks import desks, require_whole, save_dossier
from tests.support.browsing import IN_A_BROWSER

pytestmark = IN_A_BROWSER
CRACK = "一号罐围堰有裂缝，长约两米"


@pytest.fixture
def crew(transactional_db: None) -> Iterator[Team]:
    cache.clear()
    yield team(build_safe())
    cache.clear()


@pytest.fixture
def server(crew: Team) -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def test_from_the_plan_of_a_visit_to_the_closing_off(crew: Team, server: Server, tmp_path: Path) -> None:
    visit = _one_visit_of_two_bodies(crew, server, tmp_path)
    failed = _inspect_without_network(crew, visit, server, tmp_path)
    hazard = Hazard.objects.get()
    assert (hazard.grade, hazard.order, hazard.due_on) == ("general", "dated", LATER)
    assert (hazard.description, hazard.checklist_item, hazard.found_by) == (CRACK, failed, crew.first)
    dossier = _close_off_at_the_second_try(crew, visit, hazard, server.address, tmp_path)
    hazard.refresh_from_db()
    assert (hazard.phase, hazard.outcome) == ("closed", "rectified")
    acted = list(hazard.entries.order_by("number").values_list("verb", "actor__username"))
    assert acted == [
        ("open", "inspector"),
        ("order", "inspector"),
        ("accept", "worker"),
        ("fix", "worker"),
        ("return_back", "verifier"),
        ("fix", "worker"),
        ("verify", "verifier"),
        ("close", "verifier"),
    ]
    require_whole(dossier, hazard)
    assert verify().broken == ()


def _one_visit_of_two_bodies(crew: Team, server: Server, folder: Path) -> Visit:
    """Plan a visit of the bureau by its form, after that of the township; make one of both."""
    town = Unit.objects.get(name="甲镇人民政府")
    theirs = plan(crew, crew.townsman, body=town.pk, inspectors=[crew.townsman.pk])
    with desks({"inspector": crew.first}, server.address, folder) as seated:
        desk = seated["inspector"]
        page = desk.open(f"/inspections/new/?enterprise={crew.plant.pk}")
        going = [str(crew.first.pk), str(crew.second.pk)]
        desk.send(page.locator("form.act"), planned_on=TODAY.isoformat(), inspectors=going)
        page = desk.open("/inspections/plan/")
        expect(page.locator("form[action$='/merge/']")).to_have_count(1)
        desk.send(page.locator("form[action$='/merge/']"))
        expect(page.locator("main")).to_contain_text("综合查一次")
        kept = page.url
    visit = Visit.objects.get(merged_into=None)
    assert kept == f"{server.address}/inspections/{visit.pk}/"
    assert {unit.name for unit in visit.bodies.all()} == {"甲镇人民政府", "测试县应急管理局"}
    assert visit.attendances.count() == 3 and visit == theirs and visit.body == crew.bureau
    return visit


def _inspect_without_network(crew: Team, visit: Visit, server: Server, folder: Path) -> str:
    """Fill the checklist where there is no network, send it later; return the item that failed."""
    codes = [item.id for item in items(visit)]
    failed = next(item.id for item in items(visit) if not [*item.proposed(visit.planned_on)])
    session = signed_in(crew.first).cookies[settings.SESSION_COOKIE_NAME].value
    with telephones(server, folder) as telephone:
        phone = telephone("inspector", session)
        phone.switch_on()
        phone.begin_without_network(visit.pk)
        for code in codes:
            phone.answer(code, "failed" if code == failed else "ok")
        phone.photograph(failed, "navy")
        _register(phone, failed)
        phone.sign_and_end(visit.pk, "王厂长")
        here = {file["key"]: file["real"] for file in phone.stored("files")}
        phone.find_network()
        phone.send()
        screen = phone.page.locator("#screen")
        expect(screen).to_contain_text("照片 1/1 已送达")
        expect(screen).to_contain_text(re.compile(rf"记录 ({len(codes) + 3})/\1 已送达"))
        assert phone.stored("outbox") == [] and phone.faults == []
    assert dict(VisitFile.objects.values_list("key", "sha256")) == here and len(here) == 2
    assert dict(Check.objects.values_list("item", "result")) == dict.fromkeys(codes, "ok") | {
        failed: "failed"
    }
    return failed


def _register(phone: Telephone, item: str) -> None:
    """Make a failed item a hazard that is to be put right by a day."""
    box = phone.page.locator(f'[data-item="{item}"] .p-hazard')
    box.locator('[data-part="begin"]').click()
    told = {"description": CRACK, "place": "一号罐区", "requirement": "修补围堰"}
    for field, text in told.items():
        box.locator(f'[data-field="{field}"]').fill(text)
    box.locator('[data-order="dated"]').click()
    box.locator('[data-field="due_on"]').fill(LATER.isoformat())
    box.locator('[data-part="confirm"]').click()
    expect(box.locator('[data-part="said"]')).to_contain_text("已登记在本机")


def _close_off_at_the_second_try(crew: Team, visit: Visit, hazard: Hazard, site: str, folder: Path) -> Path:
    """Read the orders, put right, be sent back, put right again, close off; return the dossier."""
    number = PaperNumber.objects.get(visit=visit, template="visit_order", used_at__isnull=False).number
    case, people = f"/cases/{hazard.pk}/", {"worker": crew.safe.county.worker, "verifier": crew.second}
    with desks(people, site, folder) as seated:
        worker, verifier = seated["worker"], seated["verifier"]
        page = worker.open(f"/inspections/{visit.pk}/")
        order = page.locator(".paper-line", has_text=number).get_by_role("link")
        said = _words(worker.download(order))
        for word in (number, "HN-001", "HN-002", visit.number, CRACK, "2026年12月4日前整改完毕", "王厂长"):
            assert word in said, word
        assert (verifier.figures()["发现"], verifier.figures()["整改率"]) == ("1", "0/1")
        worker.do(case, "accept")
        worker.do(case, "fix", picture="green", rectification="裂缝抹灰")
        page = verifier.do(case, "return_back", reason="仍渗漏", due_on=LATER.isoformat())
        expect(page.get_by_text("整改中").first).to_be_visible()
        worker.do(case, "fix", picture="teal", rectification="凿开重新浇筑，闭水试验合格")
        verifier.do(case, "verify", picture="maroon", finding="闭水试验不渗漏")
        page = verifier.do(case, "close")
        expect(page.locator(".chip-closed").first).to_have_text("已销号")
        figures = verifier.figures()
        assert (figures["发现"], figures["整改率"], figures["按期率"]) == ("1", "1/1", "1/1")
        return save_dossier(verifier, case)


def _words(file: Path) -> str:
    document = Document(str(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])
