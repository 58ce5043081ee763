"""One row of a register: its page with the change log, and the form, checked as every sheet is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.beside import asides_of
from anwei.ledgers.change_log import changes_of, last_change, version_of
from anwei.ledgers.children import address_of, named_parent
from anwei.ledgers.declaration import Column, Label, Ledger, ledger_of, needs_reason
from anwei.ledgers.examination import WHOLE_ROW, Examined, choosings_of, examine
from anwei.ledgers.importing import sentence_of
from anwei.ledgers.models import Proposal
from anwei.ledgers.outgoing import told
from anwei.ledgers.proposals.queries import WAITING, of_row
from anwei.ledgers.proposals.services import submit
from anwei.ledgers.proposals.values import Difference, differences_of
from anwei.ledgers.saving import Edit
from anwei.ledgers.sheets import typed_table
from anwei.ledgers.views.registers import found

MAX_PROPOSALS = 5
MAX_OPTIONS = 60  # more choices are typed, with suggestions


@dataclass(frozen=True)
class Field:
    """A column in a form: what was typed, what is wrong with it, what may be chosen.

    `first` names the register in which what is chosen must be entered first, and its form, where nothing is.
    """

    column: Column
    text: str
    error: str
    doubt: str
    options: list[str]
    first: tuple[Label, str] | None = None

    @property
    def chosen_from_few(self) -> bool:
        """Whether a short list is offered instead of typing."""
        return 0 < len(self.options) <= MAX_OPTIONS


@dataclass(frozen=True)
class Saved:
    """What a form did, in a sentence, and where to go on."""

    sentence: str
    address: str


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
        "may_change": ledger.may_write(request.user) or ledger.may_propose(request.user),
        "proposals": _proposals_of(ledger, shown, request.user),
        "opens": ledger.opens(shown) if ledger.opens else "",
        "asides": asides_of(shown, request.user, timezone.now()),
    }
    return render(request, "ledgers/row.html", context)


def form(request: HttpRequest, code: str, pk: int | None = None) -> HttpResponse:
    """Register a new row or change one; what is typed is read exactly as the cells of a sheet."""
    ledger = found(code)
    if not _may_open(ledger, pk, request.user):
        raise PermissionDenied(_("您现在的岗位不能修改此台账。"))
    shown, seen = _opened(ledger, request, pk) if pk else (None, 0)
    typed = {column.name: request.POST.get(column.name, "") for column in ledger.entered}
    reason = request.POST.get("reason", "").strip()[:200]
    examined, faster = None, _faster_hand(ledger, shown, request)
    if request.method == "POST":
        if not faster:  # nobody waits for a form that came too late, nor for a page that is being drawn
            with transaction.atomic():
                shown = _locked(ledger, request, shown)
                seen = version_of(ledger, shown) if shown is not None else 0
                faster = _faster_hand(ledger, shown, request)
                examined = _examined(ledger, typed, shown, request.user)
                saved = None if faster else _saved(ledger, examined, shown, request, reason)
            if saved is not None:
                messages.success(request, saved.sentence)
                return redirect(saved.address)
        examined = examined or _examined(ledger, typed, shown, request.user)
        if faster:
            examined.refusals[WHOLE_ROW] = faster
    proposes = not ledger.writes_alone(request.user, shown, _facts_in_view(ledger, examined, request))
    fields = _fields(ledger, shown, typed, examined, request)
    reason_error = examined.refusals.get("reason", "") if examined else ""
    context = {
        "ledger": ledger,
        "row": shown,
        "fields": fields,
        "faults": _faults(fields, reason_error),
        "whole": examined.refusals.get(WHOLE_ROW, "") or examined.doubts.get(WHOLE_ROW, "")
        if examined
        else "",
        "doubtful": bool(examined and examined.state == "doubtful"),
        "sensitive": [column.label for column in ledger.entered if column.sensitive] if shown else [],
        "reason": reason,
        "reason_error": reason_error,
        "seen": seen,
        "proposes": proposes,
        "may_end": shown is not None and ledger.ended is not None,
        "key_facts": ledger.key_facts if proposes else (),
        "waiting": of_row(ledger, shown).filter(WAITING).first() if proposes and shown else None,
    }
    status = 409 if faster else 422 if examined else 200
    return render(request, "ledgers/form.html", context, status=status)


@require_POST
def end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Write, or propose, that a row has ended today."""
    ledger = found(code)
    if ledger.ended is None:
        raise Http404(code)
    if not _may_open(ledger, pk, request.user):
        raise PermissionDenied(_("您现在的岗位不能修改此台账。"))
    shown = get_object_or_404(ledger.visible(request.user), pk=pk)
    ending = ledger.ended(timezone.localdate())
    changed = {name: value for name, value in ending.items() if _ends(ledger.column(name).of(shown), value)}
    reason, now = request.POST.get("reason", "").strip()[:200], timezone.now()
    if not changed:
        messages.info(request, _("这条记录已经停用或到期，没有改动。"))
        return redirect("ledger_row", code, pk)
    if not reason:
        messages.error(request, _("停用须说明理由。"))
        return redirect("ledger_edit", code, pk)
    try:
        write = _written if ledger.writes_alone(request.user, shown, changed) else _submitted
        saved = write(ledger, Edit(shown, changed), request.user, now, reason)
    except ledger.refusals as error:
        messages.error(request, sentence_of(error))
        return redirect("ledger_edit", code, pk)
    messages.success(request, saved.sentence)
    return redirect(saved.address)


def _ends(value: Any, ending: Any) -> bool:
    """Say whether the value by which a row ends changes it; a last day that has passed is never moved on."""
    if isinstance(value, date) and isinstance(ending, date):
        return ending < value
    return bool(value != ending)


def _may_open(ledger: Ledger, pk: int | None, person: Any) -> bool:
    """Say whether a person may enter or change a row here, at once or by a proposal."""
    return ledger.may_add(person) if pk is None else ledger.may_write(person) or ledger.may_propose(person)


def _proposals_of(ledger: Ledger, shown: Any, person: Any) -> list[tuple[Proposal, list[Difference]]]:
    """Return the last proposals about a row with what each would change; none asked for without key facts."""
    if not ledger.key_facts:
        return []
    found = list(of_row(ledger, shown)[:MAX_PROPOSALS])
    parts = differences_of(found, person)
    return [(one, parts[one.pk]) for one in found]


def _opened(ledger: Ledger, request: HttpRequest, pk: int) -> tuple[Any, int]:
    """Return a row in the person's sight and its version, whose values are not older than that version.

    Read the other way round, the values of before a faster hand's save would pass for the values after it.
    """
    shown = get_object_or_404(ledger.visible(request.user), pk=pk)
    seen = version_of(ledger, shown)
    return get_object_or_404(ledger.visible(request.user), pk=pk), seen


def _locked(ledger: Ledger, request: HttpRequest, shown: Any) -> Any:
    """Return the row in the person's sight as it is now; nobody else writes it until the transaction ends."""
    if shown is None:
        return None
    list(ledger.model._base_manager.select_for_update().filter(pk=shown.pk))
    return get_object_or_404(ledger.visible(request.user), pk=shown.pk)


def _faster_hand(ledger: Ledger, shown: Any, request: HttpRequest) -> str:
    """Return who changed the row after this form was opened, as a sentence; '' where nobody did."""
    seen = request.POST.get("seen", "")
    change = last_change(ledger, shown) if shown is not None and seen else None
    if change is None or str(change.number) == seen:
        return ""
    return _("%(person)s已在您打开此表之后修改了这条记录（见变更记录），请核对后再保存。") % {
        "person": change.actor or _("系统")
    }


def _facts_in_view(ledger: Ledger, examined: Examined | None, request: HttpRequest) -> dict[str, Any]:
    """Return the key facts as a form may write them, beneath what is typed or what its address names."""
    parent = named_parent(ledger, request.GET, request.user)
    named = {ledger.parent: parent.pk} if parent is not None else {}
    return {**dict.fromkeys(ledger.confirmed), **named, **(examined.values if examined else {})}


def _examined(ledger: Ledger, typed: dict[str, str], shown: Any, person: Any) -> Examined:
    table = typed_table(ledger.entered, [list(typed.values())], keep_empty=True)
    return examine(ledger, table, person, blank_clears=True, known=shown).rows[0]


def _saved(ledger: Ledger, examined: Examined, shown: Any, request: HttpRequest, reason: str) -> Saved | None:
    """Write the row; None where the person must look again."""
    if not _may_be_written(ledger, examined, shown, request, reason):
        return None
    if examined.action == "unchanged":
        return Saved(_("没有改动。"), _page_of(ledger, shown))
    alone = ledger.writes_alone(request.user, shown, examined.edit.values)
    write = _written if alone else _submitted
    try:
        return write(ledger, examined.edit, request.user, timezone.now(), reason)
    except ledger.refusals as error:
        examined.refusals[WHOLE_ROW] = sentence_of(error)
        return None


def _written(ledger: Ledger, edit: Edit, person: Any, now: datetime, reason: str) -> Saved:
    row = ledger.write([edit], actor=person, now=now, reason=reason)[0]
    return Saved(_("已保存，变更已记入变更记录。"), _page_of(ledger, row))


def _submitted(ledger: Ledger, edit: Edit, person: Any, now: datetime, reason: str) -> Saved:
    row, waits = submit(ledger, edit, actor=person, now=now, reason=reason)
    if waits is None:
        return Saved(_("已保存，变更已记入变更记录。"), _page_of(ledger, row))
    return Saved(_("关键信息已提交，等主管部门或乡镇确认后生效。"), reverse("proposal", args=[waits.pk]))


def _page_of(ledger: Ledger, row: Any) -> str:
    return reverse("ledger_row", args=[ledger.code, row.pk])


def _may_be_written(
    ledger: Ledger, examined: Examined, shown: Any, request: HttpRequest, reason: str
) -> bool:
    """Say whether nothing is left that the person must look at again."""
    if shown is None and examined.existing is not None:
        examined.refusals[WHOLE_ROW] = _("台账里已有这条记录：%(row)s") % {"row": examined.existing}
    asking = ledger.sensitive_in([examined.edit])
    if shown is not None and not ledger.writes_alone(request.user, shown, examined.edit.values):
        asking += [column for column in ledger.key_facts if column.name in examined.changed]
    if asking and not reason:
        examined.refusals["reason"] = needs_reason(dict.fromkeys(column.label for column in asking))
    return examined.state != "refused" and (examined.state != "doubtful" or "confirmed" in request.POST)


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
            elif shown is None and choosing:  # a door may name a choice that a new row begins with
                asked = request.GET.get(column.name)
                value = next((key for key, _text in choosing.pairs if str(key) == asked), value)
            text = choosing.text(value) if choosing else told(column, shown) if shown is not None else value
            text = (
                _("是") if text is True else _("否") if text is False else "" if text is None else str(text)
            )
        error = examined.refusals.get(column.name, "") if examined else ""
        doubt = examined.doubts.get(column.name, "") if examined else ""
        first = _register_first(ledger, column, _parent_in(ledger, shown, parent), request.user)
        fields.append(Field(column, text, error, doubt, options, first))
    return fields


def _faults(fields: Sequence[Field], reason_error: str) -> list[tuple[str, Label, str]]:
    """Return what must be looked at again, each with the field (id), its label and the sentence."""
    found = [(one.column.name, one.column.label, one.error) for one in fields if one.error]
    found += [("reason", _("理由"), reason_error)] if reason_error else []
    return found + [(one.column.name, one.column.label, one.doubt) for one in fields if one.doubt]


def _parent_in(ledger: Ledger, shown: Any, named: Any) -> Any:
    """Return what the row belongs to: its own parent, or the one that the address of a new row names."""
    return getattr(shown, ledger.parent) if shown is not None and ledger.parent else named


def _register_first(ledger: Ledger, column: Column, parent: Any, person: Any) -> tuple[Label, str] | None:
    """Return the register whose rows are the choices, and its form ("" who may not), where there is none."""
    if not column.chosen_from:
        return None
    source = ledger_of(column.chosen_from)
    rows, query = source.visible(person), ""
    if parent is not None and source.parent == ledger.parent:
        rows, query = rows.filter(**{source.parent: parent}), f"?{source.parent}={parent.pk}"
    if rows.exists():
        return None
    address = f"{reverse('ledger_new', args=[source.code])}{query}" if source.may_add(person) else ""
    return source.label, address
