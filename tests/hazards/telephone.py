"""A telephone with the phone page: a real Chromium with its own profile, which can lose its network and its life."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar, cast

import uvicorn
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.db import connections
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from anwei.portal.asgi import application
from tests.kernel.county import NOW
from tests.support.broker import any_free_port, wait_until_open
from tests.support.chromium import QUIET, chromium_path

PATH = "/inspections/phone/"
SIZE = {"width": 360, "height": 740}
Answer = TypeVar("Answer")
SETTLE = """async () => {
  const [answers, photos, send] = await Promise.all(["answers", "photos", "send"].map((name) => import(`/static/js/phone/${name}.js`)));
  const isCalm = () => !answers.isWriting() && !photos.isKeepingFiles() && !send.isSending();
  for (let calm = 0; calm < 3; calm = isCalm() ? calm + 1 : 0) await new Promise((done) => setTimeout(done, 50));
}"""
STORED = """async (name) => {
  const { open, asked, sha256 } = await import("/static/js/phone/store.js");
  const database = await open();
  const rows = await asked(database.transaction(name).objectStore(name).getAll());
  for (const row of rows) if (row.blob) row.real = await sha256(row.blob);
  return rows.map(({ blob, ...rest }) => rest);
}"""


class Server:
    """The web server on the test's database; it can be stopped and started again at the same address.

    With `swallow` the answer to one POST from now is lost on its way: what was asked is done all the same.
    """

    def __init__(self) -> None:
        self.application = ASGIStaticFilesHandler(application)  # type: ignore[arg-type]
        self._left, self.swallowed = 0, threading.Event()
        self.port = any_free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        config = uvicorn.Config(
            self._answer, port=self.port, lifespan="off", interface="asgi3", log_level="error"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_until_open(self.port)

    def swallow(self, nth: int) -> None:
        """Lose the answer to the nth POST from now, and set `swallowed` once it is done."""
        self._left = nth
        self.swallowed.clear()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not self._left:
            await self.application(scope, receive, send)
            return
        self._left -= 1
        if self._left:
            await self.application(scope, receive, send)
            return

        async def lost(_message: Any) -> None:
            """Send nothing."""

        await self.application(scope, receive, lost)
        self.swallowed.set()
        await asyncio.sleep(2)  # the telephone waits, until somebody kills it

    def stop(self) -> None:
        self._server.force_exit = self._server.should_exit = True
        self._thread.join(10)


class Telephone:
    """One profile on the disk; `page` is the phone page while the browser runs."""

    def __init__(self, driver: Playwright, profile: Path, server: Server, session: str) -> None:
        self._driver, self._profile, self._server, self.session = driver, profile, server, session
        self.faults: list[str] = []
        self.context: BrowserContext
        self.page: Page

    def switch_on(self, *, signed_in: bool = True, size: dict[str, int] | None = None) -> None:
        """Start the browser and open the phone page."""
        self.context = self._started(size or SIZE)
        self.context.clock.set_fixed_time(NOW)
        if signed_in:
            self.sign_in(self.session)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._heard)
        self.open()

    def _started(self, size: dict[str, int]) -> BrowserContext:
        return self._driver.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=chromium_path(),
            args=list(QUIET),
            viewport=size,  # type: ignore[arg-type]
            locale="zh-CN",
        )

    def _heard(self, told: Any) -> None:
        if told.type == "error" and "Content Security Policy" in told.text:
            self.faults.append(told.text)

    def sign_in(self, session: str) -> None:
        self.context.clear_cookies()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self._server.address}
        self.context.add_cookies([cookie])  # type: ignore[list-item]

    def open(self, place: str = "") -> None:
        """Open a place of the page, and wait until it shows."""
        self.page.goto("about:blank")
        self.page.goto(f"{self._server.address}{PATH}#/{place}")
        self.page.wait_for_selector("body[data-ready=yes]")

    def keep_page(self) -> None:
        """Wait until the worker holds the page, so that it opens without a network."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def lose_network(self) -> None:
        self.context.set_offline(True)
        self._server.stop()

    def find_network(self) -> None:
        self._server.start()
        self.context.set_offline(False)

    def kill(self) -> None:
        """End the browser as an empty battery does: SIGKILL to its process, found by its own profile."""
        for pid in self._processes():
            os.kill(pid, signal.SIGKILL)
        ended = time.monotonic() + 10
        while self._processes() and time.monotonic() < ended:
            time.sleep(0.05)

    def _processes(self) -> list[int]:
        found = []
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = line.read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--user-data-dir={self._profile}".encode() in words and not any(
                word.startswith(b"--type=") for word in words
            ):
                found.append(int(line.parent.name))
        return found

    def stored(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a store of IndexedDB; a file has the sha256 of its bytes beside as `real`."""
        rows: list[dict[str, Any]] = self.page.evaluate(STORED, name)
        return rows

    def settle(self) -> None:
        """Wait until what was told and photographed is on the disk and nothing is being sent."""
        self.page.evaluate(SETTLE)

    def begin_without_network(self, visit: int) -> None:
        """Open a visit with a network, then lose it and begin."""
        self.open(f"visit/{visit}")
        self.keep_page()
        self.lose_network()
        self.page.click('[data-part="begin-now"]')

    def sign_and_end(self, visit: int, head: str) -> None:
        """End a visit with the head's signature, which is asked for."""
        page = self.page
        self.open(f"visit/{visit}/end")
        page.click('[data-part="draft"]')
        page.fill('[data-field="head"]', head)
        page.click('[data-part="finish"]')
        expect(page.locator('#screen > div > [data-part="said"]')).to_contain_text("签字")
        self.draw()
        page.click('[data-part="finish"]')
        expect(page.locator('#screen > div > [data-part="said"]')).to_contain_text("检查已结束")

    def draw(self, length: int = 160) -> str:
        """Draw a stroke of so many px in the head's field; return the key of what is signed now."""
        pad = self.page.locator('[data-part="pad"]')
        pad.scroll_into_view_if_needed()
        edges = pad.bounding_box()
        assert edges is not None
        self.page.mouse.move(edges["x"] + 40, edges["y"] + 40)
        self.page.mouse.down()
        self.page.mouse.move(edges["x"] + 40 + length, edges["y"] + 90, steps=4)
        self.page.mouse.up()
        self.page.wait_for_selector('[data-part="again"]:visible')
        self.settle()
        return next(
            str(row["told"]["signature_key"]) for row in self.stored("answers") if row["kind"] == "end"
        )

    def answer(self, item: str, result: str) -> None:
        self.page.click(f'[data-item="{item}"] [data-result="{result}"]')

    def photograph(self, item: str, *colours: str) -> None:
        box = self.page.locator(f'[data-item="{item}"]')
        box.wait_for()  # the list shows once the beginning of the visit is kept
        if box.locator('[data-part="open"]').is_visible():
            box.locator('[data-part="open"]').click()
        there = box.locator(".p-thumb").count()
        files = [{"name": f"{one}.jpg", "mimeType": "image/jpeg", "buffer": picture(one)} for one in colours]
        box.locator("input[multiple]").set_input_files(files)  # type: ignore[arg-type]
        box.locator(".p-thumb").nth(there + len(colours) - 1).wait_for()

    def send(self) -> None:
        """Send all by hand and wait until the server has answered."""
        self.open("sending")
        self.send_from_here()

    def send_from_here(self) -> None:
        """Send all by hand from whatever is on the screen, and wait until the server has answered."""
        self.page.evaluate(
            """async () => {
              const { isSending } = await import("/static/js/phone/send.js");
              const rest = () => new Promise((done) => setTimeout(done, 100));
              const button = document.querySelector('#screen [data-part="send"]') ?? document.querySelector('#bar [data-part="send"]');
              if (!button.disabled) button.click();
              for (let n = 0; n < 150 && isSending(); n += 1) await rest();
              await rest(); // for the screen to follow
              await rest();
            }"""
        )


class Lent(Telephone):
    """A telephone in a browser that others use too: quick to switch on, but it cannot lose its life."""

    def __init__(self, browser: Browser, server: Server, session: str, **options: Any) -> None:
        super().__init__(cast(Playwright, None), Path(), server, session)
        self._browser, self._options = browser, options

    def _started(self, size: dict[str, int]) -> BrowserContext:
        return self._browser.new_context(viewport=size, locale="zh-CN", **self._options)  # type: ignore[arg-type]

    def lose_network(self) -> None:
        self.context.set_offline(True)

    def find_network(self) -> None:
        self.context.set_offline(False)


def picture(colour: str) -> bytes:
    """Return a JPEG of its own for each colour, larger than a phone sends."""
    content = BytesIO()
    image = Image.effect_noise((2000, 1200), 30).convert("RGB")
    image.paste(Image.new("RGB", (900, 1200), colour))
    image.save(content, "JPEG", quality=70)
    return content.getvalue()


@contextmanager
def telephones(server: Server, folder: Path) -> Iterator[Callable[[str, str], Telephone]]:
    """Give out telephones by name and session; all are switched off at the end."""
    with sync_playwright() as driver:
        given: dict[str, Telephone] = {}

        def telephone(name: str, session: str) -> Telephone:
            given[name] = Telephone(driver, folder / name, server, session)
            return given[name]

        yield telephone
        for one in given.values():
            one.context.close()
            one.kill()


def asked(work: Callable[[], Answer]) -> Answer:
    """Ask the database beside the browser's driver, which owns this thread's loop."""

    def apart() -> Answer:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(apart).result()
