"""What the timelines of cases know about a post's or a person's work (履职档案)."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from anwei.cases.kinds import kind_of
from anwei.cases.models import Case, Entry
from anwei.cases.queries import line_of
from anwei.org.duty_record import Deed, Question, by_hand, hands, register_record_source


def case_deeds(question: Question) -> Iterable[Deed]:
    """Yield the acts on cases that the viewer may see, the newest first."""
    rows = Entry.objects.filter(at__gte=question.since, at__lt=question.until, actor__isnull=False)
    if question.post is not None:
        rows = rows.filter(post=question.post)
    if question.person is not None:
        rows = rows.filter(by_hand(question.person))
    rows = rows.filter(case__in=Case.objects.visible_to(question.viewer))
    for entry in rows.select_related("case", "actor").order_by("-at")[: question.most]:
        yield Deed(
            entry.at,
            hands(entry),
            str(kind_of(entry.case).label),
            f"{entry.case.number} {entry.case.title}：{line_of(entry.case, entry)}",
            reverse("case", args=[entry.case_id]),
        )


register_record_source(case_deeds)
