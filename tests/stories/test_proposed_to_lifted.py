"""“重大隐患挂牌督办”: a major hazard from its proposal on site to 摘牌, in the browsers of all who act and of the public."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from anwei.cases.verify import verify
from anwei.hazards.models import Hazard, Listing
from tests.hazards.conftest import Safe, build_safe, quick_hashes, today_is_the_day_of_the_story  # noqa: F401
from tests.hazards.doors import FIVE, LATER
from tests.kernel.county import county_clerk
from tests.stories.desks import Desk, desks, path_of, require_whole, save_dossier
from tests.support.browsing import IN_A_BROWSER, address  # noqa: F401

pytestmark = IN_A_BROWSER
CRITERION = "CHEM-02"  # 特种作业人员未持证上岗
FOUND = "电工未取得特种作业证上岗"


@pytest.fixture
def safe(transactional_db: None) -> Iterator[Safe]:
    cache.clear()
    yield build_safe()
    cache.clear()


def test_a_major_hazard_from_its_proposal_to_the_lifting(safe: Safe, address: str, tmp_path: Path) -> None:  # noqa: F811
    clerk, county = county_clerk(), safe.county
    people = {
        "inspector": safe.inspector,
        "regulator": safe.verifier,
        "head": county.boss,
        "safety": county.worker,
        "office": clerk,
        "passer": None,
    }
    with desks(people, address, tmp_path) as seated:
        case = _propose_and_order(seated, county.enterprise.pk)
        listed = _list(seated, case)
        public = _show_to_everybody(seated, listed)
        _put_right_and_close(seated, case)
        _accept_and_lift(seated, listed, public)
        figures = seated["office"].figures()
        assert (figures["发现"], figures["整改率"], figures["重大未销号"]) == ("1", "1/1", "0")
        dossiers = [save_dossier(seated["office"], path) for path in (case, listed)]
    hazard, listing = Hazard.objects.get(), Listing.objects.get()
    assert (hazard.proposed, hazard.grade, hazard.criterion) == (CRITERION, "major", CRITERION)
    assert (hazard.criterion_text != "", hazard.outcome) == (True, "rectified")
    assert (listing.on_hazard.pk, listing.outcome, listing.in_force) == (hazard.pk, "lifted", False)
    acted = dict(hazard.entries.values_list("verb", "actor__username"))
    assert [acted[verb] for verb in ("open", "order", "report_quarter", "fix", "verify", "close")] == [
        *("inspector", "verifier", "boss", "worker", "verifier", "verifier")
    ]
    for dossier, one in zip(dossiers, (hazard, listing), strict=True):
        require_whole(dossier, one)
    assert verify().broken == ()


def _propose_and_order(seated: dict[str, Desk], plant: int) -> str:
    """Propose 重大 by its criterion on site, confirm it and order; return the address of the hazard."""
    inspector, regulator = seated["inspector"], seated["regulator"]
    page = inspector.open(f"/hazards/new/?enterprise={plant}")
    page.fill("#id_q", "特种作业人员")
    page.locator(f'#beside [name=criterion][value="{CRITERION}"]').check()
    told = {"description": FOUND, "place": "配电室", "found_at": "2026-11-24T09:58", "origin": "inspection"}
    inspector.send(page.locator("form.columns"), picture="navy", **told)
    case = path_of(page)
    assert regulator.figures()["重大未销号"] == "0"  # proposed is not yet judged
    major = {"grade": "major", "criterion": CRITERION, "order": "dated", "due_on": LATER.isoformat()}
    page = regulator.do(case, "order", **major, requirement="停止无证作业，换持证人员")
    expect(page.locator("main")).to_contain_text("重大")
    assert regulator.figures()["重大未销号"] == "1"
    return case


def _list(seated: dict[str, Desk], case: str) -> str:
    """Have the plant sign with its five implementations, propose listed supervision and give notice of it."""
    seated["safety"].do(case, "accept", picture="gray", **FIVE)
    seated["head"].do(case, "report_quarter", progress="已停止无证作业，已联系持证人员")
    regulator = seated["regulator"]
    page = regulator.open(case.replace("/cases/", "/hazards/") + "list/")
    regulator.send(page.locator("form.act"), level="3", reason="可能造成群死群伤")
    listed = path_of(page)
    seated["office"].do(listed, "notice", requirement="换持证人员并验收", due_on=LATER.isoformat())
    return listed


def _show_to_everybody(seated: dict[str, Desk], listed: str) -> str:
    """Read the sign for the gate; return the public page that its code names, which tells the progress."""
    seated["regulator"].do(listed, "progress", progress="已停止无证作业")
    sign = seated["regulator"].open(listed.replace("/cases/", "/listings/") + "sign/")
    public = "/g/" + sign.locator("main").inner_text().split("/g/")[1].split()[0]
    text = seated["passer"].open(public).locator("body")
    for word in ("甲化工厂", FOUND, "督办中", "已停止无证作业"):
        expect(text).to_contain_text(word)
    return public


def _put_right_and_close(seated: dict[str, Desk], case: str) -> None:
    seated["safety"].do(case, "fix", picture="green", rectification="换持证电工")
    seated["regulator"].do(case, "verify", picture="teal", finding="查验证件有效")
    page = seated["regulator"].do(case, "close")
    expect(page.locator(".chip-closed").first).to_have_text("已销号")


def _accept_and_lift(seated: dict[str, Desk], listed: str, public: str) -> None:
    """Evaluate, apply, review on site and lift; everybody reads that it is lifted."""
    head, office = seated["head"], seated["office"]
    head.do(listed, "evaluate", picture="olive", evaluator="某评价公司", evaluation="符合要求")
    head.do(listed, "apply", picture="gray", application="治理完成")
    seated["regulator"].do(listed, "pass_review", picture="maroon", finding="现场一致")
    page = office.do(listed, "lift", picture="silver", announcement="县政府网站")
    expect(page.locator(".chip-closed").first).to_have_text("已摘牌")
    expect(seated["passer"].open(public).locator("body")).to_contain_text("已摘牌")
