"""Papers that must be renewed: those that no later one follows, one question for the colour and the list."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import CharField, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Right

from anwei.sites.models import Insurance, Licence

ALONE = (Licence.Kind.OTHER, Licence.Kind.MANAGER)  # each for itself: another of its kind follows nothing
SERIAL = 4  # characters at the end of a number: what a renewed licence keeps where its year is another


def licences_to_renew(on: date) -> QuerySet[Licence]:
    """Return the licences with an end that on a day no later one of the same enterprise and kind follows.

    It follows at the same place only, and not where each names another scope, as the licences of two mines
    of one enterprise do; a scope that reads otherwise is the same under the same serial number.
    """
    covers = ExpressionWrapper(OuterRef("covers"), output_field=CharField())
    later = Q(expires_on__isnull=True) | Q(expires_on__gt=OuterRef("expires_on"))
    same = Q(covers=F("earlier_covers")) | Q(covers="") | Q(earlier_covers="")
    same |= Q(serial=Right(OuterRef("number"), SERIAL))
    follows = (
        Licence.objects.exclude(kind__in=ALONE)
        .alias(place=Coalesce("site", 0), serial=Right("number", SERIAL), earlier_covers=covers)
        .filter(later, _begins("issued_on", on) | Q(issued_on__isnull=True), same)
        .filter(enterprise=OuterRef("enterprise"), kind=OuterRef("kind"), place=Coalesce(OuterRef("site"), 0))
    )
    ending: QuerySet[Licence] = Licence.objects.filter(expires_on__isnull=False)
    return ending.filter(~Exists(follows))


def policies_to_renew(on: date) -> QuerySet[Insurance]:
    """Return the policies that on a day no later one of the same enterprise, at the same place, follows."""
    follows = (
        Insurance.objects.alias(place=Coalesce("site", 0))
        .filter(_begins("starts_on", on), expires_on__gt=OuterRef("expires_on"))
        .filter(enterprise=OuterRef("enterprise"), place=Coalesce(OuterRef("site"), 0))
    )
    policies: QuerySet[Insurance] = Insurance.objects.filter(~Exists(follows))
    return policies


def _begins(column: str, on: date) -> Q:
    """Say that a later paper holds by `on`, or from the day after the earlier one ends: without a gap."""
    next_day = ExpressionWrapper(OuterRef("expires_on") + timedelta(days=1), output_field=DateField())
    return Q(**{f"{column}__lte": on}) | Q(**{f"{column}__lte": next_day})
