"""`anwei token create USER`: a bearer token of the JSON API, printed once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.models import Person
from anwei.org.services import create_token


class Command(BaseCommand):
    """Make a token for an account."""

    help = "为用户签发接口令牌（只显示一次）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the act, the user and a label."""
        parser.add_argument("act", choices=["create"])
        parser.add_argument("user", help="用户名")
        parser.add_argument("--label", default="", help="用途说明")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token."""
        person = Person.objects.filter(username=options["user"], is_active=True).first()
        if person is None:
            raise CommandError(_("没有可用的用户 %(user)s。") % {"user": options["user"]})
        _row, plain = create_token(person, label=options["label"], now=timezone.now())
        self.stdout.write(plain)
