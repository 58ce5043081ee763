"""Graded risk in a real browser: pages fit both screens, and the product shows while one chooses."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect

from anwei.sites.models import Assessment
from anwei.sites.risks.assessing import rate_point
from anwei.sites.risks.signs import issue_sign
from tests.kernel.county import NOW, County, build
from tests.sites.risks import chemical, confirmed, installation, place, point
from tests.support.browsing import IN_A_BROWSER, SIZES, address, browser, faults_of, page_of  # noqa: F401

pytestmark = IN_A_BROWSER


@pytest.fixture
def county(transactional_db: None) -> County:
    return build()


@pytest.fixture
def pages(county: County) -> dict[str, str]:
    """Build an enterprise with everything on these pages, and return their addresses."""
    site, unit = place(county.enterprise), installation(county.enterprise, people=120)
    chemical(unit, 40)
    chemical(unit, 180, name="汽油")
    grave = point(
        site,
        grade="orange",
        factor="110101",
        accidents="中毒、火灾、容器爆炸",
        description="储罐、管道、阀门泄漏，液氨扩散到厂外",
        engineering="围堰、喷淋、气体报警器联锁切断",
        management="每班巡检，动火、受限空间作业审批",
        training="每月一次岗位培训，每季一次演练",
        protection="空气呼吸器、防化服",
        emergency="向上风方向撤离，关闭来料阀，开启喷淋，报告值班室",
        control_enterprise="厂长",
        control_department="安全科长",
        control_job="操作工",
    )
    point(site, "FX-2", name="装卸台", grade="yellow", accidents="泄漏", review_months=1)
    rate_point(grave, "lec", {"L": "6", "E": "6", "C": "15"}, actor=county.worker, now=NOW)
    newest = Assessment.objects.filter(installation=unit)
    confirmed(newest.order_by("-pk")[0], county.officer)
    chemical(unit, 5, name="氯")
    waiting = newest.order_by("-pk")[0]
    sign = issue_sign(grave, actor=county.worker, now=NOW)
    issue_sign(county.enterprise, actor=county.worker, now=NOW)
    enterprise = f"/risks/enterprises/{county.enterprise.pk}/"
    return {
        "overview": "/risks/",
        "waiting": "/risks/assessments/?state=waiting",
        "history": "/risks/assessments/",
        "due": "/risks/due/",
        "assessment": f"/risks/assessments/{waiting.pk}/",
        "enterprise": enterprise,
        "diagnosis": f"{enterprise}diagnosis/",
        "sign-enterprise": f"{enterprise}sign/",
        "installation": f"/risks/installations/{unit.pk}/",
        "point": f"/risks/points/{grave.pk}/",
        "rate": f"/risks/points/{grave.pk}/assess/lec/",
        "rate-ls": f"/risks/points/{grave.pk}/assess/ls/?L=3&S=4",
        "sign-point": f"/risks/points/{grave.pk}/sign/",
        "public": f"/s/{sign.code}",
        "register": "/ledgers/risk-points/",
        "form": "/ledgers/risk-points/new/",
    }


@pytest.fixture
def session(county: County, pages: dict[str, str]) -> str:
    visitor = Client()
    visitor.force_login(county.officer)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    pages: dict[str, str],
    size: str,
) -> None:
    page = page_of(browser, address, session, size)
    assert faults_of(page, address, pages, "risk") == []


def test_the_product_shows_while_one_chooses_and_the_choice_becomes_an_assessment(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    pages: dict[str, str],
) -> None:
    page = page_of(browser, address, session, "phone")
    page.goto(address + pages["rate"])
    for symbol, value in (("L", "3"), ("E", "6")):
        page.check(f'input[name="{symbol}"][value="{value}"]')
    expect(page.get_by_role("button", name="提交评估")).to_have_count(0)
    page.check('input[name="C"][value="7"]')
    expect(page.locator("#outcome")).to_contain_text("D = 126")
    expect(page.locator("#outcome .severity").first).to_have_text("一般·黄")
    page.get_by_role("button", name="提交评估").click()
    page.wait_for_url("**/risks/assessments/*/")
    expect(page.locator(".page-head .severity")).to_have_text("一般·黄")


def test_the_score_changes_with_every_answer(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    pages: dict[str, str],
) -> None:
    page = page_of(browser, address, session, "desk")
    page.goto(address + pages["diagnosis"])
    page.check('input[name="1.1-1"][value="yes"]')
    expect(page.locator("#outcome")).to_contain_text("90 分")
    page.fill('input[name="6-1"]', "2")
    page.press('input[name="6-1"]', "Tab")
    expect(page.locator("#outcome")).to_contain_text("80 分")
    page.check('input[name="red-1"][value="yes"]')
    expect(page.locator("#outcome .severity")).to_have_text("重大·红")


def test_answers_that_contradict_leave_no_score_standing(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    session: str,
    pages: dict[str, str],
) -> None:
    page = page_of(browser, address, session, "desk")
    page.goto(address + pages["diagnosis"])
    page.check('input[name="9-1"][value="yes"]')
    expect(page.locator("#outcome .big")).to_be_visible()
    page.check('input[name="9-2"][value="yes"]')
    expect(page.locator("#outcome")).to_contain_text("不能同时成立")
    expect(page.locator("#outcome .big")).to_have_count(0)
    page.goto(address + pages["rate"])
    page.evaluate("document.querySelector('input[name=L][value=\"6\"]').value = '7'")
    for symbol, value in (("E", "6"), ("C", "15"), ("L", "7")):
        page.check(f'input[name="{symbol}"][value="{value}"]')
    expect(page.locator("#outcome")).to_contain_text("不能取 7")
