"""Places lie where they lie: with their enterprise unless they have their own, and some belong to none."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from anwei.ledgers.saving import Edit
from anwei.org.gaps import gaps
from anwei.org.models import Post, SectorDuty, Unit
from anwei.org.responsibility import resolve
from anwei.org.services import place_unit
from anwei.sites.models import Enterprise, RiskPoint, Site
from anwei.sites.services import save_enterprises
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, County, make_enterprise

pytestmark = pytest.mark.django_db


def road(county: County, **fields: object) -> Site:
    values = {"code": "R1", "name": "老虎嘴弯道", "territory": TOWN, "sector": "road", **fields}
    values.setdefault("unit", Unit.objects.get(name="甲镇人民政府"))
    return Site.objects.create(category="road", **values)


def test_a_place_has_what_its_enterprise_has(county: County) -> None:
    site = Site.objects.create(enterprise=county.enterprise, code="S1", name="罐区")
    unit = county.enterprise.unit
    assert (site.unit, site.territory, site.sector) == (unit, unit.territory, county.enterprise.sector)


def test_a_place_moves_with_its_enterprise_unless_it_lies_elsewhere(county: County) -> None:
    enterprise = county.enterprise
    here = Site.objects.create(enterprise=enterprise, code="S1", name="罐区")
    project = Site.objects.create(enterprise=enterprise, code="S2", name="工地", territory=OTHER_TOWN)
    place_unit(enterprise.unit, OTHER_TOWN, actor=None, now=NOW, reason="区划调整")
    here.refresh_from_db()
    assert here.territory == OTHER_TOWN
    edit = Edit(Enterprise.objects.get(pk=enterprise.pk), {"territory": TOWN, "sector": "industry"})
    save_enterprises([edit], actor=None, now=NOW)
    here.refresh_from_db()
    project.refresh_from_db()
    assert (here.territory, here.sector) == (TOWN, "industry")
    assert project.sector == "industry"


def test_a_road_belongs_to_no_enterprise_and_its_township_answers(county: County) -> None:
    site = road(county)
    assert Site.objects.visible_to(county.townsman).filter(pk=site.pk).exists()
    assert not Site.objects.visible_to(county.stranger).filter(pk=site.pk).exists()
    assert resolve(site.subject(), NOW.date()).territory.name


def test_a_key_site_must_belong_to_an_enterprise(county: County) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Site.objects.create(
            unit=county.enterprise.unit, code="K1", name="罐区", territory=TOWN, sector="chemical"
        )


def test_the_regulator_of_the_second_sector_sees_the_enterprise(county: County) -> None:
    other = make_enterprise("双业厂", TOWN, "chemical", "91000000000000003X")
    assert not Enterprise.objects.visible_to(county.regulator).filter(pk=other.pk).exists()
    Enterprise.objects.filter(pk=other.pk).update(second_sector="coal")
    assert Enterprise.objects.visible_to(county.regulator).filter(pk=other.pk).exists()
    assert Unit.objects.visible_to(county.regulator).filter(pk=other.unit_id).exists()


def test_the_page_of_a_place_and_its_answer(county: County) -> None:
    site = road(county)
    client = Client()
    client.force_login(county.townsman)
    RiskPoint.objects.create(site=site, code="F1", name="急弯冲出路面")
    page = client.get(reverse("site", args=[site.pk]))
    assert page.status_code == 200 and "老虎嘴弯道" in page.content.decode()
    assert "急弯冲出路面" in page.content.decode()
    answer = client.get(reverse("responsibility"), {"site": site.code})
    assert answer.status_code == 200 and "甲镇人民政府" in answer.content.decode()
    client.force_login(county.stranger)
    assert client.get(reverse("site", args=[site.pk])).status_code == 404
    assert client.get(reverse("responsibility"), {"site": site.code}).status_code == 404


def test_what_a_public_body_keeps_is_carried_out_by_its_officers(county: County) -> None:
    keeper = Unit.objects.create(kind=Unit.Kind.DEPARTMENT, name="公路段", territory=TOWN[:6])
    site = road(county, unit=keeper)
    before = resolve(site.subject(), NOW.date())
    assert (before.implementer.post, before.implementer.confidence) == (None, "TEMPLATE")
    assert "生产经营单位" not in before.responsible.rule
    missing = [gap for gap in gaps(NOW.date()) if gap.unit == keeper.pk and "监管人员" in gap.sentence]
    assert len(missing) == 1
    post = Post.objects.create(unit=keeper, title="安监员", kind=Post.Kind.OFFICER)
    assert resolve(site.subject(), NOW.date()).implementer.post == post
    assert not [gap for gap in gaps(NOW.date()) if gap.key == missing[0].key]


def test_nobody_supervises_themselves_where_the_regulator_keeps_the_place(county: County) -> None:
    bureau = Unit.objects.create(kind=Unit.Kind.DEPARTMENT, name="交通运输局", territory=TOWN[:6])
    head = Post.objects.create(unit=bureau, title="局长", kind=Post.Kind.PRINCIPAL)
    officer = Post.objects.create(unit=bureau, title="路政员", kind=Post.Kind.OFFICER)
    SectorDuty.objects.create(sector="road", unit=bureau, from_on=NOW.date())
    answer = resolve(road(county, unit=bureau).subject(), NOW.date())
    assert (answer.implementer.post, answer.supervisor.post) == (officer, head)
