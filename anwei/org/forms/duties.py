"""Forms about who answers for what: designations, sectors, territories, responsibility letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.org import services
from anwei.org.forms.base import DOCUMENT, REASON, ActForm, EndForm, day, words
from anwei.org.models import SECTOR_CHOICES, Designation, Person, Post, SectorDuty, Territory, Unit
from anwei.org.rights import ARRANGED
from anwei.org.scope import COUNTY_DIGITS


class DesignateForm(ActForm):
    """Name a post for a seat of an enterprise or one of its sites."""

    seat = forms.ChoiceField(label=gettext_lazy("责任"), choices=Designation.Seat.choices)
    post = forms.ModelChoiceField(label=gettext_lazy("岗位"), queryset=Post.objects.none())
    title = words(gettext_lazy("名义"), length=40)
    document = words(DOCUMENT)
    from_on = day(gettext_lazy("起始日期"))
    to_on = day(gettext_lazy("截止日期"), required=False, help_text=gettext_lazy("长期的不填"))
    reason = words(REASON, length=200)

    def __init__(self, *args: Any, unit: Unit, site: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unit, self.site = unit, site
        local = (Unit.Kind.VILLAGE, Unit.Kind.GRID, Unit.Kind.ENTERPRISE, Unit.Kind.ENTERPRISE_DEPARTMENT)
        near = Q(unit=unit) | Q(unit__parent=unit)
        if unit.territory:
            near |= Q(unit__kind__in=local[:2], unit__territory__startswith=unit.territory[:9])
            near |= Q(unit__territory__startswith=unit.territory[:COUNTY_DIGITS]) & ~Q(unit__kind__in=local)
        posts = Post.objects.filter(near, kind__in=ARRANGED).select_related("unit").order_by("unit", "pk")
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]

    def act(self, *, actor: Person, now: datetime) -> str:
        """Designate."""
        row = services.designate(self.unit, site=self.site, actor=actor, now=now, **self.cleaned_data)
        return _("自 %(day)s 起，%(post)s是%(unit)s的%(title)s。") % {
            "day": row.from_on,
            "post": row.post,
            "unit": self.unit,
            "title": row.title,
        }


class EndDesignationForm(EndForm):
    """End a designation."""

    def __init__(self, *args: Any, row: Designation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.row = row

    def act(self, *, actor: Person, now: datetime) -> str:
        """End it; the general rule holds again."""
        services.end_designation(self.row, actor=actor, now=now, **self.cleaned_data)
        return _("指定到 %(day)s 为止，之后按一般规则确定责任人。") % {"day": self.cleaned_data["last_on"]}


class AssignSectorForm(ActForm):
    """Let a department answer for a sector."""

    sector = forms.ChoiceField(label=gettext_lazy("行业"), choices=SECTOR_CHOICES)
    unit = forms.ModelChoiceField(label=gettext_lazy("部门"), queryset=Unit.objects.none())
    lead = forms.TypedChoiceField(
        label=gettext_lazy("分工"),
        choices=[("lead", gettext_lazy("牵头")), ("joint", gettext_lazy("配合"))],
        coerce=lambda chosen: chosen == "lead",
    )
    from_on = day(gettext_lazy("起始日期"))
    document = words(DOCUMENT, help_text=gettext_lazy("三定规定或者安委会分工文件的文号"))
    reason = words(REASON, length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        units = Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, closed_on__isnull=True).order_by("pk")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def act(self, *, actor: Person, now: datetime) -> str:
        """Assign."""
        duty = services.assign_sector(actor=actor, now=now, **self.cleaned_data)
        part = _("牵头") if duty.lead else _("配合")
        return _("自 %(day)s 起，%(unit)s%(part)s监管%(sector)s。") % {
            "day": duty.from_on,
            "unit": duty.unit,
            "part": part,
            "sector": duty.get_sector_display(),
        }


class EndSectorForm(EndForm):
    """End a department's duty in a sector."""

    def __init__(self, *args: Any, duty: SectorDuty, **options: Any) -> None:
        super().__init__(*args, **options)
        self.duty = duty

    def act(self, *, actor: Person, now: datetime) -> str:
        """End it."""
        services.end_sector_duty(self.duty, actor=actor, now=now, **self.cleaned_data)
        return _("%(duty)s的分工到 %(day)s 为止。") % {"duty": self.duty, "day": self.cleaned_data["last_on"]}


class PlaceForm(ActForm):
    """Say where a unit lies."""

    territory = forms.ModelChoiceField(
        label=gettext_lazy("属地"), queryset=Territory.objects.order_by("pk"), empty_label="—"
    )
    reason = words(REASON, length=200)

    def __init__(self, *args: Any, unit: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unit = unit

    def act(self, *, actor: Person, now: datetime) -> str:
        """Place."""
        place = self.cleaned_data["territory"]
        services.place_unit(self.unit, place.pk, actor=actor, now=now, reason=self.cleaned_data["reason"])
        return _("%(unit)s的属地是%(place)s。") % {"unit": self.unit, "place": place}


class SignForm(ActForm):
    """Write down that a responsibility letter was signed."""

    signed_on = day(gettext_lazy("签订日期"))
    reference = words(gettext_lazy("纸质责任书编号"), required=False)
    scan = forms.FileField(
        label=gettext_lazy("扫描件"),
        required=False,
        help_text=gettext_lazy("签字盖章后的 PDF 或 JPG；编号和扫描件至少要有一样"),
    )

    def __init__(self, *args: Any, year: int, upper: Unit, lower: Unit, **options: Any) -> None:
        super().__init__(*args, **options)
        self.year, self.upper, self.lower = year, upper, lower

    def act(self, *, actor: Person, now: datetime) -> str:
        """Record the signing."""
        values = self.cleaned_data
        file = values["scan"]
        services.record_signing(
            year=self.year,
            upper=self.upper,
            lower=self.lower,
            signed_on=values["signed_on"],
            reference=values["reference"],
            scan=(file.name, file.read()) if file else None,
            actor=actor,
            now=now,
        )
        return _("%(lower)s与%(upper)s的 %(year)s 年度责任书已登记签订。") % {
            "lower": self.lower,
            "upper": self.upper,
            "year": self.year,
        }
