"""What ends on a day in this room: papers, inspections, reviews; and the numbers that nobody reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy

from anwei.sites.contacts.trials import untried
from anwei.sites.expiries.kinds import ExpiryKind, declare_expiry_kind
from anwei.sites.models import Assessment, Enterprise, Equipment, Licence, ManagementDocument, RiskPoint
from anwei.sites.papers import licences_to_renew, policies_to_renew
from anwei.sites.risks.queries import standing_points, valid_assessments


def _row_of(register: str) -> Callable[[int], str]:
    return lambda key: reverse("ledger_row", args=[register, key])


def _label(column: str, choices: list[tuple[Any, Any]]) -> Case:
    """Return the label of a choice, in the language of who reads."""
    named = (When(**{column: value}, then=Value(str(label))) for value, label in choices)
    return Case(*named, default=Value(""), output_field=CharField())


def _joined(*parts: Any) -> Concat:
    """Return texts with a blank between them."""
    spaced = [piece for part in parts for piece in (Value(" "), part)][1:]
    return Concat(*spaced, output_field=CharField())


def _standing(rows: QuerySet[Any], enterprise: str = "enterprise__") -> QuerySet[Any]:
    """Leave out what belongs to enterprises that are closed."""
    return rows.exclude(**{f"{enterprise}status": Enterprise.Status.CLOSED})


def _installations_and_enterprises(on: date) -> QuerySet[Any]:
    return _standing(valid_assessments(Assessment.objects.filter(point__isnull=True)), "owner__")


KINDS = (
    ExpiryKind(
        "licences",
        gettext_lazy("许可证照"),
        gettext_lazy("换证"),
        lambda on: _standing(licences_to_renew(on).exclude(kind=Licence.Kind.MANAGER)),
        "expires_on",
        lambda: _joined(_label("kind", Licence.Kind.choices), F("number")),
        _row_of("licences"),
    ),
    ExpiryKind(
        "certificates",
        gettext_lazy("安全管理人员证书"),
        gettext_lazy("复审"),
        lambda on: _standing(licences_to_renew(on).filter(kind=Licence.Kind.MANAGER)),
        "expires_on",
        lambda: _joined(F("covers"), F("number")),
        _row_of("licences"),
    ),
    ExpiryKind(
        "insurances",
        gettext_lazy("安责险"),
        gettext_lazy("续保"),
        lambda on: _standing(policies_to_renew(on)),
        "expires_on",
        lambda: _joined(F("insurer"), F("number")),
        _row_of("insurances"),
    ),
    ExpiryKind(
        "inspections",
        gettext_lazy("设备检验"),
        gettext_lazy("检验"),
        lambda on: _standing(Equipment.objects.filter(in_use=True)),
        "inspection_due_on",
        lambda: _joined(F("name"), F("code")),
        _row_of("equipment"),
    ),
    ExpiryKind(
        "documents",
        gettext_lazy("制度规程评审"),
        gettext_lazy("评审"),
        lambda on: _standing(ManagementDocument.objects.all()),
        "review_on",
        lambda: F("title"),
        _row_of("management-documents"),
    ),
    ExpiryKind(
        "assessments",
        gettext_lazy("风险评估"),
        gettext_lazy("复评"),
        _installations_and_enterprises,
        "review_on",
        lambda: _label("method", Assessment.Method.choices),
        lambda key: reverse("risk_assessment", args=[key]),
        whose="owner__unit__name",
        territory="territory",
        sector="sector",
        owner="owner_id",
    ),
    ExpiryKind(
        "risk-points",
        gettext_lazy("风险点复评"),
        gettext_lazy("复评"),
        lambda on: standing_points(RiskPoint.objects.all()),
        "review_on",
        lambda: _joined(F("name"), F("code")),
        lambda key: reverse("risk_point", args=[key]),
        whose="site__unit__name",
        territory="site__territory",
        sector="site__sector",
        owner="site__enterprise_id",
    ),
    ExpiryKind(
        "standardization",
        gettext_lazy("标准化等级"),
        gettext_lazy("复评"),
        lambda on: _standing(Enterprise.objects.exclude(standardization=""), ""),
        "standardized_until",
        lambda: _label("standardization", Enterprise.Standardization.choices),
        lambda key: reverse("enterprise", args=[key]),
        whose="unit__name",
        territory="unit__territory",
        sector="sector",
        owner="id",
    ),
    ExpiryKind(
        "contacts",
        gettext_lazy("应急联系人"),
        gettext_lazy("试拨"),
        lambda on: _standing(untried()),
        "",
        lambda: _joined(F("name"), F("role")),
        _row_of("contacts"),
        undated=gettext_lazy("没打通过"),
    ),
)
for _kind in KINDS:
    declare_expiry_kind(_kind)
