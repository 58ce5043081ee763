"""What ends on a day in this room: the certificates of who inspects."""

from __future__ import annotations

from datetime import date

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy

from anwei.hazards.models import Inspector
from anwei.org.holdings import holdings_on
from anwei.sites.expiries.kinds import ExpiryKind, declare_expiry_kind


def _in_use(on: date) -> QuerySet[Inspector]:
    """Return those of people who still hold a post at their body."""
    held = holdings_on(on).filter(person=OuterRef("person"), post__unit=OuterRef("unit"))
    return Inspector.objects.filter(Exists(held), person__is_active=True)


declare_expiry_kind(
    ExpiryKind(
        "enforcement-certificates",
        gettext_lazy("行政执法证"),
        gettext_lazy("换证"),
        _in_use,
        "valid_until",
        lambda: Concat(F("person__full_name"), Value(" "), F("number"), output_field=CharField()),
        lambda key: reverse("ledger_row", args=["inspectors", key]),
        whose="unit__name",
        territory="unit__territory",
        sector="unit__enterprise__sector",  # of no sector, nor of an enterprise: a body's
        owner="unit__enterprise__id",
    )
)
