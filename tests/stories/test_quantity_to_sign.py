"""“底数清、情况明，分级管控”: from a quantity typed on a phone to the sign on the wall.

An enterprise updates its ammonia quantity on a phone; the regulator confirms it and the assessment that follows;
the installation's level rises; map, colour with its reasons, QR sign and papers say so together, and no sooner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from anwei.org.models import Person, Post, Unit
from anwei.sites.live.colouring import recolour_all
from anwei.sites.models import Assessment, Chemical
from anwei.sites.risks.signs import issue_sign
from tests.kernel.conftest import django_db_setup  # noqa: F401  the table of the test-only kind
from tests.kernel.county import County, build, in_post
from tests.ledgers.test_browser import SIZES
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.sites.mapped import HERE, put
from tests.sites.risks import chemical, confirmed, installation, place, point
from tests.sites.test_enterprise_file import words_of
from tests.support.chromium import WHY_NOT, chromium, chromium_path

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium_path() is None, reason=WHY_NOT),
]


PATIENCE_MS = 15_000
OWN = "/enterprises/own/"


@pytest.fixture
def five_minutes_later() -> None:
    """The browser's clock cannot be moved; neither is the server's."""


@pytest.fixture
def county(transactional_db: None) -> County:
    """The usual one, with a head in the township and in each authority: no hole gives a colour of its own."""
    county = build()
    bodies = Unit.objects.filter(kind__in=("township", "department"))
    for unit in bodies:
        in_post(f"head{unit.pk}", Post.objects.create(unit=unit, kind="principal", title="负责人"))
    return county


@pytest.fixture
def ammonia(county: County) -> Chemical:
    """40 t with 35 people nearby, R = 9.6: level 4, long confirmed; of what else may happen a point is yellow."""
    put(county.enterprise, HERE)
    point(place(county.enterprise), name="装卸台", grade="yellow")
    made = chemical(installation(county.enterprise, people=35), 40)
    confirmed(Assessment.objects.get(), county.officer)
    now = timezone.now()
    Assessment.objects.update(assessed_at=now - timedelta(days=30), confirmed_at=now - timedelta(days=29))
    issue_sign(county.enterprise, actor=county.worker, now=now)
    recolour_all(now)
    return made


@pytest.fixture
def sessions(county: County, ammonia: Chemical) -> dict[str, str]:
    """Logged in before the browser starts: its driver owns an event loop."""

    def session_of(person: Person) -> str:
        visitor = Client()
        visitor.force_login(person)
        return visitor.cookies[settings.SESSION_COOKIE_NAME].value

    return {name: session_of(getattr(county, name)) for name in ("worker", "officer")}


@pytest.fixture
def browser(sessions: dict[str, str], address: str) -> Iterator[Browser]:  # noqa: F811
    with chromium() as browser:
        yield browser


@dataclass(frozen=True)
class Told:
    """What every place says at a moment: the level in words, and the colour on screen, map, wall and paper."""

    level: str
    level_on_record: str
    level_in_file: str
    colour: str
    colour_on_phone: str
    static: str
    live: str
    reasons: str
    map_point: str
    map_list: str
    sign: str
    file: str
    waiting: bool


BEFORE = Told(
    level="四级重大危险源",
    level_on_record="S = 4，R = 9.6，四级重大危险源",
    level_in_file="氨罐区 四级重大危险源",
    colour="黄色",
    colour_on_phone="黄色",
    static="一般·黄",
    live="一般·黄",
    reasons="1 个风险点（装卸台）",
    map_point="yellow",
    map_list="黄色",
    sign="一般·黄",
    file="实时颜色：一般；静态等级：一般。静态等级由来：1 个风险点（装卸台）。",
    waiting=False,
)
AFTER = Told(
    level="一级重大危险源",
    level_on_record="S = 50，R = 120，一级重大危险源",
    level_in_file="氨罐区 一级重大危险源",
    colour="红色",
    colour_on_phone="红色",
    static="重大·红",
    live="重大·红",
    reasons="氨罐区：一级重大危险源",
    map_point="red",
    map_list="红色",
    sign="重大·红",
    file="实时颜色：重大；静态等级：重大。静态等级由来：氨罐区：一级重大危险源。",
    waiting=False,
)


@dataclass(frozen=True)
class People:
    """Who looks, each on their own screen."""

    phone: Page  # the safety post of the enterprise
    desk: Page  # the regulator
    passer: Page  # somebody before the sign, not signed in

    def told(self, unit: int, enterprise: int) -> Told:
        """Open every page and paper that tells a level or a colour of the enterprise, and read it there."""
        desk = self.desk
        desk.goto(f"/risks/installations/{unit}/")
        head = desk.locator(".page-head")
        record = self.paper(head.get_by_role("link", name="辨识分级记录"))
        level = head.locator("b").inner_text()
        desk.goto(f"/enterprises/{enterprise}/")
        mark, sheet = desk.locator(".page-head .severity").first, desk.locator("#colour")
        marks = sheet.locator("dd").first.locator(".severity")
        expect(desk.locator("#risks")).to_contain_text(f"氨罐区 {level[:2]}")
        file = self.paper(desk.get_by_role("link", name="打印档案 DOCX")).splitlines()
        colour, reasons = mark.inner_text(), desk.locator(".file-reasons").inner_text()
        live, static = marks.nth(0).inner_text(), marks.nth(1).inner_text()
        waiting = "待复核" in desk.locator("#risks").inner_text()
        points = desk.request.get("/map/layers/enterprises.geojson").json()["features"]
        desk.goto("/map/list/?layer=enterprises")
        row = desk.locator("tbody tr", has=desk.get_by_role("link", name="甲化工厂", exact=True))
        desk_list = row.locator("td").nth(1).inner_text()
        self.phone.goto(OWN)
        on_phone = self.phone.locator(".page-head .severity").first.inner_text()
        self.passer.reload()
        return Told(
            level=level,
            level_on_record=_after(record.splitlines(), "结论"),
            level_in_file=f"氨罐区 {_after(file, '氨罐区')}",
            colour=colour,
            colour_on_phone=on_phone,
            static=static,
            live=live,
            reasons=reasons.removesuffix("怎样下降").strip(),
            map_point=next(one["properties"]["c"] for one in points if one["id"] == enterprise),
            map_list=desk_list.split()[-1],
            sign=self.passer.locator(".sign-head .severity").inner_text(),
            file="".join(line for line in file if line.startswith(("实时颜色：", "静态等级由来："))),
            waiting=waiting,
        )

    def paper(self, link: Locator) -> str:
        """Return the words of the Word file behind a link of the desk."""
        answer = self.desk.request.get(str(link.get_attribute("href")))
        assert answer.ok, answer.status
        return words_of(answer.body())


def _after(lines: list[str], label: str) -> str:
    """Return what stands in the cell beside a label."""
    return lines[lines.index(label) + 1]


@pytest.fixture
def people(browser: Browser, address: str, sessions: dict[str, str], county: County) -> People:  # noqa: F811
    """Three screens; the passer-by has typed the address that the printed sign shows beside its code."""

    def screen(size: str, session: str = "") -> Page:
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, locale="zh-CN", base_url=address)
        if session:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}
            context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    found = People(screen("phone", sessions["worker"]), screen("desk", sessions["officer"]), screen("phone"))
    found.phone.goto(f"/risks/enterprises/{county.enterprise.pk}/sign/")
    printed = found.phone.locator("article code").inner_text()
    assert re.search(r"/s/\w{10}$", printed)
    found.passer.goto(f"http://{printed}")
    return found


def test_from_a_quantity_on_a_phone_to_the_sign_on_the_wall(
    people: People, county: County, ammonia: Chemical
) -> None:
    phone, desk = people.phone, people.desk

    def told() -> Told:
        return people.told(ammonia.installation_id or 0, county.enterprise.pk)

    assert told() == BEFORE

    phone.get_by_role("link", name="改氨", exact=True).click()
    phone.fill("#id_design_t", "500")
    phone.fill("#id_reason", "二期储罐投用")
    phone.get_by_role("button", name="提交", exact=True).click()
    phone.wait_for_url("**/proposals/*/")
    phone.goto(OWN)
    expect(phone.locator("#waiting .own-proposal")).to_contain_text("40.0 → 500.0")
    assert told() == BEFORE  # what waits tells nobody anything yet

    desk.goto("/work/")
    desk.locator(".works").get_by_role("link", name="去确认").click()
    expect(desk.locator(".versus")).to_contain_text("500.0")
    desk.get_by_role("button", name="确认变更").click()  # leads on to the assessment
    expect(desk.locator(".page-head")).to_contain_text("一级重大危险源")
    expect(desk.locator(".calculation")).to_contain_text("R = 1.2 ×（2×500/10）= 120")
    review = desk.url
    assert told() == replace(BEFORE, waiting=True)  # assessed by the enterprise, not yet reviewed

    desk.goto(review)
    for box in desk.locator("[name=point]").all():
        box.check()
    desk.get_by_role("button", name="核定无误，确认").click()
    expect(desk.locator(".timeline")).to_contain_text("复核确认 officer")
    expect(desk.locator(".timeline")).to_contain_text("评估 worker")
    assert told() == AFTER
    for page in (phone, people.passer):
        excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(excess) <= 0
