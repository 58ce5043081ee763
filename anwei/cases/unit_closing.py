"""Open cases hang on the units whose posts have a hand in them."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case
from anwei.org.models import Unit
from anwei.org.services.closing import register_hindrance


def open_cases_of(unit: Unit) -> str:
    """Return in words how many open cases a unit's posts have a hand in, "" for none."""
    roles = Q(responsible__unit=unit) | Q(supervisor__unit=unit) | Q(implementer__unit=unit)
    n_open = Case.objects.filter(roles).exclude(phase=Phase.CLOSED).count()
    return _("%(n)d 件未办结事项") % {"n": n_open} if n_open else ""


register_hindrance(open_cases_of)
