"""The rest of the fictional files: papers near their end, and the places that belong to no enterprise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from anwei.demo.plan import townships
from anwei.demo.tables import table
from anwei.org.models import Unit
from anwei.sites.models import (
    Contact,
    DangerousWork,
    Enterprise,
    Equipment,
    Insurance,
    Licence,
    ManagementDocument,
    ProjectParty,
    Site,
)

THREE_YEARS, YEAR = timedelta(days=3 * 365), timedelta(days=364)


def create_registers(owners: Mapping[str, Enterprise], today: date) -> int:
    """Write the rows of registers.toml, by enterprises' codes in the plan; return how many."""
    rows = table("registers")
    _create_papers(rows, owners, today)
    places = _create_places(rows["place"], today)
    project = places["project"]
    for row in rows["party"]:
        contractor = owners.get(row.get("enterprise", ""))
        ProjectParty.objects.create(
            site=project,
            role=row["role"],
            name=contractor.unit.name if contractor else row["name"],
            credit_code=contractor.credit_code if contractor else "",
            manager=row["manager"],
            phone=row.get("phone", ""),
        )
    approved, judged = today - timedelta(days=30), today - timedelta(days=21)
    for row in rows["work"]:
        DangerousWork.objects.create(
            site=project, name=row["name"], beyond_scale=True, plan_approved_on=approved, experts_on=judged
        )
    return sum(map(len, rows.values()))


def _create_papers(rows: Mapping[str, Any], owners: Mapping[str, Enterprise], today: date) -> None:
    """Write what ends on a day, and whom to call."""

    def end(row: Mapping[str, Any]) -> date:
        return today + timedelta(days=row["days"])

    Licence.objects.bulk_create(
        Licence(
            enterprise=owners[row["enterprise"]],
            kind=row["kind"],
            number=row["number"],
            issuer=row["issuer"],
            covers=row.get("covers", ""),
            issued_on=end(row) - THREE_YEARS,
            expires_on=end(row),
        )
        for row in rows["licence"]
    )
    Insurance.objects.bulk_create(
        Insurance(
            enterprise=owners[row["enterprise"]],
            insurer=row["insurer"],
            number=row["number"],
            insured_people=row["people"],
            amount_yuan=400_000,
            starts_on=end(row) - YEAR,
            expires_on=end(row),
        )
        for row in rows["insurance"]
    )
    Equipment.objects.bulk_create(
        Equipment(
            enterprise=owners[row["enterprise"]],
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            inspected_on=end(row) - YEAR,
            inspection_due_on=end(row),
        )
        for row in rows["equipment"]
    )
    ManagementDocument.objects.bulk_create(
        ManagementDocument(
            enterprise=owners[row["enterprise"]],
            kind=row["kind"],
            title=row["title"],
            issued_on=end(row) - THREE_YEARS,
            review_on=end(row),
        )
        for row in rows["document"]
    )
    Contact.objects.bulk_create(
        Contact(enterprise=owners[row["enterprise"]], name=row["name"], role=row["role"], phone=row["phone"])
        for row in rows["contact"]
    )


def _create_places(rows: list[Mapping[str, Any]], today: date) -> dict[str, Site]:
    """Write one place of each category in the middle of its township, whose government keeps it."""
    keepers = {unit.territory: unit for unit in Unit.objects.filter(kind=Unit.Kind.TOWNSHIP)}
    places = {}
    for row in rows:
        township = townships()[row["township"]]
        corners = township.ring[:-1]
        places[row["category"]] = Site.objects.create(
            category=row["category"],
            unit=keepers[township.code],
            territory=township.code,
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            sector=row["sector"],
            address=row["address"],
            people=row.get("people"),
            owner=row.get("owner", ""),
            owner_phone=row.get("phone", ""),
            starts_on=today - timedelta(days=120) if row["category"] == "project" else None,
            longitude=round(sum(corner[0] for corner in corners) / len(corners), 6),
            latitude=round(sum(corner[1] for corner in corners) / len(corners), 6),
        )
    return places
