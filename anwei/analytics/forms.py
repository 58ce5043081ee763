"""What follows a list: a plan of visits to those chosen, and a warning to each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from anwei.cases.clocks import county_calendar
from anwei.hazards.inspection_forms import SELECT, TEXT, GoingForm
from anwei.hazards.planning.bodies import bodies_of, certified_on
from anwei.monitoring.models import Severity
from anwei.org.holdings import day_of
from anwei.org.models import Person, Unit

MOST_CHOSEN = 50
TWO = 2  # inspectors, the fewest that go
AREA = {**TEXT, "rows": 4}


class WatchPlanForm(GoingForm):
    """A plan of visits to those chosen: under whose name, from when on, how many a day, with whom."""

    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("检查计划名称"), max_length=120, widget=forms.TextInput(attrs=TEXT))
    body = forms.ModelChoiceField(
        label=_("检查单位"), queryset=Unit.objects.none(), widget=forms.Select(attrs=SELECT)
    )
    per_day = forms.IntegerField(
        label=_("每天安排几家"), min_value=1, max_value=20, widget=forms.NumberInput(attrs=TEXT)
    )
    announced = forms.ChoiceField(
        label=_("是否告知"),
        choices=(("1", _("事先告知企业")), ("0", _("四不两直：到场以前企业看不到"))),
        widget=forms.RadioSelect,
    )
    field_order = ("name", "body", "planned_on", "per_day", "announced", "inspectors")

    def __init__(self, data: Any = None, *, person: Person, now: datetime, initial: Any = None) -> None:
        own = bodies_of(person, now)
        begins = county_calendar().next_working_day(day_of(now))
        going = _pair(person, own, now)
        given = {
            "key": uuid4().hex,
            "planned_on": begins,
            "per_day": 2,
            "announced": "1",
            "inspectors": going,
            **(initial or {}),
        }
        super().__init__(data, bodies=own, now=now, initial=given)
        self.fields["inspectors"].help_text = _("选了其他单位的执法人员，其单位一同检查（综合查一次）")
        body: Any = self.fields["body"]
        body.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in own]).order_by("pk")
        if len(own) == 1:
            body.empty_label = None

    def taking_part(self) -> list[Unit]:
        """Return the planner's bodies, and those whose inspectors were chosen: they come along."""
        return [*self.bodies, *self.joining()]

    def joining(self) -> list[Unit]:
        """Return the other bodies whose certificates the chosen people hold."""
        told = certified_on(day_of(self.now)).filter(person__in=self.cleaned_data["inspectors"])
        others = told.exclude(unit__in=self.bodies).values("unit")
        return list(Unit.objects.filter(pk__in=others).order_by("pk"))

    def days(self, n: int) -> list[date]:
        """Return the day of each of n visits: so many a working day, from the first day on."""
        calendar, day = county_calendar(), self.cleaned_data["planned_on"]
        found: list[date] = []
        while len(found) < n:
            found += [day] * min(self.cleaned_data["per_day"], n - len(found))
            day = calendar.working_day_after(day, 1)
        return found


def _pair(person: Person, bodies: list[Unit], now: datetime) -> list[int]:
    """Return who goes where there is no choice: the planner and the only colleague with a certificate."""
    certified = list(certified_on(day_of(now)).filter(unit__in=bodies).values_list("person", flat=True))
    return certified if len(certified) == TWO and person.pk in certified else []


class WarnForm(forms.Form):
    """A warning to one enterprise: its colour and reasons, which a person may put in other words."""

    level = forms.ChoiceField(label=_("等级"), choices=Severity.choices, widget=forms.Select(attrs=SELECT))
    basis = forms.CharField(label=_("预警理由"), max_length=2000, widget=forms.Textarea(attrs=AREA))
    requirement = forms.CharField(
        label=_("要求"), max_length=1000, widget=forms.Textarea(attrs={**TEXT, "rows": 2})
    )
