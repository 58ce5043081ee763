"""`anwei warning_clock`: how soon a warning must be signed for and answered, as this county sets it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.services import change_setting, county_setting
from anwei.monitoring.models import Severity
from anwei.org.models import Person
from anwei.standards.clocks import (
    ISSUED,
    UNITS,
    WARNING_CLOCKS,
    ClockRule,
    default_warning_clocks,
    warning_clocks,
)


class Command(BaseCommand):
    """Show the clocks in force, or set one; warnings already open keep theirs."""

    help = "查看预警时限，或修改其中一个（须写明经办人和理由；已发出的预警不变）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take level, step, limit and unit, or nothing at all."""
        parser.add_argument("level", nargs="?", choices=[*Severity.values, ISSUED], help="等级")
        parser.add_argument(
            "step",
            nargs="?",
            help="环节：sign 签收，dispose 处置，redispose 退回后重新处置，confirm 核查确认",
        )
        parser.add_argument("limit", nargs="?", type=int, help="时限")
        parser.add_argument("unit", nargs="?", choices=UNITS, help="单位；same_day 为当日")
        parser.add_argument("--actor", metavar="USER", help="经办人（用户名）")
        parser.add_argument("--reason", default="", help="理由，例如文件名称和文号")

    def handle(self, *args: Any, level: str | None, **options: Any) -> None:
        """Print the clocks, after the change where one is asked for."""
        if level is not None:
            self._change(
                level, **{name: options[name] for name in ("step", "limit", "unit", "actor", "reason")}
            )
        labels = {**dict(Severity.choices), ISSUED: _("人工发布的企业预警")}
        for each, label in labels.items():
            for rule in warning_clocks(each, county_setting(WARNING_CLOCKS, {})):
                line = f"{label} {rule.name}（{rule.key}）：{_in_words(rule)} · {rule.citation}"
                self.stdout.write(line)

    def _change(
        self, level: str, *, step: str | None, limit: int | None, unit: str | None, actor: str, reason: str
    ) -> None:
        if step not in {rule.key for rule in default_warning_clocks()[level]}:
            raise CommandError(_("没有这个环节：%(step)s。") % {"step": step})
        if limit is None or unit is None:
            raise CommandError(_("请写明时限和单位，例如 red sign 10 minute。"))
        person = Person.objects.filter(username=actor or "", is_active=True).first()
        if person is None:
            raise CommandError(_("请用 --actor 写明经办人的用户名。"))
        county = county_setting(WARNING_CLOCKS, {})
        changed = {**county, level: {**county.get(level, {}), step: {"limit": limit, "unit": unit}}}
        try:
            warning_clocks(level, changed)
            change_setting(
                WARNING_CLOCKS, changed, default={}, actor=person, now=timezone.now(), reason=reason
            )
        except ValueError as error:
            raise CommandError(str(error)) from error


def _in_words(rule: ClockRule) -> str:
    if rule.unit == "same_day":
        return _("当日")
    if rule.unit == "minute":
        return _("%(n)d 分钟") % {"n": rule.limit}
    if rule.unit == "natural":
        return _("%(n)d 日") % {"n": rule.limit}
    return _("%(n)d 小时") % {"n": rule.limit}
