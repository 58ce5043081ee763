"""`anwei account`: the first accounts of an installation, and what only the server may change (三员)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.accounts.resets import remove_factor
from anwei.org.models import SECTOR_CHOICES, Person, Post, Territory, Unit
from anwei.org.services import (
    OrgError,
    appoint,
    close_account,
    create_administrators,
    create_person,
    dismiss_administrator,
    register_unit,
    reset_password,
)

UNIT_KINDS = [kind for kind in Unit.Kind.values if kind != Unit.Kind.ENTERPRISE]  # `provision` makes those
POST_KINDS = [kind for kind in Post.Kind.values if kind != Post.Kind.DISPLAY]


class Command(BaseCommand):
    """Open an account in a post or those of the three administrators, reset, close, end the post."""

    help = "开设账号（密码只显示一次）、重置密码、停用账号、办理三员离任"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the act and what it needs."""
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help="开设账号并任职")
        create.add_argument("user", help="用户名")
        create.add_argument("--name", required=True, help="姓名")
        create.add_argument("--phone", default="", help="手机号，可用来登录")
        create.add_argument("--unit", required=True, help="单位全称")
        create.add_argument("--post", required=True, help="岗位名称")
        create.add_argument("--kind", choices=POST_KINDS, help="岗位类别；新岗位必填")
        create.add_argument("--unit-kind", choices=UNIT_KINDS, help="单位类别；新单位必填")
        create.add_argument("--territory", default="", help="单位的区划代码；新单位必填")
        sectors = [code for code, _name in SECTOR_CHOICES]
        create.add_argument("--sector", action="append", choices=sectors, help="新部门监管的行业，可多次")
        three = acts.add_parser("administrators", help="正式启用时开设三员账号（系统、安全保密、安全审计）")
        three.add_argument("--unit", required=True, help="单位全称")
        three.add_argument("--unit-kind", choices=UNIT_KINDS, help="单位类别；新单位必填")
        three.add_argument("--territory", default="", help="单位的区划代码；新单位必填")
        for act, title in (
            ("password", "重置密码"),
            ("factor", "解除动态口令"),
            ("close", "停用账号"),
        ):
            acts.add_parser(act, help=title).add_argument("user", help="用户名")
        leave = acts.add_parser("dismiss", help="三员离任：结束系统、安全保密、安全审计管理员的任职")
        leave.add_argument("user", help="用户名")
        leave.add_argument("--reason", required=True, help="理由，记入变更记录")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        """Do the act; print a password where one was made, or which posts ended on which day."""
        try:
            with transaction.atomic():
                answer = ACTS[act](options)
        except OrgError as error:
            raise CommandError(str(error)) from error
        if answer:
            self.stdout.write(answer)


def _create(options: dict[str, Any]) -> str:
    now = timezone.now()
    post = _post(_unit(options), options)
    person, password = create_person(
        username=options["user"], full_name=options["name"], phone=options["phone"], actor=None, now=now
    )
    appoint(person, post, actor=None, now=now)
    return password


def _unit(options: dict[str, Any]) -> Unit:
    unit: Unit | None = Unit.objects.filter(name=options["unit"]).first()
    if unit is not None:
        return unit
    if not options["unit_kind"] or not options["territory"]:
        sentence = _(
            "没有名为“%(unit)s”的单位；新单位须写明 --unit-kind 和 --territory，企业用 anwei provision 登记。"
        )
        raise CommandError(sentence % {"unit": options["unit"]})
    if not Territory.objects.filter(code=options["territory"]).exists():
        raise CommandError(_("属地代码 %(code)s 未登记") % {"code": options["territory"]})
    return register_unit(
        kind=options["unit_kind"],
        name=options["unit"],
        territory=options["territory"],
        sectors=options["sector"] or (),
        actor=None,
        now=timezone.now(),
    )


def _post(unit: Unit, options: dict[str, Any]) -> Post:
    post = Post.objects.filter(unit=unit, title=options["post"]).first()
    if post is not None:
        return post
    if not options["kind"]:
        raise CommandError(_("该单位没有岗位“%(post)s”；新岗位须写明 --kind。") % {"post": options["post"]})
    return Post.objects.create(unit=unit, title=options["post"], kind=options["kind"])


def _reset(options: dict[str, Any]) -> str:
    return reset_password(_person(options), actor=None, now=timezone.now())


def _administrators(options: dict[str, Any]) -> str:
    unit = _unit({"sector": (), **options})
    made = create_administrators(unit, now=timezone.now())
    return "\n".join(f"{person.username}\t{password}\t{post.title}" for person, password, post in made)


def _remove_factor(options: dict[str, Any]) -> str:
    remove_factor(_person(options), actor=None, now=timezone.now())
    return ""


def _close(options: dict[str, Any]) -> str:
    close_account(_person(options), actor=None, now=timezone.now())
    return ""


def _dismiss(options: dict[str, Any]) -> str:
    person = _person(options, closed_too=True)
    ended = dismiss_administrator(person, actor=None, now=timezone.now(), reason=options["reason"])
    return "\n".join(f"{holding}\t{holding.to_on}" for holding in ended)


def _person(options: dict[str, Any], *, closed_too: bool = False) -> Person:
    people = Person.objects.filter(username=options["user"])
    person = (people if closed_too else people.filter(is_active=True)).first()
    if person is None:
        raise CommandError(_("没有可用的用户 %(user)s。") % {"user": options["user"]})
    return person


ACTS = {
    "create": _create,
    "administrators": _administrators,
    "password": _reset,
    "factor": _remove_factor,
    "close": _close,
    "dismiss": _dismiss,
}
