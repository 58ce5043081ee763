"""`anwei demo`: fill an empty data folder with the fictional county."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.analytics.weekly import list_of_the_week
from anwei.demo.fill import NotADemoFolder, fill, is_filled
from anwei.demo.morning import tell_the_last_morning
from anwei.demo.working.room import furnish

N_HAZARDS = 48


class Command(BaseCommand):
    """Create the county once; a second call changes nothing."""

    help = _("写入演示县：乡镇、部门、企业、设备、测点、限值和账号（已写入则不变）")
    requires_system_checks: list[str] = []  # writes rows; the pages need not be there

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --hazards."""
        parser.add_argument(
            "--hazards", type=int, default=N_HAZARDS, help=_("近两个月的隐患数（0：不生成隐患、检查）")
        )

    def handle(self, *args: Any, hazards: int, **options: Any) -> None:
        """Migrate, fill, and print the accounts once."""
        call_command("migrate", verbosity=0, interactive=False)
        folder = settings.DATA
        try:
            if is_filled():
                file = folder.root / "demo" / "accounts.txt"
                self.stdout.write(_("演示县已存在；账号见 %s") % file)
                return
            self.stdout.write(_("正在写入演示县……"))
            with transaction.atomic():
                now = timezone.now()
                accounts = fill(folder, now=now)
                if hazards:
                    furnish(hazards, now=now)
                    list_of_the_week(now)
                    tell_the_last_morning(now)
        except NotADemoFolder as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_("演示账号（只显示这一次，另存于数据目录 demo/accounts.txt）："))
        for account in accounts:
            self.stdout.write(
                f"  {account.username:<18} {account.password}  {account.full_name}  {account.title}"
            )
