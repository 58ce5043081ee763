"""An enterprise that moves to another township: a reason is asked for, and both townships are told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anwei.cases.models import Notice
from anwei.org.models import Person, Post, Unit
from tests.kernel.county import OTHER_TOWN, County, in_post

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]


def test_a_move_asks_for_a_reason_and_tells_both_townships(county: County, browse: Browse) -> None:
    town = Unit.objects.create(kind="township", name="乙镇人民政府", territory=OTHER_TOWN)
    newcomer = in_post("newcomer", Post.objects.create(unit=town, kind="officer", title="安监员"))
    address = reverse("ledger_edit", args=["enterprises", county.enterprise.pk])
    client = browse(county.officer)
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    moved = {**fields, "territory": "乙镇", "confirmed": "1"}  # a made-up credit code is doubted
    refused = client.post(address, moved)
    assert refused.status_code == 422 and "修改属地须说明理由" in refused.content.decode()
    county.enterprise.unit.refresh_from_db()
    assert county.enterprise.unit.territory != OTHER_TOWN and not Notice.objects.exists()
    assert client.post(address, {**moved, "reason": "厂区搬迁"}).status_code == 302
    told = {notice.person: notice for notice in Notice.objects.all()}
    assert {*told} == {county.townsman, newcomer}
    assert told[newcomer].text == "甲化工厂的属地由甲镇改为乙镇。理由：厂区搬迁"
    for person, notice in told.items():
        assert browse(person).get(notice.url).status_code == 200


def test_a_change_within_the_township_tells_nobody(county: County, browse: Browse) -> None:
    address = reverse("ledger_edit", args=["enterprises", county.enterprise.pk])
    client = browse(county.officer)
    fields = {field.column.name: field.text for field in client.get(address).context["fields"]}
    assert (
        client.post(address, {**fields, "workers": "77", "confirmed": "1"}).status_code == 302
    )  # no reason asked for
    assert not Notice.objects.exists()
