"""`anwei token create|revoke USER`: bearer tokens of the JSON API, made and ended; each printed once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.models import Person
from anwei.org.services import OrgError, create_token, revoke_token


class Command(BaseCommand):
    """Make a token for an account, or end its tokens."""

    help = "为在任用户签发接口令牌（只显示一次；随最后一个岗位失效），或全部停用"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the act, the user and a label."""
        parser.add_argument("act", choices=["create", "revoke"])
        parser.add_argument("user", help="用户名")
        parser.add_argument("--label", default="", help="用途说明")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token, or end all tokens of the user (with --label, those of that label)."""
        person = Person.objects.filter(username=options["user"], is_active=True).first()
        if person is None:
            raise CommandError(_("没有可用的用户 %(user)s。") % {"user": options["user"]})
        if options["act"] == "revoke":
            tokens = person.api_tokens.filter(revoked_at=None)
            for token in tokens.filter(label=options["label"]) if options["label"] else tokens:
                revoke_token(token, actor=None, now=timezone.now())
            return
        try:
            _row, plain = create_token(person, label=options["label"], now=timezone.now())
        except OrgError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(plain)
