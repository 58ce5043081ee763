"""From an early warning of a sensor to its enterprise: why to look at it, and the plan to go there."""

from __future__ import annotations

from datetime import datetime

from anwei.analytics.enterprise_file import score_of
from anwei.hazards.planning.bodies import bodies_at
from anwei.ledgers.beside import Aside, Context, contribute_aside
from anwei.monitoring.models import Forecast
from anwei.org.models import Person


def _beside(row: Forecast, person: Person, now: datetime) -> Context:
    told = score_of(row.enterprise, person, now)
    return {**told, "enterprise": row.enterprise, "is_body": told["is_official"] and bool(bodies_at(person))}


contribute_aside(Aside("watch/beside_forecast.html", _beside, [Forecast], place=10))
