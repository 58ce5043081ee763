"""From every thing that is watched one link leads to the one page that says who answers for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils.html import escape, strip_tags

from anwei.monitoring.models import Alarm, Warning
from anwei.org.models import Person, Post, SectorDuty, Unit
from anwei.sites.models import Site
from tests.kernel.county import NOW, TOWN, County, in_post
from tests.monitoring.plant import Plant

SignIn = Callable[[Person], Client]


def test_enterprise_site_device_tag_alarm_and_case_lead_to_one_answer(
    plant: Plant, warning: Warning, sign_in: SignIn
) -> None:
    county = plant.county
    site = plant.device.site or Site.objects.create(enterprise=county.enterprise, code="g 1", name="罐区")
    plant.device.site = site
    plant.device.save()
    Alarm.objects.update(site=site)
    Warning.objects.update(site=site)
    things = (site, plant.device, plant.tag, *Alarm.objects.all(), Warning.objects.get())
    assert {(thing.subject().unit, thing.subject().site) for thing in things} == {
        (county.enterprise.unit, site.code)
    }
    client = sign_in(county.officer)
    door = f"/org/responsibility/?enterprise={county.enterprise.pk}"
    assert escape(door) in client.get(f"/enterprises/{county.enterprise.pk}/").content.decode()
    for address in (
        f"/devices/{plant.device.code}/",
        f"/tags/{plant.tag.number}/",
        f"/cases/{warning.pk}/",
    ):
        text = client.get(address).content.decode()
        assert f"{escape(door)}&amp;site={site.code.replace(' ', '%20')}" in text, address
    answer = client.get(door, {"enterprise": county.enterprise.pk, "site": site.code, "on": "2026-11-01"})
    assert answer.context["site"] == site and answer.context["on"] < NOW.date() - timedelta(days=1)


def test_the_short_card_names_who_supervises_as_the_whole_answer_does(
    county: County, sign_in: SignIn
) -> None:
    """The duty post supervises warnings; day by day it is the officer of the sector's regulator."""
    regulator = SectorDuty.objects.get(sector="chemical").unit
    watcher = Post.objects.create(unit=regulator, kind="officer", title="危化监管员")
    in_post("watcher", watcher)
    road = {"category": "road", "unit": regulator, "territory": TOWN, "sector": "chemical"}
    sites = (
        Site.objects.create(enterprise=county.enterprise, code="g-1", name="罐区"),
        Site.objects.create(code="r-1", name="岔路口", **road),
    )
    client = sign_in(county.officer)
    for site in sites:
        whole = client.get("/org/responsibility/", {"site": site.code}).context["answer"]
        page = client.get(f"/sites/{site.pk}/").content.decode()
        card = strip_tags(page.partition('<dl class="posts">')[2].partition("</dl>")[0])
        for seat in (whole.responsible, whole.supervisor, whole.implementer):
            assert str(seat.post or seat.name) in card, (site, seat.name)
        assert str(county.duty) not in card, site


def test_the_answer_of_a_village_names_village_and_grid(county: County, sign_in: SignIn) -> None:
    place = f"{TOWN}001"
    village = Unit.objects.create(kind="village", name="甲一村", territory=place)
    in_post("village-head", Post.objects.create(unit=village, kind="principal", title="主任"))
    door = f"/org/responsibility/?enterprise={county.enterprise.pk}"
    client = sign_in(county.officer)
    assert "村、网格" not in client.get(door).content.decode()
    Unit.objects.filter(pk=county.enterprise.unit_id).update(territory=place)
    text = strip_tags(client.get(door).content.decode())
    assert "村、网格" in text and "village-head" in text and "安全生产法 第75条" in text
