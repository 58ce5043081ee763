"""The bands of LEC and LS on their system page: checked, with a reason, and what they grade otherwise marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anwei.ledgers.models import Change, Setting
from anwei.org.models import Person, Post, Unit
from anwei.portal.system.figures import FigureSet, reset_figure, set_figure
from anwei.portal.system.views import SETS
from anwei.sites.models import Assessment, RiskPoint
from anwei.sites.risks.assessing import method_of, rate_point
from anwei.sites.risks.confirming import confirm
from anwei.sites.risks.queries import due_points
from tests.kernel.county import COUNTY, NOW, County, in_post
from tests.sites.risks import place, point

pytestmark = pytest.mark.django_db
LEC, LS = SETS["lec-bands"], SETS["ls-bands"]
CUTS = {"yellow": "50", "orange": "100", "red": "200", "edge": "from"}
HAND: dict[str, Any] = {"now": NOW, "reason": "县安委办〔2026〕5号"}


def test_the_page_shows_what_rests_on_memory_and_keeps_the_log(
    county: County, visit: Callable[[Person], Client]
) -> None:
    client = visit(_administrator())
    page = client.get(reverse("system_figures", args=["lec-bands"])).content.decode()
    assert "160 &lt; D ≤ 320" in page and "凭记忆，待核" in page
    assert "无条款，可改" in client.get(reverse("system_figures", args=["ls-bands"])).content.decode()
    address = reverse("system_figure", args=["lec-bands", "bands"])
    assert 'name="orange" value="160"' in client.get(address).content.decode()
    assert client.post(address, CUTS).status_code == 422  # no reason
    assert client.post(address, {**CUTS, "reason": HAND["reason"]}).status_code == 302
    page = client.get(reverse("system_figures", args=["lec-bands"])).content.decode()
    assert "100 ≤ D &lt; 200" in page and HAND["reason"] in page and "县级设置" in page
    assert Change.objects.filter(register="ledgers.setting", row="risk.lec").count() == 1
    assert visit(county.officer).get(address).status_code == 403


@pytest.mark.parametrize(
    ("figures", "changed", "sentence"),
    [
        (LEC, {"orange": "300"}, "逐级增大"),
        (LEC, {"yellow": "0"}, "逐级增大"),
        (LEC, {"red": ""}, "请填写数字"),
        (LEC, {"red": "20000"}, "没有数值能达到这些等级：重大"),
        (LEC, {"edge": "closed"}, "不成立"),
        (LS, {"yellow": "4", "orange": "9", "red": "26"}, "上限小于下限"),
        (LS, {"yellow": "4", "orange": "9.5", "red": "20"}, "整数"),
    ],
)
def test_bands_that_cannot_hold_are_refused(
    county: County, figures: FigureSet, changed: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        set_figure(figures, "bands", {**CUTS, **changed}, actor=county.officer, **HAND)
    assert not Setting.objects.exists()


def test_results_keep_their_bands_and_those_graded_otherwise_ask_for_review(county: County) -> None:
    site = place(county.enterprise)
    low = _rated(county, point(site, "FX-1"), {"L": "1", "E": "1", "C": "15"})  # D = 15
    middle = _rated(county, point(site, "FX-2"), {"L": "1", "E": "3", "C": "40"})  # D = 120: yellow
    before = middle.result["bands"]
    set_figure(LEC, "bands", CUTS, actor=county.officer, **HAND)
    low.refresh_from_db()
    middle.refresh_from_db()
    assert (low.stale_since, middle.stale_since) == (None, NOW)
    assert middle.result["bands"] == before and middle.grade == "yellow"
    assert list(due_points(county.officer, NOW.date())) == [middle.point]
    again = _rated(county, middle.point, {"L": "1", "E": "3", "C": "40"})
    assert again.grade == "orange" and again.version.endswith("（县定）")
    assert again.result["bands"] == method_of("lec").bands.to_json() != before
    assert not due_points(county.officer, NOW.date()).exists()
    reset_figure(LEC, "bands", actor=county.officer, **HAND)
    again.refresh_from_db()
    assert again.stale_since == NOW and method_of("lec").bands.to_json() == before


def test_a_variant_takes_the_place_of_own_bounds_and_the_other_way_round(county: County) -> None:
    set_figure(LS, "bands", {"yellow": "5", "orange": "12", "red": "20"}, actor=county.officer, **HAND)
    assert [band.grade.key for band in method_of("ls").bands.rows if band.holds(12, "closed")] == ["orange"]  # type: ignore[arg-type]
    assert [figure.is_own for figure in LS.figures(Setting.objects.get().value)] == [True, False]
    set_figure(LS, "variant", {"variant": "D"}, actor=county.officer, **HAND)
    assert method_of("ls").version.endswith(" D")
    with pytest.raises(ValueError, match="只能是"):
        set_figure(LS, "variant", {"variant": "Z"}, actor=county.officer, **HAND)


def _rated(county: County, row: RiskPoint | None, values: dict[str, str]) -> Assessment:
    assert row is not None
    made = rate_point(row, "lec", values, actor=county.worker, now=NOW)
    return confirm(made, range(len(made.result["confirm"])), actor=county.officer, now=NOW)


def _administrator() -> Person:
    unit = Unit.objects.create(kind="committee_office", name="测试县安委办", territory=COUNTY)
    return in_post("admin", Post.objects.create(unit=unit, kind="system_admin", title="系统管理员"))
