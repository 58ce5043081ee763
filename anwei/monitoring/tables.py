"""The columns of alarms, devices and rejects: once for the screen, once for the sheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.listing import LedgerTable
from anwei.monitoring.foresight import reason
from anwei.monitoring.models import Alarm, Device, Forecast
from anwei.monitoring.reading import NO_CLAUSE, limit_words, state_words, told, value_words

CELLS = "monitoring/cells/"
PICK_ALL = mark_safe('<input type="checkbox" data-pick-all hidden>')


class AlarmTable(LedgerTable):
    """Alarms: what, how far beyond which limit by which clause, how long, who was told, who acknowledged."""

    pick = tables.TemplateColumn(
        template_name=f"{CELLS}pick.html", verbose_name=PICK_ALL, orderable=False, exclude_from_export=True
    )
    severity = tables.TemplateColumn(
        template_name=f"{CELLS}severity.html", verbose_name=gettext_lazy("等级"), order_by=("gravity",)
    )
    place = tables.TemplateColumn(
        template_name=f"{CELLS}place.html",
        verbose_name=gettext_lazy("单位、部位"),
        order_by=("enterprise__unit__name",),
    )
    tag = tables.TemplateColumn(
        template_name=f"{CELLS}tag.html", verbose_name=gettext_lazy("测点"), order_by=("tag__name",)
    )
    value = tables.TemplateColumn(
        template_name=f"{CELLS}value.html", verbose_name=gettext_lazy("数值与限值"), orderable=False
    )
    citation = tables.TemplateColumn(
        template_name=f"{CELLS}citation.html", verbose_name=gettext_lazy("依据"), orderable=False
    )
    trend = tables.TemplateColumn(
        template_name=f"{CELLS}trend.html",
        verbose_name=gettext_lazy("近 1 小时"),
        orderable=False,
        exclude_from_export=True,
    )
    started_at = tables.TemplateColumn(
        template_name=f"{CELLS}started.html", verbose_name=gettext_lazy("开始、持续")
    )
    told = tables.TemplateColumn(
        template_name=f"{CELLS}told.html",
        verbose_name=gettext_lazy("已告知"),
        orderable=False,
        accessor="pk",
    )
    acknowledgement = tables.TemplateColumn(
        template_name=f"{CELLS}acknowledge.html",
        verbose_name=gettext_lazy("状态、确认"),
        order_by=("acknowledged_at",),
    )

    class Meta(LedgerTable.Meta):
        attrs = {"class": "ledger stack dense"}
        row_attrs = {
            "id": lambda record: f"alarm-{record.pk}",
            "data-alarm": lambda record: record.pk,
            "class": lambda record: "unread" if record.acknowledged_at is None else "",
        }

    def value_severity(self, record: Alarm) -> str:
        """Return the word of the colour."""
        return str(record.get_severity_display())

    def value_place(self, record: Alarm) -> str:
        """Return enterprise and site."""
        return " ".join(str(part) for part in (record.enterprise, record.site) if part)

    def value_tag(self, record: Alarm) -> str:
        """Return the tag, or the silent device."""
        return str(record.tag or record.device)

    def value_value(self, record: Alarm) -> str:
        """Return value and limit as the screen says them."""
        return f"{value_words(record)} {limit_words(record)}".strip()

    def value_citation(self, record: Alarm) -> str:
        """Return the clause, or that there is none."""
        return record.rule.citation or str(NO_CLAUSE)

    def value_started_at(self, record: Alarm) -> datetime:
        """Return the beginning itself, so that the sheet can compute with it."""
        return record.started_at

    def value_told(self, record: Alarm) -> str:
        """Return who was told and what they did."""
        return _("；").join(f"{post} {done}".strip() for post, done in told(record))

    def value_acknowledgement(self, record: Alarm) -> str:
        """Return the state, and who acknowledged with which words."""
        if record.acknowledged_by is None:
            return state_words(record)
        return _("%(state)s（%(person)s：%(note)s）") % {
            "state": state_words(record),
            "person": record.acknowledged_by,
            "note": record.acknowledgement or _("无说明"),
        }


class ForecastTable(LedgerTable):
    """Early warnings: what, where, why, when the limit is expected, what became of it."""

    kind = tables.TemplateColumn(
        template_name=f"{CELLS}forecast_kind.html", verbose_name=gettext_lazy("类型")
    )
    place = tables.TemplateColumn(
        template_name=f"{CELLS}place.html",
        verbose_name=gettext_lazy("单位、部位"),
        order_by=("enterprise__unit__name",),
    )
    tag = tables.TemplateColumn(
        template_name=f"{CELLS}tag.html", verbose_name=gettext_lazy("测点"), order_by=("tag__name",)
    )
    reason = tables.TemplateColumn(
        template_name=f"{CELLS}forecast_reason.html",
        verbose_name=gettext_lazy("为什么"),
        orderable=False,
        accessor="pk",
    )
    expected_at = tables.TemplateColumn(
        template_name=f"{CELLS}forecast_expected.html", verbose_name=gettext_lazy("预计到达限值")
    )
    at = tables.DateTimeColumn(format="m-d H:i", verbose_name=gettext_lazy("发现"))
    outcome = tables.TemplateColumn(
        template_name=f"{CELLS}forecast_outcome.html", verbose_name=gettext_lazy("结果、反馈")
    )

    class Meta(LedgerTable.Meta):
        attrs = {"class": "ledger stack dense"}

    def value_kind(self, record: Forecast) -> str:
        """Return the word."""
        return str(record.get_kind_display())

    def value_place(self, record: Forecast) -> str:
        """Return enterprise and site."""
        return " ".join(str(part) for part in (record.enterprise, record.site) if part)

    def value_tag(self, record: Forecast) -> str:
        """Return the tag."""
        return str(record.tag)

    def value_reason(self, record: Forecast) -> str:
        """Return the sentence."""
        return reason(record)

    def value_expected_at(self, record: Forecast) -> datetime | None:
        """Return the moment itself."""
        return record.expected_at

    def value_at(self, record: Forecast) -> datetime:
        """Return the moment itself."""
        return record.at

    def value_outcome(self, record: Forecast) -> str:
        """Return what became of it and what people say."""
        return " ".join(word for word in (record.get_outcome_display(), record.get_verdict_display()) if word)


class DeviceTable(LedgerTable):
    """Devices: whose, where, alive or not, since when."""

    state = tables.TemplateColumn(
        template_name=f"{CELLS}device_state.html", verbose_name=gettext_lazy("状态"), order_by=("is_silent",)
    )
    code = tables.TemplateColumn(
        template_name=f"{CELLS}device_code.html", verbose_name=gettext_lazy("设备编码")
    )
    name = tables.Column(verbose_name=gettext_lazy("名称"))
    enterprise = tables.TemplateColumn(
        template_name=f"{CELLS}place.html",
        verbose_name=gettext_lazy("单位、部位"),
        order_by=("enterprise__unit__name",),
    )
    gateway = tables.Column(verbose_name=gettext_lazy("所属网关"), default="—", orderable=False)
    n_tags = tables.Column(
        verbose_name=gettext_lazy("测点数"), attrs={"td": {"class": "number"}, "th": {"class": "number"}}
    )
    last_seen = tables.TemplateColumn(
        template_name=f"{CELLS}last_seen.html",
        extra_context=lambda table: {"seen": table.seen},
        verbose_name=gettext_lazy("最近数据"),
        orderable=False,
        accessor="pk",
    )
    key_issued_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=gettext_lazy("密钥签发"))

    class Meta(LedgerTable.Meta):
        row_attrs = {
            "class": lambda record: "offline" if record.is_silent or record.revoked_at is not None else ""
        }

    def __init__(self, *arguments: Any, last_seen: dict[int, datetime] | None = None, **options: Any) -> None:
        """Take the time of each device's newest sample by primary key; None when the store is away."""
        super().__init__(*arguments, **options)
        self.seen = last_seen

    def value_state(self, record: Any) -> str:
        """Return the state as a word."""
        if record.revoked_at is not None:
            return _("已停用")
        return _("离线") if record.is_silent else _("在线")

    def value_code(self, record: Device) -> str:
        """Return the code itself."""
        return record.code

    def value_enterprise(self, record: Device) -> str:
        """Return enterprise and site."""
        return " ".join(str(part) for part in (record.enterprise, record.site) if part)

    def value_last_seen(self, record: Device) -> datetime | None:
        """Return the time of the newest sample."""
        return (self.seen or {}).get(record.pk)

    def value_key_issued_at(self, record: Device) -> datetime:
        """Return the moment itself."""
        return record.key_issued_at
