"""The doors of the phone page: what to take along, one act at a time, one file at a time; JSON throughout."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.intake import MAX_BYTES
from anwei.hazards.models import Visit
from anwei.hazards.services.phone import perform
from anwei.hazards.services.phone_acts import Malformed, key_in, moment_in, read_act, text_in
from anwei.hazards.services.phone_package import package
from anwei.hazards.services.visit_files import SentFile, keep_file
from anwei.ledgers.listing import number_in
from anwei.org.policy import person_of, signed_in

KINDS = ("evidence", "signature", "voice")


@signed_in
@require_GET
def phone_package(request: HttpRequest) -> JsonResponse:
    """Give a person what is needed for a day: own visits, checklists, criteria, reserved numbers."""
    told = package(person_of(request), timezone.now())
    return _json({**told, "csrf": get_token(request)})


@signed_in
@require_POST
def phone_acts(request: HttpRequest) -> JsonResponse:
    """Do one act at a visit; the same key is done once."""
    person = person_of(request)
    try:
        act = read_act(request.body)
    except Malformed as fault:
        return _said(str(fault), 422)
    if act.person not in (0, person.pk):
        return _said(_somebody_else(), 409)
    visit = _visit(request, act.visit)
    if visit is None:
        return _said(_("没有这次检查，或者您看不到。"), 404)
    try:
        receipt = perform(act, visit, actor=person, now=timezone.now())
    except NotYourTurn as fault:
        return _said(str(fault), 403)
    return _json(
        {
            "status": receipt.status,
            "message": receipt.message,
            "change": receipt.change,
            "hazard": receipt.hazard,
            "received_at": receipt.received_at.isoformat(),
            "sha256": act.sha256,
        }
    )


@signed_in
@require_POST
def phone_files(request: HttpRequest) -> JsonResponse:
    """Keep one photo, recording or signature of a visit; the same key is kept once."""
    try:
        sent = _sent(request)
    except Malformed as fault:
        return _said(str(fault), 422)
    if request.POST.get("person", "") not in ("", str(person_of(request).pk)):
        return _said(_somebody_else(), 409)
    visit = _visit(request, number_in(request.POST.get("visit", "")) or 0)
    if visit is None:
        return _said(_("没有这次检查，或者您看不到。"), 404)
    try:
        kept, before = keep_file(visit, sent, actor=person_of(request), now=timezone.now())
    except NotYourTurn as fault:
        return _said(str(fault), 403)
    except CaseError as fault:
        return _said(str(fault), 422)
    status = "already" if before else "written"
    return _json({"status": status, "sha256": kept.sha256, "received_at": kept.added_at.isoformat()})


def _sent(request: HttpRequest) -> SentFile:
    """Return the file that a form sends. Raises Malformed."""
    told, file = request.POST, request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Malformed(_("没有收到文件。"))
    if (file.size or 0) > MAX_BYTES:
        raise Malformed(_("文件超过 10 MB，请压缩后再提交。"))
    if told.get("kind") not in KINDS:
        raise Malformed(_("没有这样的操作。"))
    at = told.get("taken_at", "")
    return SentFile(
        key=key_in(told.get("key")),
        kind=told["kind"],
        sha256=text_in(told.get("sha256", ""), 64).lower(),
        name=file.name or "",
        content=file.read(),
        item=text_in(told.get("item", ""), 30),
        taken_at=moment_in(at) if at else None,
        latitude=_degrees(told.get("latitude", ""), 90),
        longitude=_degrees(told.get("longitude", ""), 180),
    )


def _degrees(text: str, most: int) -> float | None:
    if not text.strip():
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = float("nan")
    if not -most <= degrees <= most:
        raise Malformed(_("位置不对。"))
    return degrees


def _visit(request: HttpRequest, pk: int) -> Visit | None:
    """Return a visit that the person may see, or that which it was merged into."""
    visit: Visit | None = Visit.objects.visible_to(person_of(request)).filter(pk=pk).first()
    while visit is not None and visit.merged_into is not None:
        visit = visit.merged_into
    return visit


def _somebody_else() -> str:
    return _("这些记录是另一个人的，请由本人登录后发送。")


def _said(message: str, status: int) -> JsonResponse:
    return _json({"message": message}, status)


def _json(told: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
