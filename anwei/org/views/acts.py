"""The forms that appoint, dismiss, designate and assign: one page, filled in beforehand by its address."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anwei.ledgers.listing import number_in
from anwei.org import forms
from anwei.org.accounts.recent import recent
from anwei.org.models import Designation, Holding, KeyTask, Post, SectorDuty, Unit
from anwei.org.policy import person_of, posts
from anwei.org.rights import ARRANGING, may_arrange, may_arrange_county, may_fill, may_oversee, require
from anwei.org.services import OrgError, seed_duties

arranging = posts(*ARRANGING)
acting = require_http_methods(["GET", "HEAD", "POST"])


@arranging
@acting
@recent
def appoint(request: HttpRequest) -> HttpResponse:
    """Appoint somebody to `?post=`, or to a new post of `?kind=` in `?unit=`."""
    post = Post.objects.select_related("unit").filter(pk=_key(request, "post")).first()
    unit = post.unit if post else get_object_or_404(Unit, pk=_key(request, "unit"))
    kind = post.kind if post else request.GET.get("kind", "")
    require(may_fill(person_of(request), post or Post(unit=unit, kind=kind)))
    form = forms.AppointForm(
        request.POST or None,
        unit=unit,
        post=post,
        kind=kind,
        initial={"from_on": timezone.localdate(), "title": Post.Kind(kind).label},
    )
    back = reverse("post", args=[post.pk]) if post else reverse("unit", args=[unit.pk])
    return act_page(request, form, _("任命：%(what)s") % {"what": post or unit}, _("任命"), back)


@arranging
@acting
@recent
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """End a holding."""
    holding = get_object_or_404(Holding.objects.select_related("person", "post__unit"), pk=pk)
    require(may_fill(person_of(request), holding.post))
    form = forms.DismissForm(request.POST or None, holding=holding, initial={"last_on": timezone.localdate()})
    back = reverse("post", args=[holding.post_id])
    return act_page(request, form, _("离任：%(what)s") % {"what": holding}, _("办理离任"), back)


@arranging
@acting
@recent
def renew_term(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a holder another term, or go on to dismissal."""
    holding = get_object_or_404(Holding.objects.select_related("person", "post__unit"), pk=pk)
    require(may_fill(person_of(request), holding.post))
    form = forms.RenewForm(request.POST or None, holding=holding)
    back = reverse("post", args=[holding.post_id])
    other = (reverse("dismiss", args=[pk]), _("不再续任，办理离任"))
    return act_page(request, form, _("续任：%(what)s") % {"what": holding}, _("续任"), back, other=other)


@arranging
@acting
@recent
def designate(request: HttpRequest) -> HttpResponse:
    """Name a post for the seat `?seat=` of the enterprise `?unit=`, or of its site `?site=`."""
    unit = get_object_or_404(Unit, pk=_key(request, "unit"), kind=Unit.Kind.ENTERPRISE)
    require(may_oversee(person_of(request), unit))
    site = request.GET.get("site", "")[:40]
    initial = {
        "seat": request.GET.get("seat", ""),
        "title": _("包保责任人"),
        "from_on": timezone.localdate(),
    }
    form = forms.DesignateForm(request.POST or None, unit=unit, site=site, initial=initial)
    what = f"{unit} {site}".strip()
    return act_page(
        request, form, _("指定责任人：%(what)s") % {"what": what}, _("指定"), reverse("unit", args=[unit.pk])
    )


@arranging
@acting
@recent
def end_designation(request: HttpRequest, pk: int) -> HttpResponse:
    """End a designation."""
    row = get_object_or_404(Designation.objects.select_related("unit", "post__unit"), pk=pk)
    require(may_oversee(person_of(request), row.unit))
    form = forms.EndDesignationForm(request.POST or None, row=row, initial={"last_on": timezone.localdate()})
    back = reverse("unit", args=[row.unit_id])
    return act_page(request, form, _("结束指定：%(what)s") % {"what": row}, _("结束指定"), back)


@arranging
@acting
@recent
def assign_sector(request: HttpRequest) -> HttpResponse:
    """Let a department answer for the sector `?sector=`."""
    require(may_arrange_county(person_of(request)))
    initial = {"sector": request.GET.get("sector", ""), "lead": "lead", "from_on": timezone.localdate()}
    form = forms.AssignSectorForm(request.POST or None, initial=initial)
    return act_page(request, form, _("明确行业监管分工"), _("明确分工"), reverse("sectors"))


@arranging
@acting
@recent
def end_sector_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """End a department's duty in a sector."""
    require(may_arrange_county(person_of(request)))
    duty = get_object_or_404(SectorDuty.objects.select_related("unit"), pk=pk)
    form = forms.EndSectorForm(request.POST or None, duty=duty, initial={"last_on": timezone.localdate()})
    return act_page(
        request, form, _("结束分工：%(what)s") % {"what": duty}, _("结束分工"), reverse("sectors")
    )


@arranging
@acting
@recent
def place_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where a unit lies."""
    unit = get_object_or_404(Unit, pk=pk)
    require(may_oversee(person_of(request), unit))
    form = forms.PlaceForm(request.POST or None, unit=unit, initial={"territory": unit.territory})
    return act_page(
        request, form, _("明确属地：%(what)s") % {"what": unit}, _("明确属地"), reverse("unit", args=[pk])
    )


@arranging
@acting
def plan_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an item on a post's yearly list of key tasks."""
    post = _post(request, pk)
    form = forms.TaskForm(request.POST or None, post=post)
    return act_page(request, form, _("重点工作：%(what)s") % {"what": post}, _("列入清单"), _of_post(pk))


@arranging
@acting
def finish_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an item of a yearly list with its proof."""
    task = get_object_or_404(KeyTask, pk=pk)
    _post(request, task.post_id)
    form = forms.FinishTaskForm(request.POST or None, task=task, initial={"done_on": timezone.localdate()})
    return act_page(
        request, form, _("完成：%(what)s") % {"what": task}, _("登记完成"), _of_post(task.post_id)
    )


@arranging
@acting
def add_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a duty of the county's own to a post."""
    post = _post(request, pk)
    form = forms.DutyForm(request.POST or None, post=post)
    return act_page(request, form, _("岗位职责：%(what)s") % {"what": post}, _("写入清单"), _of_post(pk))


@arranging
@require_POST
def load_duties(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the duties by law for a post that has none."""
    post = _post(request, pk)
    n_written = seed_duties(post, actor=person_of(request), now=timezone.now())
    messages.success(request, _("已载入法定职责 %(n)s 条。") % {"n": n_written})
    return redirect("post", pk)


def act_page(
    request: HttpRequest,
    form: forms.ActForm,
    heading: str,
    label: str,
    back: str,
    *,
    other: tuple[str, str] | None = None,
) -> HttpResponse:
    """Show the form, or do the act and go back to where the person came from."""
    came_from = _came_from(request, back)
    if request.method == "POST" and form.is_valid():
        try:
            sentence = form.act(actor=person_of(request), now=timezone.now())
        except OrgError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, sentence)
            return redirect(came_from)
    context = {"form": form, "heading": heading, "label": label, "back": came_from, "other": other}
    return render(request, "org/act.html", context, status=422 if form.is_bound else 200)


def _came_from(request: HttpRequest, back: str) -> str:
    """Return the page of ours that led here, else `back`; the form carries it on."""
    asked = request.POST.get("came_from") or request.headers.get("Referer", "")
    host = request.get_host()
    own = url_has_allowed_host_and_scheme(asked, {host}, require_https=request.is_secure())
    path = asked.partition(host)[2] if host in asked else asked
    return path if own and path.startswith("/org/") and path != request.get_full_path() else back


def _post(request: HttpRequest, pk: int) -> Post:
    post = get_object_or_404(Post.objects.select_related("unit"), pk=pk)
    require(may_arrange(person_of(request), post.unit))
    return post


def _of_post(pk: int) -> str:
    return reverse("post", args=[pk])


def _key(request: HttpRequest, name: str) -> int:
    return number_in(request.GET.get(name, "")) or 0
