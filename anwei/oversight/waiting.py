"""What of this room waits on a desk: briefings that are made and of which no paper is drafted yet.

From the draft on it is a paper, which waits where all papers do; an order waits as a case does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.official_papers import NO_HAND
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.ledgers.templatetags.ledgers import moment
from anwei.org.models import Person
from anwei.org.scope import standing
from anwei.oversight.briefing.queries import briefings
from anwei.oversight.models import Briefing


def _rows(person: Person, day: date) -> QuerySet[Any]:
    """Return the newest version of each that a post of theirs made, until a later period has its own."""
    posts = [post.pk for post in standing(person).posts if post.kind not in NO_HAND]
    if not posts:
        return Briefing.objects.none()
    later = Q(version__gt=OuterRef("version"), months=OuterRef("months")) | Q(months__gt=OuterRef("months"))
    newer = Briefing.objects.filter(later, layout=OuterRef("layout"), year=OuterRef("year"))
    drafts = briefings().filter(~Exists(newer), post__in=posts, signed_at=None, in_hand=False)
    return drafts.filter(year__gte=day.year - 1).select_related("made_by").defer("snapshot").order_by("pk")


def _lines(rows: Sequence[Briefing]) -> list[Line]:
    return [
        Line(
            _("%(year)d 年 1—%(months)d 月通报（%(layout)s）")
            % {"year": one.year, "months": one.months, "layout": one.get_layout_display()},
            reverse("briefing", args=[one.pk]),
            _("草稿，待拟公文") if one.next_steps else _("草稿，待写“下步要求”"),
            _("%(at)s 生成") % {"at": moment(one.made_at)},
            one,
        )
        for one in rows
    ]


contribute_waiting(
    Waiting(
        label=gettext_lazy("通报"),
        button=gettext_lazy("去完成"),
        place=32,
        rows=_rows,
        lines=_lines,
        more=lambda n: _("还有 %(n)d 份通报草稿没有拟公文") % {"n": n},
        address=lambda: reverse("briefings"),
    )
)
