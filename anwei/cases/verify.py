"""Beside the chains: does each case stand where its timeline says, and are its papers all there?"""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from anwei.cases.evidence import path_of
from anwei.cases.models import Case, Entry, Evidence
from anwei.ledgers import seal
from anwei.ledgers.seal import Broken, Verification


def verify(*, files: bool = True) -> Verification:
    """Verify all chains, then cases against their timelines, then evidence rows and (if `files`) files."""
    found = seal.verify()
    with transaction.atomic():  # nobody writes between the two readings
        broken = found.first_broken or _case_break() or _row_break()
    return Verification(found.rows, broken or (_file_break() if files else None))


def _case_break() -> Broken | None:
    last = Entry.objects.filter(case=OuterRef("pk")).order_by("-number")
    cases = Case._base_manager.annotate(
        told=Subquery(last.values("to_phase")[:1]), last=Subquery(last.values("number")[:1])
    )
    for number, n_last in cases.exclude(phase=F("told")).values_list("number", "last")[:1]:
        return Broken(number, n_last, _("事项的阶段与办理记录不符"))
    for number in cases.filter(told__isnull=True).values_list("number", flat=True)[:1]:
        return Broken(number, 1, _("全部记录被删除"))
    return None


def _row_break() -> Broken | None:
    """Compare the evidence rows with what the sealed entries say was handed in."""
    handed_in: dict[int, list[str]] = {}
    for entry_id, sha256 in Evidence.objects.order_by("pk").values_list("entry_id", "sha256").iterator():
        handed_in.setdefault(entry_id, []).append(sha256)
    for entry in Entry.objects.filter(content__has_key="evidence").select_related("case").iterator():
        if [paper["sha256"] for paper in entry.content["evidence"]] != handed_in.pop(entry.pk, []):
            return Broken(entry.case.number, entry.number, _("佐证材料与办理记录不符"))
    for entry in Entry.objects.filter(pk__in=handed_in).select_related("case")[:1]:
        return Broken(entry.case.number, entry.number, _("佐证材料与办理记录不符"))
    return None


def _file_break() -> Broken | None:
    for paper in Evidence.objects.select_related("case", "entry").iterator():
        try:
            content = path_of(paper.stored_as).read_bytes()
        except FileNotFoundError:
            return Broken(paper.case.number, paper.entry.number, _("佐证材料文件缺失"))
        if hashlib.sha256(content).hexdigest() != paper.sha256:
            return Broken(paper.case.number, paper.entry.number, _("佐证材料文件被改动"))
    return None
