"""`anwei provision FILE`: register enterprises, sites, devices, tags and limits in bulk."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.sheets import BadSheet
from anwei.monitoring.provision.plan import Plan, Registered, make_plan
from anwei.monitoring.provision.sheet import Sheet, write_errors, write_template
from anwei.monitoring.provision.vacancies import vacancies
from anwei.monitoring.provision.write import write_plan
from anwei.org.models import Person

MOST_SHOWN = 20  # bad rows told on the terminal; the error sheet has all


class Command(BaseCommand):
    """Read a sheet, say what is wrong with it, register what is right."""

    help = _("从 CSV 或 XLSX 批量登记企业、重点部位、设备、测点和限值；有误的行逐行说明，默认整份不写入。")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "file", nargs="?", type=Path, help=_("CSV（UTF-8 或 GB18030）或 XLSX，一行一个测点")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不写入"))
        parser.add_argument("--keep-good", action="store_true", help=_("有误的行除外，其余照常写入"))
        parser.add_argument("--errors", type=Path, metavar="OUT.xlsx", help=_("把有误的行连同原因写入此文件"))
        parser.add_argument(
            "--keys", type=Path, metavar="OUT.csv", help=_("新设备的密钥写入此文件（权限 0600，只此一次）")
        )
        parser.add_argument("--actor", metavar="USER", help=_("变更记录中的经办人（用户名）"))
        parser.add_argument("--template", type=Path, metavar="OUT.xlsx", help=_("写出空白模板和列说明"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the options say; exit status 1 when a row is bad and `--keep-good` is not given."""
        if options["template"]:
            write_template(options["template"])
            self.stdout.write(_("模板已写入 %(path)s") % {"path": options["template"]})
            return
        if options["file"] is None:
            raise CommandError(_("请给出要登记的文件，或用 --template 生成模板。"))
        try:
            sheet = Sheet(options["file"])
        except BadSheet as error:
            raise CommandError(str(error)) from error
        plan = make_plan(sheet, Registered.now())
        self._tell_errors(plan, sheet, options["errors"])
        if plan.errors and not options["keep_good"]:
            raise CommandError(_("有 %(n)d 行有误，未写入任何内容。") % {"n": len(plan.errors)})
        if options["dry_run"]:
            self.stdout.write(_("检查完毕，未写入：%(counts)s") % {"counts": _in_words(plan.counts())})
            return
        self._write(plan, options)

    def _tell_errors(self, plan: Plan, sheet: Sheet, path: Path | None) -> None:
        for number, reason in list(plan.errors.items())[:MOST_SHOWN]:
            self.stderr.write(_("第 %(number)d 行：%(reason)s") % {"number": number, "reason": reason})
        if len(plan.errors) > MOST_SHOWN:
            self.stderr.write(_("……另有 %(n)d 行") % {"n": len(plan.errors) - MOST_SHOWN})
        if path is not None and plan.errors:
            write_errors(path, sheet, plan.errors)
            self.stderr.write(_("有误的行已写入 %(path)s") % {"path": path})

    def _write(self, plan: Plan, options: dict[str, Any]) -> None:
        now, file = timezone.now(), options["file"]
        keys = options["keys"] or settings.DATA.folder("keys") / f"devices-{now:%Y%m%d-%H%M%S}.csv"
        try:
            counts = write_plan(
                plan,
                actor=_actor(options["actor"]),
                now=now,
                file_name=file.name,
                sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
                keys=keys,
            )
        except FileExistsError as error:
            raise CommandError(_("密钥文件 %(path)s 已存在，未写入任何内容。") % {"path": keys}) from error
        except IntegrityError as error:
            sentence = _("登记期间有人登记了相同的编码，未写入任何内容；请再试一次。")
            raise CommandError(sentence) from error
        self.stdout.write(_("已登记：%(counts)s") % {"counts": _in_words(counts)})
        if counts["devices"]:
            self.stdout.write(_("新设备的密钥已写入 %(path)s（只此一次，请妥善保管）") % {"path": keys})
        self._tell_vacancies(plan, now)

    def _tell_vacancies(self, plan: Plan, now: datetime) -> None:
        found = vacancies(plan, now)
        for hole, n in found.waiting.most_common(MOST_SHOWN):
            sentence = _("注意：%(hole)s，%(n)d 家企业的预警发不出，设岗后补发。")
            self.stderr.write(sentence % {"hole": hole, "n": n})
        if found.n_unheld:
            sentence = _(
                "注意：%(n)d 家企业的预警会发给无人任职的岗位；请用 anwei account create 开设账号并任职。"
            )
            self.stderr.write(sentence % {"n": found.n_unheld})


def _actor(username: str | None) -> Person | None:
    if username is None:
        return None
    person = Person.objects.filter(username=username).first()
    if person is None:
        raise CommandError(_("没有用户 %(name)s。") % {"name": username})
    return person


def _in_words(counts: dict[str, int]) -> str:
    names = {
        "enterprises": _("企业"),
        "sites": _("重点部位"),
        "devices": _("设备"),
        "tags": _("测点"),
        "rules": _("报警规则"),
    }
    return _("，").join(f"{names[key]} {n}" for key, n in counts.items())
