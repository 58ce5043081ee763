"""One visit: its page, and what is done there at a desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.inspection_forms import GoingForm, going_of
from anwei.hazards.models import State, Visit
from anwei.hazards.planning.bodies import bodies_of, require_body
from anwei.hazards.planning.capping import used_at, year_of, yearly_cap
from anwei.hazards.planning.manning import bodies_in_order, expired, thin, too_few
from anwei.hazards.planning.reading import takes_part
from anwei.hazards.planning.unfinished import is_unfinished
from anwei.hazards.services.cancelling import cancel_visit
from anwei.hazards.services.visiting import begin_visit, end_visit, may_rate, rate_visit
from anwei.hazards.services.visits import REGISTER, change_visit
from anwei.hazards.views.visit_checks import decide_answers, file_finding, record_sheet, sign_changed
from anwei.hazards.views.visit_parts import parts
from anwei.hazards.visit_forms import EndForm, FindingForm, RatingForm, SignForm
from anwei.ledgers.models import Change
from anwei.org.committee_office import is_of_the_office
from anwei.org.models import Person, Unit
from anwei.org.policy import person_of, signed_in

LINES = {
    "plan": gettext_lazy("已安排"),
    "change": gettext_lazy("已改日期或者人员"),
    "cancel": gettext_lazy("已取消"),
    "merge": gettext_lazy("已合并"),
    "begin": gettext_lazy("已开始"),
    "end": gettext_lazy("已结束"),
    "rate": gettext_lazy("企业已评价"),
    "hazard": gettext_lazy("已登记隐患"),
    "differ": gettext_lazy("收到不同的或者迟到的回答，待定"),
    "decide": gettext_lazy("已决定采用哪个回答"),
    "finding": gettext_lazy("检查情况已更改"),
    "paper": gettext_lazy("已生成文书"),
    "sign": gettext_lazy("更改后的文书已送签"),
    "void": gettext_lazy("未使用的文号已作废"),
}
SAID = {
    "begin": gettext_lazy("检查已开始。"),
    "cancel": gettext_lazy("检查已取消。"),
    "end": gettext_lazy("检查已结束，文书已生成，企业可以查看、下载和评价。"),
    "change": gettext_lazy("日期和人员已保存。"),
    "rate": gettext_lazy("评价已提交，检查单位看得到分数和意见。"),
}


@signed_in
@require_GET
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visit: who, when, why, under which article; what was checked; how it was rated."""
    return _shown(request, _visit(request, pk))


@signed_in
@require_POST
def inspection_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one act on a visit: begin, check, end and so on; what is refused is said on its page."""
    visit = _visit(request, pk)
    forms: dict[str, Any] = {}
    try:
        said = _done(request, visit, act, forms)
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except CaseError as error:
        forms.pop("sign", None)  # what waits for a signature is shown anew
        return _shown(request, visit, error=str(error), **forms)
    if said is None:
        return _shown(request, visit, error=_("请按提示补全。"), **forms)
    messages.success(request, said)
    return redirect("inspection", pk=pk)


def _done(request: HttpRequest, visit: Visit, act: str, forms: dict[str, Any]) -> str | None:
    """Do one act and return what is said of it; None where its form does not hold, then kept in `forms`."""
    person, now = person_of(request), timezone.now()
    by: dict[str, Any] = {"actor": person, "now": now}
    form: Any
    if act == "begin":
        begin_visit(visit, **by, code=request.POST.get("code", "")[:20])
    elif act == "cancel":
        cancel_visit(visit, **by, reason=request.POST.get("reason", ""))
    elif act == "check":
        return record_sheet(visit, request.POST, **by)
    elif act == "decide":
        return decide_answers(visit, request.POST, **by)
    elif act in ("hazard", "sign"):
        finds = act == "hazard"
        form = (FindingForm if finds else SignForm)(request.POST, request.FILES, visit=visit)
        forms[act] = form
        return (file_finding if finds else sign_changed)(visit, form, **by) if form.is_valid() else None
    elif act not in SAID:
        raise Http404
    else:
        form = EndForm(request.POST, visit=visit, now=now) if act == "end" else RatingForm(request.POST)
        if act == "change":
            form = GoingForm(request.POST, bodies=_going(visit, require_body(person, now)), now=now)
        forms[act] = form
        if not form.is_valid():
            return None
        told: dict[str, Any] = form.cleaned_data
        if act == "end":
            end_visit(visit, **by, **told)
        elif act == "rate":
            rate_visit(visit, **by, **told)
        else:
            change_visit(visit, **by, planned_on=told["planned_on"], inspectors=form.people())
    return str(SAID[act])


def _shown(request: HttpRequest, visit: Visit, *, error: str = "", **forms: Any) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    visit.refresh_from_db()
    own, bodies = bodies_of(person, now), bodies_in_order(visit)
    is_of_bodies = takes_part(visit, person)
    is_enterprise, state = may_rate(visit, person), visit.state
    if is_of_bodies and state == State.PLANNED:
        forms.setdefault("change", GoingForm(initial=going_of(visit), bodies=_going(visit, own), now=now))
    if is_of_bodies and state == State.BEGUN:
        forms.setdefault("end", EndForm(visit=visit, now=now))
        forms.setdefault("hazard", FindingForm(visit=visit))
    if is_enterprise and state == State.ENDED and visit.rated_at is None:
        forms.setdefault("rate", RatingForm(initial={"rating": 5}))
    shown = parts(visit, person, is_of_bodies=is_of_bodies)
    if is_of_bodies and (waiting := shown["unsigned"]):
        forms.setdefault("sign", SignForm(visit=visit, shown=waiting))
    sees_rater = is_of_the_office(person, now)
    context = {
        "visit": visit,
        "state": state,
        "bodies": bodies,
        "attendances": list(visit.attendances.select_related("person__inspector", "unit", "visit")),
        "takes_part": is_of_bodies,
        "is_enterprise": is_enterprise,
        "sees_rater": sees_rater,
        "is_unfinished": is_of_bodies and is_unfinished(visit, now),
        "too_few": _warning(visit) if is_of_bodies and state == State.PLANNED else "",
        "lines": _lines(visit, sees_rater) if own else [],
        "is_body": bool(own),
        "error": error,
        "today": timezone.localdate(),
        "n_counted": used_at(visit, [*bodies, *own]) if own else [],
        "year": year_of(visit),
        "cap": yearly_cap(),
        "forms": forms,
        **shown,
    }
    return render(request, "inspections/visit.html", context, status=422 if error else 200)


def _warning(visit: Visit) -> str:
    """Return what stands against beginning a visit, and what its inspectors should know before."""
    return "\n".join(filter(None, (too_few(visit) or thin(visit), expired(visit))))


def _lines(visit: Visit, sees_rater: bool) -> list[tuple[Any, str, Person | None]]:
    changes = Change.objects.filter(register=REGISTER, row=str(visit.pk), verb__in=LINES)
    return [
        (one.at, str(LINES[one.verb]), one.actor if sees_rater or one.verb != "rate" else None)
        for one in changes.select_related("actor").order_by("number")
    ]


def _visit(request: HttpRequest, pk: int) -> Visit:
    rows = Visit.objects.visible_to(person_of(request)).select_related(
        "enterprise__unit", "site", "campaign", "body", "merged_into", "rated_by"
    )
    found: Visit = get_object_or_404(rows, pk=pk)
    return found


def _going(visit: Visit, own: list[Unit]) -> list[Unit]:
    """Return the bodies whose people may go: one's own and the others that take part."""
    return list({unit.pk: unit for unit in (*own, *visit.bodies.all())}.values())
