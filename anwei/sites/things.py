"""The things of an enterprise: where each has its page, and who answers for it beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse

from anwei.ledgers.beside import Aside, Context, contribute_aside
from anwei.ledgers.declaration import Ledger, ledgers
from anwei.sites.models import (
    Camera,
    Chemical,
    Enterprise,
    Equipment,
    Installation,
    Process,
    RiskPoint,
    Site,
)
from anwei.sites.queries import answerable_for

PAGES: dict[type[Model], str] = {
    Enterprise: "enterprise",
    Site: "site",
    RiskPoint: "risk_point",
    Installation: "risk_installation",
}
THINGS: tuple[type[Model], ...] = (Site, Equipment, Process, Chemical, Camera, RiskPoint, Installation)


def register_of(model: type[Model]) -> Ledger | None:
    """Return the register that keeps rows of a model, None where none does."""
    return next((ledger for ledger in ledgers() if ledger.model is model), None)


def address_of(model: type[Model], key: int | str) -> str:
    """Return the page of a row: its model's own, else that of its register, "" where it has neither."""
    if page := PAGES.get(model):
        return reverse(page, args=[key])
    ledger = register_of(model)
    return reverse("ledger_row", args=[ledger.code, key]) if ledger else ""


def address_of_thing(thing: Model) -> str:
    """Return the page of a thing, "" where it has none."""
    return address_of(type(thing), thing.pk)


def site_of(thing: Any) -> Site | None:
    """Return the place that a thing is or stands at, None where that is not written down."""
    return thing if isinstance(thing, Site) else thing.site


def answers_beside(thing: Any, now: datetime) -> Context:
    """Return the three posts of a thing, and where the whole answer with its grounds is."""
    site, owner = (None, thing) if isinstance(thing, Enterprise) else (site_of(thing), None)
    query = urlencode({"site": site.code} if site else {"enterprise": (owner or thing.enterprise).pk})
    return {"answerable": answerable_for(thing, now), "address": f"{reverse('responsibility')}?{query}"}


contribute_aside(
    Aside("sites/posts.html", lambda thing, person, now: answers_beside(thing, now), THINGS, place=10)
)
