"""On a phone of 360 px nothing of a page is cut off or squeezed: its HTML and style sheets in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from anwei.ledgers.seal import seal_head
from anwei.org.models import Holding, Person, Post, Unit
from tests.kernel.county import COUNTY, NOW, County, in_post
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT)]
Browse = Callable[[Person], Client]
SHOT = os.environ.get("SHOT", "")


def look(html: str, script: str, shot: str) -> list[float]:
    """Return what a script measures in a page of 360 px; `shot` names a picture of it in the folder of SHOT."""
    sheets = re.findall(r'<link[^>]*href="/static/([^"]+\.css)"', html)
    styles = "".join(Path(str(finders.find(name))).read_text("utf-8") for name in sheets)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.set_content(re.sub(r"<script.*?</script>", "", html, flags=re.S))
        page.add_style_tag(content=styles)
        if SHOT:
            page.screenshot(path=f"{SHOT}/{shot}.png", full_page=True)
        found: list[float] = page.evaluate(script)
    return found


def test_a_seal_is_shown_whole(county: County, visit: Browse) -> None:
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    keeper = in_post("admin", Post.objects.create(unit=unit, kind="system_admin", title="系统管理员"))
    assert seal_head(NOW) is not None
    html = visit(keeper).get("/system/chain/").content.decode()
    script = """() => [...document.querySelectorAll("td code")].map(code =>
        Math.max(code.scrollWidth - code.clientWidth, code.getBoundingClientRect().right - innerWidth))"""
    beyond = look(html, script, "chain")
    assert beyond and max(beyond) <= 0


def test_a_holding_of_a_post_has_room_for_its_words(county: County, visit: Browse) -> None:
    terms = {"document": "测试县人民政府任免通知（测政任〔2025〕12号）", "term_on": NOW.date()}
    Holding.objects.filter(post=county.duty).update(**terms)
    html = visit(county.officer).get(f"/org/posts/{county.duty.pk}/").content.decode()
    script = """() => [...document.querySelectorAll("a[href^='/org/people/']")]
        .map(name => name.closest("tr").getBoundingClientRect().height)"""
    heights = look(html, script, "post")
    assert heights and max(heights) <= 150  # px; two characters a line made it more
