"""Every view has a policy, and the policy holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import AsyncClient, Client
from django.urls import get_resolver

from anwei.org.policy import doors, policy_of
from anwei.org.services import create_token, dismiss, revoke_token
from tests.kernel.county import NOW, County, build

PUBLIC = {
    "language/": "choosing the language changes a cookie only",
    "accounts/login/": "one must be able to log in",
    "accounts/logout/": "logging out of nothing is harmless",
    "accounts/inactive/": "tells that an account is out of use",
    "accounts/code/": "the second step of a login; nothing to see without the first",
    "accounts/trust/": "the last step of a login; nothing to see without the others",
    "accounts/unified/<slug:provider_id>/": "leads to the county's unified login; 404 where there is none",
    "accounts/unified/<slug:provider_id>/back/": "the way back from it; proves itself by state and code",
    "s/<slug:code>": "the public part of a sign on a wall; 404 without its random code, few guesses an hour",
    "g/<slug:code>": "the progress of a listed hazard, for everybody by law; 404 without its random code",
    "public/listed/": "the hazards that are listed: the law has them announced; no person, no position",
    "public/penalties/": "penalties by 安全生产法 art. 78: texts without names that a second person approved",
    "wall/open/": "takes the one-time code of a display; shows nothing",
    "api/v1/openapi.json": "the description of the API holds no data",
    "api/v1/<path:rest>": "answers 404",
    "healthz": "probed by systemd and balancers; says well or not",
}


def test_no_view_without_a_policy() -> None:
    unmarked = [route for route, view in doors(get_resolver()) if policy_of(view) is None]
    assert unmarked == []


def test_every_public_door_has_a_reason() -> None:
    public = {
        route
        for route, view in doors(get_resolver())
        if (found := policy_of(view)) and found.name == "public"
    }
    assert public <= PUBLIC.keys()


def test_the_walk_finds_a_view_without_a_policy() -> None:
    resolver = get_resolver("tests.kernel.doors")
    assert [route for route, view in doors(resolver) if policy_of(view) is None] == ["unmarked/"]


@pytest.mark.urls("tests.kernel.doors")
@pytest.mark.parametrize("path", ["/in/", "/ain/", "/page/", "/apage/", "/duty/", "/aduty/"])
def test_a_stranger_is_sent_to_log_in(db: None, path: str) -> None:
    client = Client()
    assert client.get(path + "?a=1")["Location"] == f"/accounts/login/?next={path}%3Fa%3D1"
    assert client.post(path).status_code == 401
    assert client.get(path, headers={"accept": "text/event-stream"}).status_code == 401
    fragment = client.get(path, headers={"hx-request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, "/accounts/login/")


@pytest.mark.urls("tests.kernel.doors")
def test_people_come_in(county: County) -> None:
    client = Client()
    client.force_login(county.worker)
    assert client.get("/in/").content == b"GET worker"
    assert client.get("/page/").content == b"GET worker"
    assert client.get("/ain/").content == b"GET worker worker"
    assert client.get("/apage/").content == b"GET worker worker"
    assert client.get("/public/").content == b"GET worker"
    assert Client().get("/public/").content == b"GET "


@pytest.mark.urls("tests.kernel.doors")
@pytest.mark.django_db(transaction=True)
def test_people_come_in_on_the_event_loop() -> None:
    county = build()

    async def visit() -> None:
        client = AsyncClient()
        await client.aforce_login(county.officer)
        for path in ("/ain/", "/apage/", "/aduty/"):
            assert (await client.get(path)).content == b"GET officer officer"
        await client.aforce_login(county.worker)
        assert (await client.get("/aduty/")).status_code == 403

    async_to_sync(visit)()


@pytest.mark.urls("tests.kernel.doors")
@pytest.mark.parametrize("path", ["/duty/", "/aduty/"])
def test_a_post_opens_the_door_while_it_is_held(county: County, path: str) -> None:
    client = Client()
    client.force_login(county.worker)
    assert client.get(path).status_code == 403
    client.force_login(county.officer)
    assert client.get(path).status_code == 200
    holding = county.officer.holdings.get()
    dismiss(holding, actor=None, now=NOW, last_on=NOW.date() - timedelta(days=1), reason="离任")
    assert client.get(path).status_code == 302  # the account ends with its only post, at the next request


@pytest.mark.urls("tests.kernel.doors")
def test_a_retired_account_is_out_at_the_next_request(county: County) -> None:
    client = Client()
    client.force_login(county.worker)
    county.worker.is_active = False
    county.worker.save()
    assert client.get("/in/").status_code == 302


@pytest.mark.urls("tests.kernel.doors")
@pytest.mark.parametrize("path", ["/token/", "/atoken/"])
def test_a_bearer_comes_in_until_the_token_is_revoked(county: County, path: str) -> None:
    token, plain = create_token(county.worker, label="接口", now=NOW)
    client = Client(enforce_csrf_checks=True)
    assert plain not in token.digest and len(token.digest) == 64
    for value, status in (
        (f"Bearer {plain}", 200),
        (f"bearer {plain}", 200),
        (plain, 401),
        ("Bearer x", 401),
        ("", 401),
    ):
        answer = client.post(path, headers={"authorization": value})
        assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["title"] == "令牌缺失、无效或已停用。"
    revoke_token(token, actor=None, now=NOW)
    assert client.get(path, headers={"authorization": f"Bearer {plain}"}).status_code == 401


@pytest.mark.urls("tests.kernel.doors")
@pytest.mark.parametrize("path", ["/token/", "/atoken/"])
def test_a_token_ends_with_the_last_post(county: County, path: str) -> None:
    _token, plain = create_token(county.worker, label="接口", now=NOW)
    header = {"authorization": f"Bearer {plain}"}
    assert Client().post(path, headers=header).status_code == 200
    holding, yesterday = county.worker.holdings.get(), NOW.date() - timedelta(days=1)
    dismiss(holding, actor=None, now=NOW, last_on=yesterday, reason="离任")
    answer = Client().post(path, headers=header)
    assert answer.status_code == 401 and answer["Content-Type"] == "application/problem+json"
    with pytest.raises(CommandError, match="没有任职"):
        call_command("token", "create", "worker")
