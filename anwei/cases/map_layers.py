"""What this room shows on the map: open cases, the overdue ones apart."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case
from anwei.org.models import Person
from anwei.sites.map.layers import Box, Category, Feature, Layer, placed, register_layer


def open_cases(person: Person, box: Box | None) -> Iterable[Feature]:
    """Return the open cases, overdue by the server's clock or not."""
    seen = Case.objects.visible_to(person).exclude(phase=Phase.CLOSED)
    late = When(deadline__lt=timezone.now(), then=Value("overdue"))
    seen = seen.annotate(due=models.Case(late, default=Value("open")))
    x = Coalesce("site__longitude", "enterprise__longitude")
    y = Coalesce("site__latitude", "enterprise__latitude")
    return (Feature(*row) for row in placed(seen, box, x, y).values_list("pk", "x", "y", "title", "due"))


register_layer(
    Layer(
        code="cases",
        label=_("未办结事项"),
        categories=(Category("overdue", _("超期"), "超", urgent=True), Category("open", _("未到期"), "案")),
        features=open_cases,
        page="case",
        place=40,
    )
)
