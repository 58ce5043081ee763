"""到期清单, 联系人试拨 and registers of places in a browser: they fit both screens, one touch records a call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect

from anwei.sites.contacts.trials import record_trial
from anwei.sites.models import Contact, Site
from tests.kernel.county import County, build
from tests.ledgers.test_browser import PICTURES, SIZES, page_of
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.sites.files import fill_file
from tests.sites.test_expiries import one_of_each
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]


@pytest.fixture
def county(transactional_db: None) -> County:
    county = build()
    fill_file(county.enterprise, "河西")
    one_of_each(county.enterprise, 12)
    one_of_each(county.other_enterprise, -40)
    failed = Contact.objects.create(enterprise=county.enterprise, name="夜班调度", phone="13800000007")
    record_trial(failed, "wrong_number", actor=county.officer, now=timezone.now())
    return county


@pytest.fixture
def project(county: County) -> int:
    return Site.objects.get(category="project").pk


@pytest.fixture
def session(county: County) -> str:
    visitor = Client()
    visitor.force_login(county.officer)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def browser(session: str, project: int, address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen(
    browser: Browser,
    address: str,  # noqa: F811
    session: str,
    county: County,
    project: int,
    size: str,
) -> None:
    pages = {
        "list": "/expiries/",
        "none": "/expiries/?kind=licences&band=90",
        "trials": "/contacts/trials/",
        "enterprise": f"/enterprises/{county.enterprise.pk}/",
        "project": f"/sites/{project}/",
        "licences": "/ledgers/licences/",
        "road-form": "/ledgers/road-sections/new/",
        "index": "/ledgers/",
    }
    page, faults = page_of(browser, address, session, size), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name, path in pages.items():
        answer = page.goto(address + path)
        assert answer is not None and answer.status == 200, path
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"expiry-{name}-{size}.png", full_page=True)
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert excess <= 0, f"{name} is {excess} px too wide"
    assert faults == []


def test_one_touch_on_a_phone_records_the_call(
    browser: Browser,
    address: str,  # noqa: F811
    session: str,
    county: County,
) -> None:
    page = page_of(browser, address, session, "phone")
    page.goto(f"{address}/contacts/trials/?enterprise={county.enterprise.pk}")
    button = page.get_by_role("button", name="没人接").first
    box = button.bounding_box()
    assert box is not None and box["height"] >= 44
    button.click()
    expect(page.get_by_text("已记录")).to_be_visible()
    latest = page.locator("section", has=page.get_by_role("heading", name="最近试拨")).locator("tr").first
    expect(latest).to_contain_text("没人接")
