"""Documents of an enterprise's file: handed in, given out, withdrawn, by the doors that people use."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from anwei.cases.documents.services import withdraw_document
from anwei.cases.evidence import Upload, path_of, remove_orphans
from anwei.cases.models import Document
from anwei.cases.verify import verify
from anwei.ledgers.models import Change
from anwei.org.models import Holding, Person, Post
from tests.kernel.county import NOW, County, in_post, photo
from tests.kernel.documents import hand_in
from tests.sites.risks import chemical, fill_risks, installation

GPS = 0x8825


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def snapshot_with_place() -> bytes:
    """A photo that says where it was taken."""
    buffer, exif = BytesIO(), Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (38.0, 7.0, 0.0), 3: "E", 4: (119.0, 9.0, 0.0)})
    Image.new("RGB", (400, 300), "navy").save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def send(client: Client, query: str, content: bytes, name: str = "证.jpg", **values: str) -> int:
    body = {"title": "安全生产许可证", "kind": "certificate", **values}
    file = SimpleUploadedFile(name, content)
    return client.post(f"/documents/new/?{query}", {**body, "file": file}).status_code


@pytest.fixture
def reader(county: County) -> Person:
    """Somebody who works in the enterprise and sees its file, without keeping it."""
    return in_post("reader", Post.objects.create(unit=county.enterprise.unit, kind="officer", title="文员"))


def test_a_document_is_stored_sealed_and_shown(county: County) -> None:
    content = snapshot_with_place()
    client = browser(county.worker)
    assert send(client, f"enterprise={county.enterprise.pk}", content, valid_until="2027-01-31") == 302
    made = Document.objects.get()
    assert (made.enterprise, made.added_by) == (county.enterprise, county.worker)
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert path_of(made.stored_as).read_bytes() == content
    change = Change.objects.get(register="cases.document", row=str(made.pk))
    assert (change.verb, change.content["sha256"]) == ("add", made.sha256)
    page = client.get(f"/documents/{made.pk}/").content.decode()
    assert "安全生产许可证" in page and "2027-01-31" in page and made.sha256 in page
    listed = client.get(f"/documents/?enterprise={county.enterprise.pk}").content.decode()
    assert f'href="/documents/{made.pk}/"' in listed


def test_others_get_a_copy_that_does_not_say_where(county: County) -> None:
    content = snapshot_with_place()
    made = hand_in(county.enterprise, county.worker, file=Upload("x.jpg", content))
    address = f"/documents/{made.pk}/file/"
    own = b"".join(browser(county.boss).get(address).streaming_content)  # type: ignore[attr-defined]
    assert own == content
    for query in ("", "?size=small"):
        answer = browser(county.officer).get(f"{address}{query}")
        assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
        assert not dict(Image.open(BytesIO(answer.content)).getexif().get_ifd(GPS))


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.jpg"), (b"MZ\x90\x00" + bytes(200), "a.jpg"), (b"x" * (10 * 1024 * 1024 + 1), "a.pdf")],
)
def test_what_is_no_document_is_refused_and_not_kept(county: County, content: bytes, name: str) -> None:
    before = set(path_of("").iterdir())
    assert send(browser(county.worker), f"enterprise={county.enterprise.pk}", content, name) == 422
    assert not Document.objects.exists()
    assert set(path_of("").iterdir()) == before


def test_an_end_before_the_beginning_is_refused(county: County) -> None:
    days = {"dated_on": "2026-05-01", "valid_until": "2026-04-30"}
    client = browser(county.worker)
    assert send(client, f"enterprise={county.enterprise.pk}", photo().content, **days) == 422
    assert not Document.objects.exists()


def test_a_document_is_about_a_thing_of_the_enterprise(county: County) -> None:
    point = fill_risks(county.enterprise, "储罐")
    for person, query in (
        (county.officer, f"point={point.pk}"),
        (county.boss, f"site={point.site_id}"),
        (county.townsman, f"installation={county.enterprise.installation_set.get().pk}"),
    ):
        assert send(browser(person), query, photo().content) == 302
    point_paper, site_paper, unit_paper = Document.objects.order_by("pk")
    assert point_paper.point == point_paper.thing == point and point_paper.enterprise == county.enterprise
    assert site_paper.thing == point.site and unit_paper.thing == county.enterprise.installation_set.get()
    assert "安全生产许可证" in browser(county.officer).get(f"/risks/points/{point.pk}/").content.decode()


def test_strangers_find_nothing_and_readers_add_nothing(county: County, reader: Person) -> None:
    made = hand_in(county.enterprise, county.worker)
    stranger = browser(county.stranger)
    for address in (f"/documents/{made.pk}/", f"/documents/{made.pk}/file/"):
        assert stranger.get(address).status_code == 404
        assert browser(reader).get(address).status_code == 200
    assert send(stranger, f"enterprise={county.enterprise.pk}", photo().content) == 404
    assert send(browser(reader), f"enterprise={county.enterprise.pk}", photo().content) == 403
    assert send(stranger, "enterprise=999999999999999999999", photo().content) == 404
    assert str(made) not in stranger.get("/documents/").content.decode()
    assert Document.objects.get() == made


def test_a_thing_of_another_enterprise_is_no_way_in(county: County) -> None:
    other = installation(county.other_enterprise, code="DY-9")
    paper = chemical(other, 3)
    assert send(browser(county.worker), f"chemical={paper.pk}", photo().content) == 404


def test_withdrawing_asks_for_a_reason_and_deletes_nothing(county: County, reader: Person) -> None:
    made = hand_in(county.enterprise, county.worker)
    address, boss = f"/documents/{made.pk}/withdraw/", browser(county.boss)
    boss.post(address, {"reason": " "})
    assert Document.objects.get().withdrawn_at is None
    assert browser(reader).post(address, {"reason": "传错"}).status_code == 403
    assert browser(county.stranger).post(address, {"reason": "传错"}).status_code == 404
    boss.post(address, {"reason": "传错了文件"})
    boss.post(address, {"reason": "再撤一次"})
    gone = Document.objects.get()
    assert (gone.withdrawn_by, gone.withdrawal) == (county.boss, "传错了文件")
    assert path_of(gone.stored_as).exists()
    verbs = Change.objects.filter(register="cases.document", row=str(made.pk)).order_by("number")
    assert [change.verb for change in verbs] == ["add", "withdraw"]
    assert browser(reader).get(f"/documents/{made.pk}/file/").status_code == 403
    assert boss.get(f"/documents/{made.pk}/file/").status_code == 200
    assert "传错了文件" in browser(reader).get(f"/documents/{made.pk}/").content.decode()

    def listed(query: str) -> bool:
        return f'href="/documents/{made.pk}/"' in boss.get(f"/documents/?{query}").content.decode()

    assert (listed("kind="), listed("state=withdrawn"), listed("state=all")) == (False, True, True)


def test_an_enterprise_withdraws_what_its_own_people_handed_in_alone(county: County) -> None:
    found = hand_in(county.enterprise, county.townsman, title="执法检查记录")
    own = hand_in(county.enterprise, county.worker, now=NOW - timedelta(days=2))
    for person in (county.worker, county.boss):
        client, address = browser(person), f"/documents/{found.pk}/"
        assert f'action="{address}withdraw/"' not in client.get(address).content.decode()
        assert client.post(f"{address}withdraw/", {"reason": "不属实"}).status_code == 403
    assert not Document.objects.exclude(withdrawn_at=None).exists()
    Holding.objects.filter(person=county.worker).update(to_on=(NOW - timedelta(days=1)).date())
    browser(county.boss).post(f"/documents/{own.pk}/withdraw/", {"reason": "传错"})
    browser(county.officer).post(f"/documents/{found.pk}/withdraw/", {"reason": "重复"})
    withdrawn = {one.pk: one.withdrawn_by for one in Document.objects.exclude(withdrawn_at=None)}
    assert withdrawn == {own.pk: county.boss, found.pk: county.officer}


def test_verifying_finds_a_document_that_is_not_as_it_was_sealed(county: County) -> None:
    mine, other = hand_in(county.enterprise, county.worker), hand_in(county.enterprise, county.townsman)
    withdraw_document(other, actor=county.townsman, now=NOW, reason="重复")
    rows, path = Document.objects.filter(pk=mine.pk), path_of(mine.stored_as)
    content = path.read_bytes()

    def found() -> list[tuple[str, str]]:
        return [(broken.chain, broken.reason) for broken in verify().broken]

    assert (found(), verify().files) == ([], 2)
    path.write_bytes(content + b"x")
    assert found() == [(f"cases.document {mine.pk}", "文档文件被改动")]
    assert verify(files=False).broken == ()
    rows.update(sha256=hashlib.sha256(content + b"x").hexdigest())  # row and file agree with each other
    assert found() == [(f"cases.document {mine.pk}", "文档与变更记录不符")]
    path.unlink()
    rows.update(sha256=mine.sha256)
    assert found() == [(f"cases.document {mine.pk}", "文档文件缺失")]
    path.write_bytes(content)
    for column, value in (
        ("valid_until", "2030-01-01"),
        ("enterprise", county.other_enterprise.pk),
        ("title", "另一份"),
    ):
        before = rows.values(column).get()
        rows.update(**{column: value})
        assert found() == [(f"cases.document {mine.pk}", "文档与变更记录不符")], column
        rows.update(**before)
    Document.objects.filter(pk=other.pk).update(withdrawn_at=None, withdrawn_by=None, withdrawal="")
    assert found() == [(f"cases.document {other.pk}", "文档的撤回与变更记录不符")]
    Document.objects.filter(pk=other.pk).delete()
    assert found() == [(f"cases.document {other.pk}", "文档被删除")]


def test_the_sweep_of_orphans_knows_documents(county: County) -> None:
    made = hand_in(county.enterprise, county.worker)
    orphan = path_of("0" * 32)
    orphan.write_bytes(b"left by a crash")
    old = (NOW - timedelta(hours=2)).timestamp()
    for path in (orphan, path_of(made.stored_as)):
        os.utime(path, (old, old))
    assert remove_orphans(NOW) >= 1
    assert path_of(made.stored_as).exists() and not orphan.exists()


def test_the_database_refuses_a_document_of_two_things(county: County) -> None:
    made = hand_in(county.enterprise, county.worker)
    point = fill_risks(county.enterprise, "储罐")
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=made.pk).update(site=point.site, point=point)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=made.pk).update(withdrawn_at=NOW)
