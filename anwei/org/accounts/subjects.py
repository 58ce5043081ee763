"""What a line of the audit record speaks of, in words: a row by its name, an export by its list and size."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import ledgers
from anwei.ledgers.models import Change
from anwei.ledgers.release import EXPORTS

LISTS = {
    "accounts": gettext_lazy("账号管理"),
    "alarms": gettext_lazy("监测报警"),
    "audit-changes": gettext_lazy("账号与权限变更"),
    "audit-delegations": gettext_lazy("岗位代理"),
    "audit-failures": gettext_lazy("失败记录"),
    "audit-logins": gettext_lazy("登录记录"),
    "cases": gettext_lazy("事项办理"),
    "devices": gettext_lazy("设备"),
    "documents": gettext_lazy("资料"),
    "enterprise_file": gettext_lazy("一企一档"),
    "enterprises": gettext_lazy("企业"),
    "expiries": gettext_lazy("到期提醒"),
    "sites.assessment": gettext_lazy("风险评估"),
}
"""Lists that are no register, by the name under which their leaving is remembered."""
THINGS = {
    "ledgers.erasure": gettext_lazy("抹除申请"),
    "system.channel": gettext_lazy("通知渠道"),
    "system.backup": gettext_lazy("备份"),
    "system.verify": gettext_lazy("记录核验"),
    "system.drill": gettext_lazy("恢复演练"),
    "system.orphans": gettext_lazy("清理无主文件"),
}


def exported(change: Change) -> str:
    """Return which list left the system and how many rows of it."""
    labels = {ledger.code: ledger.label for ledger in ledgers()} | LISTS
    words = str(labels.get(change.row, change.row))
    if (n := change.content.get("rows")) is None:
        return words
    return _("%(list)s，%(n)d 条") % {"list": words, "n": n}


def named(change: Change) -> str:
    """Return what a line speaks of: of a kind of rows the kind and the name of the row, else what it is."""
    if change.register == EXPORTS:
        return exported(change)
    if change.register == "system.check":
        return str(THINGS.get(f"system.{change.row}", change.row))
    if change.register in THINGS:
        return f"{THINGS[change.register]} {change.row}"
    try:
        model = apps.get_model(change.register)
    except (LookupError, ValueError):
        return f"{change.register} {change.row}"
    found = model._default_manager.filter(pk=change.row).first()
    return f"{model._meta.verbose_name} · {found or change.row}"
