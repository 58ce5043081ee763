"""What every response carries, and the pages for what went wrong."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncClient, Client
from django.urls import include, path
from pytest_django import Settings

from anwei.org.models import Person
from anwei.org.policy import public, signed_in
from tests.kernel.county import County
from tests.monitoring.plant import Plant, raised

Visit = Callable[[Person], Client]


def _busy_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database is locked")


def _full_disk(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database or disk is full")


def _full_server(request: HttpRequest) -> HttpResponse:
    raise OperationalError('could not extend file "base/5/16384": No space left on device')


def _full_disk_below(request: HttpRequest) -> HttpResponse:
    try:
        raise OSError(errno.ENOSPC, "No space left on device")
    except OSError as error:
        raise RuntimeError("not kept") from error


def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


def _form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


urlpatterns = [
    path("busy/", public(_busy_database)),
    path("full/", public(_full_disk)),
    path("full/server/", public(_full_server)),
    path("api/v1/full/", public(_full_disk_below)),
    path("broken/", public(_broken)),
    path("", include("anwei.portal.urls")),
    path("form/", signed_in(_form)),
]
handler400 = "anwei.portal.errors.bad_request"
handler403 = "anwei.portal.errors.forbidden"
handler404 = "anwei.portal.errors.not_found"
handler500 = "anwei.portal.errors.server_error"


@pytest.fixture
def pages(plant: Plant, office: Person, visit: Visit, happen: Callable[..., None]) -> dict[str, HttpResponse]:
    happen(raised(plant.hh))
    client = visit(office)
    return {
        path: client.get(path) for path in ("/", "/wall/", "/status/", "/nowhere/", "/accounts/logout/")
    } | {"login": Client().get("/accounts/login/")}


def test_headers(pages: dict[str, HttpResponse]) -> None:
    for name, page in pages.items():
        policy = dict(part.split(" ", 1) for part in page["Content-Security-Policy"].split("; "))
        assert "unsafe" not in policy["script-src"], name
        assert policy["default-src"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert page["X-Content-Type-Options"] == "nosniff"
        assert page["X-Frame-Options"] == "DENY"
        assert page["Referrer-Policy"] == "same-origin"
        assert "payment=()" in page["Permissions-Policy"]
        assert "no-store" in page["Cache-Control"], name


def test_headers_by_the_async_door(transactional_db: None, county: County) -> None:
    async def visit() -> HttpResponseBase:
        client = AsyncClient()
        assert "Cache-Control" not in await client.get("/nothing.css")
        await client.aforce_login(county.worker)
        return await client.get("/")

    answer = async_to_sync(visit)()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")


def test_no_script_stands_in_a_page(pages: dict[str, HttpResponse]) -> None:
    for name, page in pages.items():
        text = page.content.decode()
        assert not re.search(r"\son[a-z]+=", text), name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), name
        assert "javascript:" not in text, name


def test_nothing_comes_from_elsewhere(pages: dict[str, HttpResponse]) -> None:
    for name, page in pages.items():
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page.content.decode()), name


def test_every_control_has_a_name(pages: dict[str, HttpResponse]) -> None:
    for name, page in pages.items():
        text = page.content.decode()
        for field in re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*>', text):
            identity = re.search(r'id="([^"]+)"', field)
            assert "aria-label" in field or (identity and f'for="{identity[1]}"' in text), (name, field)
        for tag, inner in re.findall(r"<button([^>]*)>(.*?)</button>", text, re.DOTALL):
            assert "aria-label" in tag or re.sub(r"<[^>]+>", "", inner).strip(), (name, tag)


@pytest.mark.urls("tests.portal.test_responses")
def test_each_error_says_what_to_do_next(office: Person, settings: Settings) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(office)
    expected = {
        "/nowhere/": (404, "没有找到此页"),
        "/enterprises/987654/": (404, "没有找到此页"),
        "/busy/": (503, "数据库暂时没有应答"),
        "/full/": (507, "磁盘已满"),
        "/full/server/": (507, "磁盘已满"),
        "/broken/": (500, "系统出错"),
    }
    for address, (status, heading) in expected.items():
        answer = client.get(address)
        assert (answer.status_code, heading in answer.content.decode()) == (status, True), address
        assert "回首页" in answer.content.decode()
    assert client.get("/busy/")["Retry-After"] == "10"


@pytest.mark.urls("tests.portal.test_responses")
def test_a_program_gets_a_full_disk_as_a_problem(db: None) -> None:
    answer = Client(raise_request_exception=False).post("/api/v1/full/")
    assert (answer.status_code, answer["Content-Type"]) == (507, "application/problem+json")
    assert answer.json()["title"] == "存储空间不足"
    assert "未保存" in answer.json()["detail"]


@pytest.mark.urls("tests.portal.test_responses")
def test_the_page_for_a_database_that_is_away_does_not_ask_it(db: None) -> None:
    def away(*_arguments: object) -> None:
        raise OperationalError("unable to open database file")

    with connection.execute_wrapper(away):
        answer = Client(raise_request_exception=False).get("/busy/")
    assert answer.status_code == 503
    assert "数据库暂时没有应答" in answer.content.decode()


@pytest.mark.urls("tests.portal.test_responses")
def test_a_form_without_its_key_is_refused(office: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office)
    answer = client.post("/form/")
    assert answer.status_code == 403
    assert "表单已过期" in answer.content.decode()


def test_a_refusal_gives_the_reason(county: County, visit: Visit) -> None:
    answer = visit(county.worker).get("/status/")
    assert answer.status_code == 403
    assert "系统状态只对机关工作人员开放。" in answer.content.decode()


def test_login_says_what_was_wrong(county: County) -> None:
    answer = Client().post("/accounts/login/", {"login": "boss", "password": "wrong"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_login_leads_to_where_one_wanted_to_go(county: County) -> None:
    county.boss.set_password("correct-horse")
    county.boss.must_change_password = False
    county.boss.save()
    client = Client()
    answer = client.post(
        "/accounts/login/?next=/wall/", {"login": "boss", "password": "correct-horse", "next": "/wall/"}
    )
    assert answer["Location"] == "/wall/"
    assert client.get("/").status_code == 200


def test_the_language_is_a_choice(office: Person, visit: Visit) -> None:
    client = visit(office)
    assert '<html lang="zh-hans">' in client.get("/").content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    assert '<html lang="en">' in client.get("/").content.decode()


@pytest.mark.filterwarnings("error")
def test_a_static_file_is_served_whole_in_part_and_not_again(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "plant.js").write_text("0123456789")
    settings.STATIC_ROOT = tmp_path
    get = async_to_sync(AsyncClient().get)
    whole = get("/static/plant.js")
    assert (whole.content, whole["Content-Type"]) == (b"0123456789", 'text/javascript; charset="utf-8"')
    part = get("/static/plant.js", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    known = get("/static/plant.js", headers={"If-Modified-Since": whole["Last-Modified"]})
    assert (known.status_code, known.content) == (304, b"")


def test_an_address_that_is_not_ours_is_said_so_and_is_one_line_of_the_log(
    db: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ALLOWED_HOSTS = ["anwei.county.test"]
    refused = Client().get("/accounts/login/", headers={"host": "10.77.0.1:8000"})
    assert refused.status_code == 400
    assert (
        "本系统不在此网址提供服务" in refused.content.decode() and "ANWEI_HOSTS" in refused.content.decode()
    )
    (line,) = [record for record in caplog.records if "10.77.0.1:8000" in record.getMessage()]
    assert line.exc_info is None  # no traceback for whoever scans the network
    assert Client().get("/accounts/login/", headers={"host": "anwei.county.test"}).status_code == 200
