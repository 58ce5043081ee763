"""What colours the small county's enterprise: a licence that ended some days ago; and the colour it has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from anwei.sites.models import Licence, LiveColour
from tests.kernel.county import NOW, County

DAY = timedelta(days=1)


def ended(county: County, days: int = 5, **values: Any) -> Licence:
    day = (NOW - days * DAY).date()
    given = {"kind": "safety", "number": "AX-1", "expires_on": day, **values}
    return Licence.objects.create(enterprise=county.enterprise, **given)


def colour(county: County) -> str:
    return LiveColour.objects.get(pk=county.enterprise.pk).colour
