"""A key that another enterprise has: a sheet takes nothing over unasked, a form gives a reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.models import Change
from anwei.org.models import Person
from anwei.sites.models import Assessment, Enterprise, Installation
from tests.kernel.county import County, county_clerk
from tests.sites.files import fill_file
from tests.sites.risks import chemical, fill_risks, installation, place

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]
OWN, OTHER = "甲化工厂", "乙煤矿"


def filled(enterprise: Enterprise, mark: str) -> dict[str, Model]:
    """Write a row into each register whose keys a county shares; return them by the code of the register."""
    point = fill_risks(enterprise, mark)
    bare = installation(enterprise, code=f"空-{mark}", name=f"{mark}空单元")
    return {**fill_file(enterprise, mark), "risk-points": point, "sites": point.site, "installations": bare}


def typed(client: Client, code: str, row: Model) -> dict[str, str]:
    """Return what the form of a row shows, in the order of a grid."""
    fields = client.get(reverse("ledger_edit", args=[code, row.pk])).context["fields"]
    return {field.column.name: field.text for field in fields}


def pasted(cells: dict[str, str]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter="\t").writerow(cells.values())
    return text.getvalue()


@pytest.mark.parametrize(
    "code", ["sites", "installations", "licences", "insurances", "cameras", "risk-points"]
)
def test_a_row_known_by_its_key_alone_is_not_taken_over_unasked(
    county: County, browse: Browse, code: str
) -> None:
    client, ledger = browse(county_clerk()), ledger_of(code)
    row, theirs = (
        filled(enterprise, mark)[code]
        for enterprise, mark in ((county.enterprise, "储罐"), (county.other_enterprise, "采面"))
    )
    parent = ledger.parent
    cells = typed(client, code, row)
    whose = ledger.column(parent).shown_in(row)
    sheet = {**cells, parent: typed(client, code, theirs)[parent]}
    address, body = reverse("ledger_grid", args=[code]), {"rows": pasted(sheet)}

    asked = client.post(address, body)
    assert asked.status_code == 422 and f"编号已属于“{whose}”" in asked.content.decode()
    unreasoned = client.post(address, {**body, "doubtful": "1"})
    assert unreasoned.status_code == 422 and 'name="reason"' in unreasoned.content.decode()
    kept = ledger.model._default_manager.get(pk=row.pk)
    assert ledger.parent_of(kept) == ledger.parent_of(row)

    assert client.post(address, {**body, "doubtful": "1", "reason": "两家合并"}).status_code == 200
    passed = ledger.model._default_manager.get(pk=row.pk)
    assert ledger.parent_of(passed) == ledger.parent_of(theirs)
    assert Change.objects.filter(verb="update", reason="两家合并").exists()


def test_a_form_passes_a_row_on_for_a_reason(county: County, browse: Browse) -> None:
    site, client = place(county.enterprise), browse(county_clerk())
    address = reverse("ledger_edit", args=["sites", site.pk])
    body = {**typed(client, "sites", site), "enterprise": OTHER}
    assert client.post(address, body).status_code == 422
    site.refresh_from_db()
    assert site.enterprise == county.enterprise
    assert client.post(address, {**body, "reason": "转让"}).status_code == 302
    site.refresh_from_db()
    assert site.enterprise == county.other_enterprise


def test_what_is_known_of_an_installation_stays_with_its_enterprise(county: County, browse: Browse) -> None:
    unit, client = installation(county.enterprise, people=0), browse(county_clerk())
    stock = chemical(unit, 40)
    cells = {**typed(client, "installations", unit), "enterprise": OTHER}
    form, grid = (
        reverse("ledger_edit", args=["installations", unit.pk]),
        reverse("ledger_grid", args=["installations"]),
    )
    for emptied in (False, True):
        if emptied:
            stock.delete()
            assert Assessment.objects.filter(installation=unit).exists()
        answers = (
            client.post(form, {**cells, "reason": "合并"}),
            client.post(grid, {"rows": pasted(cells), "doubtful": "1", "reason": "合并"}),
        )
        for answer in answers:
            assert answer.status_code == 422 and "不能转到另一家企业" in answer.content.decode()
        assert Installation.objects.get().enterprise == county.enterprise
    renamed = {**cells, "enterprise": OWN, "name": "一号罐区", "reason": "改名"}
    assert client.post(form, renamed).status_code == 302
