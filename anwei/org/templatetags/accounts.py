"""Words of the pages of accounts: devices, steps, what was changed, numbers that are not shown whole."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from anwei.ledgers import change_log
from anwei.ledgers.masking import masked, masked_if_phone
from anwei.ledgers.models import Change
from anwei.org.accounts.lockout import FACTOR
from anwei.org.accounts.sessions import device_words
from anwei.org.accounts.subjects import named
from anwei.org.models import SECTOR_CHOICES, Person, Post, Unit

register = template.Library()
register.filter("device", device_words)
register.filter("masked", masked)
register.filter("masked_if_phone", masked_if_phone)

VERBS = change_log.VERBS | {
    "confirm_factor": _("核实放行"),
    "close": _("停用账号"),
    "grant": _("授权代理"),
    "revoke": _("撤销"),
    "issue": _("签发"),
    "bind": _("启用"),
    "set": _("修改设置"),
    "export": _("导出"),
    "draft": _("拟稿"),
    "edit": _("修改"),
    "sign": _("签署"),
    "stamped": _("盖章件归档"),
    "review": _("审核"),
    "send_back": _("退回修改"),
    "withdraw": _("撤回"),
    "propose": _("提出抹除"),
    "done": _("同意抹除"),
    "refused": _("不同意抹除"),
    "secret": _("更换密钥"),
    "test": _("发送测试"),
    "run": _("开始核验或备份"),
}


@register.filter
def verb_words(verb: str) -> str:
    """Return what was done, in words."""
    return str(VERBS.get(verb, verb))


@register.filter
def step_words(step: str) -> str:
    """Return at which step of the login an attempt failed."""
    return str(_("动态口令") if step == FACTOR else _("密码"))


@register.filter
def subject_words(change: Change) -> str:
    """Return what a row of the change log speaks of: an account, a post and who is in it, a unit ..."""
    if change.register == "org.person":
        return _named(change.row)
    if change.register == "org.unit":
        return str(Unit.objects.filter(pk=change.row).first() or change.row)
    if change.register == "org.sector":
        return str(dict(SECTOR_CHOICES).get(change.row, change.row))
    post = (
        Post.objects.select_related("unit").filter(pk=change.row) if change.register == "org.post" else None
    )
    if post and (found := post.first()):
        return f"{found} · {_named(str(change.content.get('person', '')))}".rstrip(" ·")
    return named(change)


def _named(row: str) -> str:
    person = Person.objects.filter(pk=row).first() if row.isdecimal() else None
    return f"{person}（{masked_if_phone(person.username)}）" if person else row
