"""`anwei territory CODE NAME`: the county, its townships and villages, before anything can lie in them."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.services import OrgError, register_territory

CODE = re.compile(r"\d{6}(\d{3}){0,2}")


class Command(BaseCommand):
    """Register a territory, or give it another name."""

    help = "登记区划：县 6 位、乡镇 9 位、村 12 位代码"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take code and name."""
        parser.add_argument("code", help="区划代码")
        parser.add_argument("name", help="名称")

    def handle(self, *args: Any, **options: Any) -> None:
        """Register it."""
        if not CODE.fullmatch(options["code"]):
            raise CommandError(_("应为 6、9 或 12 位区划代码"))
        try:
            register_territory(options["code"], options["name"], actor=None, now=timezone.now())
        except OrgError as error:
            raise CommandError(str(error)) from error
