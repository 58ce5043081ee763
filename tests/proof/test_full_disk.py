"""One full disk under the whole family (reliability.md R6): nothing acknowledged is lost, nothing refused in silence.

Twice, while devices send over MQTT and HTTP and somebody works on the pages: once the disk fills up to the
reserves and then wholly, once from one moment to the next, so that the broker fails in the middle of a write.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from anwei.monitoring.stream.disk import Disk
from tests.proof import truth
from tests.proof.senders import Sender, finish, provision, start_senders
from tests.support.family import Family, wait_for

SIZE_M = 256
SPACE_S = 30  # s from free space to a healthy family
NAMED_S = 15  # s from a full disk to the sentence that says so
USER = "zhiban"
SESSION = f"""
import django; django.setup()
from django.conf import settings; from django.test import Client
from anwei.org.models import Person
client = Client(); client.force_login(Person.objects.get(username={USER!r}))
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
CSRF = "c" * 32

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root"),
]


@dataclass(eq=False)
class HttpSender(Sender):
    """A device that posts over HTTP and keeps what it was told."""

    web: str = ""
    language: str = "zh-CN"
    told: Counter[tuple[int, str]] = field(default_factory=Counter)  # status and sentence of each refusal

    def _delivered(self, payload: bytes) -> bool:
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": self.language}
        status, media_type, answer = ask(f"{self.web}/api/v1/telemetry/{self.device}", payload, headers)
        if status in (0, 200):  # 0: nobody answered
            return status == 200
        assert media_type == "application/problem+json", (status, answer)
        self.told[status, json.loads(answer)["detail"]] += 1
        return False


def ask(url: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str, str]:
    """Return status, media type and body of an answer; status 0 where there is none."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read().decode()
    except OSError:
        return 0, "", ""


@dataclass
class Desk:
    """Somebody at work: reads the status page, makes a suggestion on it, acknowledges by the API."""

    family: Family
    web: str
    token: str
    session: str

    @classmethod
    def of(cls, family: Family) -> Desk:
        """Take a place in a running family; the account was made before."""
        token = done(family.command("token", "create", USER)).split()[-1]
        environment = {**family.environment, "DJANGO_SETTINGS_MODULE": "anwei.portal.settings"}
        made = subprocess.run(
            [family.python, "-c", SESSION],
            env=environment,
            cwd=family.place,
            capture_output=True,
            text=True,
            check=False,
        )
        return cls(family, family.folder.running()["web"], token, done(made).strip())

    def page(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Return status and body of a page, or of a form sent to it."""
        body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": CSRF}).encode() if form else None
        names = f"sessionid={self.session}; csrftoken={CSRF}"
        status, _type, text = ask(self.web + path, body, {"Cookie": names, "Referer": self.web})
        return status, text

    def acknowledge(self, language: str) -> tuple[int, dict[str, Any]]:
        """Acknowledge one of the alarms."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": language}
        address = f"{self.web}/api/v1/alarms"
        _, _, rows = ask(f"{address}?state=unacknowledged&limit=1", None, headers)
        number = json.loads(rows)["items"][0]["id"]
        json_type = {**headers, "Content-Type": "application/json"}
        status, media_type, answer = ask(f"{address}/{number}/acknowledge", b'{"note": "x"}', json_type)
        assert media_type == ("application/json" if status == 200 else "application/problem+json"), answer
        return status, json.loads(answer)

    def checks(self) -> dict[str, dict[str, Any]]:
        """Return what /healthz finds wrong, with the reasons."""
        status, text = self.page("/healthz")
        wrong = {check["name"]: check for check in json.loads(text)["checks"] if not check["ok"]}
        assert (status == 503) == bool(wrong)
        return wrong


def done(command: subprocess.CompletedProcess[str]) -> str:
    assert command.returncode == 0, command.stdout + command.stderr
    return command.stdout


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "disk"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_M}m", "none", path], check=True)
    yield path
    subprocess.run(["umount", "--lazy", path], check=True)


def test_a_full_disk_loses_nothing_and_says_so(disk: Path, tmp_path: Path) -> None:
    family = Family(disk / "data")
    family.output = tmp_path / "console.txt"
    keys = provision(family, tmp_path)
    words = ["--name", "张三", "--unit", "某县安委办", "--unit-kind", "committee_office"]
    done(family.command("territory", "990101", "某县"))
    done(
        family.command(
            "account", "create", USER, *words, "--territory", "990101", "--post", "值班", "--kind", "duty"
        )
    )
    with family:
        family.wait_until_healthy()
        desk, senders = Desk.of(family), start(family, keys)
        wait_for(lambda: truth.recorded(family), seconds=30, what="the first alarms")
        time.sleep(5)
        by_and_by(desk, disk, senders)
        at_once(desk, disk, senders)
        finish(senders)
        told: Counter[tuple[int, str]] = sum(
            (sender.told for sender in senders if isinstance(sender, HttpSender)), Counter()
        )
        print(*(f"{count} x {status} {text}" for (status, text), count in told.items()), sep="\n")
        assert {507} <= {status for status, _text in told} <= {503, 507}
        assert any("存储空间已满" in text for _status, text in told)
        expected = truth.due(family, senders, truth.acknowledged(senders))
        wait_for(lambda: not truth.lost(family, expected), seconds=60, what="all episodes are recorded")
        starts = {process["name"]: process["starts"] for process in family.status()["processes"]}
        print("starts of each process:", starts)
        assert starts["broker"] > 1, "a broker that failed to write never writes again by itself"
    truth.compare(family, senders, truth.stored(family), expected).check()
    done(family.command("verify"))


def start(family: Family, keys: dict[str, str]) -> list[Sender]:
    """Let half of the devices send over MQTT and half over HTTP, one of them in English."""
    port = json.loads((family.folder.root / "run" / "broker.json").read_text())["mqtt_port"]
    by_mqtt = start_senders(port, dict(sorted(keys.items())[:2]))
    web, begin = family.folder.running()["web"], int(time.time() * 1000)
    by_http: list[Sender] = [
        HttpSender(port, device, key, begin, web=web, language=language)
        for (device, key), language in zip(sorted(keys.items())[2:], ("zh-CN", "en"), strict=True)
    ]
    for sender in by_http:
        sender.start()
    return by_mqtt + by_http


def by_and_by(desk: Desk, disk: Path, senders: list[Sender]) -> None:
    """Fill the disk up to the reserve of alarms, then wholly; free it."""
    fill(disk, to=int(Disk.of(disk).log_reserve * 0.8))
    wait_for(lambda: {"log", "telemetry"} <= set(desk.checks()), seconds=NAMED_S, what="healthz is red")
    wrong = desk.checks()
    assert wrong["log"]["no_room"] and wrong["telemetry"]["no_room"], wrong
    assert "MiB" in wrong["log"]["detail"], wrong
    refused(senders)
    assert said(desk), "the disk is full"
    assert desk.acknowledge("zh-CN")[0] == 200, "the reserve is for what people write"
    fill(disk, to=0)
    status, answer = desk.acknowledge("en")
    assert status == 507, answer
    status, text = desk.page("/suggestions/", {"text": "磁盘满了吗", "page": "/status/"})
    assert (status, "磁盘已满" in text) == (507, True), text[-2000:]
    wait_for(lambda: "database" in desk.checks(), seconds=NAMED_S, what="healthz names the database")
    assert desk.checks()["database"]["no_room"]
    assert said(desk), "the disk is full"
    time.sleep(5)
    recover(desk, disk, senders)
    assert desk.acknowledge("en")[0] == 200
    assert desk.page("/suggestions/", {"text": "磁盘满了吗", "page": "/status/"})[0] in (200, 302)


def at_once(desk: Desk, disk: Path, senders: list[Sender]) -> None:
    """Fill the disk before anybody can look; free it."""
    fill(disk, to=0)
    wait_for(lambda: "log" in desk.checks(), seconds=NAMED_S, what="healthz is red")
    refused(senders)
    assert said(desk)
    recover(desk, disk, senders)


def fill(disk: Path, *, to: int) -> None:
    """Leave `to` bytes free, for a moment at least."""
    with (disk / f"ballast-{time.monotonic_ns()}").open("wb", buffering=0) as file:
        while (free := Disk.of(disk).free) > to:
            try:
                file.write(bytes(min(free - to, 1 << 20)))
            except OSError:
                return


def refused(senders: list[Sender]) -> None:
    """Wait until no sender has been acknowledged for three seconds."""

    def nobody() -> bool:
        before = truth.acknowledged(senders)
        time.sleep(3)
        return truth.acknowledged(senders) == before

    wait_for(nobody, seconds=30, what="nothing is acknowledged any more")


def said(desk: Desk) -> bool:
    """Whether `anwei status` and the status page say in a sentence that the disk is full."""
    status, page = desk.page("/status/")
    assert status == 200, page[-2000:]
    printed = desk.family.command("status")
    return "磁盘已满" in page and "磁盘已满" in printed.stdout and printed.returncode == 1


def recover(desk: Desk, disk: Path, senders: list[Sender]) -> None:
    """Free the disk; wait until all is well and every sender has caught up."""
    for ballast in disk.glob("ballast-*"):
        ballast.unlink()
    took = wait_for(lambda: desk.checks() == {}, seconds=SPACE_S, what="healthy again")
    now_ms = int(time.time() * 1000)
    caught_up = wait_for(
        lambda: all(sender.start_ms + sender.acknowledged * 100 >= now_ms for sender in senders),
        seconds=60,
        what="the senders have caught up",
    )
    print(f"healthy {took:.1f} s after there was space, caught up {caught_up:.1f} s later")
