"""隐患台账: every hazard with how it was found, judged, put right, verified and closed off (一患一档)."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from anwei.cases.clocks import OPENED
from anwei.cases.counted import TOWNSHIP, told_true
from anwei.cases.errors import CaseError
from anwei.cases.models import Entry, Evidence
from anwei.hazards.lifecycle import KIND
from anwei.hazards.models import Hazard, Listing, Order
from anwei.hazards.provincial import provincial_headers
from anwei.hazards.rates_page import clause_name
from anwei.hazards.registers.counted import NARROWED_BY, OVERDUE, timing_column
from anwei.hazards.registers.filing import refuse_together, same_hazard
from anwei.hazards.registers.hazard_columns import ENDED, FOUND, ORDERED
from anwei.hazards.services.finders import tells_finder
from anwei.hazards.services.register import save_hazards
from anwei.hazards.standing import listed_then, major_open_then, open_then, overdue_then
from anwei.hazards.timing import PUT_RIGHT, timed_hazards
from anwei.ledgers.declaration import Column, Ledger, Stock, register, seen
from anwei.org.register_rules import may_keep_registers
from anwei.org.responsibility import Vacant

PIECE = 3  # each row is a case with its posts, clocks, entry and notices: some 25 ms


def rows_seen(person: Any) -> QuerySet[Any]:
    """Return the hazards a person sees, with what the register tells of each beside its own columns."""
    rows = timed_hazards(seen(Hazard, person), timezone.now())
    taken_on = Entry.objects.filter(
        case=OuterRef("pk"), verb__in=("accept", PUT_RIGHT), post=OuterRef("implementer")
    ).order_by("-number")
    closing = Entry.objects.filter(case=OuterRef("pk"), verb="close").order_by("-number")
    told: QuerySet[Any] = rows.annotate(
        tells_finder=tells_finder(person),
        taken_on_by=Subquery(taken_on.values("actor__full_name")[:1]),
        verifier=Subquery(closing.values("actor__full_name")[:1]),
        listed=Exists(
            Listing.objects.filter(on_hazard=OuterRef("pk"), in_force=True, listed_on__isnull=False)
        ),
        stopped=ExpressionWrapper(Q(order=Order.STOP), output_field=BooleanField()),
        n_before=_photos(OPENED),
        n_after=_photos(PUT_RIGHT),
    )
    return told


def _photos(verb: str) -> Coalesce:
    """Return the number of photos handed in with a verb."""
    photos = Evidence.objects.filter(
        case=OuterRef("pk"), entry__verb=verb, media_type__startswith="image/"
    ).order_by()
    return Coalesce(Subquery(photos.values("case").annotate(n=Count("pk")).values("n")), 0)


COUNTED = (
    Column(
        "outcome",
        label=gettext_lazy("办结结果"),
        choices=lambda person: list(KIND.outcome_labels.items()),
        editable=False,
        filtered=True,
    ),
    Column(
        "clause",
        label=gettext_lazy("条款、检查项"),
        path="clause",
        value=lambda row: clause_name(row.clause),
        editable=False,
        filtered="startswith",
        shown=False,
        explanation=gettext_lazy("判定条款；没有判定条款的为检查项"),
    ),
    TOWNSHIP,
    timing_column(gettext_lazy("整改按期"), shown=False),
    OVERDUE,
    told_true("open", gettext_lazy("未销号")),
    told_true("stopped", gettext_lazy("责令停产停业")),
    told_true("late", gettext_lazy("现环节超期")),
    told_true("listed", gettext_lazy("挂牌督办")),
    told_true("repeats_another", gettext_lazy("重复隐患")),
)

HAZARDS = register(
    Ledger(
        code="hazards",
        tabs="hazards/tabs.html",
        label=gettext_lazy("隐患台账"),
        model=Hazard,
        rows=rows_seen,
        save=save_hazards,
        key=("number",),
        also_known_by=(("provincial_number",), ("description", "found_on", "enterprise", "place")),
        meant=same_hazard,
        related=(
            "enterprise__unit",
            "supervisor__unit",
            "implementer__unit",
            "found_by",
        ),
        order=("-found_at", "-pk"),
        piece=PIECE,
        may_write=may_keep_registers,
        refuse_together=refuse_together,
        errors=(CaseError, Vacant),
        narrowed_by=(*NARROWED_BY, ("enterprise", "enterprise")),
        period="found_on",
        stocks={
            "open": Stock(gettext_lazy("未销号"), open_then),
            "past_limit": Stock(gettext_lazy("超期未改"), overdue_then),
            "major_open": Stock(gettext_lazy("重大未销号"), major_open_then),
            "listed": Stock(gettext_lazy("挂牌督办"), listed_then),
        },
        opens=lambda row: reverse("case", args=[row.pk]),
        opened_from_list=True,
        new_at="hazard_new",
        headers=provincial_headers,
        views=(
            (gettext_lazy("未销号"), "open=True"),
            (gettext_lazy("现环节超期"), "late=True"),
            (gettext_lazy("重大隐患台账"), "grade=major"),
            (gettext_lazy("挂牌督办"), "listed=True"),
            (gettext_lazy("重复隐患"), "repeats_another=True"),
        ),
        sheets=((gettext_lazy("按省平台的列导出（默认模板，可改）"), "hazard_provincial"),),
        explanation=gettext_lazy("一患一档：每件隐患的发现、判定、整改、复查和销号。"),
        empty=gettext_lazy("检查、自查或者群众举报发现的隐患登记后列在这里。"),
        columns=(*FOUND, *ORDERED, *ENDED, *COUNTED),
    )
)
