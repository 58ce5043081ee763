"""Many hands at once, on SQLite and on PostgreSQL: nothing is lost, nobody hears of a lock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from anwei.cases.errors import StaleCase
from anwei.cases.models import Case, Entry
from anwei.cases.services import advance
from anwei.ledgers import append_only, seal
from anwei.ledgers.services import record_change
from tests.kernel.county import NOW, build, open_repair

N_HANDS = 50


def at_once(act: Callable[[int], str]) -> Counter[str]:
    """Let every hand act at the same moment, each on a connection of its own; count what became of it."""
    barrier = Barrier(N_HANDS)

    def hand(n: int) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act(n)
        except Exception as fault:
            return type(fault).__name__ + ("" if isinstance(fault, StaleCase) else f": {fault}")
        finally:
            connection.close()

    with ThreadPoolExecutor(N_HANDS) as pool:
        return Counter(pool.map(hand, range(N_HANDS)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.db
def test_fifty_hands_on_one_case() -> None:
    county = build()
    case = open_repair(county)

    def order(n: int) -> str:
        advance(case, "order", actor=county.officer, now=NOW, version=1, note=f"第{n}只手")
        return "won"

    assert at_once(order) == {"won": 1, "StaleCase": N_HANDS - 1}
    assert Entry.objects.filter(case=case).count() == 2

    def double_click(n: int) -> str:
        advance(case, "sign", actor=county.worker, now=NOW, key="one form")
        return "fine"

    assert at_once(double_click) == {"fine": N_HANDS}
    assert Entry.objects.filter(case=case).count() == 3
    assert Case.objects.get(pk=case.pk).version == 3

    def open_one(n: int) -> str:
        record_change("sites.site", 1, actor=county.officer, now=NOW, verb="edit", content={"n": n})
        return open_repair(county).number

    numbers = at_once(open_one)
    assert sorted(numbers) == [f"WX2026{n:05d}" for n in range(2, N_HANDS + 2)]
    assert seal.verify().first_broken is None
    append_only.require(connection)


@pytest.mark.django_db(transaction=True)
def test_fifty_editors_of_one_ledger_row_over_http() -> None:
    """Each opens the form, adds one worker, saves; a faster hand means 409 and opening it again."""
    county = build()
    enterprise = county.enterprise
    enterprise.workers = 0
    enterprise.credit_code = "91110000000000001E"
    enterprise.save()
    page = f"/ledgers/enterprises/{enterprise.pk}/edit/"

    def add_one(_n: int) -> str:
        client = Client()
        client.force_login(county.officer)
        for _attempt in range(200):
            fields = _fields(client.get(page).content.decode())
            workers = str(int(fields["workers"] or 0) + 1)
            answer = client.post(page, fields | {"workers": workers, "reason": "核实", "confirmed": "1"})
            if answer.status_code == 302:
                return "saved"
            if answer.status_code != 409:
                return f"{answer.status_code}: {re.findall(r'alert[^>]*>([^<]+)<', answer.content.decode())}"
        return "never"

    assert at_once(add_one) == {"saved": N_HANDS}
    enterprise.refresh_from_db()
    assert enterprise.workers == N_HANDS
    assert seal.verify().first_broken is None


def _fields(page: str) -> dict[str, str]:
    """Return what a form would send back untouched."""
    form = page[page.index('<form class="card"') :]
    fields = {
        name: unescape(value)
        for tag in re.findall(r"<input[^>]*>", form)
        if (name := _attribute(tag, "name")) and (value := _attribute(tag, "value")) is not None
    }
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option[^>]*value="([^"]*)"[^>]*selected', options)
        fields[name] = unescape(chosen[1]) if chosen else ""
    return fields


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else None
