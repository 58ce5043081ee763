"""Documents of places that belong to no enterprise: seen by the place's own scope, kept by its clerks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from anwei.cases.models import Document
from anwei.ledgers.models import Change
from anwei.org.models import Person, Post, Unit
from anwei.sites.models import Camera, Site
from tests.kernel.county import OTHER_TOWN, TOWN, County, in_post, photo
from tests.kernel.documents import hand_in
from tests.sites.risks import point

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
CATEGORIES = ("road", "nine_small", "self_built", "project")


def lone(category: str = "road", sector: str = "road", territory: str = TOWN) -> Site:
    town = Unit.objects.get(kind="township")
    return Site.objects.create(
        category=category, code=f"D-{category}", name="老鹰岩", unit=town, territory=territory, sector=sector
    )


def send(client: Client, thing: str) -> int:
    file = SimpleUploadedFile("图.jpg", photo().content)
    body = {"title": "隐患照片", "kind": "photo", "file": file}
    return client.post(f"{reverse('document_new')}?{thing}", body).status_code


def statuses(browse: Browse, people: tuple[Person, ...], document: Document) -> list[int]:
    pages = ("document", "document_file")
    found = [
        {browse(one).get(reverse(page, args=[document.pk])).status_code for page in pages} for one in people
    ]
    return [status for [status] in found]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_clerk_hands_one_in_on_the_page_of_the_place(county: County, browse: Browse, category: str) -> None:
    place, client = lone(category), browse(county.townsman)
    page = client.get(reverse("site", args=[place.pk])).content.decode()
    assert f"/documents/new/?site={place.pk}" in page
    assert client.get(f"/documents/new/?site={place.pk}").status_code == 200
    assert send(client, f"site={place.pk}") == 302
    made = Document.objects.get()
    assert (made.enterprise, made.site, made.whose) == (None, place, place)
    assert Change.objects.get(register="cases.document", row=str(made.pk)).content["site"] == place.pk
    page = client.get(reverse("site", args=[place.pk])).content.decode()
    assert f'href="/documents/{made.pk}/"' in page and f"/documents/?site={place.pk}" in page
    shown = client.get(f"/documents/{made.pk}/").content.decode()
    assert "老鹰岩" in shown and f'href="/sites/{place.pk}/"' in shown


def test_it_is_seen_by_the_scope_of_the_place_wherever_that_moves(county: County, browse: Browse) -> None:
    people = (county.townsman, county.officer, county.regulator, county.worker, county.stranger)
    place = lone("self_built", "construction")
    made = hand_in(place, county.officer)
    assert statuses(browse, people, made) == [200, 200, 404, 404, 404]
    Site.objects.filter(pk=place.pk).update(sector="coal")
    assert statuses(browse, people, made) == [200, 200, 200, 404, 404]
    Site.objects.filter(pk=place.pk).update(territory=OTHER_TOWN)
    assert statuses(browse, people, made) == [404, 200, 200, 404, 404]
    assert "提升机检验报告" not in browse(county.townsman).get("/documents/").content.decode()
    assert "提升机检验报告" in browse(county.regulator).get(f"/documents/?site={place.pk}").content.decode()


def test_what_stands_at_the_place_carries_documents_too(county: County, browse: Browse) -> None:
    place, client = lone(), browse(county.townsman)
    curve = point(place, "FX-9", name="急弯")
    camera = Camera.objects.create(site=place, name="弯道", code="C-9")
    for query in (f"point={curve.pk}", f"camera={camera.pk}"):
        assert send(client, query) == 302
        assert send(browse(county.worker), query) == 404
    of_curve, of_camera = Document.objects.order_by("pk")
    assert (of_curve.thing, of_curve.whose, of_camera.whose) == (curve, place, place)
    assert statuses(browse, (county.townsman, county.worker), of_camera) == [200, 404]
    assert f'href="/documents/{of_curve.pk}/"' in client.get(f"/risks/points/{curve.pk}/").content.decode()
    listed = client.get(f"/documents/?point={curve.pk}").content.decode()
    assert f'href="/documents/{of_curve.pk}/"' in listed
    assert f'href="/documents/{of_camera.pk}/"' not in listed


def test_who_sees_the_place_without_keeping_registers_adds_and_withdraws_nothing(
    county: County, browse: Browse
) -> None:
    place = lone()
    wall = in_post("reader", Post.objects.create(unit=place.unit, kind="safety", title="网格员"))
    made = hand_in(place, county.townsman)
    reader = browse(wall)
    assert statuses(browse, (wall,), made) == [200]
    assert send(reader, f"site={place.pk}") == 403
    withdraw = reverse("document_withdraw", args=[made.pk])
    assert reader.post(withdraw, {"reason": "传错"}).status_code == 403
    assert browse(county.townsman).post(withdraw, {"reason": "传错"}).status_code == 302
    assert statuses(browse, (county.townsman,), made) == [200]
    assert reader.get(reverse("document_file", args=[made.pk])).status_code == 403


def test_the_list_leaves_as_a_sheet_and_is_searched_by_the_place(county: County, browse: Browse) -> None:
    made, client = hand_in(lone(), county.townsman), browse(county.townsman)
    hand_in(county.enterprise, county.worker, title="许可证")
    listed = client.get("/documents/?search=老鹰岩").content.decode()
    assert f'href="/documents/{made.pk}/"' in listed and "许可证" not in listed
    sheet = client.get("/documents/?export=csv")
    assert sheet.status_code == 200 and "老鹰岩" in sheet.content.decode("utf-8-sig")


def test_the_database_refuses_a_document_of_nothing(county: County) -> None:
    made = hand_in(county.enterprise, county.worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=made.pk).update(enterprise=None)
