"""Four colours for the map: by township and by enterprise, only what one may see; what is due."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from anwei.org.models import Person
from anwei.sites.models import Enterprise, LiveColour
from anwei.sites.risks.queries import due_points, risk_counts_by_township, shown_grades
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, County, county_clerk
from tests.sites.risks import place, point

pytestmark = pytest.mark.django_db
Browse = Callable[[Person], Client]


def test_each_township_counts_what_stands_in_it(county: County) -> None:
    clerk = county_clerk()
    here, there = place(county.enterprise), place(county.other_enterprise, "MK-1", "采面")
    point(here, "F1", grade="orange", control_enterprise="厂长")
    point(here, "F2", grade="blue")
    point(here, "F3", grade="red", control_enterprise="厂长", removed_on="2026-11-01")
    point(there, "F4")
    counts = risk_counts_by_township(clerk)
    assert counts[TOWN].points == {"orange": 1, "blue": 1} and counts[OTHER_TOWN].points == {"": 1}
    assert counts[TOWN].enterprises == {"orange": 1} and counts[OTHER_TOWN].enterprises == {"": 1}
    assert set(risk_counts_by_township(county.townsman)) == {TOWN}
    Enterprise.objects.filter(pk=county.enterprise.pk).update(status="closed")
    assert TOWN not in risk_counts_by_township(clerk)


def test_the_map_shows_the_live_colour_else_the_static(county: County) -> None:
    point(place(county.enterprise), grade="yellow")
    both = Enterprise.objects.all()
    assert shown_grades(both) == {county.enterprise.pk: "yellow"}
    LiveColour.objects.create(
        enterprise=county.other_enterprise, colour="red", computed_at=NOW, changed_at=NOW
    )
    assert shown_grades(both) == {county.enterprise.pk: "yellow", county.other_enterprise.pk: "red"}


def test_the_overview_and_the_list_of_what_is_due(county: County, browse: Browse) -> None:
    row = point(place(county.enterprise), grade="yellow", review_months=2)
    later = point(place(county.enterprise), "F2", grade="blue", review_months=6)
    client = browse(county.townsman)
    page = client.get(reverse("risks")).content.decode()
    assert "甲镇" in page and "乙镇" not in page and "severity-yellow" in page
    assert list(due_points(county.officer, NOW.date())) == []
    due = client.get(reverse("risk_due")).content.decode()
    assert reverse("risk_point", args=[row.pk]) in due
    assert reverse("risk_point", args=[later.pk]) not in due


def test_the_file_of_an_enterprise_leads_to_its_risks(county: County, browse: Browse) -> None:
    point(place(county.enterprise), grade="orange", control_enterprise="厂长")
    client = browse(county.worker)
    page = client.get(reverse("enterprise", args=[county.enterprise.pk])).content.decode()
    assert reverse("risk_enterprise", args=[county.enterprise.pk]) in page and "较大·橙" in page
    assert reverse("risks") in client.get(reverse("enterprises")).content.decode()
