"""What of the registers of this room stands in an enterprise's file, and in which columns."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anwei.sites.file.parts import Part, contribute_part
from anwei.sites.models import (
    Camera,
    Chemical,
    Contact,
    Equipment,
    Installation,
    Insurance,
    Licence,
    ManagementDocument,
    Process,
    RiskPoint,
    SafetyFund,
    Site,
)

OTHER_PLACES = set(Site.Category.values) - {Site.Category.KEY}

PARTS = (
    Part(
        Contact,
        _("应急联系人"),
        "people",
        20,
        ("name", "role", "phone", "tried_at", "reached"),
        telling=("phone",),
        personal=("phone",),
        widths=(2, 2, 3, 4, 1.5),
    ),
    Part(
        Licence,
        _("许可证照"),
        "papers",
        10,
        ("kind", "number", "issuer", "expires_on"),
        ends=("expires_on",),
    ),
    Part(
        Insurance,
        _("安全生产责任保险"),
        "papers",
        20,
        ("insurer", "number", "insured_people", "expires_on"),
        ends=("expires_on",),
        order=("-expires_on", "-id"),
    ),
    Part(
        ManagementDocument,
        _("制度规程"),
        "papers",
        30,
        ("title", "kind", "reviewed_on", "review_on"),
        ends=("review_on",),
    ),
    Part(SafetyFund, _("安全生产费用"), "papers", 40, ("year", "drawn_yuan", "spent_yuan")),
    Part(
        RiskPoint,
        _("风险点"),
        "risks",
        20,
        ("name", "grade", "site", "review_on"),
        telling=("grade", "review_on"),
        ends=("review_on",),
        of="site__enterprise",
        related=("site",),
        order=("review_on", "code"),
        standing={"removed_on": None},
    ),
    Part(
        Installation,
        _("重大危险源单元"),
        "risks",
        30,
        ("name", "code", "kind", "record_number"),
    ),
    Part(
        Chemical,
        _("危险化学品"),
        "risks",
        40,
        ("name", "cas", "design_t", "actual_t", "installation"),
        telling=("design_t", "actual_t"),
        related=("installation",),
        widths=(3, 2, 2, 2, 3),
    ),
    Part(
        Site,
        _("重点部位"),
        "plant",
        10,
        ("name", "code", "kind"),
        order=("code",),
        standing={"removed_on": None, "category": Site.Category.KEY},
    ),
    Part(
        Site,
        _("其他场所"),
        "plant",
        50,
        ("name", "category", "code"),
        order=("category", "code"),
        standing={"removed_on": None, "category__in": [*OTHER_PLACES]},
        optional=True,
    ),
    Part(
        Equipment,
        _("设备"),
        "plant",
        20,
        ("name", "code", "kind", "inspection_due_on"),
        ends=("inspection_due_on",),
        standing={"in_use": True},
    ),
    Part(Process, _("工艺"), "plant", 30, ("name", "regulated", "automated", "interlocked")),
    Part(
        Camera,
        _("摄像头"),
        "plant",
        40,
        ("name", "code", "site"),
        of="site__enterprise",
        related=("site",),
    ),
)

for part in PARTS:
    contribute_part(part)
