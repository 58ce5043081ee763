"""The supervision orders about an enterprise, or about a case, on its page: for those who may read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy

from anwei.cases.models import Case
from anwei.ledgers.beside import Aside, contribute_aside
from anwei.org.models import Person
from anwei.org.scope import grants
from anwei.oversight.lifecycle import KIND
from anwei.oversight.models import SupervisionOrder
from anwei.sites.enterprise_file import Context, Sheet, contribute
from anwei.sites.models import Enterprise

N_ORDERS = 6


def _orders(person: Person, about: Q) -> Context:
    if all(grant.enterprise is not None for grant in grants(person)):
        return {}  # an enterprise does not read what its regulators are told
    rows = SupervisionOrder.objects.visible_to(person).filter(about)
    return {"orders": list(rows.order_by("-opened_at", "-pk")[:N_ORDERS])}


def _about_enterprise(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    return _orders(person, Q(about_enterprise=enterprise) | Q(about__enterprise=enterprise))


def _about_case(case: Any, person: Person, now: datetime) -> Context:
    return {} if case.kind == KIND.code else _orders(person, Q(about=case.pk))


contribute(
    Sheet("oversight/orders_about.html", _about_enterprise, 20, group="cases", title=gettext_lazy("督办"))
)
contribute_aside(Aside("oversight/orders_about.html", _about_case, [Case], place=10))
