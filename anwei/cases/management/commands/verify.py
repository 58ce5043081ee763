"""`anwei verify`: are all records as they were written? Names the first that is not, with exit status 1."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from anwei.cases.verify import verify


class Command(BaseCommand):
    """Verify the chains, the cases and the evidence files."""

    help = "核验办理记录、变更记录和佐证材料未被改动"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether the files are read too."""
        parser.add_argument("--skip-files", action="store_true", help="不读取佐证材料文件")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was read, or the first broken link."""
        found = verify(files=not options["skip_files"])
        if found.first_broken is None:
            self.stdout.write(_("记录未被改动：已核验 %(n)d 条。") % {"n": found.rows})
            return
        self.stderr.write(_("记录已被改动：%(link)s") % {"link": found.first_broken})
        sys.exit(1)
