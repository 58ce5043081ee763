"""`make shots`: photograph the main pages of a demo county at the sizes people use, into shots/.

Uses the instance that runs on the data folder, or the one named by --address; starts one for itself when
there is none. Ends with status 1 when a page overflows sideways, opens below its top, fails, or writes an
error to the console.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response

from anwei.datafolder import DataFolder
from tests.support.broker import REPOSITORY
from tests.support.chromium import WHY_NOT, chromium, chromium_path
from tests.support.family import Family

DESK, PHONE, WALL = (1366, 768), (360, 740), (1920, 1080)
SETTLE_MS = 2_000  # the charts and the first live values, where a page has any
STILL_MS = 300
MAP_MS = 30_000  # WebGL without a graphics card takes its time
FIRST_ALARMS_S = 90  # how long a county that was just started may take to have something to show
LISTS = {"work": "/work/", "alarms": "/alarms/", "history": "/alarms/?tab=history", "cases": "/cases/"}
LISTS |= {
    "enterprises": "/enterprises/",
    "devices": "/devices/",
    "rejects": "/rejects/",
    "status": "/status/",
    "notices": "/notices/",
    "notice-settings": "/notices/settings/",
    "search": "/search/?q=煤业",
    "map": "/map/",
    "risks": "/risks/",
    "expiries": "/expiries/",
    "trials": "/contacts/trials/",
    "proposals": "/proposals/",
    "law": "/law/",
    "gaps": "/org/gaps/",
    "matrix": "/org/responsibility/matrix/",
    "sectors": "/org/sectors/",
    "units": "/org/units/",
    "letters": "/org/letters/",
    "deputies": "/delegations/",
    "extensions": "/extensions/",
    "ledgers": "/ledgers/",
    "ledger": "/ledgers/enterprises/",
    "import": "/ledgers/enterprises/import/",
    "grid": "/ledgers/enterprises/grid/",
    "form": "/ledgers/enterprises/new/",
    "suggestions": "/suggestions/",
    "help": "/help/work/",
    "account": "/account/",
}
DETAILS = {
    "case": ("/cases/", r"/cases/\d+/"),
    "enterprise": ("/enterprises/", r"/enterprises/\d+/"),
    "device": ("/devices/", r"/devices/[\w-]+/"),
    "tag": ("/alarms/?tab=history", r"/tags/\d+/"),
    "answer": ("/org/responsibility/matrix/", r"/org/responsibility/\?enterprise=\d+.*"),
    "cure": ("/org/gaps/", r"/org/appoint/.*"),
    "unit": ("/org/units/", r"/org/units/\d+/"),
    "person": ("/org/units/", r"/org/people/\d+/"),
    "row": ("/ledgers/enterprises/", r"/ledgers/enterprises/\d+/"),
}
DESK_OF = {"cockpit": "/", "work": "/work/", "gaps": "/org/gaps/", "ledgers": "/ledgers/"}
ROLES: dict[str, tuple[str, dict[str, str]]] = {
    "leader": ("县长", {"cockpit": "/", "work": "/work/", "matrix": "/org/responsibility/matrix/"}),
    "department": ("安全监管人员", DESK_OF),
    "township": ("专干", DESK_OF),
    "enterprise": ("安全管理人员", {**DESK_OF, "own": "/enterprises/own/"}),
    "system": (
        "系统管理员",
        {
            "home": "/home/",
            "calendar": "/system/calendar/",
            "ladders": "/system/figures/ladders/",
            "templates": "/system/templates/",
            "dictionaries": "/system/dictionaries/",
            "chain": "/system/chain/",
            "backup": "/system/backup/",
            "deliveries": "/notices/deliveries/",
        },
    ),
    "security": (
        "安全保密管理员",
        {"home": "/home/", "create": "/org/accounts/new/", "factor": "/account/factor/"},
    ),
    "audit": ("安全审计员", {"home": "/home/", "changes": "/org/accounts/audit/changes/"}),
}  # other people's pages: the words of the post in the top bar's list, and what is photographed


@dataclass
class Album:
    """Takes pictures of one running instance and remembers what was wrong."""

    address: str
    folder: Path
    faults: list[str] = field(default_factory=list)

    def open(self, browser: Browser, size: tuple[int, int]) -> Page:
        """Open a browser window of a size, in which the demo lets its first visitor in."""
        width, height = size
        window: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        page = window.new_page()
        page.on("console", self._listen)
        page.on("pageerror", self._fail)
        page.on("response", self._look)
        page.goto(self.address, wait_until="domcontentloaded")
        return page

    def take(self, page: Page, name: str, path: str) -> None:
        """Photograph one page."""
        page.goto(self.address + path, wait_until="domcontentloaded")
        if page.query_selector("[data-map]"):
            page.wait_for_selector("[data-map][data-drawn]", timeout=MAP_MS)
        page.wait_for_timeout(SETTLE_MS if page.query_selector("[data-live]") else STILL_MS)
        assert page.viewport_size
        width = page.viewport_size["width"]
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if excess > 0:
            self.faults.append(f"{name} at {width}: {excess} px too wide")
        if page.evaluate("scrollY") > 0:
            self.faults.append(f"{name} at {width}: does not open at its top")
        page.screenshot(path=self.folder / f"{name}-{width}.png")
        sys.stdout.write(f"  {name}-{width}.png\n")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _fail(self, error: Error) -> None:
        self.faults.append(f"script: {error}")

    def _look(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request() is False:
            self.faults.append(f"{response.status} {response.url}")


def first_link(page: Page, address: str, listing: str, pattern: str) -> str | None:
    """Return the first address on a list that matches, or None when the list is empty."""
    page.goto(address + listing, wait_until="domcontentloaded")
    links = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
    return next((link for link in links if re.fullmatch(pattern, link)), None)


def play(page: Page, address: str, title: str) -> None:
    """Change to a demo account whose post has this title."""
    page.goto(address, wait_until="domcontentloaded")
    page.click(".top-who")
    page.click(f"button[name=username]:has-text('{title}') >> nth=0")
    page.wait_for_load_state("domcontentloaded")


def photograph(address: str, folder: Path) -> list[str]:
    """Take all pictures; return what was wrong with the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    album = Album(address, folder)
    with chromium() as browser:
        for size in (DESK, PHONE):
            page = album.open(browser, size)
            album.take(page, "cockpit", "/")
            for name, path in LISTS.items():
                album.take(page, name, path)
            for name, (listing, pattern) in DETAILS.items():
                if link := first_link(page, address, listing, pattern):
                    album.take(page, name, link)
            for role, (title, pages) in ROLES.items():
                play(page, address, title)
                for name, path in pages.items():
                    album.take(page, f"{role}-{name}", path)
            page.context.clear_cookies()
            album.take(page, "login", "/accounts/login/")
        album.take(album.open(browser, WALL), "wall", "/wall/")
    return album.faults


@contextmanager
def instance(address: str) -> Iterator[str]:
    """Yield the address of a running demo: the one given, the one on the data folder, or one of our own."""
    running = DataFolder.from_environment().running()
    if address or running:
        yield address or running["web"]
        return
    with tempfile.TemporaryDirectory() as folder:
        options = ("--demo", "--port", "0", "--mqtt-port", "0")
        with Family(Path(folder) / "data", *options, ANWEI_DEMO="1") as family:
            time.sleep(FIRST_ALARMS_S)
            yield family.folder.running()["web"]


def main(words: list[str]) -> int:
    """Take the pictures; return 0 when no page had a fault."""
    parser = argparse.ArgumentParser(prog="make shots", description=__doc__)
    parser.add_argument("--address", default="", help="address of a running demo")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "shots")
    options = parser.parse_args(words)
    if chromium_path() is None:
        sys.stderr.write(f"{WHY_NOT}\n")
        return 1
    with instance(options.address) as address:
        faults = photograph(address, options.folder)
    sys.stderr.writelines(f"{fault}\n" for fault in dict.fromkeys(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
