"""Risk points and installations to test with, written as registers write them."""

from __future__ import annotations

from typing import Any

from anwei.ledgers.saving import Edit
from anwei.sites.models import Assessment, Chemical, Enterprise, Installation, RiskPoint, Site
from anwei.sites.risks.confirming import confirm
from anwei.sites.risks.form19 import groups
from anwei.sites.risks.inventory import save_chemicals, save_installations
from anwei.sites.risks.points import save_risk_points
from tests.kernel.county import NOW


def place(enterprise: Enterprise, code: str = "GQ-01", name: str = "罐区") -> Site:
    return Site.objects.get_or_create(code=code, defaults={"enterprise": enterprise, "name": name})[0]


def point(site: Site, code: str = "FX-1", **values: Any) -> RiskPoint:
    given = {"name": "氨储罐", "code": code, "site": site.pk, "review_months": 12, **values}
    return save_risk_points([Edit(None, given)], actor=None, now=NOW)[0]


def installation(
    enterprise: Enterprise, people: int | None = 35, code: str = "DY-1", name: str = "氨罐区"
) -> Installation:
    values = {
        "enterprise": enterprise.pk,
        "code": code,
        "name": name,
        "kind": "storage",
        "people_exposed": people,
    }
    return save_installations([Edit(None, values)], actor=None, now=NOW)[0]


def chemical(unit: Installation, design_t: float, **values: Any) -> Chemical:
    given = {"enterprise": unit.enterprise_id, "installation": unit.pk, "name": "氨", "design_t": design_t}
    return save_chemicals([Edit(None, {**given, **values})], actor=None, now=NOW)[0]


def confirmed(assessment: Assessment, by: Any) -> Assessment:
    every = range(len(assessment.result["confirm"]))
    return confirm(assessment, [*every], actor=by, now=NOW)


def fill_risks(enterprise: Enterprise, mark: str) -> RiskPoint:
    """Write one row into each register of graded risk; everything of it carries the mark."""
    site = place(enterprise, f"S{enterprise.pk}", f"{mark}区")
    unit = installation(enterprise, code=f"DY-{mark}", name=f"{mark}单元")
    chemical(unit, 12.5)
    titles = {"control_enterprise": f"{mark}厂长", "control_job": f"{mark}操作工"}
    return point(site, f"FX-{mark}", name=f"{mark}风险点", grade="red", accidents="中毒", **titles)


def no_to_all() -> dict[str, str]:
    """Answer the form of 应急〔2018〕19号 with no, or none, throughout."""
    asked = [one.question for group in groups({}) for one in group.asked]
    return {question.code: "0" if question.per else "no" for question in asked}
