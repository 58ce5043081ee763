"""批示 on the page of a case and of an enterprise: leaders say there what is to be done about it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.models import Case
from anwei.ledgers.beside import Button, contribute_button
from anwei.org.committee_office import is_the_office
from anwei.org.models import Person
from anwei.org.scope import COUNTY_DIGITS, standing
from anwei.oversight.lifecycle import KIND
from anwei.oversight.services.instructing import GOVERNING, may_instruct
from anwei.sites.models import Enterprise


def _button(person: Person, about: str, now: datetime) -> Button | None:
    """Return the button for whoever may instruct; only who sits at the county's own bodies is asked about."""
    posts = [post for post in standing(person).posts if len(post.unit.territory) == COUNTY_DIGITS]
    leads = any(post.unit.kind in GOVERNING for post in posts)
    if not (leads or any(is_the_office(post) for post in posts)) or not may_instruct(person, now):
        return None
    return Button(_("批示") if leads else _("登记督办"), f"{reverse('order_new')}?{about}")


def _of_case(case: Case, person: Person, now: datetime) -> Button | None:
    if case.kind == KIND.code or case.closed_at is not None:
        return None
    return _button(person, f"case={case.pk}", now)


def _of_enterprise(enterprise: Enterprise, person: Person, now: datetime) -> Button | None:
    return _button(person, f"enterprise={enterprise.pk}", now)


contribute_button(Case, _of_case)
contribute_button(Enterprise, _of_enterprise)
