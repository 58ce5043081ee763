"""One case: what happened, whose turn it is, and the verbs that move it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.cases.desk import RELATED
from anwei.cases.errors import CaseError, NotYourTurn, RefusedDay, StaleCase, WrongPhase
from anwei.cases.extension import ask_extension
from anwei.cases.forms import ExtensionForm, TransitionForm
from anwei.cases.kinds import kind_of, specific
from anwei.cases.lifecycle import TURN, Phase, Role, Transition
from anwei.cases.models import Case, Entry, Evidence
from anwei.cases.originals import gets_originals
from anwei.cases.pace import ClockView, clock_views
from anwei.cases.queries import phase_strip, rows_for, timeline, transitions_for, turn_of
from anwei.cases.rights import check_role
from anwei.cases.services import advance
from anwei.cases.views.extensions import extension_part
from anwei.ledgers.seal import verify_chain
from anwei.org.accounts.recent import require_recent
from anwei.org.holdings import actings_of, day_of, delegations_at, holdings_on
from anwei.org.models import Person, Post
from anwei.org.policy import person_of, signed_in


@signed_in
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one case; the page verifies its timeline every time it is looked at."""
    return render(request, "cases/case.html", _context(request, _case(request, pk)))


@signed_in
@require_POST
def case_advance(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do a verb by its form: errors in place, a double click counts once, a faster hand gives 409."""
    shown = _case(request, pk)
    transition = _row_of(shown, verb)
    if transition.asks_again:
        require_recent(request)
    form = TransitionForm(transition, request.POST, request.FILES, case=shown, person=person_of(request))
    allowed = verb in {row.verb for row in transitions_for(shown, person_of(request), now=timezone.now())}
    if not form.is_valid() and allowed and form.cleaned_data.get("version") in (None, shown.version):
        return _again(request, shown, form)
    try:
        moved = advance(
            shown,
            verb,
            actor=person_of(request),
            now=timezone.now(),
            evidence=form.uploads(),
            version=form.cleaned_data.get("version"),
            key=form.cleaned_data.get("key", ""),
            **form.papers,
        )
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except (StaleCase, WrongPhase) as error:
        return _conflict(request, _case(request, pk), form, str(error))
    except CaseError as error:
        form.add_error(None, str(error))
        return _again(request, _case(request, pk), form)
    messages.success(request, _next_sentence(moved, transition))
    return redirect("case", pk=pk)


@signed_in
@require_POST
def case_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more time on a clock of a case: errors in place, asking twice the same is one request."""
    shown, now = _case(request, pk), timezone.now()
    form = ExtensionForm(list(shown.clocks.all()), request.POST)
    try:
        check_role(shown, Role.IMPLEMENTER, actor=person_of(request), now=now)
        if form.is_valid():
            asked = ask_extension(shown, actor=person_of(request), now=now, **form.cleaned_data)
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except CaseError as error:
        form.add_error("until" if isinstance(error, RefusedDay) else None, str(error))
    if form.errors:
        context = _context(request, _case(request, pk), extension=form)
        return render(request, "cases/case.html", context, status=422)
    messages.success(request, _("延期申请%(number)s已提交，由监督岗位审批。") % {"number": asked.number})
    return redirect("case", pk=pk)


def _case(request: HttpRequest, pk: int) -> Case:
    visible = Case.objects.visible_to(person_of(request)).select_related(*RELATED)
    return specific(get_object_or_404(visible, pk=pk))


def _row_of(shown: Case, verb: str) -> Transition:
    """Return the row of a verb in this phase, else in any: the engine explains why a click came too late."""
    rows = [row for row in kind_of(shown).lifecycle.transitions if row.verb == verb]
    if not rows:
        raise Http404
    return next((row for row in rows if row.source == shown.phase), rows[0])


def _context(
    request: HttpRequest,
    shown: Case,
    filled: TransitionForm | None = None,
    extension: ExtensionForm | None = None,
) -> dict[str, Any]:
    now, person = timezone.now(), person_of(request)
    actings = actings_of(person, now)
    own = rows_for(shown, person, now=now, actings=actings)
    forms = [
        filled
        if filled is not None and filled.transition.verb == row.verb
        else TransitionForm.fresh(row, shown.version, case=shown, person=person)
        for row, obstacle in own
        if obstacle is None
    ]
    primary = _primary(forms)
    verification = verify_chain(Entry, shown.pk)
    clocks = clock_views(shown, now)
    return {
        "case": shown,
        "strip": phase_strip(shown),
        "clocks": [(view, _share_used(view, now)) for view in clocks],
        "posts": _posts(shown),
        "lines": list(reversed(timeline(shown))),
        "verification": verification,
        "evidence": Evidence.objects.filter(case=shown.pk).select_related("entry"),
        "gets_originals": gets_originals(person_of(request), shown, now),
        "primary": primary,
        "others": [form for form in forms if form is not primary],
        "turn": turn_of(shown),
        "is_turn": primary is not None and primary.transition.role is TURN.get(Phase(shown.phase)),
        "obstacles": [(row, obstacle) for row, obstacle in own if obstacle is not None],
        "parent": Case.objects.visible_to(person).filter(pk=shown.parent_id).first(),
        "children": _children(shown, person),
        "now": now,
        **extension_part(shown, [view.clock for view in clocks], actings, extension),
    }


def _children(shown: Case, person: Person) -> list[Case]:
    """Return the children that the person may see; those out of scope are not named."""
    visible = Case.objects.visible_to(person).filter(parent=shown.pk)
    return list(visible.exclude(kind="extension").order_by("pk"))


def _primary(forms: list[TransitionForm]) -> TransitionForm | None:
    """Return the form of the one primary button: what leads on, else the first harmless verb.

    To name another post is nobody's next step: it stands with the others.
    """
    harmless = [form for form in forms if not form.transition.dangerous and form.transition.gives is None]
    leading = [form for form in harmless if form.transition.source is not form.transition.target]
    return next(iter(leading or harmless), None)


def _share_used(view: ClockView, now: datetime) -> int:
    """Return how much of a clock's time is used up, in percent."""
    clock = view.clock
    allowed = clock.due_at - clock.started_at
    if not allowed:  # due at once
        return 100
    used: float = ((clock.met_at or now) - clock.started_at) / allowed
    return max(0, min(100, round(100 * used)))


def _posts(shown: Case) -> list[tuple[str, Post, list[str]]]:
    """Return label, post and today's holders of the three posts."""
    posts = [
        (_("责任"), shown.responsible),
        (_("监督"), shown.supervisor),
        (_("落实"), shown.implementer),
    ]
    holders: dict[int, list[str]] = {}
    keys, now = [post.pk for _label, post in posts], timezone.now()
    for holding in holdings_on(day_of(now)).filter(post__in=keys).select_related("person"):
        holders.setdefault(holding.post_id, []).append(str(holding.person))
    for lent in delegations_at(now).filter(post__in=keys).select_related("deputy", "principal"):
        words = _("%(deputy)s（代%(principal)s）") % {"deputy": lent.deputy, "principal": lent.principal}
        holders.setdefault(lent.post_id, []).append(words)
    return [(label, post, holders.get(post.pk, [])) for label, post in posts]


def _again(request: HttpRequest, shown: Case, form: TransitionForm) -> HttpResponse:
    return render(request, "cases/case.html", _context(request, shown, form), status=422)


def _conflict(request: HttpRequest, current: Case, form: TransitionForm, sentence: str) -> HttpResponse:
    """Show what the person wrote beside what happened meanwhile; nothing they typed is lost."""
    seen = form.cleaned_data.get("version") or current.version
    rows = transitions_for(current, person_of(request), now=timezone.now())
    row = next((row for row in rows if row.verb == form.transition.verb), None)
    written = {need.name: form.data.get(need.name, "") for need in form.transition.needs}
    context = {
        "case": current,
        "sentence": sentence,
        "turn": turn_of(current),
        "lines": [line for line in timeline(current) if line.entry.number > seen],
        "written": [(field.label, _said(field)) for field in form.visible_fields() if field.value()],
        "form": None
        if row is None
        else TransitionForm.fresh(row, current.version, written, case=current, person=person_of(request)),
    }
    return render(request, "cases/conflict.html", context, status=409)


def _said(field: BoundField) -> Any:
    """Return what was filled in as people read it: of a choice its words, not its code."""
    choices = {str(value): label for value, label in getattr(field.field, "choices", ())}
    return choices.get(str(field.value()), field.value())


def _next_sentence(moved: Case, transition: Transition) -> str:
    """Say what was done and who has it now."""
    post = turn_of(moved)
    if post is None:
        return _("%(line)s，本件已办结归档。") % {"line": transition.line}
    return _("%(line)s，现由“%(post)s”办理。") % {"line": transition.line, "post": post}
