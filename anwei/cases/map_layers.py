"""What this room shows on the map: open cases, the overdue ones apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case
from anwei.org.models import Person
from anwei.sites.map.layers import Category, Layer, Points, Rows, register_layer


def open_cases(person: Person) -> Rows:
    """Return the open cases, `due` telling whether they are overdue by the server's clock."""
    late = When(deadline__lt=timezone.now(), then=Value("overdue"))
    due = models.Case(late, default=Value("open"))
    seen: Rows = Case.objects.visible_to(person).exclude(phase=Phase.CLOSED).annotate(due=due)
    return seen


register_layer(
    Layer(
        code="cases",
        label=_("未办结事项"),
        categories=(Category("overdue", _("超期"), "超", urgent=True), Category("open", _("未到期"), "案")),
        points=Points(
            open_cases,
            "due",
            ("title",),
            x=Coalesce("site__longitude", "enterprise__longitude"),
            y=Coalesce("site__latitude", "enterprise__latitude"),
        ),
        page="case",
        place=40,
    )
)
