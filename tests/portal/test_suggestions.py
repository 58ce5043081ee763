"""投诉建议 by HTTP: from any page, with a picture, answered by the office, seen by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from anwei.cases.models import Notice
from anwei.org.models import Person
from anwei.portal.models import Suggestion
from tests.kernel.county import County

Visit = Callable[[Person], Client]


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (8, 6)).save(content, kind)
    return SimpleUploadedFile(f"截图.{kind.lower()}", content.getvalue())


def test_a_suggestion_takes_its_page_along_and_is_answered(
    county: County, office: Person, visit: Visit
) -> None:
    worker, answering = visit(county.worker), visit(office)
    assert 'href="/suggestions/?page=/alarms/"' in worker.get("/alarms/").content.decode()
    form = worker.get("/suggestions/?page=/alarms/").content.decode()
    assert 'name="page" value="/alarms/"' in form
    sent = worker.post(
        "/suggestions/", {"page": "/alarms/", "text": "确认要点三次", "photo": picture()}, follow=True
    )
    assert "确认要点三次" in sent.content.decode()
    suggestion = Suggestion.objects.get()
    assert (suggestion.page, suggestion.photo_type) == ("/alarms/", "image/png")
    assert worker.get(f"/suggestions/{suggestion.pk}/photo/")["Content-Disposition"] == "attachment"

    assert "确认要点三次" in answering.get("/suggestions/?open=1").content.decode()
    answering.post(f"/suggestions/{suggestion.pk}/reply/", {"reply": "下月改为一次"})
    assert "下月改为一次" in worker.get("/suggestions/").content.decode()
    assert Notice.objects.get(person=county.worker).text.endswith("下月改为一次")
    assert "确认要点三次" not in answering.get("/suggestions/?open=1").content.decode()


def test_nobody_else_sees_or_answers_it(county: County, visit: Visit) -> None:
    visit(county.worker).post("/suggestions/", {"text": "只有我能看"})
    pk = Suggestion.objects.get().pk
    stranger = visit(county.stranger)
    assert "只有我能看" not in stranger.get("/suggestions/").content.decode()
    assert stranger.get(f"/suggestions/{pk}/photo/").status_code == 404
    assert stranger.post(f"/suggestions/{pk}/reply/", {"reply": "好"}).status_code == 404
    assert visit(county.worker).post(f"/suggestions/{pk}/reply/", {"reply": "好"}).status_code == 403


def test_what_is_no_suggestion_is_refused_in_place(county: County, visit: Visit) -> None:
    worker = visit(county.worker)
    svg = SimpleUploadedFile("图.png", b"<svg onload='alert(1)'/>")
    for fields, sentence in (
        ({"text": " "}, "请写明内容"),
        ({"text": "长" * 1001}, "最长 1000 字"),
        ({"text": "看图", "photo": svg}, "JPG 或 PNG"),
    ):
        answer = worker.post("/suggestions/", fields)
        assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Suggestion.objects.exists()


def test_a_page_of_another_house_is_not_taken_along(county: County, visit: Visit) -> None:
    worker = visit(county.worker)
    worker.post("/suggestions/", {"text": "一", "page": "https://example.com/"})
    worker.post("/suggestions/", {"text": "二", "page": "//example.com/"})
    assert set(Suggestion.objects.values_list("page", flat=True)) == {""}


def test_twenty_a_day_are_enough(county: County, visit: Visit) -> None:
    worker = visit(county.worker)
    for number in range(20):
        worker.post("/suggestions/", {"text": str(number)})
    assert worker.post("/suggestions/", {"text": "还有"}).status_code == 422
