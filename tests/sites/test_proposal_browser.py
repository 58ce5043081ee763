"""The own enterprise and a proposed change in a real browser: both screens, thumbs, and the story of a quantity."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.services import send_back, submit
from anwei.ledgers.saving import Edit
from anwei.org.models import Person
from anwei.sites.models import Chemical
from tests.kernel.county import NOW, County, build
from tests.ledgers.test_browser import PICTURES, SIZES, page_of
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.sites.risks import chemical, installation
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]
NARROW_TARGETS = """() => [...document.querySelectorAll('.own a, .own button, .own-nav a')]
  .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 44 || box.width < 44))
  .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""


@pytest.fixture
def county(transactional_db: None) -> County:
    return build()


@pytest.fixture
def ammonia(county: County) -> Chemical:
    return chemical(installation(county.enterprise, people=0), 40)


@pytest.fixture
def sessions(county: County) -> dict[str, str]:
    return {name: session_of(getattr(county, name)) for name in ("worker", "townsman")}


def session_of(person: Person) -> str:
    visitor = Client()
    visitor.force_login(person)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def proposals(county: County, ammonia: Chemical) -> dict[str, Proposal]:
    """One change that waits, one overtaken by an official, one returned, one new row."""
    chlorine = chemical(ammonia.installation, 8, name="氯")
    petrol = chemical(ammonia.installation, 180, name="汽油")
    made = {
        name: submit(ledger_of(code), edit, actor=county.worker, now=NOW, reason="罐区扩容")[1]
        for name, code, edit in (
            ("waiting", "chemicals", Edit(ammonia, {"design_t": 1000.0, "actual_t": 850.0})),
            ("overtaken", "chemicals", Edit(chlorine, {"design_t": 12.0, "actual_t": 9.0})),
            ("returned", "chemicals", Edit(petrol, {"design_t": 20.0})),
            ("new", "chemicals", Edit(None, {**new_row(), "enterprise": county.enterprise.pk})),
            ("enterprise", "enterprises", Edit(county.enterprise, {"workers": 126, "status": "stopped"})),
        )
    }
    ledger_of("chemicals").write(
        [Edit(chlorine, {"design_t": 10.0})], actor=county.officer, now=NOW, reason="现场核实"
    )
    send_back(made["returned"], actor=county.officer, now=NOW, note="数量减少须附注销储罐的证明")
    return {name: one for name, one in made.items() if one is not None}


def new_row() -> dict[str, object]:
    values = {column.name: column.default for column in ledger_of("chemicals").entered}
    return {**values, "name": "二甲苯", "design_t": 30.0}


@pytest.fixture
def browser(proposals: dict[str, Proposal], sessions: dict[str, str], address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


def look(page: Page, address: str, path: str, name: str) -> None:  # noqa: F811
    answer = page.goto(address + path)
    assert answer is not None and answer.status == 200, path
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"proposal-{name}.png", full_page=True)
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0, f"{name} is {excess} px too wide"


@pytest.mark.parametrize("size", list(SIZES))
def test_pages_fit_their_screen_and_thumb(
    browser: Browser,
    address: str,  # noqa: F811
    county: County,
    ammonia: Chemical,
    proposals: dict[str, Proposal],
    sessions: dict[str, str],
    size: str,
) -> None:
    own = page_of(browser, address, sessions["worker"], size)
    look(own, address, "/enterprises/own/", f"own-{size}")
    if size == "phone":
        assert own.evaluate(NARROW_TARGETS) == []
    look(own, address, f"/ledgers/chemicals/{ammonia.pk}/edit/", f"form-{size}")
    look(own, address, f"/ledgers/enterprises/{county.enterprise.pk}/edit/", f"enterprise-form-{size}")
    look(own, address, f"/proposals/{proposals['waiting'].pk}/", f"own-waiting-{size}")
    theirs = page_of(browser, address, sessions["townsman"], size)
    for name, one in proposals.items():
        look(theirs, address, f"/proposals/{one.pk}/", f"{name}-{size}")
    for name, path in {"list": "/proposals/", "work": "/work/"}.items():
        look(theirs, address, path, f"{name}-{size}")
    look(theirs, address, f"/ledgers/chemicals/{ammonia.pk}/", f"row-{size}")


def test_a_quantity_goes_from_a_phone_to_the_register(
    browser: Browser,
    address: str,  # noqa: F811
    ammonia: Chemical,
    proposals: dict[str, Proposal],
    sessions: dict[str, str],
) -> None:
    phone = page_of(browser, address, sessions["worker"], "phone")
    phone.goto(f"{address}/home/")
    phone.get_by_role("link", name="改汽油", exact=True).click()
    phone.fill("#id_design_t", "25")
    phone.fill("#id_reason", "改建")
    phone.get_by_role("button", name="提交", exact=True).click()
    phone.wait_for_url("**/proposals/*/")
    desk = page_of(browser, address, sessions["townsman"], "desk")
    desk.goto(phone.url)
    expect(desk.locator(".versus")).to_contain_text("180.0")
    desk.get_by_role("button", name="确认变更").click()
    expect(desk.locator("[role=status]").first).to_contain_text("已确认")
    desk.goto(f"{address}/ledgers/chemicals/{proposals['returned'].row}/")
    expect(desk.locator(".facts").first).to_contain_text("25.0")
