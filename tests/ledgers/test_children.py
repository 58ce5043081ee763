"""A register beneath another one: listed and added on the page of the row that its rows belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from anwei.ledgers.children import columns_beneath
from anwei.ledgers.declaration import ledger_of, register
from anwei.org.models import Person
from tests.kernel.county import County
from tests.smallroom.models import Extinguisher

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]
REGISTERS = ("sites", "extinguishers")
every = pytest.mark.parametrize("code", REGISTERS)


@every
def test_the_page_of_an_enterprise_leads_to_its_rows_and_to_a_new_one(
    county: County, browse: Browse, code: str
) -> None:
    client, pk = browse(county.officer), county.enterprise.pk
    page = client.get(reverse("enterprise", args=[pk])).content.decode()
    all_of_it, new = (f"{reverse(name, args=[code])}?enterprise={pk}" for name in ("ledger", "ledger_new"))
    assert all_of_it in page and new in page
    assert new not in browse(county.worker).get(reverse("enterprise", args=[pk])).content.decode()
    listed = client.get(all_of_it).content.decode()
    assert "储罐" in listed and "不可见之物" not in listed and new in listed
    assert reverse("enterprise", args=[pk]) in listed
    fields = {field.column.name: field.text for field in client.get(new).context["fields"]}
    assert fields["enterprise"] == ("甲化工厂" if code == "sites" else str(county.enterprise))


def test_a_row_is_shown_on_the_page_and_added_from_it(county: County, browse: Browse) -> None:
    client, enterprise = browse(county.officer), county.enterprise
    new = f"{reverse('ledger_new', args=['extinguishers'])}?enterprise={enterprise.pk}"
    fields = {field.column.name: field.text for field in client.get(new).context["fields"]}
    assert client.post(new, {**fields, "code": "A-9", "place": "泵房"}).status_code == 302
    row = Extinguisher.objects.get(code="A-9")
    assert row.enterprise == enterprise
    address = reverse("ledger_row", args=["extinguishers", row.pk])
    assert address in client.get(reverse("enterprise", args=[enterprise.pk])).content.decode()
    assert reverse("enterprise", args=[enterprise.pk]) in client.get(address).content.decode()


@every
def test_a_parent_out_of_sight_is_no_parent(county: County, browse: Browse, code: str) -> None:
    client, pk = browse(county.townsman), county.other_enterprise.pk
    listed = client.get(f"{reverse('ledger', args=[code])}?enterprise={pk}").content.decode()
    assert "乙煤矿" not in listed and "不可见之物" not in listed
    form = client.get(f"{reverse('ledger_new', args=[code])}?enterprise={pk}")
    assert {field.column.name: field.text for field in form.context["fields"]}["enterprise"] == ""


@every
@pytest.mark.parametrize("key", ["x", "-1", "99999999999999999999", ""])
def test_a_strange_key_is_no_fault(county: County, browse: Browse, code: str, key: str) -> None:
    client = browse(county.officer)
    for name in ("ledger", "ledger_new"):
        assert client.get(f"{reverse(name, args=[code])}?enterprise={key}").status_code == 200


@every
def test_what_leaves_says_whose_it_is(county: County, browse: Browse, code: str) -> None:
    address = f"{reverse('ledger_export', args=[code])}?form=csv&enterprise={county.enterprise.pk}"
    text = browse(county.officer).get(address).content.decode("utf-8-sig")
    assert "储罐" in text and "不可见之物" not in text
    assert "甲化工厂" in text.strip().splitlines()[-1]


def test_the_rows_beneath_are_told_by_their_columns_and_counted_past_a_few(
    county: County, browse: Browse
) -> None:
    for number in range(8):
        Extinguisher.objects.create(code=f"B-{number}", enterprise=county.enterprise, place="配电室")
    page = browse(county.officer).get(reverse("enterprise", args=[county.enterprise.pk]))
    beneath = next(one for one in page.context["registers"] if one.ledger.code == "extinguishers")
    assert [column.name for column in beneath.columns] == ["code", "place", "kilograms", "checked_on"]
    assert len(beneath.lines) == 6
    assert beneath.n_rows == Extinguisher.objects.filter(enterprise=county.enterprise).count() > 6
    assert '<td class="wrap" data-label="位置"><div>' in page.content.decode()


def test_a_register_names_its_columns_and_no_others() -> None:
    ledger = ledger_of("extinguishers")
    named = replace(ledger, beneath=("place",))
    assert [column.name for column in columns_beneath(named)] == ["place"]
    with pytest.raises(ImproperlyConfigured, match="no column nowhere"):
        register(replace(ledger, code="extinguishers-too", beneath=("nowhere",)))
