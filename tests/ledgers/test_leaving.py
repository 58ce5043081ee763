"""Rows that leave the house: as sheet, on paper, in full; masked, marked, with a reason, recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anwei.ledgers.models import Change
from anwei.org.models import Person, Post
from tests.kernel.county import County, in_post

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_many_people_leave_only_with_a_reason(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anwei.ledgers.release.FREE_PERSONAL_ROWS", 3)
    client, address = browse(county.officer), reverse("ledger_export", args=["people"]) + "?form=csv"
    assert "须说明理由" in client.get(address).content.decode()
    answer = client.post(address, {"form": "csv", "reason": "年度核对"})
    assert answer["Content-Disposition"].startswith("attachment")
    change = Change.objects.filter(register="ledgers.export").latest("pk")
    assert (change.reason, change.content["rows"]) == ("年度核对", 8)
    full = client.get(address + "&full=1")
    assert "须说明理由" in full.content.decode()


@pytest.fixture
def phone(county: County) -> str:
    """The number of somebody whom an officer of the township and a worker of the plant both see."""
    Person.objects.filter(pk=county.boss.pk).update(phone="13812341234")
    return "13812341234"


def exports() -> list[tuple[str, str, bool, str]]:
    """What the log says of every export: of what, in which form, in full, why."""
    return [
        (change.row, change.content["form"], change.content["full"], change.reason)
        for change in Change.objects.filter(register="ledgers.export").order_by("pk")
    ]


@pytest.mark.parametrize("who", ["townsman", "worker"])
def test_paper_in_full_takes_a_reason_and_is_remembered(
    county: County, browse: Browse, phone: str, who: str
) -> None:
    client = browse(getattr(county, who))
    address = reverse("ledger_print", args=["roster"]) + "?full=1&columns=full_name&columns=phone"
    asked = client.get(address).content.decode()
    assert "须说明理由" in asked and phone not in asked
    assert exports() == []
    assert (
        phone in client.post(address, {"form": "print", "full": "1", "reason": "应急值守"}).content.decode()
    )
    assert exports() == [("roster", "print", True, "应急值守")]


@pytest.mark.parametrize("leaf", ["ledger_print", "ledger_export"])
def test_a_link_brings_no_reason(county: County, browse: Browse, phone: str, leaf: str) -> None:
    client, address = browse(county.townsman), reverse(leaf, args=["roster"]) + "?form=csv&columns=phone"
    answer = client.get(f"{address}&full=1&reason=值守").content.decode()
    assert "须说明理由" in answer and phone not in answer
    assert exports() == []
    assert phone not in client.get(address).content.decode()
    answer = client.post(f"{address}&full=1&reason=值守", {"form": "csv", "full": "1"}).content.decode()
    assert "须说明理由" in answer and phone not in answer
    assert [full for _what, _form, full, _why in exports()] == [False]


def test_paper_of_many_people_takes_a_reason(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = browse(county.officer), reverse("ledger_print", args=["people"])
    assert "须说明理由" not in client.get(address).content.decode()
    monkeypatch.setattr("anwei.ledgers.release.FREE_PERSONAL_ROWS", 3)
    assert "须说明理由" in client.get(address).content.decode()
    assert exports() == [("people", "print", False, "")]


def test_a_form_hides_the_number_and_takes_a_new_one(county: County, browse: Browse, phone: str) -> None:
    Person.objects.filter(pk=county.boss.pk).update(username="x", password="!")
    client, address = browse(county.officer), reverse("ledger_edit", args=["people", county.boss.pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    assert fields["phone"] == "138****1234"
    assert client.post(address, {**fields, "full_name": "王厂长", "reason": "改名"}).status_code == 302
    assert client.post(address, {**fields, "phone": "139****1234"}).status_code == 422
    county.boss.refresh_from_db()
    assert (county.boss.full_name, county.boss.phone) == ("王厂长", phone)
    assert client.post(address, {**fields, "phone": "13900000009", "reason": "换号"}).status_code == 302
    county.boss.refresh_from_db()
    assert county.boss.phone == "13900000009"


@pytest.mark.parametrize("path", ["/enterprises/", "/alarms/", "/devices/"])
def test_a_list_leaves_marked_and_remembered(county: County, browse: Browse, path: str) -> None:
    answer = browse(county.officer).get(f"{path}?export=csv&sort=pk")
    lines = answer.content.decode("utf-8-sig").strip().splitlines()
    assert lines[-1].startswith("导出人：officer　导出时间：")
    assert "导出人" not in lines[0]
    assert exports() == [(path.strip("/"), "csv", False, "")]


def test_a_list_of_who_logged_in_leaves_with_a_reason(county: County, browse: Browse) -> None:
    unit = county.duty.unit
    auditor = in_post("auditor", Post.objects.create(unit=unit, kind="audit_admin", title="审计员"))
    client, address = browse(auditor), reverse("account_audit")
    asked = client.get(f"{address}?export=csv").content.decode()
    assert "须说明理由" in asked and 'name="export" value="csv"' in asked
    assert exports() == []
    answer = client.get(f"{address}?export=csv&reason=年度检查")
    assert answer["Content-Disposition"].startswith("attachment")
    assert exports() == [("audit-logins", "csv", True, "年度检查")]


def test_too_much_at_once_is_refused(county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anwei.ledgers.release.LIMITS", dict.fromkeys(("csv", "print"), 1))
    client = browse(county.officer)
    for address in ("/enterprises/?export=csv", "/ledgers/people/export/?form=csv", "/ledgers/people/print/"):
        answer = client.get(address)
        assert (answer.status_code, "超过一次导出的上限 1 条" in answer.content.decode()) == (413, True)
    assert exports() == []
