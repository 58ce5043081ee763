"""The form of a verb, made from what its row of the lifecycle table asks for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.cases.file_fields import Papers, file_field
from anwei.cases.intake import Upload
from anwei.cases.kinds import asked_of
from anwei.cases.lifecycle import FILE_KINDS, Need, Offer, Role, Transition
from anwei.cases.models import Case, Clock
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import PUBLIC_BODIES, REGULATING, Person, Post
from anwei.org.rights import PARTS
from anwei.org.scope import ADMINISTRATORS, COUNTY_DIGITS

MAX_TEXT = 2000


class DayInput(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control"}, format="%Y-%m-%d")


class OfferedInput(forms.TextInput):
    """Some values to tick, and a line for another one; what is typed goes before what is ticked."""

    template_name = "cases/offered_input.html"

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__(attrs={"class": "form-control", "autocomplete": "off"})
        self.offers = offers

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the template draws: a value that is offered is ticked, another stands in the line."""
        is_offered = value in {offer.value for offer in self.offers}
        context = super().get_context(name, None if is_offered else value, attrs)
        context["offers"] = [(offer, offer.value == value) for offer in self.offers]
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        """Say that the line may stay empty where something can be ticked."""
        return not self.offers

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what was typed, else what was ticked."""
        return data.get(f"{name}-other", "").strip() or data.get(name)


class ExtensionForm(forms.Form):
    """Why more time is asked for on which clock, until when, and what is done meanwhile."""

    clock = forms.ModelChoiceField(
        Clock.objects.none(),
        label=_("时限"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    until = forms.DateField(label=_("申请延至"), widget=DayInput())
    reason = forms.CharField(
        label=_("延期理由"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
    interim_measures = forms.CharField(
        label=_("延期期间的防范措施"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )

    def __init__(self, clocks: Sequence[Clock], data: Any = None) -> None:
        """Take the clocks for which more time may be asked."""
        super().__init__(data, auto_id="id_extend_%s")
        chosen = cast("forms.ModelChoiceField[Clock]", self.fields["clock"])
        chosen.queryset = Clock.objects.filter(pk__in=[clock.pk for clock in clocks])


class TransitionForm(forms.Form):
    """What a verb needs, with the version the person saw and the key that makes a double click harmless."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        transition: Transition,
        data: Any = None,
        files: Any = None,
        initial: dict[str, Any] | None = None,
        *,
        case: Case | None = None,
        person: Person | None = None,
    ) -> None:
        """Take the row of the table; two forms may stand on one page, so the verb is part of their ids.

        `case` says which persons and posts may be chosen, where the row asks for one; with `person`, who
        fills it in, values of a text are offered.
        """
        super().__init__(data, files, initial=initial, auto_id=f"id_{transition.verb}_%s")
        self.transition = transition if case is None else asked_of(case, transition)
        for need in self.transition.needs:
            self.fields[need.name] = _field(need, case, transition.gives)
            if need.offers is not None and case is not None and person is not None:
                self.fields[need.name].widget = OfferedInput(need.offers(case, person))

    @classmethod
    def fresh(
        cls,
        transition: Transition,
        version: int,
        written: Mapping[str, str] | None = None,
        *,
        case: Case | None = None,
        person: Person | None = None,
    ) -> TransitionForm:
        """Return a form for a case of this version, with a key of its own and what was `written` before."""
        hidden = {"version": version, "key": secrets.token_hex(16)}
        kept = {need.name: getattr(case, need.name) for need in transition.needs if need.kept and case}
        known: dict[str, Any] = kept | _named(transition, case)
        return cls(transition, initial={**known, **(written or {}), **hidden}, case=case, person=person)

    @property
    def papers(self) -> dict[str, Any]:
        """What was filled in for the needs, as far as it is valid; without the files."""
        filled = {need.name: self.cleaned_data.get(need.name) for need in self.transition.needs}
        papers = {name: value for name, value in filled.items() if isinstance(value, Papers)}
        words = {name: filled[name] for name in self.cleaned_data if name in filled and name not in papers}
        return words | {name: value.typed for name, value in papers.items() if value.typed}

    def uploads(self) -> list[Upload]:
        """Return the files that were handed in."""
        handed = [value for value in self.cleaned_data.values() if isinstance(value, Papers)]
        return [upload for papers in handed for upload in papers.uploads]


def _named(transition: Transition, case: Case | None) -> dict[str, Any]:
    """Return who carries out a case by the rules, where a post is asked that shall: it is chosen already."""
    if case is None or transition.gives is not Role.IMPLEMENTER:
        return {}
    return {need.name: case.implementer_id for need in transition.needs if need.kind == "post"}


def _field(need: Need, case: Case | None, gives: Role | None) -> forms.Field:
    options: dict[str, Any] = {
        "label": need.label,
        "required": need.required,
        "error_messages": {"required": _("请填写%(label)s。") % {"label": need.label}},
    }
    if need.kind in FILE_KINDS:
        return file_field(need, options)
    if need.kind in ("choice", "person", "post"):
        return _choice(need, case, gives, options)
    return _value(need, options)


def _choice(need: Need, case: Case | None, gives: Role | None, options: dict[str, Any]) -> forms.Field:
    select = forms.Select(attrs={"class": "form-select"})
    if need.kind == "choice":
        return forms.ChoiceField(choices=[("", "—"), *need.choices], widget=select, **options)
    return forms.ModelChoiceField(_eligible(need, case, gives), widget=select, **options)


def _value(need: Need, options: dict[str, Any]) -> forms.Field:
    if need.kind == "boolean":
        options["error_messages"] = {"required": _("请确认：%(label)s。") % {"label": need.label}}
        return forms.BooleanField(widget=forms.CheckboxInput(attrs={"class": "form-check-input"}), **options)
    if need.kind == "date":
        return forms.DateField(widget=DayInput(), **options)
    if need.kind == "number":
        number = forms.NumberInput(attrs={"class": "form-control", "step": "any"})
        return forms.DecimalField(widget=number, **options)
    widget = forms.Textarea(attrs={"class": "form-control", "rows": 2})
    return forms.CharField(max_length=MAX_TEXT, widget=widget, **options)


def _eligible(need: Need, case: Case | None, gives: Role | None) -> QuerySet[Any]:
    """Return who may be named on a case: posts of the county's public bodies and of its enterprise.

    Who shall supervise is of a department or township; who shall put right is of the enterprise, where there
    is one. Persons are those who hold such a post today.
    """
    if case is None:
        return (Person if need.kind == "person" else Post).objects.none()
    county = Q(unit__territory__startswith=case.territory[:COUNTY_DIGITS])
    whole = None if case.enterprise is None else case.enterprise.unit_id
    own = Q() if whole is None else Q(unit=whole) | Q(unit__parent=whole, unit__kind=PARTS)
    public = county & Q(unit__kind__in=PUBLIC_BODIES)
    regulating = county & Q(unit__kind__in=REGULATING)
    named: dict[Role | None, Q] = {Role.SUPERVISOR: regulating, Role.IMPLEMENTER: own or public}
    posts = Post.objects.filter(named.get(gives, public | own)).exclude(
        kind__in=(*ADMINISTRATORS, Post.Kind.DISPLAY)
    )
    if need.kind == "post":
        return posts.select_related("unit").order_by("unit", "pk")
    held = holdings_on(day_of(timezone.now())).filter(post__in=posts)
    return Person.objects.filter(holdings__in=held).distinct().order_by("full_name", "pk")
