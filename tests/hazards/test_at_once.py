"""The same form, act or file by many hands at the very same moment: done once, and every hand is told so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from anwei.cases.models import Evidence
from anwei.hazards.models import Answer, Check, Hazard, PaperNumber, SentAct, VisitFile
from anwei.org.models import Person
from tests.hazards.conftest import build_safe
from tests.hazards.doors import filing
from tests.hazards.inspecting import Team, plan, team
from tests.hazards.phoning import act, items, send, send_file

N_HANDS = 6
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crew(transactional_db: None) -> Team:
    return team(build_safe())


def at_once(people: Sequence[Person], ask: Callable[[Client], Any]) -> list[Any]:
    """Let each person ask at the same moment; return the responses."""
    barrier = Barrier(len(people))

    def hand(person: Person) -> Any:
        client = Client(raise_request_exception=False)
        client.force_login(person)
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return ask(client)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(hand, people))


def test_the_same_form_files_one_hazard(crew: Team) -> None:
    door = f"/hazards/new/?enterprise={crew.plant.pk}"
    answers = at_once([crew.first] * N_HANDS, lambda client: client.post(door, filing()))
    assert Counter(one.status_code for one in answers) == {302: N_HANDS}
    assert {one.url for one in answers} == {f"/cases/{Hazard.objects.get().pk}/"}
    assert Evidence.objects.count() == 1


def test_somebody_else_s_form_of_the_same_key_gets_a_sentence(crew: Team) -> None:
    door = f"/hazards/new/?enterprise={crew.plant.pk}"
    people = [crew.first, crew.second] * (N_HANDS // 2)
    answers = at_once(people, lambda client: client.post(door, filing()))
    assert Counter(one.status_code for one in answers) == {302: N_HANDS // 2, 422: N_HANDS // 2}
    assert Hazard.objects.count() == 1


def test_an_act_and_a_file_are_kept_once(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    told = json.dumps(act(visit, "check", item=items(visit)[0].id, result="ok", note="")).encode()
    door, kind = "/inspections/phone/acts/", "application/json"
    answers = at_once([crew.first] * N_HANDS, lambda client: client.post(door, told, content_type=kind))
    assert Counter(one.json()["status"] for one in answers) == {"written": 1, "already": N_HANDS - 1}
    assert Check.objects.get().change == 1 and SentAct.objects.count() == 2
    answers = at_once(
        [crew.first] * N_HANDS, lambda client: send_file(crew.first, visit, client=client, key="photo-0001")
    )
    assert Counter(one.json()["status"] for one in answers) == {"written": 1, "already": N_HANDS - 1}
    assert VisitFile.objects.count() == 1


def test_of_different_answers_one_stands_and_each_other_waits(crew: Team) -> None:
    visit = plan(crew)
    send(crew.first, visit, "begin", code="")
    item, notes = items(visit)[0].id, iter("一二三四五六")

    def answer(client: Client) -> Any:
        told = act(visit, "check", item=item, result="failed", note=next(notes))
        return client.post("/inspections/phone/acts/", json.dumps(told), content_type="application/json")

    answers = at_once([crew.first, crew.second] * (N_HANDS // 2), answer)
    assert Counter(one.json()["status"] for one in answers) == {"written": 1, "conflict": N_HANDS - 1}
    kept = {Check.objects.get().note, *Answer.objects.values_list("note", flat=True)}
    assert kept == set("一二三四五六")


def test_no_number_is_given_twice(crew: Team) -> None:
    plan(crew)
    plan(crew)
    people = [crew.first, crew.second] * (N_HANDS // 2)
    answers = at_once(people, lambda client: client.get("/inspections/phone/package/"))
    assert {one.status_code for one in answers} == {200}
    told = {
        (one.json()["person"]["pk"], visit["pk"], kind, number)
        for one in answers
        for visit in one.json()["visits"]
        for kind, number in visit["numbers"].items()
    }
    assert len(told) == len({number for *_rest, number in told}) == PaperNumber.objects.count() == 16
