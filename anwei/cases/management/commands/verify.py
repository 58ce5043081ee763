"""`anwei verify`: are all records as they were written? Names every place that is not, with exit status 1."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from anwei.cases.verify import verify

MOST_PROCESSES = 4
PAUSE = 1.0  # s between two lines of progress


class Command(BaseCommand):
    """Verify the chains, the cases and the evidence files."""

    help = "核验办理记录、变更记录和佐证材料未被改动"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether the files are read too, and in which form to answer."""
        parser.add_argument("--skip-files", action="store_true", help="不读取佐证材料文件")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument("--processes", type=int, help="进程数，默认按处理器数，至多 4 个")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was read, and every broken place."""
        started = self._told = time.monotonic()
        processes = options["processes"] or _processes()
        found = verify(files=not options["skip_files"], processes=processes, say=self._say)
        if options["json"]:
            answer = {
                "holds": not found.broken,
                "rows": found.rows,
                "files": found.files,
                "broken": [asdict(broken) for broken in found.broken],
                "seconds": round(time.monotonic() - started, 3),
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        elif not found.broken:
            self.stdout.write(_("记录未被改动：已核验 %(n)d 条。") % {"n": found.rows})
        for broken in () if options["json"] else found.broken:
            self.stderr.write(_("记录已被改动：%(link)s") % {"link": broken})
        if found.broken:
            sys.exit(1)

    def _say(self, n_rows: int) -> None:
        """Tell how far the reading has come, once a second."""
        if time.monotonic() - self._told > PAUSE:
            self._told = time.monotonic()
            self.stderr.write(_("已核验 %(n)d 条……") % {"n": n_rows})


def _processes() -> int:
    """Return how many processes may share the reading: one where the rows lie in an open transaction."""
    return 1 if connection.in_atomic_block else min(MOST_PROCESSES, len(os.sched_getaffinity(0)))
