"""The page of one paper and the doors of its acts: draft, change, review, sign, stamp, withdraw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from anwei.cases.notices.services import tell
from anwei.cases.papers_waiting import next_posts
from anwei.ledgers.models import Change, Paper, PaperVersion
from anwei.ledgers.papers import hands, services
from anwei.ledgers.papers.errors import NotYourHand, PaperError
from anwei.ledgers.papers.files import path_of
from anwei.ledgers.papers.queries import draftable, is_inside, versions_for, visible_paper
from anwei.ledgers.papers.registers import Act, paper_register
from anwei.org.accounts.recent import require_recent
from anwei.org.policy import person_of, signed_in

DONE = {
    "review": gettext_lazy("已审核，待签发。"),
    "send_back": gettext_lazy("已退回修改。"),
    "sign": gettext_lazy("已签发，文号和成文日期已填入。"),
    "withdraw": gettext_lazy("已作废。"),
    "change_text": gettext_lazy("修改稿已收下，须由他人重新审核。"),
    "stamped": gettext_lazy("盖章件已归档，为有效版本。"),
}
ASKED_AGAIN = ("sign",)  # acts with effect outside: who is it really?
VERBS = {
    "draft": gettext_lazy("拟稿"),
    "edit": gettext_lazy("修改文稿"),
    "review": gettext_lazy("审核通过"),
    "send_back": gettext_lazy("退回修改"),
    "sign": gettext_lazy("签发"),
    "stamped": gettext_lazy("盖章件归档"),
    "withdraw": gettext_lazy("作废"),
}


@signed_in
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a paper: its three hands, its versions with digests, what happened, what this person may do."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, refused: str = "", fault: str = "") -> HttpResponse:
    """Return the page of a paper; a `refused` act stands there again with what was typed and its `fault`."""
    found, row = _visible(request, pk)
    person, now = person_of(request), timezone.now()
    inside = is_inside(found, person, row, now)
    changes = Change.objects.filter(register=services.REGISTER, row=str(pk)).select_related("actor")
    lines = [
        (VERBS.get(change.verb, change.verb), change) for change in changes.order_by("-number") if inside
    ]
    may = {act: hands.may(found, row, act, person, now) for act in (Act.DRAFT, Act.REVIEW, Act.SIGN)}
    context = {
        "paper": found,
        "versions": versions_for(found, person, row, now),
        "inside": inside,
        "lines": lines,
        "row": row,
        "row_url": paper_register(found.register).url(found.row),
        "acts": _acts_now(found.state, may),
        "is_open": found.state in (Paper.State.DRAFTED, Paper.State.REVIEWED),
        "had_a_part": hands.has_a_part(found, person),
        "refused": refused,
        "fault": fault,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "papers/paper.html", context, status=422 if refused else 200)


def _acts_now(state: str, may: Mapping[Act, bool]) -> set[str]:
    """Return the acts that a paper in this state offers to a person who may do these."""
    drafted, reviewed = Paper.State.DRAFTED, Paper.State.REVIEWED
    offered = {
        "review": state == drafted and may[Act.REVIEW],
        "sign": state == reviewed and may[Act.SIGN],
        "change_text": state in (drafted, reviewed) and may[Act.DRAFT],
        "stamped": state == Paper.State.SIGNED and may[Act.DRAFT],
    }
    offered["send_back"] = offered["review"] or offered["sign"]
    offered["withdraw"] = offered["change_text"]
    return {act for act, is_offered in offered.items() if is_offered}


@signed_in
@require_POST
def paper_draft(request: HttpRequest) -> HttpResponse:
    """Draft a paper about a register row from one of the templates it offers."""
    register, key = request.POST.get("register", ""), request.POST.get("row", "")
    try:
        row = paper_register(register).row_for(person_of(request), key)
    except (KeyError, ValueError) as error:
        raise Http404 from error
    if row is None:
        raise Http404
    now = timezone.now()
    chosen = request.POST.get("template", "")
    if chosen not in {one.key for one in draftable(person_of(request), register, row, now)}:
        barred = paper_register(register).barred(row, chosen)
        raise PermissionDenied(barred or _("您现在的岗位不能在这里拟这份公文。"))
    try:
        made = services.draft(register, row, chosen, actor=person_of(request), now=now)
    except PaperError as error:
        raise PermissionDenied(str(error)) from error
    _tell_the_next_hand(made, request)
    messages.success(request, _("已拟稿；可下载修改后重新上传，再由他人审核、签发。"))
    return redirect("paper", pk=made.pk)


@signed_in
@require_POST
def paper_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one act on a paper; what is refused is said on its page, beside what was typed."""
    found, _row = _visible(request, pk)
    if act not in DONE:
        raise Http404
    if act in ASKED_AGAIN:
        require_recent(request)
    try:
        moved = _acts(request, found)[act]()
    except NotYourHand as error:
        raise PermissionDenied(str(error)) from error
    except PaperError as error:
        return _page(request, pk, act, str(error))
    messages.success(request, str(DONE[act]))
    _tell_the_next_hand(moved, request)
    return redirect("paper", pk=pk)


@signed_in
@require_GET
def paper_file(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give a version out as attachment: a generated draft says in its foot who took it, all else is exact."""
    found, row = _visible(request, pk)
    versions = versions_for(found, person_of(request), row, timezone.now())
    version = get_object_or_404(versions, number=number)
    if version.kind == PaperVersion.Kind.GENERATED:
        at = timezone.localtime()
        mark = _("草稿，未签发 · %(person)s %(at)s 下载") % {
            "person": person_of(request),
            "at": f"{at:%Y-%m-%d %H:%M}",
        }
        content = services.unsigned_file(found, mark)
    else:
        try:
            content = path_of(version.stored_as).read_bytes()
        except FileNotFoundError as error:
            raise Http404(_("文件不在了，请立即报告系统管理员。")) from error
    answer = HttpResponse(content, content_type=version.media_type)
    answer["Content-Disposition"] = content_disposition_header(True, version.name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _acts(request: HttpRequest, found: Paper) -> dict[str, Callable[[], Any]]:
    """Return the acts as this request does them."""
    hand: dict[str, Any] = {"actor": person_of(request), "now": timezone.now()}
    reason = request.POST.get("reason", "")
    return {
        "review": lambda: services.review(found, **hand),
        "send_back": lambda: services.send_back(found, reason=reason, **hand),
        "sign": lambda: services.sign(found, **hand),
        "withdraw": lambda: services.withdraw(found, reason=reason, **hand),
        "change_text": lambda: services.change_text(found, _file(request)[1], **hand),
        "stamped": lambda: services.return_stamped(found, *_file(request), **hand),
    }


def _tell_the_next_hand(paper: Paper, request: HttpRequest) -> None:
    """Tell who reviews or signs that a paper waits for them, and who drafted it what became of it."""
    change = Change.objects.filter(register=services.REGISTER, row=str(paper.pk)).latest("number")
    state = str(_("退回修改") if change.verb == "send_back" else paper.get_state_display())
    tell(
        to=[paper.drafted_by, *next_posts(paper, change.verb)],
        text=_("公文“%(title)s”：%(state)s") % {"title": paper.title[:60], "state": state},
        url=reverse("paper", args=[paper.pk]),
        level="info",
        key=f"paper:{paper.pk}:{change.number}",
        now=timezone.now(),
        actor=person_of(request),
    )


def _file(request: HttpRequest) -> tuple[str, bytes]:
    """Return name and content of what was uploaded.

    Raises PaperError without a file.
    """
    file = request.FILES.get("file")
    if file is None:
        raise PaperError(_("请选择文件。"))
    return file.name or "", file.read()


def _visible(request: HttpRequest, pk: int) -> tuple[Paper, Any]:
    found = visible_paper(pk, person_of(request), timezone.now())
    if found is None:
        raise Http404
    return found
