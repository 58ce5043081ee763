"""到期清单 and 联系人试拨: what ends stands in one list, by band, and nobody reads or calls what is not theirs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anwei.hazards.models import Inspector
from anwei.ledgers.models import Change
from anwei.org.models import Person
from anwei.sites.expiries.kinds import expiry_kinds
from anwei.sites.live_facts import facts_of_papers
from anwei.sites.models import (
    Assessment,
    Contact,
    ContactTrial,
    Enterprise,
    Equipment,
    Insurance,
    Licence,
    ManagementDocument,
    RiskPoint,
)
from tests.kernel.county import NOW, County
from tests.sites.risks import place, point

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]
TODAY = NOW.date()


def day(n_days: int) -> date:
    return TODAY + timedelta(days=n_days)


def licence(enterprise: Enterprise, n_days: int, number: str = "", kind: str = "safety") -> Licence:
    return Licence.objects.create(
        enterprise=enterprise, kind=kind, number=number or f"L{n_days}", expires_on=day(n_days)
    )


def shown(client: Client, **narrowed: Any) -> list[Any]:
    answer = client.get(reverse("expiries"), narrowed)
    assert answer.status_code == 200
    return list(answer.context["page"])


def one_of_each(enterprise: Enterprise, n_days: int) -> None:
    """Let something of every kind of this room end in so many days."""
    own = {"enterprise": enterprise}
    licence(enterprise, n_days)
    Licence.objects.create(**own, kind="manager", number=f"AQ{n_days}", covers="王某", expires_on=day(n_days))
    Insurance.objects.create(
        **own, insurer="财险", number=f"P{n_days}", starts_on=day(-400), expires_on=day(n_days)
    )
    Equipment.objects.create(**own, code="TS-1", name="锅炉", inspection_due_on=day(n_days))
    ManagementDocument.objects.create(**own, kind="rule", title="动火制度", review_on=day(n_days))
    own_place = place(enterprise, f"GQ{n_days}")
    RiskPoint.objects.filter(pk=point(own_place, f"FX{n_days}").pk).update(review_on=day(n_days))
    Enterprise.objects.filter(pk=enterprise.pk).update(standardization="3", standardized_until=day(n_days))
    Contact.objects.create(**own, name="李工", phone="13800000001")
    Assessment.objects.create(
        enterprise=enterprise, territory=enterprise.unit.territory, sector=enterprise.sector, method="emerg2018_19",
        inputs={}, result={"confirm": []}, assessed_at=NOW, review_on=day(n_days), confirmed_at=NOW,
        confirmed_by=Person.objects.order_by("pk")[0], owner=enterprise,
    )  # fmt: skip


def test_something_of_every_kind_stands_in_the_list_and_leads_to_its_row(
    county: County, browse: Browse
) -> None:
    one_of_each(county.enterprise, -3)
    told = {"number": "HN-001", "valid_until": day(-3)}
    Inspector.objects.create(person=county.officer, unit=county.duty.unit, **told)
    client = browse(county.officer)
    rows = shown(client)
    assert {row.kind.code for row in rows} == {kind.code for kind in expiry_kinds()}
    assert {row.whose for row in rows} == {"甲化工厂", "测试县应急管理局"}
    for row in rows:
        assert client.get(row.url).status_code == 200, row.kind.code
    assert {row.remaining for row in rows} == {"已过期 3 天", "没打通过"}


@pytest.mark.parametrize(
    ("n_days", "band"),
    [(-1, "0"), (0, "30"), (30, "30"), (31, "60"), (60, "60"), (61, "90"), (90, "90"), (91, None)],
)
def test_each_day_stands_in_one_band(county: County, browse: Browse, n_days: int, band: str | None) -> None:
    licence(county.enterprise, n_days)
    client = browse(county.officer)
    found = {each for each in ("0", "30", "60", "90") if shown(client, band=each)}
    assert found == ({band} if band else set())


def test_what_was_renewed_is_not_listed(county: County, browse: Browse) -> None:
    licence(county.enterprise, -5, "旧证")
    policy = {"enterprise": county.enterprise, "insurer": "财险", "starts_on": day(-400)}
    Insurance.objects.create(**policy, number="旧单", expires_on=day(-5))
    client = browse(county.officer)
    assert len(shown(client)) == 2
    licence(county.enterprise, 400, "新证")
    Insurance.objects.create(**policy, number="新单", expires_on=day(300))
    assert shown(client) == []
    first = licence(county.enterprise, 20, "甲某", kind="manager")
    licence(county.enterprise, 500, "乙某", kind="manager")  # another person's
    assert [row.key for row in shown(client)] == [first.pk]


def test_a_paper_follows_where_it_holds_by_then_and_says_the_same(county: County, browse: Browse) -> None:
    own: dict[str, Any] = {"enterprise": county.enterprise}

    def safety(number: str, n_days: int, **values: Any) -> int:
        values = {"kind": "safety", **values, "number": number, "expires_on": day(n_days)}
        return Licence.objects.create(**own, **values).pk

    def policy(number: str, first: int, last: int, **values: Any) -> int:
        values |= {"insurer": "财险", "number": number, "starts_on": day(first), "expires_on": day(last)}
        return Insurance.objects.create(**own, **values).pk

    mine = safety("一矿001", -100, covers="一矿")
    other_mine = safety("二矿002", 5, covers="二矿")
    kept = safety("晋〔2023〕0017号", -30, covers="年产 90 万吨", kind="mining")
    safety("晋〔2026〕0017号", 900, covers="年产 120 万吨", kind="mining", issued_on=day(-29))
    at_a_place = safety("站证1", -9, kind="gas", site=place(county.enterprise))
    safety("总证2", 900, kind="gas")
    to_be_issued = safety("运证1", -9, kind="transport")
    safety("运证2", 900, kind="transport", issued_on=day(3))
    uninsured = policy("旧单", -400, -35)
    policy("后来的单", 60, 400)
    client = browse(county.officer)
    assert kept not in keys_of(client, "licences")
    assert keys_of(client, "licences") == {mine, other_mine, at_a_place, to_be_issued}
    assert keys_of(client, "insurances") == {uninsured}
    told = [fact.key for _owner, fact in facts_of_papers(Enterprise.objects.all(), NOW)]
    assert sorted(told) == ["insurance_expired", *["licences_expired"] * 3]
    ending = policy("接上的单", -34, 20)
    policy("明年的单", 21, 386)  # from the day after: without a gap
    assert ending not in keys_of(client, "insurances") and keys_of(client, "insurances") == set()


def keys_of(client: Client, kind: str) -> set[int]:
    return {row.key for row in shown(client, kind=kind)}


def test_the_list_of_a_closed_enterprise_is_empty(county: County, browse: Browse) -> None:
    one_of_each(county.enterprise, 10)
    Enterprise.objects.filter(pk=county.enterprise.pk).update(status="closed")
    assert shown(browse(county.officer)) == []


def test_everybody_reads_their_own_scope(county: County, browse: Browse) -> None:
    mine, theirs = licence(county.enterprise, 5, "甲证"), licence(county.other_enterprise, 5, "乙证")
    seen = {
        name: [row.key for row in shown(browse(person))]
        for name, person in {
            "county": county.officer,
            "town": county.townsman,
            "plant": county.worker,
            "stranger": county.stranger,
            "coal": county.regulator,
        }.items()
    }
    assert seen == {
        "county": [mine.pk, theirs.pk],
        "town": [mine.pk],
        "plant": [mine.pk],
        "stranger": [theirs.pk],
        "coal": [theirs.pk],
    }


def test_the_bar_narrows_by_kind_township_sector_and_enterprise(county: County, browse: Browse) -> None:
    mine, theirs = licence(county.enterprise, 5), licence(county.other_enterprise, 6)
    client = browse(county.officer)
    Equipment.objects.create(enterprise=county.enterprise, code="TS-1", name="锅炉", inspection_due_on=day(7))
    assert [row.key for row in shown(client, kind="licences")] == [mine.pk, theirs.pk]
    assert {row.whose for row in shown(client, township=theirs.enterprise.unit.territory)} == {"乙煤矿"}
    assert {row.whose for row in shown(client, sector="chemical")} == {"甲化工厂"}
    assert {row.whose for row in shown(client, enterprise=county.other_enterprise.pk)} == {"乙煤矿"}


def test_the_list_leaves_as_a_sheet_with_its_mark(county: County, browse: Browse) -> None:
    licence(county.enterprise, -2, "甲证")
    licence(county.other_enterprise, 40, "乙证")
    answer = browse(county.officer).get(reverse("expiries"), {"band": "0", "export": "csv"})
    heading, line, mark = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[:3] == ["种类", "单位", "内容"]
    assert line[1:5] == ["甲化工厂", "安全生产许可证 甲证", str(day(-2)), "已过期 2 天"]
    assert "共 1 条" in mark[0]
    assert Change.objects.filter(register="ledgers.export", row="expiries", actor=county.officer).count() == 1


def test_the_enterprise_s_page_counts_what_has_ended(county: County, browse: Browse) -> None:
    licence(county.enterprise, -2)
    licence(county.enterprise, 2, kind="gas")
    page = browse(county.officer).get(reverse("enterprise", args=[county.enterprise.pk])).content.decode()
    assert "已过期 1 件" in page
    assert "90 天内 1 件" in page


def test_more_rows_ask_no_more_queries(county: County, browse: Browse) -> None:
    client = browse(county.officer)

    def spent() -> int:
        shown(client)
        with CaptureQueriesContext(connection) as queries:
            shown(client)
        return len(queries)

    licence(county.enterprise, 1, kind="gas")
    few = spent()
    one_of_each(county.enterprise, 5)
    for n_days in range(6, 30):
        licence(county.enterprise, n_days, kind="other")
    assert spent() == few


@pytest.fixture
def contact(county: County) -> Contact:
    return Contact.objects.create(enterprise=county.enterprise, name="李工", phone="13800000001")


def tried(client: Client, contact: Contact, outcome: str) -> int:
    return client.post(reverse("contact_tried", args=[contact.pk]), {"outcome": outcome}).status_code


@pytest.mark.parametrize(
    ("outcome", "reached"), [("reached", True), ("not_reached", False), ("wrong_number", False)]
)
def test_one_touch_keeps_what_came_of_a_call(
    county: County, browse: Browse, contact: Contact, outcome: str, reached: bool
) -> None:
    client = browse(county.townsman)
    assert tried(client, contact, outcome) == 302
    contact.refresh_from_db()
    assert (contact.reached, contact.tried_by) == (reached, county.townsman)
    trial = ContactTrial.objects.get(contact=contact)
    assert (trial.outcome, trial.tried_by) == (outcome, county.townsman)
    assert trial.tried_at == contact.tried_at
    assert Change.objects.get(register="sites.contact", verb="try").content == {"outcome": outcome}
    assert bool(shown(client, kind="contacts")) is not reached
    row = client.get(reverse("ledger_row", args=["contacts", contact.pk])).content.decode()
    assert ">试拨<" in row and ">try<" not in row


def test_a_number_is_uncovered_for_a_call_and_that_is_remembered(
    county: County, browse: Browse, contact: Contact
) -> None:
    client, trials = browse(county.townsman), reverse("contact_trials")
    page = client.get(trials).content.decode()
    assert "138****0001" in page and contact.phone not in page
    uncover = reverse("contact_phone", args=[contact.pk])
    assert f'action="{uncover}"' in page
    assert client.get(uncover).status_code == 405
    called = client.post(uncover, {"query": "state=waiting"}, follow=True)
    assert called.redirect_chain[0][0] == f"{trials}?state=waiting#contact-{contact.pk}"
    assert f'href="tel:{contact.phone}"' in called.content.decode()
    change = Change.objects.get(register="sites.contact", row=str(contact.pk))
    assert (change.verb, change.actor) == ("show_phone", county.townsman)
    assert contact.phone not in client.get(trials).content.decode()  # shown once
    assert browse(county.worker).post(uncover).status_code == 403
    assert browse(county.regulator).post(uncover).status_code == 404  # of coal
    assert Change.objects.filter(verb="show_phone").count() == 1


def test_who_keeps_no_registers_or_does_not_see_the_contact_calls_nobody(
    county: County, browse: Browse, contact: Contact
) -> None:
    assert tried(browse(county.worker), contact, "reached") == 403
    assert browse(county.worker).get(reverse("contact_trials")).status_code == 403
    assert tried(browse(county.regulator), contact, "reached") == 404  # of coal
    assert tried(browse(county.officer), contact, "answered") == 400
    assert not ContactTrial.objects.exists()


def test_a_new_number_was_not_tried_yet(county: County, browse: Browse, contact: Contact) -> None:
    client = browse(county.officer)
    tried(client, contact, "reached")
    address = reverse("ledger_edit", args=["contacts", contact.pk])
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    assert client.post(address, {**fields, "role": "调度"}).status_code == 302
    contact.refresh_from_db()
    assert contact.reached is True
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    assert client.post(address, {**fields, "phone": "13800000009"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.phone, contact.reached, contact.tried_at) == ("13800000009", None, None)
    assert ContactTrial.objects.filter(contact=contact).count() == 1


def test_a_number_never_tried_is_not_said_to_have_expired(
    county: County, browse: Browse, contact: Contact
) -> None:
    page = browse(county.officer).get(reverse("enterprise", args=[county.enterprise.pk])).content.decode()
    assert "没有过期" in page and "已过期 1 件" not in page and "另有 1 件待办" in page
    licence(county.enterprise, -5)
    page = browse(county.officer).get(reverse("enterprise", args=[county.enterprise.pk])).content.decode()
    assert "已过期 1 项" in page and "已过期 1 件" in page
