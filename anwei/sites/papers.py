"""Papers that must be renewed: those that no later one follows, one question for the colour and the list."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from anwei.sites.models import Insurance, Licence

ALONE = (Licence.Kind.OTHER, Licence.Kind.MANAGER)  # each for itself: another of its kind follows nothing


def licences_to_renew() -> QuerySet[Licence]:
    """Return the licences with an end that no later one of the same enterprise and kind follows."""
    later = Q(expires_on__isnull=True) | Q(expires_on__gt=OuterRef("expires_on"))
    follows = Licence.objects.filter(later, enterprise=OuterRef("enterprise"), kind=OuterRef("kind"))
    ending: QuerySet[Licence] = Licence.objects.filter(expires_on__isnull=False)
    return ending.filter(~Exists(follows.exclude(kind__in=ALONE)))


def policies_to_renew() -> QuerySet[Insurance]:
    """Return the policies that no later one of the same enterprise follows."""
    follows = Insurance.objects.filter(
        enterprise=OuterRef("enterprise"), expires_on__gt=OuterRef("expires_on")
    )
    policies: QuerySet[Insurance] = Insurance.objects.filter(~Exists(follows))
    return policies
