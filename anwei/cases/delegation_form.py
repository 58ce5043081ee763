"""The form by which a holder, or who answers for an absent one, lets a deputy act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.db.models import Prefetch, Q, QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from anwei.cases.forms import DayInput
from anwei.org.accounts.administration import administered_units
from anwei.org.holdings import day_of, holdings_on, posts_of
from anwei.org.models import PUBLIC_BODIES, Holding, Person, Post, Unit
from anwei.org.scope import ADMINISTRATORS, COUNTY_DIGITS
from anwei.org.services.delegation import NEVER_DELEGATED
from anwei.standards.calendar import DAY, end_of_day


class ByUnit(ModelChoiceIterator):  # type: ignore[type-arg]
    """The deputies under the name of their first unit, the units of the posts to lend first."""

    field: DeputyField

    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        people: dict[Unit | None, list[Any]] = defaultdict(list)
        for person in self.queryset:
            units = [holding.post.unit for holding in person.held_today]
            own = [unit for unit in units if unit.pk in self.field.own_units]
            people[next(iter(own or units), None)].append(self.choice(person))
        ordered = sorted(
            people, key=lambda unit: (unit is None or unit.pk not in self.field.own_units, str(unit))
        )
        yield from ((str(unit), people[unit]) for unit in ordered)


class DeputyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person by name and posts, grouped by unit: two may bear one name."""

    iterator = ByUnit
    own_units: frozenset[int] = frozenset()

    def label_from_instance(self, person: Person) -> str:
        """Return the name and the posts of today."""
        posts = "、".join(str(holding.post) for holding in person.held_today)  # type: ignore[attr-defined]
        return f"{person}（{posts}）" if posts else str(person)


class DelegationForm(forms.Form):
    """Whose post, who acts there, from which day to which (both included), and why."""

    holding = forms.ModelChoiceField(
        Holding.objects.none(),
        label=_("任职"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    deputy = DeputyField(
        Person.objects.none(), label=_("代理人"), widget=forms.Select(attrs={"class": "form-select"})
    )
    first_on = forms.DateField(label=_("首日"), widget=DayInput())
    last_on = forms.DateField(label=_("末日"), widget=DayInput())
    reason = forms.CharField(
        label=_("事由"), max_length=200, widget=forms.TextInput(attrs={"class": "form-control"})
    )

    def __init__(self, person: Person, now: datetime, data: Any = None) -> None:
        """Take who grants: which holdings they may lend, and to whom, follows from their posts."""
        super().__init__(
            data, initial={"first_on": day_of(now), "last_on": day_of(now)}, auto_id="id_lend_%s"
        )
        self._now = now
        lendable = holdings_lendable(person, now)
        cast("forms.ModelChoiceField[Holding]", self.fields["holding"]).queryset = lendable
        deputy = cast("DeputyField", self.fields["deputy"])
        deputy.own_units = frozenset(lendable.values_list("post__unit", flat=True))
        deputies = _deputies(lendable, now).exclude(pk=person.pk)
        deputy.queryset = deputies.prefetch_related(
            Prefetch("holdings", holdings_on(day_of(now)).select_related("post__unit"), to_attr="held_today")
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("末日不能早于首日。"))
        return cleaned

    @property
    def terms(self) -> dict[str, Any]:
        """The arguments of `org.services.delegate`, from the form's own days; today begins now."""
        holding: Holding = self.cleaned_data["holding"]
        first: date = self.cleaned_data["first_on"]
        begins = end_of_day(first - DAY)
        return {
            "post": holding.post,
            "principal": holding.person,
            "deputy": self.cleaned_data["deputy"],
            "from_at": max(begins, self._now) if first <= day_of(self._now) else begins,
            "to_at": end_of_day(self.cleaned_data["last_on"]),
            "reason": self.cleaned_data["reason"],
        }


def holdings_lendable(person: Person, now: datetime) -> QuerySet[Holding]:
    """Return the holdings for which `person` may name a deputy: own ones, and those of people under them.

    A principal names deputies in the own unit, a security administrator in the units administered.
    """
    headed = posts_of(person, now).filter(kind=Post.Kind.PRINCIPAL).values("unit")
    reach = Q(person=person) | Q(post__unit__in=headed) | Q(post__unit__in=administered_units(person, now))
    found = holdings_on(day_of(now)).filter(reach).exclude(post__kind__in=NEVER_DELEGATED)
    return found.select_related("person", "post__unit").order_by("post__unit", "post", "pk")


def _deputies(lendable: QuerySet[Holding], now: datetime) -> QuerySet[Person]:
    """Return who may be named: people in post in the same unit, or for a public body in any of the county.

    None of them is an administrator of the system (三员分立).
    """
    units = Unit.objects.filter(posts__holdings__in=lendable).distinct()
    reach = Q(post__unit__in=units)
    counties = {unit.territory[:COUNTY_DIGITS] for unit in units if unit.kind in PUBLIC_BODIES}
    for territory in counties - {""}:  # an empty prefix would begin every territory
        reach |= Q(post__unit__territory__startswith=territory, post__unit__kind__in=PUBLIC_BODIES)
    today = holdings_on(day_of(now))
    people = Person.objects.filter(holdings__in=today.filter(reach), kind=Person.Kind.PERSON)
    people = people.exclude(holdings__in=today.filter(post__kind__in=ADMINISTRATORS))
    return people.distinct().order_by("full_name", "pk")
