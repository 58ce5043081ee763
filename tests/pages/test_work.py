from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from anwei.cases.sweep import sweep
from anwei.cases.views import lists
from anwei.monitoring.models import Warning
from anwei.monitoring.services import record_episodes
from anwei.org.models import Person
from tests.kernel.county import NOW, County
from tests.monitoring.plant import build, raised
from tests.pages.test_case import act, disposal

SignIn = Callable[[Person], Client]


def counts(client: Client) -> dict[str, int]:
    found: dict[str, int] = client.get("/work/").context["counts"]
    return found


def test_a_case_lies_on_the_desk_of_whoever_has_the_turn(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker, officer, town = sign_in(county.worker), sign_in(county.officer), sign_in(county.townsman)
    assert counts(worker)["todo"] == 1
    assert (counts(officer)["todo"], counts(officer)["supervised"]) == (0, 1)
    assert (counts(town)["todo"], counts(town)["informed"]) == (0, 1)
    act(worker, warning, "sign")
    act(worker, warning, "dispose", **disposal())
    assert (counts(worker)["todo"], counts(worker)["done"]) == (0, 1)
    assert (counts(officer)["todo"], counts(officer)["supervised"]) == (1, 0)
    assert sum(counts(sign_in(county.stranger)).values()) == 0


def test_one_click_from_the_desk(county: County, warning: Warning, sign_in: SignIn) -> None:
    worker = sign_in(county.worker)
    page = worker.get("/work/")
    [(case, (transition, form))] = page.context["works"]
    assert f"/cases/{case.pk}/sign/" in page.content.decode()
    answer = worker.post(f"/cases/{case.pk}/{transition.verb}/", form.initial)
    assert answer.status_code == 302
    assert Warning.objects.get().phase == "acting"
    assert "去办理" in worker.get("/work/").content.decode()  # what needs papers is done on its page


def test_overdue_is_said_in_red_and_counted(county: County, warning: Warning, sign_in: SignIn) -> None:
    with time_machine.travel(NOW + timedelta(hours=2), tick=True):
        page = sign_in(county.worker).get("/work/")
    text = page.content.decode()
    assert page.context["n_overdue"] == 1
    assert 'class="overdue"' in text and "超期 1 小时" in text


def test_a_long_desk_has_pages(
    county: County, warning: Warning, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_episodes([(9, raised(build(county, code="gas-2").hh))], now=NOW)
    monkeypatch.setattr(lists, "WORKS_A_PAGE", 1)
    client = sign_in(county.officer)
    first = client.get("/work/?tab=supervised")
    assert "第 1—1 条，共 2 条" in first.content.decode()
    assert 'href="?tab=supervised&amp;page=2"' in first.content.decode()
    second = client.get("/work/?tab=supervised&page=2")
    assert len(second.context["works"]) == 1 and "上一页" in second.content.decode()


def test_a_missed_clock_stands_in_the_timeline_in_words(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    sweep(NOW + timedelta(minutes=11))
    text = sign_in(county.officer).get(f"/cases/{warning.pk}/").content.decode()
    assert "“签收”超期" in text and "记录未被改动" in text


def test_every_tab_says_why_it_is_empty(county: County, sign_in: SignIn) -> None:
    client = sign_in(county.stranger)
    for tab, words in (
        ("todo", "没有待办"),
        ("done", "还没有办过的事项"),
        ("supervised", "没有正在督办的事项"),
        ("informed", "没有需要知会的事项"),
        ("nonsense", "没有待办"),
    ):
        assert words in client.get(f"/work/?tab={tab}").content.decode()
