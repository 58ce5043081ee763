"""`anwei lifecycles`: print docs/lifecycles.md as the tables stand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from anwei.cases.diagram import document


class Command(BaseCommand):
    """Draw every kind's life."""

    help = "按流转表输出 docs/lifecycles.md"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the page with the labels as officials read them."""
        with translation.override("zh-hans"):
            self.stdout.write(document(), ending="")
