"""One row of a register: its page with the change log, and the form, checked as every sheet is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.ledgers.beside import asides_of
from anwei.ledgers.change_log import changes_of, last_change
from anwei.ledgers.children import address_of, named_parent
from anwei.ledgers.declaration import Column, Ledger, needs_reason
from anwei.ledgers.examination import WHOLE_ROW, Examined, choosings_of, examine
from anwei.ledgers.importing import sentence_of
from anwei.ledgers.outgoing import told
from anwei.ledgers.sheets import typed_table
from anwei.ledgers.views.registers import found

MAX_OPTIONS = 60  # more choices are typed, with suggestions


@dataclass(frozen=True)
class Field:
    """A column in a form: what was typed, what is wrong with it, what may be chosen."""

    column: Column
    text: str
    error: str
    doubt: str
    options: list[str]

    @property
    def chosen_from_few(self) -> bool:
        """Whether a short list is offered instead of typing."""
        return 0 < len(self.options) <= MAX_OPTIONS


@require_GET
def row(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show one row, who changed what in it, and why."""
    ledger = found(code)
    shown = get_object_or_404(ledger.visible(request.user), pk=pk)
    texts = {name: dict(each.pairs) for name, each in choosings_of(ledger, request.user).items()}
    parent = getattr(shown, ledger.parent) if ledger.parent else None
    context = {
        "ledger": ledger,
        "row": shown,
        "parent": parent,
        "parent_address": address_of(parent),
        "cells": [(column, told(column, shown, texts.get(column.name))) for column in ledger.columns],
        "changes": changes_of(ledger, shown, texts),
        "may_write": ledger.may_write(request.user),
        "opens": ledger.opens(shown) if ledger.opens else "",
        "asides": asides_of(shown, request.user, timezone.now()),
    }
    return render(request, "ledgers/row.html", context)


def form(request: HttpRequest, code: str, pk: int | None = None) -> HttpResponse:
    """Register a new row or change one; what is typed is read exactly as the cells of a sheet."""
    ledger = found(code)
    if not ledger.may_write(request.user):
        raise PermissionDenied(_("您现在的岗位不能修改此台账。"))
    shown, seen = _opened(ledger, request, pk) if pk else (None, 0)
    typed = {column.name: request.POST.get(column.name, "") for column in ledger.entered}
    reason = request.POST.get("reason", "").strip()[:200]
    examined, faster = None, _faster_hand(ledger, shown, request)
    if request.method == "POST":
        if not faster:  # nobody waits for a form that came too late, nor for a page that is being drawn
            with transaction.atomic():
                shown = _locked(ledger, request, shown)
                seen, faster = _version(ledger, shown), _faster_hand(ledger, shown, request)
                examined = _examined(ledger, typed, shown, request.user)
                saved = None if faster else _saved(ledger, examined, shown, request, reason)
            if saved is not None:
                messages.success(request, _("已保存，变更已记入变更记录。"))
                return redirect("ledger_row", code, saved.pk)
        examined = examined or _examined(ledger, typed, shown, request.user)
        if faster:
            examined.refusals[WHOLE_ROW] = faster
    context = {
        "ledger": ledger,
        "row": shown,
        "fields": _fields(ledger, shown, typed, examined, request),
        "whole": examined.refusals.get(WHOLE_ROW, "") or examined.doubts.get(WHOLE_ROW, "")
        if examined
        else "",
        "doubtful": bool(examined and examined.state == "doubtful"),
        "sensitive": [column.label for column in ledger.entered if column.sensitive] if shown else [],
        "reason": reason,
        "reason_error": examined.refusals.get("reason", "") if examined else "",
        "seen": seen,
    }
    status = 409 if faster else 422 if examined else 200
    return render(request, "ledgers/form.html", context, status=status)


def _opened(ledger: Ledger, request: HttpRequest, pk: int) -> tuple[Any, int]:
    """Return a row in the person's sight and its version, whose values are not older than that version.

    Read the other way round, the values of before a faster hand's save would pass for the values after it.
    """
    shown = get_object_or_404(ledger.visible(request.user), pk=pk)
    seen = _version(ledger, shown)
    return get_object_or_404(ledger.visible(request.user), pk=pk), seen


def _locked(ledger: Ledger, request: HttpRequest, shown: Any) -> Any:
    """Return the row in the person's sight as it is now; nobody else writes it until the transaction ends."""
    if shown is None:
        return None
    list(ledger.model._base_manager.select_for_update().filter(pk=shown.pk))
    return get_object_or_404(ledger.visible(request.user), pk=shown.pk)


def _version(ledger: Ledger, shown: Any) -> int:
    """Return the number of the row's newest change, 0 where there is none."""
    change = last_change(ledger, shown) if shown is not None else None
    return change.number if change is not None else 0


def _faster_hand(ledger: Ledger, shown: Any, request: HttpRequest) -> str:
    """Return who changed the row after this form was opened, as a sentence; '' where nobody did."""
    seen = request.POST.get("seen", "")
    change = last_change(ledger, shown) if shown is not None and seen else None
    if change is None or str(change.number) == seen:
        return ""
    return _("%(person)s已在您打开此表之后修改了这条记录（见变更记录），请核对后再保存。") % {
        "person": change.actor or _("系统")
    }


def _examined(ledger: Ledger, typed: dict[str, str], shown: Any, person: Any) -> Examined:
    table = typed_table(ledger.entered, [list(typed.values())], keep_empty=True)
    return examine(ledger, table, person, blank_clears=True, known=shown).rows[0]


def _saved(ledger: Ledger, examined: Examined, shown: Any, request: HttpRequest, reason: str) -> Any:
    """Return the written row; None where the person must look again."""
    if shown is None and examined.existing is not None:
        examined.refusals[WHOLE_ROW] = _("台账里已有这条记录：%(row)s") % {"row": examined.existing}
    if not reason and (sensitive := ledger.sensitive_in([examined.edit])):
        examined.refusals["reason"] = needs_reason(column.label for column in sensitive)
    if examined.state == "refused" or (examined.state == "doubtful" and "confirmed" not in request.POST):
        return None
    if examined.action == "unchanged":
        return shown
    try:
        return ledger.write([examined.edit], actor=request.user, now=timezone.now(), reason=reason)[0]
    except ledger.refusals as error:
        examined.refusals[WHOLE_ROW] = sentence_of(error)
        return None


def _fields(
    ledger: Ledger, shown: Any, typed: dict[str, str], examined: Examined | None, request: HttpRequest
) -> list[Field]:
    choosings = choosings_of(ledger, request.user, ledger.entered)
    parent = named_parent(ledger, request.GET, request.user)
    fields = []
    for column in ledger.entered:
        choosing = choosings.get(column.name)
        options = [text for _value, text in choosing.pairs] if choosing else []
        if column.kind == "boolean":
            options = [_("是"), _("否")]
        text = typed[column.name]
        if examined is None:
            value = column.of(shown) if shown is not None else column.default
            if shown is None and parent is not None and column.name == ledger.parent:
                value = parent.pk
            text = choosing.text(value) if choosing else told(column, shown) if shown is not None else value
            text = (
                _("是") if text is True else _("否") if text is False else "" if text is None else str(text)
            )
        error = examined.refusals.get(column.name, "") if examined else ""
        fields.append(
            Field(column, text, error, examined.doubts.get(column.name, "") if examined else "", options)
        )
    return fields
