"""The forms of one visit's checks at a desk: what each item is like, and what stands where answers differ."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anwei.cases.errors import CaseError
from anwei.hazards.models import Answer, Visit
from anwei.hazards.planning.checklists import lists_of
from anwei.hazards.services.checking import record_check
from anwei.hazards.services.deciding import decide
from anwei.hazards.services.visits import require_of_bodies
from anwei.ledgers.listing import number_in
from anwei.org.models import Person


def record_sheet(visit: Visit, sent: QueryDict, *, actor: Person, now: datetime) -> str:
    """Write each item that the form answers, each for itself; return what is said of it.

    Raises NotYourTurn for who does not take part, CaseError with the sentences of those that were refused;
    the others are written.
    """
    require_of_bodies(visit, actor, now)
    n, waiting, refused = 0, 0, []
    for item in (item for one in lists_of(visit) for item in one.items):
        if not (result := sent.get(f"result-{item.id}", "")):
            continue
        change = number_in(sent.get(f"change-{item.id}", "")) or 0
        note = sent.get(f"note-{item.id}", "")
        told = {"item": item.id, "result": result, "note": note}
        try:
            recorded = record_check(visit, **told, actor=actor, now=now, at=now, based_on=change)
        except CaseError as error:
            refused.append(f"{item.item}：{error}")
            continue
        n, waiting = n + 1, waiting + (recorded.waiting is not None)
    if refused:
        raise CaseError(" ".join(dict.fromkeys(refused)))
    said = ngettext("已保存 %(n)d 项。", "已保存 %(n)d 项。", n) % {"n": n}
    return said + (_("其中 %(n)d 项已有不同的回答，待定。") % {"n": waiting} if waiting else "")


def decide_answers(visit: Visit, sent: QueryDict, *, actor: Person, now: datetime) -> str:
    """Take the answers that the form names, or let stand what stands."""
    keys = [key for text in sent.getlist("answer") if (key := number_in(text))]
    answers = list(Answer.objects.filter(visit=visit, pk__in=keys).order_by("pk"))
    if not answers or len(answers) != len(set(keys)):
        raise Http404
    take = sent.get("take") == "1"
    for answer in sorted(answers, key=lambda one: one.kind):  # begin, check, end
        decide(answer, actor=actor, now=now, take=take)
    return _("已采用，记入变更记录。") if take else _("保留原来的回答，记入变更记录。")
