"""The pages of inspections in a real browser: nothing of them runs out of the screen, wide or narrow."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from anwei.hazards.models import Draw, Visit
from anwei.org.models import Unit
from anwei.sites.risks.signs import issue_sign
from tests.hazards.conftest import Safe
from tests.hazards.doors import LATER, signed_in
from tests.hazards.inspecting import Team, act, campaign, days, plan, team
from tests.hazards.phoning import check, grave, package, send, send_file
from tests.kernel.county import NOW, TOWN, make_enterprise
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT)]
SHOT = os.environ.get("SHOT", "")
SIZES = {"wide": (1366, 768), "phone": (360, 740)}
BEYOND = """() => [document.documentElement.scrollWidth - innerWidth,
    ...[...document.querySelectorAll("h1, h2, label, dd, .btn, .figure")]
        .map(one => one.getBoundingClientRect().right - innerWidth)].filter(n => n > 1)"""


def differing(crew: Team, over: Visit) -> None:
    """Find a major hazard with a photo, differ about an item, and end."""
    item, criterion = grave(over)
    check(crew.first, over, item.id, "failed", note="作业现场无证上岗，已责令撤出")
    check(crew.second, over, item.id, "ok", note="已核对证书")
    send_file(crew.first, over, item=item.id)
    found = {"item": item.id, "description": "电工无证上岗", "place": "", "criterion": criterion}
    ordered = {"major": True, "order": "dated", "due_on": LATER.isoformat(), "requirement": "持证上岗"}
    send(crew.first, over, "hazard", **found, **ordered)
    act(crew.first, over, "end", finding="发现一项")


def addresses(crew: Team) -> dict[str, str]:
    """Fill every page with something and return where each is."""
    for number in range(4, 9):
        make_enterprise(f"第{number}精细化工有限责任公司", TOWN, "chemical", f"9100000000000000{number}X")
    action = campaign(crew, sectors=["chemical"], basis="测安委〔2026〕9号", note="逐户检查")
    sent = {"body": crew.bureau.pk, "public_number": "2026147", "n": 2, "n_inspectors": 2}
    signed_in(crew.first).post(f"/inspections/campaigns/{action.pk}/draw/", sent)
    town = Unit.objects.get(name="甲镇人民政府")
    visit = plan(crew, campaign=action.pk, reason="campaign")
    plan(crew, crew.townsman, body=town.pk, inspectors=[], planned_on=days(3))
    begun = plan(crew, reason="tip_off", reason_text="举报单", announced="0")
    act(crew.first, begun, "begin")
    over = plan(crew, reason="asked", reason_text="来函")
    package(crew.second)
    act(crew.first, over, "begin")
    differing(crew, over)
    code = issue_sign(crew.plant, actor=crew.safe.county.boss, now=NOW).code
    return {
        "list": "/inspections/",
        "month": "/inspections/?month=2026-11",
        "plan": "/inspections/plan/",
        "campaign_new": "/inspections/plan/new/",
        "campaign": f"/inspections/campaigns/{action.pk}/",
        "daily": f"/inspections/campaigns/{action.pk}/daily/",
        "draw_new": f"/inspections/campaigns/{action.pk}/draw/",
        "draw": f"/inspections/draws/{Draw.objects.get().pk}/",
        "new": f"/inspections/new/?enterprise={crew.plant.pk}",
        "where": "/inspections/new/",
        "visit": f"/inspections/{visit.pk}/",
        "begun": f"/inspections/{begun.pk}/",
        "over": f"/inspections/{over.pk}/",
        "scan": f"/inspections/scan/{code}/",
    }


def test_nothing_runs_out_of_the_screen(safe: Safe) -> None:
    crew = team(safe)
    client, wrong = signed_in(crew.first), []
    pages = {name: client.get(where).content.decode() for name, where in addresses(crew).items()}
    with chromium() as browser:
        for size, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            for name, html in pages.items():
                sheets = re.findall(r'<link[^>]*href="/static/([^"]+\.css)"', html)
                page.set_content(re.sub(r"<script.*?</script>", "", html, flags=re.S))
                page.add_style_tag(
                    content="".join(Path(str(finders.find(one))).read_text("utf-8") for one in sheets)
                )
                if SHOT:
                    page.screenshot(path=f"{SHOT}/{name}-{size}.png", full_page=True)
                if beyond := page.evaluate(BEYOND):
                    wrong.append(f"{name} {size}: {beyond}")
    assert not wrong, "\n".join(wrong)
