"""One row in every register of an enterprise's file, each text with the mark of its enterprise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Model

from anwei.sites.models import (
    Camera,
    Contact,
    DailyWeather,
    DangerousWork,
    Enterprise,
    Equipment,
    Insurance,
    Licence,
    ManagementDocument,
    Process,
    ProjectParty,
    SafetyFund,
    Site,
)

PHONE = "13812341234"
CATEGORIES = {
    "road-sections": "road",
    "nine-small": "nine_small",
    "self-built": "self_built",
    "projects": "project",
}


def fill_file(enterprise: Enterprise, mark: str, phone: str = PHONE) -> dict[str, Model]:
    """Write one row into each register of papers, plant and places; everything of it carries the mark.

    Returns the rows by the code of their register.
    """
    own: dict[str, Any] = {"enterprise": enterprise}
    places = {
        code: Site.objects.create(
            **own, category=category, code=f"{mark}-{category}", name=f"{mark}{category}", owner_phone=phone
        )
        for code, category in CATEGORIES.items()
    }
    project = places["projects"]
    return {
        **places,
        "licences": Licence.objects.create(
            **own, kind="safety", number=f"{mark}证", expires_on=date(2027, 1, 1)
        ),
        "insurances": Insurance.objects.create(
            **own,
            insurer=f"{mark}保险",
            number=f"{mark}单",
            starts_on=date(2026, 1, 1),
            expires_on=date(2026, 12, 31),
        ),
        "management-documents": ManagementDocument.objects.create(**own, kind="rule", title=f"{mark}制度"),
        "safety-funds": SafetyFund.objects.create(**own, year=2025, drawn_yuan=100, spent_yuan=80),
        "contacts": Contact.objects.create(**own, name=f"{mark}人", phone=phone),
        "equipment": Equipment.objects.create(**own, code=f"{mark}-1", name=f"{mark}锅炉"),
        "processes": Process.objects.create(**own, name=f"{mark}工艺"),
        "cameras": Camera.objects.create(site=project, code=f"{mark}-C", name=f"{mark}球机"),
        "project-parties": ProjectParty.objects.create(
            site=project, role="contractor", name=f"{mark}建设", phone=phone
        ),
        "dangerous-works": DangerousWork.objects.create(site=project, name=f"{mark}基坑"),
    }


def fill_weather(enterprise: Enterprise, mark: str) -> dict[str, Model]:
    """Tell the weather of a day in the township of an enterprise; its source carries the mark."""
    told = {"rain": 12.5, "highest": 8.0, "lowest": -2.0, "wind": 6.0, "source": f"{mark}气象站"}
    day = date(2026, 10, 1) + timedelta(
        days=enterprise.pk % 28
    )  # a sequence of PostgreSQL is never rolled back
    territory = enterprise.unit.territory[:9]
    return {"weather": DailyWeather.objects.create(day=day, territory=territory, **told)}
