"""What the doors of the phone page refuse: garbage, strangers, files that are none; each with a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from anwei.hazards.models import (
    Check,
    SentAct,
    VisitFile,
)
from tests.hazards.inspecting import Team, plan
from tests.hazards.phoning import (
    JPEG,
    act,
    begun,
    check,
    crew,
    items,
    post,
    send,
    send_file,
)

__all__ = ["crew"]


def test_nothing_before_it_began(crew: Team) -> None:
    visit = plan(crew)
    item = items(visit)[0].id
    assert check(crew.first, visit, item, "ok")["status"] == "refused"
    assert send(crew.first, visit, "end", finding="无", head="", refusal="")["status"] == "refused"
    found = {"item": item, "description": "缺", "place": "", "criterion": "", "order": ""}
    assert send(crew.first, visit, "hazard", **found)["status"] == "refused"
    assert not SentAct.objects.exists()


def test_strangers_do_nothing_and_see_no_secret(crew: Team) -> None:
    secret = plan(crew, reason="tip_off", reason_text="举报单", announced="0")
    boss = crew.safe.county.boss
    assert post(boss, act(secret, "begin", code="")).status_code == 404
    assert send_file(boss, secret).status_code == 404
    open_one = plan(crew)
    for person in (boss, crew.townsman):
        answer = post(person, act(open_one, "begin", code=""))
        assert answer.status_code == 403 and answer.json()["message"]
        assert send_file(person, open_one).status_code == 403
    assert (
        Client().post("/inspections/phone/acts/", b"{}", content_type="application/json").status_code == 401
    )
    assert not SentAct.objects.exists() and not VisitFile.objects.exists()


def test_another_person_s_acts_stay_on_the_telephone(crew: Team) -> None:
    visit = begun(crew)
    item = items(visit)[0].id
    told = act(visit, "check", item=item, result="ok", note="", person=crew.first.pk)
    answer = post(crew.second, told)
    assert answer.status_code == 409 and answer.json()["message"]
    assert send_file(crew.second, visit, person=crew.first.pk).status_code == 409
    assert not Check.objects.exists() and not VisitFile.objects.exists()
    assert post(crew.first, told).json()["status"] == "written"
    assert send_file(crew.first, visit, person=crew.first.pk).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"key": None},
        {"key": "x"},
        {"visit": "1"},
        {"visit": -1},
        {"visit": True},
        {"visit": 10**30},
        {"kind": "burn"},
        {"kind": ["check"]},
        {"at": "gestern"},
        {"at": "2026-11-24T09:00:00"},
        {"at": "2026-13-45T99:00:00Z"},
        {"at": 5},
        {"based_on": "one"},
        {"note": "a\0b"},
        {"note": "\ud800"},
        {"note": "长" * 2001},
        {"note": 5},
        {"due_on": "2026-02-31"},
        {"files": "all"},
        {"files": ["x"]},
        {"papers": ["will"]},
    ],
)
def test_garbage_is_answered_with_a_sentence(crew: Team, change: dict[str, Any]) -> None:
    visit = begun(crew)
    told = act(visit, "check", item=items(visit)[0].id, result="ok", note="") | change
    answer = post(crew.first, json.dumps(told).encode())
    assert answer.status_code == 422 and answer.json()["message"]
    assert not Check.objects.exists()


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{", b"null", b"[" * 50000, b"{}" + b" " * 70000])
def test_what_is_no_act_is_answered_with_a_sentence(crew: Team, body: bytes) -> None:
    answer = post(crew.first, body)
    assert answer.status_code == 422 and answer.json()["message"]


def test_an_item_of_no_list_and_an_unknown_result_are_refused(crew: Team) -> None:
    visit = begun(crew)
    assert check(crew.first, visit, "CK-NONE-01", "ok")["status"] == "refused"
    assert check(crew.first, visit, items(visit)[0].id, "perhaps")["status"] == "refused"
    assert post(crew.first, act(visit, "begin", code="") | {"visit": 99999}).status_code == 404


def test_a_file_is_kept_once_and_only_as_it_was_sent(crew: Team) -> None:
    visit = begun(crew)
    key = "photo-0001"
    first = send_file(crew.first, visit, key=key).json()
    again = send_file(crew.first, visit, key=key).json()
    assert (first["status"], again["status"]) == ("written", "already")
    assert first["sha256"] == again["sha256"] == VisitFile.objects.get().sha256
    assert (VisitFile.objects.get().latitude, VisitFile.objects.get().longitude) == (29.5, 113.1)
    refused = [
        send_file(crew.first, visit, sha256="0" * 64),
        send_file(crew.first, visit, JPEG + b"x", key=key),
        send_file(crew.first, visit, b"no photo"),
        send_file(crew.first, visit, kind="voice"),
        send_file(crew.first, visit, kind="will"),
        send_file(crew.first, visit, latitude="north"),
        send_file(crew.first, visit, longitude="nan"),
        send_file(crew.first, visit, taken_at="gestern"),
        send_file(crew.first, visit, item="x" * 31),
        send_file(crew.first, visit, file=""),
    ]
    assert [answer.status_code for answer in refused] == [422] * len(refused)
    assert all(answer.json()["message"] for answer in refused)
    assert VisitFile.objects.count() == 1
