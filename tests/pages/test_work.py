from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anwei.cases.models import Preference
from anwei.cases.sweep import sweep
from anwei.cases.views import lists
from anwei.monitoring.models import Warning
from anwei.monitoring.services import record_episodes
from anwei.org.models import Person
from anwei.org.services import delegate, revoke
from tests.kernel.county import NOW, County, in_post
from tests.monitoring.plant import build, raised
from tests.pages.cases import act, disposal

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


def test_the_numbers_of_the_frame_follow_one_s_own_act_and_a_delegation(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    def frame(client: Client) -> tuple[int, int, int]:
        desk = client.get("/search/").context["desk"]
        return desk.n_todo, desk.n_overdue, desk.n_unread

    deputy = in_post("deputy")
    worker, officer, lent_to = sign_in(county.worker), sign_in(county.officer), sign_in(deputy)
    assert frame(worker)[0] == 1 and frame(officer)[0] == 0
    assert frame(lent_to) == (0, 0, 0)
    lent = delegate(
        county.safety,
        principal=county.worker,
        deputy=deputy,
        from_at=NOW,
        to_at=NOW + timedelta(days=1),
        reason="出差",
        actor=county.worker,
        now=NOW,
    )
    n_unread = frame(lent_to)[2]
    assert frame(lent_to) == (1, 0, n_unread)
    with time_machine.travel(NOW + timedelta(hours=2), tick=True):
        assert frame(sign_in(deputy)) == (1, 1, n_unread)
    revoke(lent, actor=county.worker, now=NOW, reason="已返岗")
    assert frame(lent_to) == (0, 0, 0) and frame(worker)[0] == 1
    act(worker, warning, "sign")
    act(worker, warning, "dispose", **disposal())
    assert frame(worker)[0] == 0 and frame(officer)[0] == 1


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


def test_a_batch_says_of_each_case_what_became_of_it(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    record_episodes(
        [(9, raised(build(county, code="gas-2").hh)), (10, raised(build(county, code="gas-3").hh))], now=NOW
    )
    worker = sign_in(county.worker)
    page = worker.get("/work/")
    assert "批量签收" in page.content.decode() and page.context["batch"] == {"sign": "签收"}
    first, second, third = Warning.objects.order_by("pk")
    act(worker, second, "sign")
    stale = {"verb": "sign", "key": "k1", "case": [f"{one.pk}:1" for one in (first, second, third)]}
    text = worker.post("/work/act/", stale, follow=True).content.decode()
    assert f"已办 2 件：{first.number}、{third.number}。" in text
    assert f"{second.number} {second.title} 未办：此事项刚刚已由他人办理" in text
    assert set(Warning.objects.values_list("phase", flat=True)) == {"acting"}
    again = worker.post("/work/act/", stale, follow=True).content.decode()  # a double click
    assert f"已办 2 件：{first.number}、{third.number}。" in again
    assert set(Warning.objects.values_list("version", flat=True)) == {2}


def test_a_batch_hands_in_no_papers_and_reaches_no_other_scope(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    chosen = {"key": "k", "case": [f"{warning.pk}:1"]}
    stranger = sign_in(county.stranger).post("/work/act/", chosen | {"verb": "sign"}, follow=True)
    assert "没有选中" in stranger.content.decode() and warning.number not in stranger.content.decode()
    officer = sign_in(county.officer).post("/work/act/", chosen | {"verb": "sign"}, follow=True)
    assert "未办：此事项应由" in officer.content.decode()
    worker = sign_in(county.worker)
    act(worker, warning, "sign")
    chosen["case"] = [f"{warning.pk}:2", "nonsense", f"{warning.pk}", "999999:1"]
    papers = worker.post("/work/act/", chosen | {"verb": "dispose"}, follow=True)
    assert "须逐件办理" in papers.content.decode() and Warning.objects.get().phase == "acting"
    assert "没有选中" in worker.post("/work/act/", {}, follow=True).content.decode()
    assert worker.get("/work/act/").status_code == 405


def test_the_desk_costs_the_same_for_one_case_and_for_many(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    def n_queries(client: Client, tab: str) -> int:
        client.get(f"/work/?tab={tab}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/work/?tab={tab}")
        return len(queries)

    clients = {"todo": sign_in(county.worker), "supervised": sign_in(county.officer)}
    for_one = {tab: n_queries(client, tab) for tab, client in clients.items()}
    plants = [build(county, code=f"gas-{number}") for number in range(2, 12)]
    record_episodes([(10 + number, raised(plant.hh)) for number, plant in enumerate(plants)], now=NOW)
    assert len(clients["todo"].get("/work/").context["works"]) == 11
    # the batch bar asks nothing of the database
    assert {tab: n_queries(client, tab) for tab, client in clients.items()} == for_one


def test_the_head_of_every_page_counts_with_one_query(
    county: County, warning: Warning, sign_in: SignIn
) -> None:
    worker = sign_in(county.worker)
    with CaptureQueriesContext(connection) as queries:
        text = worker.get("/enterprises/").content.decode()
    counting = [query for query in queries if "cases_notice" in query["sql"]]
    assert len(counting) == 1 and "cases_case" in counting[0]["sql"]
    assert "待办 <b>1</b>" in text and "通知 <b>1</b>" in text
    with time_machine.travel(NOW + timedelta(hours=2), tick=True):
        assert "其中超期 1 件" in sign_in(county.worker).get("/enterprises/").content.decode()


def test_the_day_begins_by_post_or_by_choice(county: County, sign_in: SignIn) -> None:
    def home(person: Person) -> str:
        return sign_in(person).get("/home/")["Location"]

    assert home(county.officer) == "/"  # the duty post of the county
    assert home(county.townsman) == "/work/"
    assert {home(person) for person in (county.worker, county.boss)} == {"/enterprises/own/"}
    Preference.objects.create(person=county.officer, home="work")
    Preference.objects.create(person=county.worker, home="cockpit")
    assert (home(county.officer), home(county.worker)) == ("/work/", "/")
