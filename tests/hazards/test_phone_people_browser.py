"""Two people at one visit, two people with one telephone, and what a telephone hears, sees and knows of where it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from anwei.cases.models import Evidence
from anwei.hazards.models import Check, Hazard, SentAct, VisitFile
from anwei.org.models import SectorDuty
from anwei.sites.models import Site
from tests.hazards.inspecting import act, days, plan
from tests.hazards.lent import LENT, acts, box, day, go, small, street
from tests.hazards.phoning import check, send
from tests.hazards.telephone import Telephone, picture
from tests.hazards.test_phone_browser import Day
from tests.kernel.county import NOW

__all__ = ["day", "street"]
pytestmark = LENT
KEEP_RECORDER = """() => {
  window.MediaRecorder = class extends MediaRecorder {
    constructor(...told) { super(...told); window.recorder = this; }
  };
}"""
HERE = {"latitude": 29.25, "longitude": 113.5}


def beside(phone: Telephone, colour: str) -> str:
    """Add a problem beside the list with a photo, without a network; return the photo's sha256."""
    phone.page.click('[data-part="add"]')
    block = phone.page.locator('[data-part="others"] > *').last
    file = {"name": "one.jpg", "mimeType": "image/jpeg", "buffer": picture(colour)}
    block.locator("input[multiple]").set_input_files(file)  # type: ignore[arg-type]
    block.locator(".p-thumb").wait_for()
    return next(str(one["sha256"]) for one in phone.stored("files"))


def test_two_inspectors_find_something_beside_the_list_and_each_photo_stays_with_its_hazard(day: Day) -> None:
    SectorDuty.objects.create(sector="construction", unit=day.crew.bureau)
    site = Site.objects.create(
        enterprise=day.crew.plant,
        unit=day.crew.plant.unit,
        code="P-1",
        name="扩建工地",
        category="project",
        territory=day.crew.plant.unit.territory,
        sector="construction",
    )
    plan(day.crew, where=f"site={site.pk}", planned_on=days(1))  # its criteria lead the package
    phones = [day.telephone(name, day.sessions[name]) for name in ("first", "second")]
    shas = []
    for phone, colour in zip(phones, ("red", "blue"), strict=True):
        phone.switch_on()
        phone.begin_without_network(day.visit.pk)
        shas.append(beside(phone, colour))
    one, two = phones
    block = one.page.locator('[data-part="others"] > *').last
    block.locator('[data-part="begin"]').click()
    block.locator('[data-field="description"]').fill("罐体倾斜")
    block.locator('[data-part="search"]').fill("特种作业")
    clauses = block.locator('[data-part="found"] .p-clause')
    foreign = [one.is_visible() for one in clauses.locator('[data-slot="industry"]').all()]
    assert foreign == sorted(foreign) and set(foreign) == {False, True}  # own first, others named after them
    stranger = (
        clauses.filter(has_text="其他行业：").filter(has=one.page.locator('[data-part="yes"]:visible')).first
    )
    stranger.locator('[data-part="yes"]').click()
    chosen = block.locator('[data-part="chosen"] .p-clause')
    expect(chosen).to_contain_text("不是本次检查的行业")
    block.locator('[data-part="in-words"]').wait_for(state="hidden")
    chosen.locator('[data-part="yes"]').click()
    block.locator('[data-part="in-words"]').click()
    expect(block.locator('[data-part="grade"]')).to_have_text("待判定")
    expect(block.locator('[data-part="orders"]')).to_be_hidden()  # with the judgement, by who judges
    expect(block.locator('[data-part="left"]')).to_be_visible()
    block.locator('[data-field="requirement"]').fill("停用并检测")
    block.locator('[data-part="confirm"]').click()
    expect(block.locator(".p-hazard > [data-part='said']")).to_contain_text("为什么可能是重大")
    block.locator('[data-field="reason"]').fill("可能倾覆")
    block.locator('[data-part="confirm"]').click()
    expect(block.locator(".p-hazard > [data-part='said']")).to_contain_text("已登记在本机")
    small(two.page.locator('[data-part="others"] > *').last, "通道堵塞")
    one.open(f"visit/{day.visit.pk}/paper/record")
    expect(one.page.locator(".p-paper")).to_contain_text("是否重大待判定，核实定级后另行责令")
    expect(one.page.locator(".p-paper")).not_to_contain_text("立查立改")
    for phone in phones:
        phone.find_network()
        phone.send()
        assert acts(phone) == set()
    files = {file.sha256: file.item for file in VisitFile._base_manager.all()}
    assert set(files) == set(shas) and len(set(files.values())) == 2
    told = {row.case.title: row.sha256 for row in Evidence.objects.select_related("case")}
    assert told == {"罐体倾斜": shas[0], "通道堵塞": shas[1]}
    tilted = Hazard.objects.get(description="罐体倾斜")
    assert (tilted.phase, tilted.grade, tilted.proposed_reason) == ("registered", "", "可能倾覆")


def test_a_fresh_telephone_shows_an_ended_visit_as_it_stands(day: Day) -> None:
    visit, (right, *_rest) = day.visit, [one for one in day.items if one != day.grave]
    send(day.crew.first, visit, "begin", code="")
    for item, result in ((right, "ok"), (day.grave, "failed")):
        assert check(day.crew.first, visit, item, result, note="无证")["status"] == "written"
    phone = day.telephone("second", day.sessions["second"])
    phone.switch_on()
    phone.open(f"visit/{visit.pk}")
    block = phone.page.locator(f'[data-item="{day.grave}"]')
    standing, warning = block.locator('[data-part="standing"]'), block.locator('[data-part="propose"]')
    expect(standing).to_contain_text("已答，可以改")
    expect(warning).to_be_visible()
    told = {"description": "无证上岗", "place": "", "criterion": "", "order": "", "reason": "只一人"}
    assert send(day.crew.first, visit, "hazard", item=day.grave, **told)["status"] == "written"
    assert act(day.crew.first, visit, "end", finding="发现一项").status_code == 302
    fresh = day.telephone("second", day.sessions["second"])
    fresh.switch_on()
    fresh.open(f"visit/{visit.pk}")
    block = fresh.page.locator(f'[data-item="{day.grave}"]')
    standing, warning = block.locator('[data-part="standing"]'), block.locator('[data-part="propose"]')
    expect(standing).to_contain_text(f"已答 已登记隐患{Hazard.objects.get().number}")
    expect(warning).to_be_hidden()
    said = fresh.page.locator(f'[data-item="{right}"] [data-part="standing"]')
    expect(said).to_contain_text("已答")
    expect(said).not_to_contain_text("可以改")


def lying(phone: Telephone, person: int) -> list[tuple[Any, ...]]:
    """Return what somebody told and photographed that lies on a telephone."""
    answers = [(one["person"], one["item"], one["told"]) for one in phone.stored("answers")]
    files = [(one["person"], one["item"], one["real"], one["state"]) for one in phone.stored("files")]
    return [row for row in (*answers, *files) if row[0] == person]


def test_another_account_on_the_telephone_neither_sees_nor_loses_nor_sends_what_lies_there(day: Day) -> None:
    one, two = day.items[:2]
    phone = day.telephone("shared", day.sessions["first"])
    phone.switch_on()
    phone.begin_without_network(day.visit.pk)
    phone.answer(one, "failed")
    phone.photograph(one, "red")
    box(phone, one).locator('[data-part="note"]').fill("张三写的说明")
    phone.settle()
    mine = lying(phone, day.crew.first.pk)
    phone.context.clear_cookies()
    phone.find_network()
    expect(phone.page.locator("#bar")).to_contain_text("请重新登录后发送")

    phone.sign_in(day.sessions["second"])
    phone.open(f"visit/{day.visit.pk}")
    assert "张三写的说明" not in phone.page.content()
    expect(box(phone, one).locator('[aria-checked="true"]')).to_have_count(0)
    expect(box(phone, one).locator(".p-thumb")).to_have_count(0)
    phone.page.click('[data-part="begin-now"]')
    phone.answer(two, "ok")
    phone.send()
    expect(phone.page.locator("#bar")).to_contain_text("全部已送达")
    assert {(act.kind, act.by) for act in SentAct.objects.all()} == {
        ("begin", day.crew.second),
        ("check", day.crew.second),
    }
    assert not VisitFile._base_manager.exists()
    assert lying(phone, day.crew.first.pk) == mine

    phone.sign_in(day.sessions["first"])
    phone.open(f"visit/{day.visit.pk}")
    assert box(phone, one).locator('[data-part="note"]').input_value() == "张三写的说明"
    phone.send()
    expect(phone.page.locator("#bar")).to_contain_text("全部已送达")
    standing = Check.objects.get(item=one)
    assert (standing.by, standing.note) == (day.crew.first, "张三写的说明")
    assert VisitFile._base_manager.get().added_by == day.crew.first
    phone.sign_in(day.sessions["other"])  # who has no visit
    phone.open(f"visit/{day.visit.pk}")
    expect(phone.page.locator("#screen")).to_contain_text("没有要去的检查")
    assert "甲化工厂" not in phone.page.content()


def test_what_is_recorded_survives_sleep_and_photos_know_where(day: Day) -> None:
    first, second = day.items[:2]
    phone = day.telephone(
        "hears", day.sessions["first"], permissions=["microphone", "geolocation"], geolocation=HERE
    )
    phone.switch_on()
    phone.begin_without_network(day.visit.pk)
    page, said = phone.page, box(phone, first).locator('.p-strip-box [data-part="said"]')
    phone.photograph(first, "green")
    (photo,) = phone.stored("files")
    assert (photo["latitude"], photo["longitude"]) == (29.25, 113.5)
    button = box(phone, first).locator('[data-part="record"]')
    page.evaluate(KEEP_RECORDER)
    button.click()
    expect(said).to_contain_text("正在录音")
    page.wait_for_timeout(2_400)
    recording = next(file for file in phone.stored("files") if file["kind"] == "voice")
    assert recording["state"] == "recording" and recording["n_bytes"] > 0
    page.evaluate("() => window.recorder.pause()")  # nothing comes from a telephone that sleeps
    phone.context.clock.set_fixed_time(NOW + timedelta(hours=1))  # and it wakes, still recording
    phone.find_network()
    phone.send_from_here()
    asleep = next(file for file in phone.stored("files") if file["kind"] == "voice")
    assert asleep["state"] == "recording"  # not half of it is sent
    page.evaluate("() => document.dispatchEvent(new Event('freeze'))")  # as before a page is put to sleep
    expect(said).to_contain_text("录音中断：已录的部分已存本机")
    expect(button).to_have_attribute("aria-pressed", "false")
    voice = next(file for file in phone.stored("files") if file["kind"] == "voice")
    assert voice["state"] == "kept" and voice["sha256"] == voice["real"]

    box(phone, second).locator('[data-part="open"]').click()
    again = box(phone, second).locator('[data-part="record"]')
    again.click()
    page.wait_for_timeout(700)
    again.click()
    expect(box(phone, second).locator('.p-strip-box [data-part="said"]')).to_have_text("录音已存本机")
    box(phone, second).locator('[data-part="record"]').click()
    page.wait_for_timeout(400)
    go(phone, "")  # elsewhere nobody could end it
    page.wait_for_timeout(400)
    go(phone, f"visit/{day.visit.pk}")
    taken = box(phone, second).locator('[data-part="record"]')
    taken.click()
    page.wait_for_timeout(400)
    page.evaluate(
        "() => window.recorder.stream.getTracks().forEach((track) => track.stop())"
    )  # taken away, as for a call
    expect(taken).to_have_attribute("aria-pressed", "false")
    expect(box(phone, second).locator('.p-strip-box [data-part="said"]')).to_contain_text("录音中断")
    assert [file["state"] for file in phone.stored("files") if file["kind"] == "voice"].count(
        "recording"
    ) == 0
    taken.click()
    page.wait_for_timeout(2_400)
    phone.open()  # the page is gone in the middle of a word
    phone.context.clock.set_fixed_time(NOW + timedelta(hours=2))
    phone.send()
    kept = {file["sha256"] for file in phone.stored("files")}
    arrived = VisitFile._base_manager.filter(kind="voice")
    assert arrived.count() == 5 and set(arrived.values_list("sha256", flat=True)) < kept
    seen = VisitFile._base_manager.get(kind="evidence")
    assert (seen.latitude, seen.longitude) == (29.25, 113.5)
