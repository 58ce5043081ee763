"""`anwei ledger list | import | export`: the doors of every register as commands, for people and scripts.

Exit status: 0 done, 1 some rows were not written, 2 nothing could be read or written at all.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.cells import folded
from anwei.ledgers.declaration import Ledger, ledger_of, ledgers
from anwei.ledgers.errors_sheet import errors_sheet, repaired, unwritten
from anwei.ledgers.examination import Examination, examine
from anwei.ledgers.importing import Options, Progress, write_rows
from anwei.ledgers.outgoing import Outgoing, sheet_of
from anwei.ledgers.register_page import filtered_rows
from anwei.ledgers.sheets import BadSheet, read_file

SHOWN_ROWS, SHOWN_CHOICES = 20, 40
PROGRESS_ROWS = 5_000


class Command(BaseCommand):
    """The commands of registers."""

    help = "台账的命令行入口：list、import、export；结果以 JSON 输出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, parser_class=ArgumentParser)
        verbs.add_parser("list", help=_("列出台账的代码、名称和列"))
        reader = verbs.add_parser("import", help=_("从 XLSX、XLS 或 CSV 导入"))
        reader.add_argument("name")
        reader.add_argument("file", type=Path)
        reader.add_argument(
            "--as", dest="username", default="", metavar="USER", help=_("以谁的名义；不填为系统")
        )
        reader.add_argument("--dry-run", action="store_true", help=_("只核对，不写入"))
        reader.add_argument("--errors", type=Path, metavar="OUT.xlsx", help=_("把有问题的行连同原因写到这里"))
        reader.add_argument("--keep-good", action="store_true", help=_("有拒收的行时仍写入其余的行"))
        reader.add_argument("--doubtful", action="store_true", help=_("存疑的行也写入"))
        reader.add_argument("--skip-existing", action="store_true", help=_("已有的记录不更新"))
        reader.add_argument("--reason", default="", help=_("修改等级、期限、状态等须说明的理由"))
        writer = verbs.add_parser("export", help=_("导出到 XLSX 或 CSV"))
        writer.add_argument("name")
        writer.add_argument(
            "--as", dest="username", default="", metavar="USER", help=_("以谁的名义；不填为系统")
        )
        writer.add_argument("--filter", action="append", default=[], metavar="K=V", help=_("筛选，可多次"))
        writer.add_argument("--full", action="store_true", help=_("个人信息不隐去，须说明理由"))
        writer.add_argument("--reason", default="", help=_("导出个人信息的理由"))
        writer.add_argument("-o", dest="output", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Run one verb."""
        verbs: dict[str, Callable[..., None]] = {
            "list": self._list,
            "import": self._import,
            "export": self._export,
        }
        verbs[verb](**options)

    def _list(self, **options: Any) -> None:
        found = [
            {
                "name": ledger.code,
                "label": str(ledger.label),
                "columns": {c.name: str(c.label) for c in ledger.columns},
            }
            for ledger in ledgers()
        ]
        self._tell(found)

    def _import(self, *, name: str, file: Path, username: str, **options: Any) -> None:
        ledger, actor = _ledger(name), _person(username)
        try:
            found = examine(ledger, read_file(ledger, file.name, file.read_bytes()), actor)
        except (BadSheet, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        wanted = Options(not options["skip_existing"], options["doubtful"], options["keep_good"])
        unwilling = found.counts["refused"] and not wanted.keep_good
        lacks_reason = bool(found.needs_reason) and wanted.update and not options["reason"].strip()
        written: dict[str, int] = {}
        if not (options["dry_run"] or unwilling or lacks_reason):
            try:
                written = write_rows(
                    ledger,
                    found,
                    wanted,
                    actor=actor,
                    now=timezone.now(),
                    reason=options["reason"],
                    progress=self._progress(len(found.rows)),
                )
            except PermissionDenied as error:
                raise CommandError(str(error), returncode=2) from error
        if options["errors"]:
            faults = unwritten(ledger, found.rows, doubtful_too=not wanted.doubtful)
            options["errors"].write_bytes(errors_sheet(found.table, faults, repaired(ledger, found.rows)))
        needs = [str(column.label) for column in found.needs_reason] if lacks_reason else []
        shown = {
            "written": dict(written),
            "needs_reason": needs,
            "unused_headers": list(found.table.unused),
            "problems": _told(ledger, found, ["refused"] if wanted.doubtful else ["refused", "doubtful"]),
            "repairs": _told(ledger, found, ["repaired"]),
        }
        self._tell({**found.counts, **found.actions, **shown})
        if found.counts["refused"] or lacks_reason or (found.counts["doubtful"] and not wanted.doubtful):
            sys.exit(1)

    def _progress(self, n_rows: int) -> Progress:
        """Return what tells on stderr how far a long import is; the answer on stdout stays JSON."""

        told = 0

        def tell(n_done: int, written: Counter[str]) -> None:
            nonlocal told
            if n_done // PROGRESS_ROWS > told // PROGRESS_ROWS:
                self.stderr.write(_("已写入 %(done)d / %(total)d 行") % {"done": n_done, "total": n_rows})
            told = n_done

        return tell

    def _export(self, *, name: str, username: str, output: Path, **options: Any) -> None:
        ledger, actor = _ledger(name), _person(username)
        parameters = QueryDict(mutable=True)
        for pair in options["filter"]:
            key, equals, value = pair.partition("=")
            if not equals:
                raise CommandError(f"--filter {pair}: K=V", returncode=2)
            parameters.appendlist(key, _choice(ledger, key, value, actor))
        try:
            rows = filtered_rows(ledger, parameters, actor)
            outgoing = Outgoing(
                ledger, rows, actor, timezone.now(), full=options["full"], reason=options["reason"]
            )
            output.write_bytes(sheet_of(outgoing, output.suffix.lstrip(".").lower()))
        except (ValueError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        self._tell({"rows": outgoing.leaving.n_rows, "file": str(output)})

    def _tell(self, found: Any) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))


def _told(ledger: Ledger, found: Examination, states: list[str]) -> list[dict[str, Any]]:
    """Return the first rows of these states with what is told of each; the sheet of faults has them all."""
    rows = sorted((row for row in found.rows if row.state in states), key=lambda row: states.index(row.state))
    return [
        {"row": row.row.number, "state": row.state, "reasons": row.sentences(ledger)}
        for row in rows[:SHOWN_ROWS]
    ]


def _choice(ledger: Ledger, name: str, typed: str, person: Any) -> str:
    """Return the value of a filter that names a choice by its text (煤矿) or by its code (coal).

    Raises CommandError, which lists the choices, for another text.
    """
    column = next((one for one in ledger.columns if one.name == name and one.filtered), None)
    if column is None or column.choices is None:
        return typed
    pairs = [(str(value), str(text)) for value, text in column.choices(person)]
    values = [value for value, text in pairs if folded(typed) in (folded(value), folded(text))]
    if typed in values or (column.filtered == "startswith" and not values):
        return typed
    if len(values) == 1:
        return values[0]
    known = _("、").join(f"{value}（{text}）" for value, text in pairs[:SHOWN_CHOICES])
    known += _("……") if len(pairs) > SHOWN_CHOICES else ""
    sentence = _("--filter %(name)s：没有选项“%(typed)s”，可以是 %(known)s")
    raise CommandError(sentence % {"name": name, "typed": typed, "known": known}, returncode=2)


def _ledger(name: str) -> Ledger:
    try:
        return ledger_of(name)
    except LookupError:
        known = "、".join(ledger.code for ledger in ledgers())
        raise CommandError(
            _("没有台账 %(name)s；有：%(known)s") % {"name": name, "known": known}, returncode=2
        ) from None


def _person(username: str) -> Any:
    if not username:
        return None  # who may run commands on the server may do everything
    person = get_user_model().objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(_("没有用户 %(name)s") % {"name": username}, returncode=2)
    return person
