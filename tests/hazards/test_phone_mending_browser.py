"""What is corrected, changed or taken back on the telephone: each hazard is filed once, and the end waits for it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Route, expect

from anwei.hazards.models import Hazard, Visit
from tests.hazards.telephone import Telephone, asked
from tests.hazards.test_phone_browser import Day, begin, day, pytestmark, register

__all__ = ["day", "pytestmark"]


def go(phone: Telephone, place: str) -> None:
    """Go to a place of the page without opening it anew."""
    phone.page.evaluate("(place) => { location.hash = `#/${place}`; }", place)
    phone.page.wait_for_timeout(300)


def acts(phone: Telephone) -> list[tuple[Any, ...]]:
    return [(one["kind"], one["state"]) for one in phone.stored("outbox")]


def test_a_refused_hazard_is_corrected_and_the_end_waits_for_it(day: Day) -> None:
    phone = day.telephone("refused", day.sessions["first"])
    begin(day, phone)
    phone.answer(day.grave, "failed")
    register(day, phone)
    phone.sign_and_end(day.visit.pk, "王厂长")
    said = json.dumps({"status": "refused", "message": "请改正位置。", "received_at": "", "sha256": ""})

    def refuse(route: Route) -> None:
        kept = json.loads(route.request.post_data or "{}")
        if kept["kind"] == "hazard" and kept["place"] == "配电室":
            route.fulfill(body=said, content_type="application/json")
        else:
            route.continue_()

    phone.context.route("**/phone/acts/", refuse)
    phone.find_network()
    phone.send()
    assert acts(phone) == [("hazard", "refused"), ("end", "waiting")] or acts(phone) == [
        ("end", "waiting"),
        ("hazard", "refused"),
    ]
    phone.open(f"visit/{day.visit.pk}")
    box = phone.page.locator(f'[data-item="{day.grave}"]')
    expect(box.locator('[data-part="note"]')).to_be_disabled()
    expect(box.locator(".p-hazard > [data-part='said']")).to_have_text("请改正位置。")
    box.locator('[data-field="place"]').fill("二号配电室")
    box.locator('[data-part="confirm"]').click()
    phone.send()
    assert phone.stored("outbox") == []
    assert asked(lambda: [one.place for one in Hazard.objects.all()]) == ["二号配电室"]
    assert asked(lambda: Visit.objects.get(pk=day.visit.pk).ended_at) is not None


def test_a_hazard_that_is_changed_while_it_waits_is_filed_once_as_it_stands(day: Day) -> None:
    phone = day.telephone("changed", day.sessions["first"])
    begin(day, phone)
    phone.answer(day.grave, "failed")
    register(day, phone)
    go(phone, "sending")
    phone.page.click('#screen [data-part="send"]')
    expect(phone.page.locator("#bar")).to_contain_text("无网络")
    phone.page.wait_for_timeout(300)
    assert ("hazard", "waiting") in acts(phone)
    go(phone, f"visit/{day.visit.pk}")
    place = phone.page.locator(f'[data-item="{day.grave}"] [data-field="place"]')
    place.fill("三号配电室")
    phone.page.wait_for_timeout(300)
    phone.find_network()
    phone.send()
    assert asked(lambda: [one.place for one in Hazard.objects.all()]) == ["三号配电室"]
    go(phone, f"visit/{day.visit.pk}")
    expect(place).to_be_disabled()
