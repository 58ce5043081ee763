"""Sheets become rows: examined first, written in small transactions, resumed where a kill cut them off.

Every piece locks the database for some 50 ms, so that alarms never wait for a sheet. A row is written whole
or not at all; what was written is known again by its key, so writing the same sheet twice changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.ledgers import seal
from anwei.ledgers.declaration import Ledger, ledger_of, needs_reason
from anwei.ledgers.examination import WHOLE_ROW, Examination, Examined, examine
from anwei.ledgers.models import Change, SheetImport
from anwei.ledgers.pieces import pieces
from anwei.ledgers.sheets import BadSheet, MissingColumns, Table, read_file

PIECE = 200  # rows a transaction
MAX_PROBLEMS = 20_000
HEADERS = "headers"  # in SheetImport.counts: the columns chosen for headers that name none
Progress = Callable[[int, Counter[str]], None]


class NotWritten(ValueError):
    """Nothing was written; the text is a sentence for the user."""


@dataclass(frozen=True)
class Options:
    """What the person decided after the examination.

    `update` writes rows that exist already, `doubtful` also the doubtful ones, `keep_good` the good ones
    although others are refused.
    """

    update: bool = True
    doubtful: bool = False
    keep_good: bool = False

    def wants(self, row: Examined) -> bool:
        """Say whether this row is to be written."""
        if row.state == "refused" or (row.state == "doubtful" and not self.doubtful):
            return False
        return row.action == "create" or (row.action == "update" and self.update)


@transaction.atomic
def hand_in(ledger: Ledger, name: str, content: bytes, *, actor: Any, now: datetime) -> SheetImport:
    """Keep a sheet until it is examined. Raises PermissionDenied for who may not write the register."""
    _require_writer(ledger, actor)
    return SheetImport.objects.create(
        ledger=ledger.code, person=actor, file_name=name[-200:], content=content, created_at=now
    )


def examine_import(pk: int) -> SheetImport:
    """Read and examine a sheet; what was found stands on it, nothing else is written."""
    sheet = SheetImport.objects.get(pk=pk)
    if sheet.status != SheetImport.Status.WAITING:
        return sheet
    headers = {**remembered_headers(ledger_of(sheet.ledger)), **sheet.counts.get(HEADERS, {})}
    sheet.counts = {HEADERS: headers}
    newest = seal.newest(Change)  # before anything is read: what comes later was not seen
    try:
        found = _examined(sheet)
    except BadSheet as error:
        sheet.status, sheet.sentence = SheetImport.Status.FAILED, str(error)[:400]
        sheet.counts["unused"] = list(error.unused) if isinstance(error, MissingColumns) else []
    else:
        sheet.status = SheetImport.Status.EXAMINED
        _note(sheet, found)
        sheet.counts["newest_change"] = newest
    sheet.save()
    return sheet


def choose_headers(sheet: SheetImport, chosen: Mapping[str, str], *, actor: Any) -> None:
    """Say which columns the headers of a sheet are that name none, and let it be examined again.

    They are remembered for the next sheet of the register. Raises NotWritten when nothing was chosen, a
    column was chosen twice or the sheet is being written.
    """
    ledger = ledger_of(sheet.ledger)
    _require_writer(ledger, actor)
    names = {column.name for column in ledger.entered}
    wanted = {header: name for header, name in chosen.items() if name in names}
    if not wanted or len(set(wanted.values())) < len(wanted):
        raise NotWritten(_("请为没有用到的列选择台账里的列，每列只选一次。"))
    headers = {**sheet.counts.get(HEADERS, {}), **wanted}
    ready = SheetImport.objects.filter(
        pk=sheet.pk, status__in=(SheetImport.Status.EXAMINED, SheetImport.Status.FAILED)
    )
    if not ready.update(status=SheetImport.Status.WAITING, sentence="", counts={HEADERS: headers}):
        raise NotWritten(_("这份表已经在写入或已写完。"))


def remembered_headers(ledger: Ledger) -> dict[str, str]:
    """Return the columns chosen for headers, of the last sheet of a register for which some were."""
    sheets = SheetImport.objects.filter(ledger=ledger.code, counts__has_key=HEADERS)
    counts = sheets.exclude(**{f"counts__{HEADERS}": {}}).order_by("-pk").values_list("counts", flat=True)
    found = (counts.first() or {}).get(HEADERS, {})
    names = {column.name for column in ledger.entered}
    return {header: name for header, name in found.items() if name in names}


def start_writing(sheet: SheetImport, options: Options, *, reason: str, actor: Any) -> None:
    """Let the background write an examined sheet.

    Raises NotWritten when rows are refused and the good ones shall not be kept, or a reason is missing.
    """
    _require_writer(ledger_of(sheet.ledger), actor)
    if sheet.status != SheetImport.Status.EXAMINED:  # what was not examined has no counts either
        raise NotWritten(_("这份表还在检查、读不懂，或者已经写入，现在不能写入。"))
    if sheet.counts["refused"] and not options.keep_good:
        raise NotWritten(
            _("有 %(n)d 行不能导入；请改好后重新上传，或勾选“只写入没有问题的行”。")
            % {"n": sheet.counts["refused"]}
        )
    if sheet.counts["needs_reason"] and options.update and not reason.strip():
        raise NotWritten(needs_reason(sheet.counts["needs_reason"]))
    ready = SheetImport.objects.filter(pk=sheet.pk, status=SheetImport.Status.EXAMINED)
    if not ready.update(
        status=SheetImport.Status.WRITING, options=asdict(options), reason=reason.strip()[:200]
    ):
        raise NotWritten(_("这份表已经在写入或已写完。"))


def write_import(pk: int, *, now: datetime) -> SheetImport:
    """Write what is still to be written of a sheet; called again after a kill, it goes on where it was."""
    sheet = SheetImport.objects.select_related("person").get(pk=pk)
    if sheet.status != SheetImport.Status.WRITING:
        return sheet
    ledger = ledger_of(sheet.ledger)
    found = _examined(sheet)
    writable = [row for row in found.rows if row.state != "refused"]
    _refuse_what_others_changed(ledger, sheet, found)

    def progress(n_done: int, written: Counter[str]) -> None:
        """Remember the counts in the transaction of the rows."""
        sheet.n_done = n_done
        sheet.written = dict(Counter(sheet.written) + written)
        sheet.save(update_fields=["n_done", "written"])

    write_rows(
        ledger,
        found,
        Options(**sheet.options),
        actor=sheet.person,
        now=now,
        reason=sheet.reason,
        progress=progress,
    )
    failed = [row for row in writable if row.state == "refused"]  # nobody knew when it was examined
    sheet.status, sheet.n_done = SheetImport.Status.DONE, sheet.n_rows
    sheet.counts["failed"] = len(failed)
    sheet.problems = (_problems(ledger, failed) + sheet.problems)[:MAX_PROBLEMS]
    sheet.save(update_fields=["status", "n_done", "counts", "problems"])
    return sheet


def write_rows(
    ledger: Ledger,
    found: Examination,
    options: Options,
    *,
    actor: Any,
    now: datetime,
    reason: str = "",
    progress: Progress = lambda n_done, written: None,
) -> Counter[str]:
    """Write the wanted rows of an examination; a row that fails only now is refused with its sentence.

    Returns how many rows were created and updated. Raises PermissionDenied for who may not write.
    """
    _require_writer(ledger, actor)
    total: Counter[str] = Counter()
    n_done = 0
    for piece in pieces(found.rows, ledger.piece or PIECE):
        wanted = [row for row in piece if options.wants(row)]
        n_done += len(piece)
        with transaction.atomic():
            written: Counter[str] = Counter(
                row.action for row in _write(ledger, wanted, actor=actor, now=now, reason=reason)
            )
            progress(n_done, written)
        total += written
    return total


def _write(
    ledger: Ledger, rows: Sequence[Examined], *, actor: Any, now: datetime, reason: str
) -> Sequence[Examined]:
    """Write rows in one go, or one by one to find those that fail; return the written ones."""
    if not rows:
        return rows
    try:
        with transaction.atomic():
            ledger.write([row.edit for row in rows], actor=actor, now=now, reason=reason)
    except ledger.refusals as error:
        if len(rows) == 1:
            rows[0].refusals[WHOLE_ROW] = sentence_of(error)
            return []
        return [done for row in rows for done in _write(ledger, [row], actor=actor, now=now, reason=reason)]
    return rows


def sentence_of(error: Exception) -> str:
    """Return what to tell about a row that the database or a service refused."""
    return _("与已有记录冲突（编号、名称等不能重复）") if isinstance(error, IntegrityError) else str(error)


def _examined(sheet: SheetImport) -> Examination:
    ledger = ledger_of(sheet.ledger)
    return examine(ledger, table_of(sheet), sheet.person)


def table_of(sheet: SheetImport) -> Table:
    """Return the rows of a sheet under the columns its headers name or were said to be. Raises BadSheet."""
    ledger = ledger_of(sheet.ledger)
    return read_file(ledger, sheet.file_name, bytes(sheet.content), sheet.counts.get(HEADERS))


def _refuse_what_others_changed(ledger: Ledger, sheet: SheetImport, found: Examination) -> None:
    """Refuse the rows that another hand changed after the person saw what the sheet would do to them."""
    if "newest_change" not in sheet.counts:  # examined by a version that did not note it
        return
    rows = [row for row in found.rows if row.action == "update" and row.state != "refused"]
    keys = [ledger.log_key(row.existing) for row in rows]
    later = Change.objects.filter(pk__gt=sheet.counts["newest_change"], register__in={key[0] for key in keys})
    touched = set(later.exclude(actor=sheet.person).values_list("register", "row"))
    for row, (register, key) in zip(rows, keys, strict=True):
        if (register, str(key)) in touched:
            row.refusals[WHOLE_ROW] = _("检查之后他人修改了这条记录（见变更记录），请核对后重新导入这一行")


def _note(sheet: SheetImport, found: Examination) -> None:
    """Write on the sheet what was found."""
    ledger = ledger_of(sheet.ledger)
    sheet.n_rows = len(found.rows)
    sheet.counts = {
        HEADERS: sheet.counts.get(HEADERS, {}),
        **found.counts,
        **found.actions,
        "unused": list(found.table.unused),
        "named": [column.name for column in found.table.columns if column],
        "needs_reason": [str(column.label) for column in found.needs_reason],
        "sheet": found.table.sheet,
    }
    sheet.problems = _problems(ledger, found.rows)[:MAX_PROBLEMS]


def _problems(ledger: Ledger, rows: Sequence[Examined]) -> list[list[Any]]:
    told = (row for row in rows if row.state != "good")
    return [[row.row.number, row.state, row.action, row.sentences(ledger)] for row in told]


def _require_writer(ledger: Ledger, actor: Any) -> None:
    if actor is not None and not ledger.may_write(actor):
        raise PermissionDenied(_("您现在的岗位不能修改此台账。"))
