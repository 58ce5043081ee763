"""What is tapped in the moment in which the page goes: left, reloaded or killed, with a quick disk and with a busy one."""

from __future__ import annotations

from contextlib import suppress
from itertools import cycle

from playwright.sync_api import Error, expect

from anwei.hazards.models import Check, Hazard, SentAct, Visit
from tests.hazards.lent import LENT, box, day, go, street
from tests.hazards.telephone import Telephone
from tests.hazards.test_phone_browser import Day, register

__all__ = ["day", "street"]
pytestmark = LENT
BUSY = """() => {
  const { promise, resolve } = Promise.withResolvers();
  indexedDB.open("anwei-phone").onsuccess = ({ target }) => {
    const store = target.result.transaction(["answers"], "readwrite").objectStore("answers");
    const turn = () => (store.count().onsuccess = () => {
      resolve();
      if (!window.isIdle) turn();
    });
    turn();
  };
  return promise;
}"""  # what is written after this waits, as behind a large photo
TAP = """([button, leave]) => {
  document.querySelector(button).click();
  if (leave === "reload") location.reload();
  if (leave === "leave") location.assign("about:blank");
}"""
WAYS = ("reload", "leave", "kill")


def tap_and_go(phone: Telephone, button: str, how: str, *, busy: bool) -> None:
    """Tap a button, and in the same moment reload the page, leave it, or lose its process."""
    if busy:
        phone.page.evaluate(BUSY)
    if how != "kill":
        with phone.page.expect_navigation():
            phone.page.evaluate(TAP, [button, how])
        return
    with phone.page.expect_event("crash"), suppress(Error):
        phone.page.evaluate(TAP, [button, how])
        phone.page.goto("chrome://crash")  # its process dies; the navigation itself goes nowhere
    gone, phone.page = phone.page, phone.context.new_page()
    gone.close()


def test_fifteen_taps_and_the_page_is_gone_in_the_same_moment(day: Day) -> None:
    phone = day.telephone("first", day.sessions["first"])
    phone.switch_on()
    phone.open(f"visit/{day.visit.pk}")
    phone.keep_page()
    phone.lose_network()
    ways, lost, n = cycle(WAYS), [], 0

    def tap(button: str, kind: str, item: str = "") -> None:
        nonlocal n
        n += 1
        how = next(ways)
        tap_and_go(phone, button, how, busy=n % 2 == 0)
        phone.open(f"visit/{day.visit.pk}")
        rows = [row for row in phone.stored("answers") if (row["kind"], row["item"]) == (kind, item)]
        if not rows or not rows[0]["ready"]:
            lost.append((n, how, kind, item))
            if kind != "end":
                phone.page.click(button)  # the next needs it

    tap('[data-part="begin-now"]', "begin")
    for code in day.items:
        tap(f'[data-item="{code}"] [data-result="{"failed" if code == day.grave else "ok"}"]', "check", code)
    register(day, phone)
    box(phone, day.grave).locator('[data-part="withdraw"]').click()
    tap(f'[data-item="{day.grave}"] [data-part="confirm"]', "hazard", day.grave)
    go(phone, f"visit/{day.visit.pk}/end")
    phone.page.click('[data-part="draft"]')
    phone.page.fill('[data-field="head"]', "王厂长")
    phone.draw()
    tap('[data-part="finish"]', "end")
    assert (n, lost) == (15, [])
    assert (
        phone.page.evaluate("() => Object.keys(localStorage).filter((key) => key.includes('-told '))") == []
    )

    phone.find_network()
    phone.send()
    assert Visit.objects.get(pk=day.visit.pk).head == "王厂长"
    assert {one.item for one in Check.objects.all()} == set(day.items)
    assert Hazard.objects.get().grade == "major"
    assert SentAct.objects.count() == 15  # each once


def test_nothing_says_that_it_is_kept_before_it_is(day: Day) -> None:
    phone = day.telephone("first", day.sessions["first"])
    phone.switch_on()
    phone.begin_without_network(day.visit.pk)
    one, two = day.items[:2]
    expect(box(phone, one).locator('[data-result="ok"]')).to_be_enabled()
    phone.page.evaluate(BUSY)
    phone.answer(one, "ok")
    standing = box(phone, one).locator('[data-part="standing"]')
    expect(standing).to_have_text("正在存…")
    assert phone.page.evaluate(
        "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    )  # asks
    phone.page.evaluate("() => { window.isIdle = true; }")
    expect(standing).to_have_text("已存本机")
    assert phone.page.evaluate("() => dispatchEvent(new Event('beforeunload', { cancelable: true }))")

    told = """([key, entry]) => localStorage.setItem(`anwei-phone-told ${key}`, JSON.stringify(entry))"""
    row = next(row for row in phone.stored("answers") if row["item"] == one)
    late = {
        **row,
        "told": {"result": "failed"},
        "stamp": row["stamp"] - 1,
    }  # forgotten too late by a killed browser
    fresh = {**late, "item": two, "told": {"result": "ok", "note": "早"}}
    for entry in (late, fresh):
        phone.page.evaluate(told, [f"{row['person']} {row['visit']} check {entry['item']}", entry])
    for _twice in range(2):
        phone.open(f"visit/{day.visit.pk}")
    kept = {
        row["item"]: (row["told"]["result"], row["edited"]) for row in phone.stored("answers") if row["item"]
    }
    assert kept == {one: ("ok", 1), two: ("ok", 1)}
