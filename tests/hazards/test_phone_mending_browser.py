"""What is corrected, changed or taken back on the telephone: nothing is sent twice, locked for nothing, or lost."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Route, expect

from anwei.hazards.models import Answer, Check, Hazard, SentAct, Visit, VisitFile, VisitPaper
from anwei.sites.risks.signs import issue_sign
from tests.hazards.lent import LENT, acts, box, day, go, note, small, street
from tests.hazards.test_phone_browser import Day, begin, register
from tests.kernel.county import NOW

__all__ = ["day", "street"]
pytestmark = LENT
UNSENDABLE = "\x7f"  # a sign that no database and no paper takes: the server refuses a text with it
SAID = '#screen > div > [data-part="said"]'
DRAW_AND_CLEAR = """() => {
  const pad = document.querySelector('[data-part="pad"]');
  const { left, top } = pad.getBoundingClientRect();
  const at = (kind, x) => pad.dispatchEvent(new PointerEvent(kind, { pointerId: 1, clientX: left + x, clientY: top + 30 }));
  pad.setPointerCapture = () => {};
  at("pointerdown", 20); at("pointermove", 90); at("pointerup", 90);
  document.querySelector('[data-part="again"]').click();
}"""


def test_what_was_refused_is_corrected_and_nothing_else_is_locked(day: Day) -> None:
    phone = day.telephone("first", day.sessions["first"])
    one, two, three = [code for code in day.items if code != day.grave][:3]
    phone.switch_on()
    page = phone.page
    phone.open(f"visit/{day.visit.pk}")
    phone.keep_page()
    phone.lose_network()
    page.fill('[data-part="code"]', "x" * 30)
    page.click('[data-part="begin-now"]')
    phone.answer(one, "ok")
    note(phone, one, f"接地线{UNSENDABLE}松动")
    phone.answer(two, "ok")
    phone.find_network()
    phone.send()
    assert acts(phone) == {("begin", "", "refused"), ("check", one, "waiting"), ("check", two, "waiting")}
    assert not SentAct.objects.exists()

    phone.open(f"visit/{day.visit.pk}")
    expect(page.locator(SAID)).to_contain_text("文字太长")
    phone.answer(three, "ok")  # what hangs on the beginning waits, and one goes on working
    sign = issue_sign(day.crew.plant, actor=day.crew.safe.county.boss, now=NOW).code
    page.fill('[data-part="code"]', f"{day.server.address}/s/{sign}")
    page.click('[data-part="begin-now"]')
    expect(page.locator(SAID)).to_have_text("")
    phone.send()
    assert acts(phone) == {("check", one, "refused")}
    assert Visit.objects.get(pk=day.visit.pk).scanned
    assert {check.item for check in Check.objects.all()} == {two, three}

    phone.open(f"visit/{day.visit.pk}")
    expect(box(phone, one).locator('[data-part="standing"]')).to_contain_text("不能保存的字符")
    phone.answer(two, "not_applicable")
    phone.open(f"visit/{day.visit.pk}/end")
    page.fill('[data-field="finding"]', f"未发现问题{UNSENDABLE}")
    page.fill('[data-field="head"]', "王厂长")
    first = phone.draw()
    page.click('[data-signing="refused"]')  # he would not, then he would
    page.click('[data-signing="signed"]')
    page.evaluate(DRAW_AND_CLEAR)  # drawn anew before the stroke was on the disk
    phone.settle()
    assert phone.stored("files") == []
    page.click('[data-part="finish"]')
    expect(page.locator(SAID)).to_contain_text("签字")
    phone.draw(60)
    page.click('[data-part="again"]')
    second = phone.draw(200)
    assert [file["key"] for file in phone.stored("files")] == [second] and first != second
    page.click('[data-part="finish"]')
    phone.send()
    assert acts(phone) == {("check", one, "refused"), ("end", "", "waiting")}
    assert Check.objects.get(item=two).result == "not_applicable"

    phone.open(f"visit/{day.visit.pk}")
    expect(box(phone, two).locator('[data-result="ok"]')).to_be_disabled()  # ended by its inspector
    note(phone, one, "接地线")
    page.evaluate("() => document.dispatchEvent(new CustomEvent('trying'))")  # the page looks anew
    phone.settle()
    expect(box(phone, one).locator('[data-part="note"]')).to_be_enabled()
    note(phone, one, "接地线松动")
    phone.send()
    assert acts(phone) == {("end", "", "refused")}
    assert Check.objects.get(item=one).note == "接地线松动"

    phone.open(f"visit/{day.visit.pk}")
    expect(page.locator(SAID)).to_contain_text("不能保存的字符")
    phone.answer(two, "ok")
    phone.open(f"visit/{day.visit.pk}/end")
    page.click('[data-part="again"]')
    phone.draw(120)
    page.fill('[data-field="finding"]', "未发现问题")
    page.click('[data-part="finish"]')
    expect(page.locator(SAID)).to_contain_text("签字后有改动")  # another text than the one signed
    last = phone.draw(120)
    page.click('[data-part="finish"]')
    phone.send()
    assert acts(phone) == set()
    visit = Visit.objects.get(pk=day.visit.pk)
    assert visit.signature is not None
    assert (visit.finding, visit.head, visit.signature.key) == ("未发现问题", "王厂长", last)
    assert first not in VisitFile._base_manager.values_list("key", flat=True)
    sent = sorted(SentAct.objects.values_list("kind", flat=True))
    assert sent == ["begin", *["check"] * 5, "end"]  # one, two three times, three


def test_a_refused_hazard_is_corrected_and_the_end_waits_for_it(day: Day) -> None:
    phone = day.telephone("first", day.sessions["first"])
    begin(day, phone)
    phone.answer(day.grave, "failed")
    register(day, phone)
    place = box(phone, day.grave).locator('[data-field="place"]')
    place.fill(f"配电室{UNSENDABLE}")
    go(phone, "sending")
    phone.page.click('#screen [data-part="send"]')  # without a network: it is frozen and waits
    expect(phone.page.locator("#bar")).to_contain_text("无网络")
    phone.settle()
    assert ("hazard", day.grave, "waiting") in acts(phone)
    phone.sign_and_end(day.visit.pk, "王厂长")
    phone.find_network()
    phone.send()
    assert acts(phone) == {("hazard", day.grave, "refused"), ("end", "", "waiting")}
    phone.open(f"visit/{day.visit.pk}")
    expect(box(phone, day.grave).locator('[data-part="note"]')).to_be_disabled()
    said = box(phone, day.grave).locator(".p-hazard > [data-part='said']")
    expect(said).to_contain_text("不能保存的字符")
    place.fill("二号配电室")
    box(phone, day.grave).locator('[data-part="confirm"]').click()
    place.fill("三号配电室")  # confirmed is not sent: it may still be changed
    phone.settle()
    phone.send()
    assert phone.stored("outbox") == []
    assert [one.place for one in Hazard.objects.all()] == ["三号配电室"]
    assert Visit.objects.get(pk=day.visit.pk).ended_at is not None
    go(phone, f"visit/{day.visit.pk}")
    expect(place).to_be_disabled()


def test_withdrawals_and_corrections_and_one_fault_that_stops_nothing_else(day: Day) -> None:
    phone = day.telephone("first", day.sessions["first"])
    others = [code for code in day.items if code != day.grave][:3]
    begin(day, phone)
    page = phone.page
    phone.answer(day.grave, "failed")
    register(day, phone)
    go(phone, "sending")
    page.click('#screen [data-part="send"]')
    phone.settle()
    assert ("hazard", day.grave, "waiting") in acts(phone)
    go(phone, f"visit/{day.visit.pk}")
    phone.answer(day.grave, "ok")
    phone.settle()
    assert ("hazard", day.grave, "waiting") not in acts(phone)  # withdrawn before it was sent
    phone.answer(others[0], "ok")
    phone.answer(others[1], "ok")
    phone.answer(others[2], "failed")
    small(box(phone, others[2]), "灭火器失压")
    for _n in range(2):
        page.click('[data-part="add"]')
    draft = page.locator('[data-part="others"] > *').nth(1)
    draft.locator('[data-part="begin"]').click()
    draft.locator('[data-field="description"]').fill("第二个问题")
    phone.settle()

    tries: list[int] = []
    healed: list[bool] = []

    def one_line_fails(route: Route) -> None:
        if healed or f'"item":"{others[0]}"' not in (route.request.post_data or ""):
            route.continue_()
            return
        tries.append(503)
        route.fulfill(status=503)

    phone.context.route("**/phone/acts/", one_line_fails)
    phone.find_network()
    phone.send()
    expect(page.locator("#bar")).to_contain_text("稍后自动再试")
    assert acts(phone) == {("check", others[0], "waiting")}
    assert {check.item for check in Check.objects.all()} == {day.grave, *others[1:]}
    hazard = Hazard.objects.get()
    assert hazard.description == "灭火器失压"
    pauses(phone, tries, healed)
    assert Check.objects.filter(item=others[0]).count() == 1

    expect(page.locator("#bar")).to_contain_text("未确认 1 件")
    drop = page.locator('#screen [data-part="drop"]')
    drop.click()
    page.click('.p-look [data-part="no"]')
    expect(drop).to_be_visible()
    drop.click()
    expect(page.locator(".p-look")).to_contain_text("要清除吗")
    page.click('.p-look [data-part="yes"]')
    expect(drop).to_have_count(0)
    expect(page.locator("#bar")).not_to_contain_text("未确认")
    assert "第二个问题" not in [row["told"].get("description") for row in phone.stored("answers")]

    go(phone, f"visit/{day.visit.pk}")
    phone.answer(others[2], "ok")  # its hazard is filed already
    expect(box(phone, others[2]).locator('[data-part="standing"]')).to_contain_text("作为更正送达")
    phone.send()
    expect(page.locator("#screen")).to_contain_text("您的更正已保存")
    waiting, standing = Answer.objects.get(), Check.objects.get(item=others[2])
    assert (waiting.item, waiting.result) == (others[2], "ok")
    assert (standing.result, standing.hazard_id) == ("failed", hazard.pk)
    phone.open(f"visit/{day.visit.pk}/end")
    page.click('[data-part="draft"]')
    page.fill('[data-field="head"]', "王厂长")
    phone.draw()
    page.click('[data-signing="refused"]')
    page.fill('[data-field="refusal"]', "称须请示")
    page.click('[data-part="finish"]')
    phone.send()
    visit = Visit.objects.get(pk=day.visit.pk)
    assert (visit.refusal, visit.signature, acts(phone)) == ("称须请示", None, set())
    assert not VisitFile._base_manager.exists()  # what was drawn before he refused is not sent
    assert Hazard.objects.count() == 1


def pauses(phone: Any, tries: list[int], healed: list[bool]) -> None:
    """See the fault tried again after one minute, then two, and sent once it is mended."""
    n = len(tries)
    for passes, more in ((55, 0), (10, 1), (100, 1)):
        phone.context.clock.fast_forward(passes * 1000)
        phone.page.wait_for_timeout(600)
        assert len(tries) - n == more, (passes, len(tries) - n)
    healed.append(True)
    phone.context.clock.fast_forward(30_000)
    expect(phone.page.locator("#bar")).to_contain_text("全部已送达")
    assert acts(phone) == set()


def test_what_is_written_after_the_signature_is_signed_again(day: Day) -> None:
    phone = day.telephone("first", day.sessions["first"])
    phone.switch_on()
    phone.begin_without_network(day.visit.pk)
    phone.answer(day.items[0], "ok")
    go(phone, f"visit/{day.visit.pk}/end")
    page = phone.page
    page.click('[data-part="draft"]')
    page.fill('[data-field="head"]', "王厂长")
    first = phone.draw()
    go(phone, f"visit/{day.visit.pk}")
    phone.answer(day.items[1], "failed")
    note(phone, day.items[1], " 签字以后才写的\n ")
    small(box(phone, day.items[1]), "签字以后登记的隐患")
    go(phone, f"visit/{day.visit.pk}/end")
    page.click('[data-part="finish"]')
    expect(page.locator(SAID)).to_contain_text("签字后有改动")
    (end,) = [row for row in phone.stored("answers") if row["kind"] == "end"]
    assert not end["ready"] and not end["told"]["signature_key"] and phone.stored("files") == []

    page.fill('[data-field="finding"]', "  发现一项｜已登记 \n")
    second = phone.draw()
    page.click('[data-part="finish"]')
    expect(page.locator(SAID)).to_contain_text("检查已结束")
    phone.find_network()
    phone.send()
    signed = VisitPaper.objects.get(visit=day.visit, number__template="visit_record")
    assert (
        signed.signing is not None and signed.signing.signature is not None
    )  # it says what the phone showed
    assert signed.signing.signature.key == second != first
