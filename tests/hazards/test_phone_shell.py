"""The shell of the phone page lies in a cache for good: it holds nobody's data, and all that it needs is listed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.hazards.conftest import Safe
from tests.hazards.doors import signed_in
from tests.hazards.inspecting import Team, plan, team

SHELL, WORKER = "/inspections/phone/", "/inspections/phone/worker.js"


@pytest.fixture
def crew(safe: Safe) -> Team:
    return team(safe)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_the_same_to_everybody(crew: Team) -> None:
    visit = plan(crew)
    one, other = signed_in(crew.first), signed_in(crew.clerk)
    shell = text(one, SHELL)
    assert shell == text(other, SHELL) and text(one, WORKER) == text(other, WORKER)
    assert not [word for word in (visit.number, visit.whom, "csrf") if word in shell]
    assert Client().get(SHELL).status_code == Client().get(WORKER).status_code == 302


def test_the_worker_keeps_each_file_that_a_module_or_the_page_asks_for(crew: Team) -> None:
    client = signed_in(crew.first)
    kept = json.loads(re.findall(r"const FILES = (\[.*?\]);", text(client, WORKER))[0])
    asked = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text(client, SHELL)))
    for address in [one for one in kept if one.endswith(".js")]:
        source = Path(str(finders.find(address.removeprefix("/static/")))).read_text("utf-8")
        asked |= {f"/static/js/phone/{name}" for name in re.findall(r'from "\./([\w-]+\.js)"', source)}
    there = {one for one in asked if finders.find(one.removeprefix("/static/"))}
    assert there and there - set(kept) == set()
