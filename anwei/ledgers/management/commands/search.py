"""`anwei search rebuild`: write every entry of the search anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from anwei.ledgers.search.keeping import rebuild


class Command(BaseCommand):
    """The command as Django sees it."""

    help = "Write every entry of the global search anew (rebuild)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("act", choices=["rebuild"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say how many entries stand."""
        self.stdout.write(_("搜索条目 %(n)s 条。") % {"n": rebuild()})
