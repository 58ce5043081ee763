"""重大危险源单元台账: the units that GB 18218-2018 judges; their chemicals are a register of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger
from anwei.sites.models import Installation, Site
from anwei.sites.registers.owners import ENTERPRISE, register_of_files
from anwei.sites.registers.risks import SITE
from anwei.sites.risks.confirming import next_to_confirm
from anwei.sites.risks.inventory import save_installations


def check_installation(values: Mapping[str, Any]) -> str:
    """Refuse a place of another enterprise."""
    site, enterprise = values.get("site"), values.get("enterprise")
    if site and not Site.objects.filter(pk=site, enterprise=enterprise).exists():
        return _("所在场所不是这家企业的")
    return ""


INSTALLATIONS = register_of_files(
    Ledger(
        code="installations",
        label=gettext_lazy("重大危险源单元台账"),
        model=Installation,
        save=save_installations,
        key=("code",),
        order=("enterprise__unit__name", "code"),
        leads_on=lambda row, person: next_to_confirm([row.pk], person),
        confirmed=("name", "code", "enterprise", "kind", "people_exposed"),
        check=check_installation,
        opens=lambda row: reverse("risk_installation", args=[row.pk]),
        explanation=gettext_lazy(
            "按 GB 18218-2018 划分的生产单元、储存单元；人数或存量一变，自动重新辨识分级，等人复核。"
        ),
        empty=gettext_lazy("逐个登记单元，再在危险化学品台账里登记其中的化学品。"),
        columns=(
            Column(
                "name",
                synonyms=("单元", "名称", "重大危险源名称", "危险源名称"),
                searched=True,
                example="氨罐区",
            ),
            Column(
                "code",
                synonyms=("编号", "危险源编号", "重大危险源编号", "编码"),
                searched=True,
                example="DY-01",
            ),
            ENTERPRISE,
            Column(
                "kind",
                synonyms=("单元类别", "类型", "单元性质"),
                aliases={"生产": "production", "储存": "storage", "存储单元": "storage", "罐区": "storage"},
                filtered=True,
            ),
            Column(
                "people_exposed",
                synonyms=("500米人数", "厂外500m人数", "暴露人员", "厂外暴露人员数量", "常住人口"),
                sensitive=True,
                example="35",
            ),
            replace(SITE, required=False, searched=False, shown=False),
            Column("record_number", synonyms=("备案号", "备案登记编号"), shown=False),
        ),
    )
)
