"""The forms of inspections: a visit, who goes, a campaign, a draw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anwei.hazards.models import Campaign, Inspector, Visit
from anwei.hazards.planning.bodies import bodies_around, bodies_of, certified_on, of_no_body
from anwei.hazards.planning.capping import used_by, yearly_cap
from anwei.hazards.services.draws import LONGEST_PUBLIC
from anwei.hazards.services.opening import NO_FINDER
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import SECTOR_CHOICES, Person, Territory, Unit
from anwei.sites.models import Enterprise
from anwei.standards.inspections.rules import reasons

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}
DAY = {**TEXT, "type": "date"}
ANNOUNCED = (("1", _("事先告知企业")), ("0", _("四不两直：到场以前企业看不到")))


def day_field(label: Any) -> forms.DateField:
    """Return a field for one day."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


def inspector_choices(bodies: list[Unit], now: datetime) -> list[tuple[int, str]]:
    """Return who may go: people with a certificate of the county first, then the colleagues without one."""
    county = bodies[0].territory[:6]
    known = certified_on(day_of(now)).filter(unit__territory__startswith=county).order_by("unit", "pk")
    own = {unit.pk for unit in bodies}
    certified = {
        one.person_id: f"{one.person} {one.unit} {one.number}"
        for one in sorted(known, key=lambda one: one.unit_id not in own)
    }
    held = holdings_on(day_of(now)).filter(post__unit__in=bodies, person__kind=Person.Kind.PERSON)
    acting = held.exclude(post__kind__in=NO_FINDER)  # not who only keeps the system
    colleagues = (
        acting.exclude(person__in=certified).select_related("person", "post__unit").order_by("person")
    )
    ended = dict(Inspector.objects.filter(valid_until__lt=day_of(now)).values_list("person", "valid_until"))
    without = {
        one.person_id: f"{one.person} {one.post.unit} {_without(ended.get(one.person_id))}"
        for one in colleagues
    }
    return [*certified.items(), *without.items()]


def _without(ended_on: date | None) -> str:
    """Return that somebody has no certificate, or since when it is not valid any more."""
    return (
        _now("（无执法证）") if ended_on is None else _now("（执法证已于 %(day)s 过期）") % {"day": ended_on}
    )


class GoingForm(forms.Form):
    """Which day, and who goes."""

    planned_on = day_field(_("检查日期"))
    inspectors = forms.TypedMultipleChoiceField(
        label=_("检查人员"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, bodies: list[Unit], now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["inspectors"]
        field.choices = inspector_choices(bodies, now)
        self.bodies, self.now = bodies, now

    def taking_part(self) -> list[Unit]:
        """Return the bodies whose people may go."""
        return self.bodies

    def clean(self) -> dict[str, Any]:
        """Refuse people of a body that takes no part."""
        told: dict[str, Any] = self.cleaned_data
        if told.get("inspectors") and (
            sentence := of_no_body(self.people(), self.taking_part(), day_of(self.now))
        ):
            self.add_error("inspectors", sentence)
        return told

    def people(self) -> list[Person]:
        """Return the chosen people in the order of their names on the list."""
        chosen = self.cleaned_data["inspectors"]
        known = Person.objects.in_bulk(chosen)
        return [known[key] for key in chosen if key in known]


class VisitForm(GoingForm):
    """A visit: under whose name, when, why, told or not, with whom."""

    body = forms.ModelChoiceField(
        label=_("检查单位"), queryset=Unit.objects.none(), widget=forms.Select(attrs=SELECT)
    )
    reason = forms.ChoiceField(label=_("检查事由"), widget=forms.Select(attrs=SELECT))
    reason_text = forms.CharField(
        label=_("线索、文号"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
        help_text=_("举报、事故、交办等不计次的事由须写明；企业看不到这一栏"),
    )
    announced = forms.ChoiceField(
        label=_("是否告知"), choices=ANNOUNCED, widget=forms.RadioSelect, initial="1"
    )
    campaign = forms.ModelChoiceField(
        label=_("检查计划"),
        queryset=Campaign.objects.none(),
        required=False,
        widget=forms.Select(attrs=SELECT),
    )
    others = forms.ModelMultipleChoiceField(
        label=_("一同检查的单位（综合查一次）"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = (
        "body",
        "planned_on",
        "reason",
        "reason_text",
        "announced",
        "campaign",
        "inspectors",
        "others",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        person: Person,
        now: datetime,
        enterprise: Enterprise | None = None,
        initial: Any = None,
    ) -> None:
        """`enterprise` is whom one goes to: each other body stands with how often it came this year."""
        own = bodies_of(person, now)
        super().__init__(data, bodies=own, now=now, initial={"planned_on": day_of(now), **(initial or {})})
        body: Any = self.fields["body"]
        body.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in own]).order_by("pk")
        if len(own) == 1:
            body.empty_label = None
        reason: Any = self.fields["reason"]
        reason.choices = [
            (one.code, _now(one.label) + ("" if one.counted else _now("（不计次）")))
            for one in reasons().values()
        ]
        campaign: Any = self.fields["campaign"]
        campaign.queryset = Campaign.objects.visible_to(person).filter(
            closed_at=None, ends_on__gte=day_of(now)
        )
        others: Any = self.fields["others"]
        others.queryset = bodies_around(own[0].territory).exclude(pk__in=[unit.pk for unit in own])
        counts = {unit.pk: n for unit, n in used_by(others.queryset, enterprise, day_of(now).year)}
        cap = yearly_cap()
        others.label_from_instance = lambda unit: (
            _now("%(body)s（本年度 %(n)d / %(cap)d 次）") % {"body": unit, "n": counts[unit.pk], "cap": cap}
            if unit.pk in counts
            else str(unit)
        )

    def taking_part(self) -> list[Unit]:
        """Return the bodies that were chosen."""
        return [
            unit for unit in (self.cleaned_data.get("body"), *self.cleaned_data.get("others", ())) if unit
        ]


class CampaignForm(forms.Form):
    """A campaign: whose, what, where, when, how many."""

    organizer = forms.ModelChoiceField(
        label=_("组织单位"), queryset=Unit.objects.none(), widget=forms.Select(attrs=SELECT)
    )
    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[(kind.value, kind.label) for kind in Campaign.Kind if kind != Campaign.Kind.KEY_PERIOD],
        widget=forms.Select(attrs=SELECT),
    )
    name = forms.CharField(label=_("名称"), max_length=120, widget=forms.TextInput(attrs=TEXT))
    starts_on = day_field(_("起始日期"))
    ends_on = day_field(_("截止日期"))
    territory = forms.ChoiceField(label=_("属地"), required=False, widget=forms.Select(attrs=SELECT))
    target = forms.IntegerField(
        label=_("检查家次目标"), min_value=1, max_value=99999, widget=forms.NumberInput(attrs=TEXT)
    )
    sectors = forms.MultipleChoiceField(
        label=_("行业（不选为全部）"),
        choices=SECTOR_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    items = forms.CharField(
        label=_("检查项编号（不填用各行业自己的检查表）"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
        help_text=_("多个编号用空格或顿号隔开"),
    )
    basis = forms.CharField(
        label=_("依据文件"), max_length=200, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    note = forms.CharField(
        label=_("要求"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={**TEXT, "rows": 2}),
    )

    def __init__(self, data: Any = None, *, person: Person, now: datetime, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        own = bodies_of(person, now)
        organizer: Any = self.fields["organizer"]
        organizer.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in own]).order_by("pk")
        if len(own) == 1:
            organizer.empty_label = None
        territory: Any = self.fields["territory"]
        places = Territory.objects.filter(code__startswith=own[0].territory)
        territory.choices = [
            ("", _now("本单位的全部属地")),
            *((one.code, one.name) for one in places if len(one.code) <= 9),
        ]


class DrawForm(forms.Form):
    """How many, how many inspectors for each, and a public number that goes into the seed."""

    body = forms.ModelChoiceField(
        label=_("抽取单位"), queryset=Unit.objects.none(), widget=forms.Select(attrs=SELECT)
    )
    public_number = forms.CharField(
        label=_("公开数（可不填）"),
        max_length=LONGEST_PUBLIC,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
        help_text=_("如当天公布的彩票号码；抽取时系统再加一个随机数，合成种子，谁也不能事先试出结果"),
    )
    n = forms.IntegerField(
        label=_("抽取家数"), min_value=1, max_value=9999, widget=forms.NumberInput(attrs=TEXT)
    )
    n_inspectors = forms.IntegerField(
        label=_("每家执法人员"), min_value=2, max_value=9, initial=2, widget=forms.NumberInput(attrs=TEXT)
    )

    def __init__(self, data: Any = None, *, person: Person, now: datetime, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        own = bodies_of(person, now)
        body: Any = self.fields["body"]
        body.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in own]).order_by("pk")
        if len(own) == 1:
            body.empty_label = None


def states() -> list[tuple[str, Any]]:
    """Return the states of a visit that the list filters by."""
    return [
        ("planned", _("待检查")),
        ("begun", _("检查中")),
        ("ended", _("已检查")),
        ("cancelled", _("已取消、已合并")),
    ]


def going_of(visit: Visit) -> dict[str, Any]:
    """Return what the form of a change begins with."""
    return {
        "planned_on": visit.planned_on,
        "inspectors": list(visit.attendances.values_list("person", flat=True)),
    }


class InspectorForm(forms.Form):
    """A certificate: whose, of which body, under which number, until when."""

    person = forms.ModelChoiceField(
        label=_("执法人员"), queryset=Person.objects.none(), widget=forms.Select(attrs=SELECT)
    )
    unit = forms.ModelChoiceField(
        label=_("执法单位"), queryset=Unit.objects.none(), widget=forms.Select(attrs=SELECT)
    )
    number = forms.CharField(label=_("执法证号"), max_length=40, widget=forms.TextInput(attrs=TEXT))
    valid_until = day_field(_("有效期至"))

    def __init__(self, data: Any = None, *, bodies: list[Unit], now: datetime) -> None:
        super().__init__(data)
        held = holdings_on(day_of(now)).filter(post__unit__in=bodies).values("person")
        person: Any = self.fields["person"]
        person.queryset = Person.objects.filter(pk__in=held, kind=Person.Kind.PERSON).order_by("pk")
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.filter(pk__in=[one.pk for one in bodies]).order_by("pk")
        if len(bodies) == 1:
            unit.empty_label = None
