"""The phone page in a real browser against the real server: no network for a day, a dead battery, nothing lost."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from docx import Document
from docx.table import Table
from playwright.sync_api import expect

from anwei.hazards.models import Answer, Check, Hazard, SentAct, Visit, VisitFile, VisitPaper
from anwei.ledgers.papers.files import path_of
from tests.hazards.conftest import build_safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import Team, plan, team
from tests.hazards.phoning import grave, items
from tests.hazards.telephone import Server, Telephone, asked, telephones
from tests.support.chromium import WHY_NOT, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
PICTURES = os.environ.get("ANWEI_PICTURES")


@dataclass
class Day:
    """A visit of today, who goes there, and the telephones in their pockets."""

    crew: Team
    visit: Visit
    items: list[str]
    grave: str
    server: Server
    telephone: Callable[..., Telephone]
    sessions: dict[str, str]


@pytest.fixture
def day(transactional_db: None, tmp_path: Path) -> Iterator[Day]:
    cache.clear()
    crew = team(build_safe())
    for unit in (crew.bureau, crew.plant.unit):  # the pages say these, the papers the full names
        unit.short_name = f"{unit.name[:2]}简称"
        unit.save()
    visit = plan(crew)
    people = {"first": crew.first, "second": crew.second, "other": crew.clerk}
    sessions = {
        name: signed_in(one).cookies[settings.SESSION_COOKIE_NAME].value for name, one in people.items()
    }
    codes, gravest = [item.id for item in items(visit)], grave(visit)[0].id
    server = Server()
    try:
        with telephones(server, tmp_path) as telephone:
            yield Day(crew, visit, codes, gravest, server, telephone, sessions)
    finally:
        server.stop()


def shoot(phone: Telephone, name: str) -> None:
    if PICTURES:
        phone.page.wait_for_timeout(200)
        phone.page.screenshot(path=Path(PICTURES) / f"phone-{name}.png", full_page=True)


NOTE = "配电室电工无证上岗，现场不能出示特种作业操作证"
MORE = "，已当场停止作业"


def begin(day: Day, phone: Telephone) -> None:
    """Switch a telephone on with a network, then lose it and begin the visit."""
    phone.switch_on()
    phone.begin_without_network(day.visit.pk)


def register(day: Day, phone: Telephone) -> None:
    """Make the grave item a major hazard with an order, as its form asks."""
    box = phone.page.locator(f'[data-item="{day.grave}"] .p-hazard')
    box.locator('[data-part="begin"]').click()
    if not box.locator('[data-field="description"]').input_value():
        box.locator('[data-field="description"]').fill("电工无证上岗")
    box.locator('[data-field="place"]').fill("配电室")
    box.locator('[data-field="requirement"]').fill("持证上岗")
    box.locator('[data-part="confirm"]').click()
    expect(box.locator('[data-part="said"]')).to_contain_text("不构成重大事故隐患")
    box.locator('.p-clause:not(.p-unusable) [data-part="yes"]').first.click()
    expect(box.locator('[data-order="immediate"]')).to_be_disabled()
    box.locator('[data-order="dated"]').click()
    box.locator('[data-field="due_on"]').fill("2026-12-04")
    box.locator('[data-part="confirm"]').click()
    expect(box.locator('[data-part="said"]')).to_contain_text("已登记在本机")


def test_a_day_without_network_and_two_dead_batteries_lose_nothing(day: Day) -> None:
    phone = day.telephone("first", day.sessions["first"])
    begin(day, phone)
    for code in day.items:
        phone.answer(code, "failed" if code == day.grave else "ok")
    phone.photograph(day.grave, "red", "blue", "green")
    note = phone.page.locator(f'[data-item="{day.grave}"] [data-part="note"]')
    note.press_sequentially(NOTE, delay=5)
    phone.settle()
    note.press_sequentially(MORE, delay=5)
    phone.kill()  # in the middle of a sentence

    phone.switch_on(signed_in=False)  # without a network the page comes from the telephone itself
    phone.open(f"visit/{day.visit.pk}")
    expect(phone.page.locator('[data-part="list"] .p-progress b')).to_have_text(
        f"{len(day.items)}/{len(day.items)}"
    )
    kept = phone.page.input_value(f'[data-item="{day.grave}"] [data-part="note"]')
    assert kept.startswith(NOTE) and (NOTE + MORE).startswith(kept)
    expect(phone.page.locator(f'[data-item="{day.grave}"] .p-thumb')).to_have_count(3)
    register(day, phone)
    shoot(phone, "items")
    phone.sign_and_end(day.visit.pk, "王厂长")
    shoot(phone, "end")
    printed = {kind: paper(phone, day, kind) for kind in ("record", "order")}
    here = {file["key"]: file["sha256"] for file in phone.stored("files")}
    assert len(here) == 4 and here == {file["key"]: file["real"] for file in phone.stored("files")}

    day.server.swallow(17)  # begin, 12 items, the fourth file: done, but no answer
    phone.sign_in(phone.session)
    phone.find_network()  # it sends by itself
    assert day.server.swallowed.wait(60)
    phone.kill()  # in the middle of sending

    phone.switch_on()
    phone.send()
    expect(phone.page.locator("#screen")).to_contain_text("照片 3/3 已送达")
    shoot(phone, "sent")
    assert phone.stored("outbox") == []
    arrived = asked(lambda: list(VisitFile._base_manager.values_list("key", "sha256")))
    assert len(arrived) == len(here) and dict(arrived) == here
    assert asked(lambda: len({one.sha256 for one in SentAct._base_manager.all()})) == len(day.items) + 3
    checks = asked(lambda: dict(Check.objects.values_list("item", "result")))
    assert checks == {code: "failed" if code == day.grave else "ok" for code in day.items}
    hazard = asked(Hazard.objects.get)
    assert (hazard.grade, hazard.order, hazard.place) == ("major", "dated", "配电室")
    assert asked(lambda: Check.objects.get(item=day.grave).note) == hazard.description == kept
    visit = asked(lambda: Visit.objects.get(pk=day.visit.pk))
    assert (visit.ended_at is not None, visit.head) == (True, "王厂长")
    assert "不合格1项" in visit.finding and re.search(f"\n1\\. 不合格：.+：{kept}$", visit.finding)
    for kind, said in printed.items():
        assert said == said_by_the_server(day, kind), kind
        assert not any("简称" in line for line in said if "〔" not in line), kind  # 代字 of a number is short
    assert phone.faults == []


def paper(phone: Telephone, day: Day, kind: str) -> list[str]:
    """Return the lines and rows of a paper as the telephone prints it, in their order."""
    phone.open(f"visit/{day.visit.pk}/paper/{kind}")
    shoot(phone, f"paper-{kind}")
    lines: list[str] = phone.page.eval_on_selector_all(
        ".p-paper p, .p-paper h1, .p-paper tr",
        "(all) => all.filter((one) => !one.hidden).map((one) => one.cells"
        " ? [...one.cells].map((cell) => cell.textContent.trim()).join('|') : one.textContent.trim())",
    )
    return [line for line in lines if line]


def said_by_the_server(day: Day, kind: str) -> list[str]:
    """Return the same of the DOCX under the same number."""
    stored = asked(lambda: VisitPaper.objects.get(number__template=f"visit_{kind}"))
    lines = []
    for block in Document(str(path_of(stored.stored_as))).iter_inner_content():
        if isinstance(block, Table):
            lines += ["|".join(cell.text.strip() for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text.strip())
    return [line for line in lines if line]


def test_two_telephones_that_answer_differently_are_both_kept(day: Day) -> None:
    code, one, two = day.items[3], *(day.telephone(name, day.sessions[name]) for name in ("first", "second"))
    two.switch_on()
    two.open(f"visit/{day.visit.pk}")
    two.keep_page()
    begin(day, one)
    one.answer(code, "ok")
    two.page.click('[data-part="begin-now"]')
    two.answer(code, "failed")
    two.page.fill(f'[data-item="{code}"] [data-part="note"]', "报警器失电")
    two.photograph(code, "orange")
    one.find_network()
    one.send()
    two.send()
    expect(two.page.locator("#screen")).to_contain_text("两种回答都已保存")
    shoot(two, "conflict")
    standing, beside = asked(lambda: (Check.objects.get(item=code), Answer.objects.get(item=code)))
    assert (standing.result, beside.result, beside.note) == ("ok", "failed", "报警器失电")
    assert asked(lambda: VisitFile._base_manager.filter(item=code).count()) == 1
    two.open(f"visit/{day.visit.pk}")
    expect(two.page.locator(f'[data-item="{code}"] [aria-checked="true"]')).to_have_text("不合格")


def test_who_signs_out_locks_what_lies_on_the_telephone(day: Day) -> None:
    phone = day.telephone("locked", day.sessions["first"])
    begin(day, phone)
    phone.find_network()
    phone.page.goto(f"{day.server.address}/inspections/")
    phone.page.click(".top-who")
    phone.page.click('form[action="/accounts/logout/"] button')
    phone.page.wait_for_url("**/accounts/login/**")
    phone.page.goto(f"{day.server.address}/inspections/phone/")
    expect(phone.page.locator("#screen")).to_contain_text("请登录")
    assert "甲化工厂" not in phone.page.content()
    phone.sign_in(signed_in_again(day))
    phone.open(f"visit/{day.visit.pk}")
    expect(phone.page.locator("#screen")).to_contain_text("下一未答")


def signed_in_again(day: Day) -> str:
    return asked(lambda: signed_in(day.crew.first).cookies[settings.SESSION_COOKIE_NAME].value)


def test_what_could_not_be_kept_is_said_and_tried_again(day: Day) -> None:
    phone = day.telephone("full", day.sessions["first"])
    begin(day, phone)
    ready = phone.page.locator(f'[data-item="{day.items[0]}"] [data-result="ok"]')
    expect(ready).to_be_enabled()  # the beginning is kept: what cannot be kept comes after it
    phone.page.evaluate(
        """() => { window.put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); }; }"""
    )
    phone.answer(day.items[0], "ok")
    expect(phone.page.locator("#unkept")).to_contain_text("空间不够")
    assert [one["kind"] for one in phone.stored("answers")] == ["begin"]
    phone.page.evaluate("() => { IDBObjectStore.prototype.put = window.put; }")
    expect(phone.page.locator("#unkept")).to_be_hidden()
    assert [one["told"].get("result") for one in phone.stored("answers")] == [None, "ok"]


@pytest.mark.parametrize("size", [(360, 740), (1366, 768)])
def test_screens_fit_under_the_thumb(day: Day, size: tuple[int, int]) -> None:
    width, height = size
    phone = day.telephone("fits", day.sessions["first"])
    phone.switch_on(size={"width": width, "height": height})
    wrong = measured(phone, f"list-{width}")
    phone.open(f"visit/{day.visit.pk}")
    wrong += measured(phone, f"visit-{width}")
    phone.page.click('[data-part="begin-now"]')
    phone.answer(day.grave, "failed")
    phone.photograph(day.grave, "navy")
    register(day, phone)
    search = phone.page.locator(f'[data-item="{day.grave}"] [data-part="search"]')
    search.fill("FIRE-D01")  # replaced by a newer standard
    replaced = phone.page.locator(f'[data-item="{day.grave}"] [data-part="found"] .p-clause').first
    expect(replaced).to_contain_text("已被新标准代替")
    expect(replaced.locator("button")).to_be_hidden()
    wrong += measured(phone, f"hazard-{width}")
    for place in ("end", "paper/record", "paper/order"):
        phone.open(f"visit/{day.visit.pk}/{place}")
        wrong += measured(phone, f"{place.replace('/', '-')}-{width}")
    phone.open("sending")
    wrong += measured(phone, f"sending-{width}")
    assert wrong == [] and phone.faults == []


def measured(phone: Telephone, name: str) -> list[str]:
    """Return what is too wide for the screen or too small for a thumb."""
    shoot(phone, name)
    return [f"{name}: {one}" for one in phone.page.evaluate(UNFIT)]


UNFIT = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  const targets = [...document.querySelectorAll("button, a, summary, .p-add, input:not([type=file]), textarea")];
  const small = targets.filter((one) => one.offsetParent && (one.offsetHeight < 44 || one.offsetWidth < 44));
  return [...(wide > 0 ? [`${wide} px too wide`] : []), ...small.map((one) => `${one.outerHTML.slice(0, 80)} ${one.offsetWidth}x${one.offsetHeight}`)];
}"""
