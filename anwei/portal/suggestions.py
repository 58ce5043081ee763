"""投诉建议: anybody with an account says on any page what is burdensome; the committee office answers."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.cases.notices.services import tell
from anwei.ledgers.papers import files
from anwei.ledgers.papers.errors import PaperError
from anwei.ledgers.services import record_change
from anwei.org.accounts.administration import OF_THE_COUNTY
from anwei.org.holdings import posts_acted_at
from anwei.org.models import Person, Post, Unit
from anwei.org.policy import person_of, signed_in
from anwei.portal.models import LONGEST, Suggestion

REGISTER = "portal.suggestion"
SHOWN = 100
A_DAY = 20  # suggestions of one person: enough for a bad day, too few to flood


class Refused(ValueError):
    """The suggestion or reply was not taken; the text is a sentence for the user."""


def answers(person: Person, now: datetime) -> bool:
    """Say whether a person answers suggestions: of the committee, or the county's system administrator.

    Neither a screen in that office does, nor the administrators of security and audit who sit there.
    """
    own = posts_acted_at(person, now)
    silent = (Post.Kind.DISPLAY, Post.Kind.SECURITY_ADMIN, Post.Kind.AUDIT_ADMIN)
    office = own.filter(unit__kind=Unit.Kind.COMMITTEE_OFFICE).exclude(kind__in=silent)
    return office.exists() or own.filter(OF_THE_COUNTY, kind=Post.Kind.SYSTEM_ADMIN).exists()


def visible_to(person: Person, now: datetime) -> QuerySet[Suggestion]:
    """Return the suggestions a person may see: their own, or all for those who answer."""
    found = Suggestion.objects.select_related("person", "replied_by")
    return found if answers(person, now) else found.filter(person=person)


def suggest(*, text: str, page: str, photo: bytes, actor: Person, now: datetime) -> Suggestion:
    """Take a suggestion down; raises Refused for an empty, too long or twentieth one, or no picture."""
    text = _checked(text)
    if Suggestion.objects.filter(person=actor, at__date=timezone.localtime(now).date()).count() >= A_DAY:
        raise Refused(_("今天已经提了 %(n)d 条，请明天再提，或直接联系县安委办。") % {"n": A_DAY})
    suggestion = Suggestion(person=actor, page=_local(page), text=text, at=now)
    try:
        media_type = files.picture_type(photo) if photo else ""
    except PaperError as error:
        raise Refused(str(error)) from error
    if not photo:
        return _saved(suggestion)
    with files.kept(photo, media_type) as file:
        suggestion.photo, suggestion.photo_type = file.stored_as, media_type
        return _saved(suggestion)


@transaction.atomic
def reply_to(suggestion: Suggestion, text: str, *, actor: Person, now: datetime) -> Suggestion:
    """Answer a suggestion and tell who made it; a later answer replaces the earlier, both stay on record."""
    if not answers(actor, now):
        raise PermissionDenied(_("投诉建议由县安委办或系统管理员答复。"))
    locked = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    locked.reply, locked.replied_by, locked.replied_at = _checked(text), actor, now
    locked.save(update_fields=["reply", "replied_by", "replied_at"])
    change = record_change(
        REGISTER, locked.pk, actor=actor, now=now, verb="reply", content={"reply": locked.reply}
    )
    tell(
        to=[locked.person],
        text=_("您的建议已答复：%(reply)s") % {"reply": locked.reply},
        url=reverse("suggestions"),
        level="info",
        key=f"suggestion:{locked.pk}:{change.number}",
        now=now,
        actor=actor,
    )
    return locked


@signed_in
@require_http_methods(["GET", "POST"])
def suggestions(request: HttpRequest) -> HttpResponse:
    """Take a suggestion, and show the person's own with their answers (to the office: everybody's)."""
    person, now = person_of(request), timezone.now()
    error = ""
    if request.method == "POST":
        photo = request.FILES.get("photo")
        try:
            suggest(
                text=request.POST.get("text", ""),
                page=request.POST.get("page", ""),
                photo=photo.read() if photo else b"",
                actor=person,
                now=now,
            )
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, _("已收到，县安委办答复后会通知您。"))
            return redirect("suggestions")
    found = visible_to(person, now)
    if request.GET.get("open"):
        found = found.filter(reply="")
    context = {
        "suggestions": found[:SHOWN],
        "answers": answers(person, now),
        "page": _local(request.POST.get("page") or request.GET.get("page", "")),
        "text": request.POST.get("text", ""),
        "error": error,
        "longest": LONGEST,
    }
    return render(request, "suggestions.html", context, status=422 if error else 200)


@signed_in
@require_POST
def suggestion_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer one suggestion."""
    now = timezone.now()
    suggestion = get_object_or_404(visible_to(person_of(request), now), pk=pk)
    try:
        reply_to(suggestion, request.POST.get("reply", ""), actor=person_of(request), now=now)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("suggestions")


@signed_in
@require_GET
def suggestion_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the picture that came with a suggestion."""
    suggestion = get_object_or_404(visible_to(person_of(request), timezone.now()).exclude(photo=""), pk=pk)
    path = files.path_of(suggestion.photo)
    if not path.exists():
        raise Http404
    answer = HttpResponse(path.read_bytes(), content_type=suggestion.photo_type)
    answer["Content-Disposition"] = "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@transaction.atomic
def _saved(suggestion: Suggestion) -> Suggestion:
    suggestion.save()
    content = {"page": suggestion.page, "text": suggestion.text}
    record_change(
        REGISTER, suggestion.pk, actor=suggestion.person, now=suggestion.at, verb="suggest", content=content
    )
    return suggestion


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(_("请写明内容。"))
    if len(text) > LONGEST:
        raise Refused(_("内容最长 %(n)d 字。") % {"n": LONGEST})
    return text


def _local(page: str) -> str:
    """Return the path of a page of this system, '' for anything else."""
    return page[:200] if page.startswith("/") and not page.startswith(("//", "/\\")) else ""
