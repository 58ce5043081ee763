"""Desks of those who act in a story: a browser of their own each, forms filled as people fill them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from anwei.cases.dossier.command import main as verify_dossier
from anwei.cases.models import Case
from anwei.demo.working import photographs
from anwei.org.models import Person
from anwei.standards.geography.points import Point
from tests.hazards.doors import signed_in
from tests.support.chromium import chromium

THERE = Point(119.9, 38.7)
PATIENCE_MS = 20_000
FIGURES = """(all) => all.map((one) => [
  one.querySelector("span").textContent,
  [...one.querySelectorAll("a")].map((door) => door.textContent).join("/"),
])"""


class Desk:
    """One person at a browser; without a session somebody of the public."""

    def __init__(self, browser: Browser, site: str, session: str, folder: Path) -> None:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 900})
        if session:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}
            context.add_cookies([cookie])  # type: ignore[list-item]
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.site, self.folder = site, folder

    def open(self, path: str) -> Page:
        """Open a page that must be there."""
        answer = self.page.goto(self.site + path)
        assert answer is not None and answer.status == 200, (path, answer and answer.status)
        return self.page

    def do(self, path: str, verb: str, *, picture: str = "", **told: str) -> Page:
        """Open a page, send the form of a verb on it, and return the page that follows."""
        self.open(path)
        form = self.page.locator(f'form[action$="/{verb}/"]').last
        form.evaluate("form => { const around = form.closest('details'); if (around) around.open = true }")
        self.send(form, picture=picture, **told)
        return self.page

    def send(self, form: Locator, *, picture: str = "", **told: str | list[str]) -> None:
        """Fill a form and send it, which must be let in; `picture` is the colour of a photo just taken there."""
        if picture:
            form.locator("input[type=file]:not([capture])").first.set_input_files(self.photograph(picture))
        for name, value in told.items():
            field = form.locator(f'[name="{name}"]').first
            match field.evaluate("field => field.type"):
                case "select-one":
                    field.select_option(value)
                case "radio" | "checkbox":
                    for one in [value] if isinstance(value, str) else value:
                        form.locator(f'[name="{name}"][value="{one}"]').check()
                case _:
                    field.fill(str(value))
        with self.page.expect_navigation() as followed:
            form.locator("button[type=submit]").last.click()
        assert followed.value.status == 200, self.page.locator("main").inner_text()

    def photograph(self, colour: str) -> Path:
        """Return a photo whose camera says where it was taken, and that it was half a minute ago."""
        file = self.folder / f"{colour}.jpg"
        taken = timezone.localtime() - timedelta(seconds=30)
        file.write_bytes(photographs.jpeg(Image.new("RGB", (160, 120), colour), taken, THERE))
        return file

    def download(self, link: Locator) -> Path:
        """Save what a link gives and return it."""
        with self.page.expect_download() as given:
            link.click()
        file = self.folder / given.value.suggested_filename
        given.value.save_as(file)
        return file

    def figures(self) -> Mapping[str, str]:
        """Return the figures of the room's home by their names; a share as "1/2"."""
        figures: list[tuple[str, str]] = self.open("/hazards/").eval_on_selector_all(
            ".rate-figures .figure", FIGURES
        )
        return dict(figures)


@contextmanager
def desks(people: Mapping[str, Person | None], site: str, folder: Path) -> Iterator[dict[str, Desk]]:
    """Seat everybody (None: the public); the database answers nobody here until they have left."""
    name = settings.SESSION_COOKIE_NAME
    sessions = {
        who: "" if person is None else signed_in(person).cookies[name].value for who, person in people.items()
    }
    with chromium() as browser:
        yield {who: Desk(browser, site, session, folder) for who, session in sessions.items()}


def path_of(page: Page) -> str:
    """Return the address of the case that a page shows."""
    found = re.search(r"/cases/\d+/", page.url)
    assert found, page.url
    return found[0]


def save_dossier(desk: Desk, case: str) -> Path:
    """Save 一案一档 of a closed case, whose page says that its record is whole."""
    page = desk.open(case)
    expect(page.get_by_text("记录未被改动")).to_be_visible()
    return desk.download(page.get_by_role("link", name="一案一档"))


def require_whole(dossier: Path, case: Case) -> None:
    """Check a dossier as whoever receives it does, seals and all, and that it is of that case."""
    key = settings.DATA.folder("keys") / "chain"
    assert case.number in dossier.name
    assert verify_dossier([str(dossier), "--key", str(key)]) == 0
