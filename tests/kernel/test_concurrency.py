"""Many hands at once, on SQLite and on PostgreSQL: nothing is lost, nobody hears of a lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BoundedSemaphore
from typing import Any

import lxml.html
import pytest
from django.db import connection, transaction
from django.test import Client

from anwei.cases.errors import StaleCase
from anwei.cases.models import Case, Entry
from anwei.cases.services import advance
from anwei.ledgers import append_only, seal
from anwei.ledgers.models import ChainHead, Change
from anwei.ledgers.services import record_change, record_changes
from tests.kernel.county import NOW, build, open_repair

N_HANDS = 50
N_EDITORS = [20, pytest.param(50, marks=pytest.mark.proof)]  # browsers
Typed = Callable[[dict[str, str]], dict[str, str]]


def at_once(act: Callable[[int], str], n_hands: int = N_HANDS) -> Counter[str]:
    """Let every hand act at the same moment, each on a connection of its own; count what became of it."""
    barrier = Barrier(n_hands)

    def hand(n: int) -> str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act(n)
        except Exception as fault:
            return type(fault).__name__ + ("" if isinstance(fault, StaleCase) else f": {fault}")
        finally:
            connection.close()

    with ThreadPoolExecutor(n_hands) as pool:
        return Counter(pool.map(hand, range(n_hands)))


class Editors:
    """Browsers that all open one form before any of them sends it; then those who lost, two at a time."""

    def __init__(self, person: Any, n_editors: int) -> None:
        self._person = person
        self._all_have_opened = Barrier(n_editors)
        self._few = BoundedSemaphore(2)  # all of them again and again would take quadratic time
        self._told: list[int] = []

    @property
    def n_told(self) -> int:
        """How often somebody was told that another hand was faster."""
        return len(self._told)

    def edit(self, page: str, act: str, typed: Typed, again: str = "") -> str:
        """Open `page`, change its form for `act`, send it; as long as another hand was faster, send it again.

        Then the form is the one of the answer, or of the page `again`.
        """
        client = Client()
        client.force_login(self._person)
        form = _form(client.get(page).content, act)
        self._all_have_opened.wait(timeout=60)
        answer = client.post(act, form | typed(form))
        while answer.status_code == 409:
            self._told.append(1)
            with self._few:
                form = _form(client.get(again).content if again else answer.content, act)
                answer = client.post(act, form | typed(form))
        return "taken" if answer.status_code == 302 else f"{answer.status_code}: {answer.content.decode()}"


def _form(page: bytes, act: str) -> dict[str, str]:
    """Return what a browser would send of the form for `act` if nobody touched it."""
    forms = lxml.html.document_fromstring(page.decode()).forms
    return dict(next(form for form in forms if act == (form.action or act)).form_values())


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
def test_fifty_hands_begin_the_same_chains() -> None:
    county = build()

    def log_both(n: int) -> str:
        rows = ("1", "2") if n % 2 else ("2", "1")
        with transaction.atomic():
            record_changes(
                [
                    Change(register="sites.site", row=row, at=NOW, actor=county.officer, verb="edit")
                    for row in rows
                ]
            )
        return "logged"

    assert at_once(log_both) == {"logged": N_HANDS}
    assert set(ChainHead.objects.filter(chain__contains="sites.site").values_list("number")) == {(N_HANDS,)}
    assert seal.verify().first_broken is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("n_editors", N_EDITORS)
def test_editors_of_one_case_in_the_browser(n_editors: int) -> None:
    """Each opens the page and writes down a finding; whom a faster hand beat is told so and begins again."""
    county = build()
    case = open_repair(county)
    Case.objects.filter(pk=case.pk).update(phase="review")
    editors = Editors(county.officer, n_editors)

    def inspect(n: int) -> str:
        finding = f"第{n}只手"
        act = f"/cases/{case.pk}/inspect/"
        return editors.edit(f"/cases/{case.pk}/", act, lambda _fields: {"finding": finding})

    assert at_once(inspect, n_editors) == {"taken": n_editors}
    assert editors.n_told >= n_editors - 1
    written = [entry.content["finding"] for entry in Entry.objects.filter(case=case, verb="inspect")]
    assert sorted(written) == sorted(f"第{n}只手" for n in range(n_editors))
    assert Case.objects.get(pk=case.pk).version == n_editors + 1
    assert seal.verify().first_broken is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("n_editors", N_EDITORS)
def test_editors_of_one_row_in_the_browser(n_editors: int) -> None:
    """Each opens the form and adds one worker; whom a faster hand beat is told so and begins again."""
    county = build()
    enterprise = county.enterprise
    page = f"/ledgers/enterprises/{enterprise.pk}/edit/"
    editors = Editors(county.officer, n_editors)

    def add_one(fields: dict[str, str]) -> dict[str, str]:
        return {"workers": str(int(fields["workers"] or 0) + 1), "confirmed": "1"}

    assert at_once(lambda _n: editors.edit(page, page, add_one, again=page), n_editors) == {
        "taken": n_editors
    }
    assert editors.n_told >= n_editors - 1
    enterprise.refresh_from_db()
    assert enterprise.workers == n_editors
    assert Change.objects.filter(register="sites.enterprise", row=str(enterprise.pk)).count() == n_editors
    assert seal.verify().first_broken is None
