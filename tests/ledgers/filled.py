"""Rows for every register, so that the contract tests have something to hold on to."""

from __future__ import annotations

from anwei.org.models import Post, Unit
from anwei.sites.models import Site
from tests.emergency.filled import fill_accidents
from tests.hazards.filled import fill_hazards
from tests.kernel.county import NOW, OTHER_TOWN, TOWN, County
from tests.oversight.filled import fill_targets
from tests.sites.files import fill_file, fill_weather
from tests.sites.risks import fill_risks
from tests.smallroom.models import Extinguisher

CANARY = "不可见之物"


def fill(county: County) -> None:
    """Add rows in both towns; those of the other town carry the canary."""
    Post.objects.create(unit=county.duty.unit, kind="officer", title="危化监管岗")  # who judges what is found
    for enterprise, mark in ((county.enterprise, "储罐"), (county.other_enterprise, CANARY)):
        Site.objects.create(enterprise=enterprise, code=f"S{enterprise.pk}", name=f"{mark}区", kind="罐区")
        Extinguisher.objects.create(code=f"M{enterprise.pk}", enterprise=enterprise, place=f"{mark}门口")
        fill_risks(enterprise, mark)
        fill_file(enterprise, mark)
        fill_weather(enterprise, mark)
        fill_hazards(enterprise, mark, NOW)
        fill_accidents(enterprise, mark, NOW)
        fill_targets(enterprise, mark, NOW)
    Unit.objects.create(kind="village", name="甲镇第一村", territory=f"{TOWN}001")
    Unit.objects.create(kind="village", name=f"{CANARY}村", territory=f"{OTHER_TOWN}001")
