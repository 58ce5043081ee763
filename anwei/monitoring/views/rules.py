"""The rules of a tag: changed or added on a page of their own, with a reason; in force within seconds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anwei.monitoring.forms import RuleForm
from anwei.monitoring.models import AlarmRule, Tag
from anwei.monitoring.services import MonitoringError, NotAllowed, add_rule, change_rule
from anwei.monitoring.services.authority import REGISTRARS, check_authority
from anwei.org.policy import person_of, signed_in

acting = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@acting
def rule_change(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Change a limit, its delays, its citation, or take the rule out of force."""
    tag = _tag(request, number)
    rule = get_object_or_404(AlarmRule.objects.select_related("tag"), pk=pk, tag=tag)
    form = RuleForm(request.POST or None, instance=rule, tag=tag)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.changed_data if name != "reason"}
        if _done(form, lambda **when: change_rule(rule, **when, **values), request):
            return redirect("tag", number=number)
    heading = _("修改报警规则：%(kind)s") % {"kind": rule.get_kind_display()}
    return _page(request, tag, form, heading)


@signed_in
@acting
def rule_add(request: HttpRequest, number: int) -> HttpResponse:
    """Watch another limit of the tag."""
    tag = _tag(request, number)
    form = RuleForm(request.POST or None, tag=tag)
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        if _done(form, lambda **when: add_rule(tag, **when, **values), request):
            return redirect("tag", number=number)
    return _page(request, tag, form, _("新增报警规则"))


def _tag(request: HttpRequest, number: int) -> Tag:
    """Return a tag in sight whose rules the caller may set; an enterprise does not set its own limits."""
    person = person_of(request)
    rows = Tag.objects.visible_to(person).select_related("device__enterprise__unit")
    tag: Tag = get_object_or_404(rows, pk=number)
    try:
        check_authority(person, REGISTRARS, tag, timezone.now())
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    return tag


def _done(form: RuleForm, act: Any, request: HttpRequest) -> bool:
    try:
        act(actor=person_of(request), now=timezone.now(), reason=form.cleaned_data["reason"])
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except MonitoringError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
    else:
        messages.success(request, _("已保存，数秒内生效，记入变更记录。"))
        return True
    return False


def _page(request: HttpRequest, tag: Tag, form: RuleForm, heading: str) -> HttpResponse:
    context = {"tag": tag, "form": form, "heading": heading}
    return render(request, "monitoring/rule.html", context, status=422 if form.is_bound else 200)
