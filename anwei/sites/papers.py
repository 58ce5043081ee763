"""Papers that must be renewed: those that no later one follows, one question for the colour and the list."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Right

from anwei.ledgers.past import as_they_were
from anwei.sites.models import Insurance, Licence

ALONE = (Licence.Kind.OTHER, Licence.Kind.MANAGER)  # each for itself: another of its kind follows nothing
SERIAL = 4  # characters at the end of a number: what a renewed licence keeps where its year is another


def licences_to_renew(on: date, at: datetime | None = None) -> QuerySet[Any]:
    """Return the licences with an end that on a day no later one of the same enterprise and kind follows.

    It follows at the same place only, and not where each names another scope, as the licences of two mines
    of one enterprise do; a scope that reads otherwise is the same under the same serial number. All is as the
    register had it at a moment (None: now), the end as `expires_on_then`.
    """
    covers = ExpressionWrapper(OuterRef("covers"), output_field=CharField())
    later = Q(expires_on_then__isnull=True) | Q(expires_on_then__gt=OuterRef("expires_on_then"))
    same = Q(covers=F("earlier_covers")) | Q(covers="") | Q(earlier_covers="")
    same |= Q(serial=Right(OuterRef("number"), SERIAL))
    follows = (
        as_they_were(Licence.objects.exclude(kind__in=ALONE), at, "issued_on", "expires_on")
        .alias(place=Coalesce("site", 0), serial=Right("number", SERIAL), earlier_covers=covers)
        .filter(enterprise=OuterRef("enterprise"), kind=OuterRef("kind"), place=Coalesce(OuterRef("site"), 0))
        .filter(later, _begins("issued_on_then", on) | Q(issued_on_then__isnull=True), same)
    )
    ending: QuerySet[Any] = as_they_were(Licence.objects.all(), at, "expires_on")
    return ending.filter(~Exists(follows), expires_on_then__isnull=False)


def policies_to_renew(on: date, at: datetime | None = None) -> QuerySet[Any]:
    """Return the policies that on a day no later one of the same enterprise, at the same place, follows.

    All is as the register had it at a moment (None: now), the end as `expires_on_then`.
    """
    follows = (
        as_they_were(Insurance.objects.all(), at, "starts_on", "expires_on")
        .alias(place=Coalesce("site", 0))
        .filter(enterprise=OuterRef("enterprise"), place=Coalesce(OuterRef("site"), 0))
        .filter(_begins("starts_on_then", on), expires_on_then__gt=OuterRef("expires_on_then"))
    )
    policies: QuerySet[Any] = as_they_were(Insurance.objects.all(), at, "expires_on")
    return policies.filter(~Exists(follows))


def _begins(column: str, on: date) -> Q:
    """Say that a later paper holds by `on`, or from the day after the earlier one ends: without a gap."""
    next_day = ExpressionWrapper(OuterRef("expires_on_then") + timedelta(days=1), output_field=DateField())
    return Q(**{f"{column}__lte": on}) | Q(**{f"{column}__lte": next_day})
