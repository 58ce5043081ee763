"""Responsibility letters at their door: found within sight alone, and the return says by whom and what."""

from __future__ import annotations

from hashlib import sha256

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anwei.org.models import Person, Signing, Unit
from tests.kernel.county import COUNTY, NOW, OTHER_TOWN, TOWN, County, make_enterprise

SCAN = b"%PDF-1.4\n1 0 obj\n%%EOF"
SIGNED = {"signed_on": "2026-03-01", "reference": "4号"}


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_letter_out_of_sight_is_not_there(county: County) -> None:
    Unit.objects.create(kind="township", name="乙镇人民政府", territory=OTHER_TOWN)
    out_of_sight = county.other_enterprise.unit_id
    for pk in (out_of_sight, 987654):  # one cannot tell a hidden letter from one that is not there
        assert browser(county.townsman).get(f"/org/letters/2026/{pk}/sign/").status_code == 404
    assert browser(county.townsman).post(f"/org/letters/2026/{out_of_sight}/sign/", SIGNED).status_code == 404
    assert not Signing.objects.exists()
    own = f"/org/letters/2026/{county.enterprise.unit_id}/sign/"
    assert browser(county.townsman).post(own, SIGNED).status_code == 302


def test_a_returned_letter_says_who_returned_it_when_and_its_digest(county: County) -> None:
    Unit.objects.create(kind="government", name="测试县人民政府", territory=COUNTY)
    client = browser(county.townsman)
    door = f"/org/letters/2026/{county.enterprise.unit_id}/sign/"
    scan = SimpleUploadedFile("责任书.pdf", SCAN)
    assert client.post(door, {"signed_on": "2026-03-01", "scan": scan}).status_code == 302
    page = client.get("/org/letters/?year=2026").content.decode()
    assert sha256(SCAN).hexdigest() in page
    assert f"townsman · {NOW:%Y-%m-%d} 10:00" in page


def test_letters_are_searched_by_side_and_reference_and_narrowed_by_state(county: County) -> None:
    client = browser(county.townsman)
    other = make_enterprise("甲镇砖厂", TOWN, "industry_trade", "91530000000000099X")
    door = f"/org/letters/2026/{county.enterprise.unit_id}/sign/"
    assert client.post(door, SIGNED).status_code == 302

    def lowers(**asked: str) -> list[str]:
        page = client.get("/org/letters/", {"year": "2026", **asked})
        return [str(letter.lower) for letter, _record in page.context["rows"]]

    both = {str(other.unit), str(county.enterprise.unit)}
    assert set(lowers()) >= both
    assert lowers(search="砖厂") == [str(other.unit)]
    assert lowers(search="4号") == lowers(state="signed") == [str(county.enterprise.unit)]
    assert str(other.unit) in lowers(state="unsigned") and lowers(search="砖厂", state="signed") == []
    page = client.get("/org/letters/?year=2026&search=砖厂&state=unsigned").content.decode()
    assert 'value="砖厂"' in page and '<option value="unsigned" selected>' in page
