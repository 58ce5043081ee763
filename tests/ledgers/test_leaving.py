"""Rows that leave the house: as sheet, on paper, in full; masked, marked, with a reason, recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anwei.ledgers.models import Change
from anwei.org.models import Person
from tests.kernel.county import County

pytestmark = pytest.mark.db
Browse = Callable[[Person], Client]


def test_many_people_leave_only_with_a_reason(
    county: County, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anwei.ledgers.outgoing.FREE_PERSONAL_ROWS", 3)
    client, address = browse(county.officer), reverse("ledger_export", args=["people"]) + "?form=csv"
    assert "须说明理由" in client.get(address).content.decode()
    answer = client.post(address, {"form": "csv", "reason": "年度核对"})
    assert answer["Content-Disposition"].startswith("attachment")
    change = Change.objects.filter(register="ledgers.export").latest("pk")
    assert (change.reason, change.content["rows"]) == ("年度核对", 6)
    full = client.get(address + "&full=1")
    assert "须说明理由" in full.content.decode()
