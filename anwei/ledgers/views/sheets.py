"""A sheet's way into a register: handed in, examined, decided upon, written; and the grid to paste into."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.ledgers.declaration import Ledger, needs_reason
from anwei.ledgers.errors_sheet import errors_sheet
from anwei.ledgers.examination import Examination, choosings_of, examine
from anwei.ledgers.export import attachment
from anwei.ledgers.importing import (
    NotWritten,
    Options,
    choose_headers,
    examine_import,
    hand_in,
    start_writing,
    table_of,
    write_import,
    write_rows,
)
from anwei.ledgers.models import SheetImport
from anwei.ledgers.sheets import MAX_BYTES, pasted, typed_table
from anwei.ledgers.tasks import examine_sheet, write_sheet
from anwei.ledgers.template_sheet import template_sheet
from anwei.ledgers.views.registers import found, reader
from anwei.ledgers.views.rows import MAX_OPTIONS

AT_ONCE_BYTES, AT_ONCE_ROWS = 150_000, 300  # larger sheets go to the background
TAKEN_UP_AFTER = timedelta(minutes=2)  # a sheet that was to be written at once, and whose request was killed
SHOWN_PROBLEMS, SHOWN_SHEETS, GRID_ROWS = 200, 10, 500


def hand_in_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Take a sheet and examine it, at once or in the background; nothing is written yet."""
    ledger, sentence = _written_by(request, code), ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or file.size is None or file.size > MAX_BYTES:
            sentence = _("请选择一个不超过 %(n)d MB 的 Excel 或 CSV 文件。") % {
                "n": MAX_BYTES // 1024 // 1024
            }
        else:
            sheet = hand_in(ledger, file.name or "", file.read(), actor=request.user, now=timezone.now())
            _examine(sheet.pk, file.size)
            return redirect("ledger_sheet", code, sheet.pk)
    recent = _own(request, code).defer("content", "problems")[:SHOWN_SHEETS]
    context = {"ledger": ledger, "recent": recent, "sentence": sentence}
    return render(request, "ledgers/import.html", context, status=422 if sentence else 200)


def sheet(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show what was found in a sheet and how far it is written; a POST lets it be written."""
    ledger, sentence = _written_by(request, code), ""
    shown = get_object_or_404(_own(request, code).defer("content"), pk=pk)
    if request.method == "POST" and "headers" in request.POST:
        unused = shown.counts.get("unused", [])
        chosen = {header: request.POST.get(f"header-{place}", "") for place, header in enumerate(unused)}
        try:
            choose_headers(shown, chosen, actor=request.user)
        except NotWritten as error:
            sentence = str(error)
        else:
            _examine(shown.pk, len(shown.content))
            return redirect("ledger_sheet", code, pk)
    elif request.method == "POST":
        options = Options(
            *("skip" not in request.POST, "doubtful" in request.POST, "keep_good" in request.POST)
        )
        now, at_once = timezone.now(), shown.n_rows <= AT_ONCE_ROWS
        try:
            with transaction.atomic():
                start_writing(shown, options, reason=request.POST.get("reason", ""), actor=request.user)
                write_sheet.using(run_after=now + TAKEN_UP_AFTER if at_once else None).enqueue(shown.pk)
        except NotWritten as error:
            sentence = str(error)
        else:
            if at_once:
                write_import(shown.pk, now=now)
            return redirect("ledger_sheet", code, pk)
    problems = [problem for problem in shown.problems if problem[1] != "repaired"]
    repairs = [problem for problem in shown.problems if problem[1] == "repaired"]
    context = {
        "ledger": ledger,
        "sheet": shown,
        "sentence": sentence,
        "typed": request.POST,
        "problems": problems[:SHOWN_PROBLEMS],
        "repairs": repairs[:SHOWN_PROBLEMS],
        "n_problems": len(problems),
        "unmatched": _unmatched(ledger, shown),
        "done_percent": 100 * shown.n_done // max(shown.n_rows, 1),
    }
    return render(request, "ledgers/sheet.html", context, status=422 if sentence else 200)


def _examine(pk: int, n_bytes: int) -> None:
    """Examine a sheet at once, or a large one in the background."""
    if n_bytes <= AT_ONCE_BYTES:
        examine_import(pk)
    else:
        examine_sheet.enqueue(pk)


@require_GET
def sheet_errors(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Give out the rows that are not written, as the person wrote them, with the reasons; and the repairs."""
    ledger = _written_by(request, code)
    shown = get_object_or_404(_own(request, code), pk=pk)
    table = table_of(shown)
    without_doubtful = not shown.options.get("doubtful", False)
    wanted = {"refused", "doubtful"} if without_doubtful else {"refused"}
    told = [(number, state, "；".join(sentences)) for number, state, _action, sentences in shown.problems]
    reasons = {number: sentence for number, state, sentence in told if state in wanted}
    rows = ((row, reasons[row.number]) for row in table.rows if row.number in reasons)
    repairs = [(number, sentence) for number, state, sentence in told if state == "repaired"]
    return attachment(
        _("%(ledger)s-有问题的行") % {"ledger": ledger.label}, "xlsx", errors_sheet(table, rows, repairs)
    )


@require_GET
def template(request: HttpRequest, code: str) -> HttpResponse:
    """Give out the empty sheet of a register."""
    ledger = _written_by(request, code)
    name = _("%(ledger)s-模板") % {"ledger": ledger.label}
    return attachment(name, "xlsx", template_sheet(ledger, request.user))


def grid(request: HttpRequest, code: str) -> HttpResponse:
    """Take rows pasted or typed into a grid of the register's columns; what is refused stays as typed."""
    ledger = _written_by(request, code)
    text, examined, sentence, written = request.POST.get("rows", ""), None, "", None
    if request.method == "POST":
        examined, sentence = _examined_grid(ledger, text, request)
        if not sentence and "check" not in request.POST:
            reason = request.POST.get("reason", "").strip()[:200]
            options = Options(doubtful="doubtful" in request.POST, keep_good=False)
            written = write_rows(
                ledger, examined, options, actor=request.user, now=timezone.now(), reason=reason
            )
            left = [row for row in examined.rows if row.refusals]
            sentence = _("有 %(n)d 行没有写入，请看标红的原因。") % {"n": len(left)} if left else ""
            if not left:
                return render(request, "ledgers/grid_done.html", {"ledger": ledger, "written": written})
    context = {
        "ledger": ledger,
        "rows": text,
        "sentence": sentence,
        "examined": examined,
        "told": _told(examined, ledger) if examined else [],
        "grid": _grid(ledger, examined, request.user),
        "reason": request.POST.get("reason", ""),
        "needs_reason": [column.label for column in examined.needs_reason] if examined else [],
    }
    return render(request, "ledgers/grid.html", context, status=422 if sentence else 200)


def _examined_grid(ledger: Ledger, text: str, request: HttpRequest) -> tuple[Examination, str]:
    """Examine a grid; the sentence says why nothing is written yet."""
    rows = pasted(text)
    examined = examine(ledger, typed_table(ledger.entered, rows[:GRID_ROWS]), request.user)
    counts = examined.counts
    if len(rows) > GRID_ROWS:
        return examined, _("一次最多 %(n)d 行；更多的请用 Excel 文件导入。") % {"n": GRID_ROWS}
    if not examined.rows:
        return examined, _("还没有填写任何一行。")
    if counts["refused"]:
        return examined, _("有 %(n)d 行须改正，什么都还没有写入。") % {"n": counts["refused"]}
    if counts["doubtful"] and "doubtful" not in request.POST:
        return examined, _("有 %(n)d 行存疑，核对无误后勾选“存疑的也写入”。") % {"n": counts["doubtful"]}
    if examined.needs_reason and not request.POST.get("reason", "").strip():
        return examined, needs_reason(column.label for column in examined.needs_reason)
    return examined, ""


def _grid(ledger: Ledger, examined: Examination | None, person: Any) -> dict[str, Any]:
    """Return what the script needs to draw the grid: columns, and sentences by row and column."""
    choosings = choosings_of(ledger, person, ledger.entered)
    columns = [
        {
            "label": str(column.label),
            "required": bool(column.required),
            "options": [text for _value, text in choosings[column.name].pairs][: MAX_OPTIONS * 10]
            if column.name in choosings
            else [],
        }
        for column in ledger.entered
    ]
    places = {column.name: place for place, column in enumerate(ledger.entered)}
    faults = [
        [row.row.number - 1, places.get(name, -1), kind, text]
        for row in (examined.rows if examined else ())
        for kind, sentences in (("refused", row.refusals), ("doubtful", row.doubts))
        for name, text in sentences.items()
    ]
    return {"columns": columns, "faults": faults, "code": ledger.code}


def _told(examined: Examination, ledger: Ledger) -> list[tuple[int, str, str]]:
    return [
        (row.row.number, row.state, "；".join(row.sentences(ledger)))
        for row in examined.rows
        if row.refusals or row.doubts
    ]


def _unmatched(ledger: Ledger, sheet: SheetImport) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return each header that names no column, with the columns that no other header names."""
    if sheet.status not in (SheetImport.Status.EXAMINED, SheetImport.Status.FAILED):
        return []
    named = set(sheet.counts.get("named", []))
    free = [(column.name, column.label) for column in ledger.entered if column.name not in named]
    return [(header, free) for header in sheet.counts.get("unused", [])] if free else []


def _own(request: HttpRequest, code: str) -> Any:
    return SheetImport.objects.filter(person=reader(request), ledger=code)


def _written_by(request: HttpRequest, code: str) -> Ledger:
    ledger = found(code)
    if not ledger.may_write(request.user):
        raise PermissionDenied(_("您现在的岗位不能修改此台账。"))
    return ledger
