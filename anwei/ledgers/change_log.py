"""Who changed what in a row, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger
from anwei.ledgers.models import Change

SHOWN = 50
VERBS = {
    "create": gettext_lazy("登记"),
    "register": gettext_lazy("登记"),
    "update": gettext_lazy("修改"),
    "appoint": gettext_lazy("任职"),
    "dismiss": gettext_lazy("离任"),
    "close": gettext_lazy("停用"),
    "renew": gettext_lazy("续任"),
    "seed_duties": gettext_lazy("载入法定职责"),
    "add_duty": gettext_lazy("写入清单"),
    "plan_task": gettext_lazy("列入清单"),
    "finish_task": gettext_lazy("登记完成"),
    "designate": gettext_lazy("指定"),
    "end_designation": gettext_lazy("结束指定"),
    "place": gettext_lazy("明确属地"),
    "assign": gettext_lazy("明确分工"),
    "end": gettext_lazy("结束分工"),
    "try": gettext_lazy("试拨"),
    "show_phone": gettext_lazy("查看号码"),
    "change_name": gettext_lazy("修改姓名"),
    "change_phone": gettext_lazy("修改手机号"),
    "change_password": gettext_lazy("修改密码"),
    "reset_password": gettext_lazy("重置密码"),
    "set_up_factor": gettext_lazy("设置动态口令"),
    "remove_factor": gettext_lazy("解除动态口令"),
    "issue_recovery_codes": gettext_lazy("生成恢复码"),
    "use_recovery_code": gettext_lazy("使用恢复码"),
    "end_sessions": gettext_lazy("结束登录"),
    "reopen": gettext_lazy("恢复账号"),
    "freeze": gettext_lazy("定版"),
    "late_death": gettext_lazy("补报死亡"),
}
"""What was done to the row of a register, in words."""


@dataclass(frozen=True)
class Line:
    """One change: what was done, and (label, before, after) of each value."""

    change: Change
    verb: Any
    values: list[tuple[Any, str, str]]


def last_change(ledger: Ledger, row: Any) -> Change | None:
    """Return the newest change of a row; its number is the row's version."""
    register, key = ledger.log_key(row)
    return (
        Change.objects.filter(register=register, row=str(key))
        .select_related("actor")
        .order_by("-number")
        .first()
    )


def version_of(ledger: Ledger, row: Any) -> int:
    """Return the number of a row's newest change, 0 where there is none."""
    change = last_change(ledger, row)
    return 0 if change is None else change.number


def changed_since(ledger: Ledger, row: Any, version: int) -> dict[str, Any]:
    """Return the columns that were changed after `version`, each with what stood in it until then."""
    register, key = ledger.log_key(row)
    later = Change.objects.filter(register=register, row=str(key), number__gt=version).order_by("number")
    columns, found = _columns(ledger), dict[str, Any]()
    for content in later.values_list("content", flat=True):
        for name, (before, _after) in content.get("changed", {}).items():
            if name in columns:
                found.setdefault(columns[name].name, before)
    return found


def changes_of(ledger: Ledger, row: Any, texts: Mapping[str, Mapping[Any, str]]) -> list[Line]:
    """Return the last changes of a row, the newest first; personal values masked."""
    register, key = ledger.log_key(row)
    changes = (
        Change.objects.filter(register=register, row=str(key)).select_related("actor").order_by("-number")
    )
    return [
        Line(change, VERBS.get(change.verb, change.verb), list(_values(ledger, change, texts)))
        for change in changes[:SHOWN]
    ]


def _values(
    ledger: Ledger, change: Change, texts: Mapping[str, Mapping[Any, str]]
) -> Iterator[tuple[Any, str, str]]:
    """Yield label, before, after of what one change wrote."""
    columns = _columns(ledger)
    changed = change.content.get("changed", {})
    for name, (before, after) in changed.items():
        column = columns.get(name)
        label = column.label if column else _label(ledger, name)
        yield label, in_words(column, before, texts), in_words(column, after, texts)
    if not changed:
        for name, value in change.content.get("values", change.content).items():
            if name in columns and value not in (None, ""):
                yield columns[name].label, "", in_words(columns[name], value, texts)


def _label(ledger: Ledger, name: str) -> Any:
    """Return what a field without a column is called, the name itself where the model has no such field."""
    fields = {one.name: one for one in ledger.model._meta.concrete_fields}
    return fields[name].verbose_name if name in fields else name


def _columns(ledger: Ledger) -> dict[str, Column]:
    """Return the columns by name and by the attribute that keeps them."""
    return {name: column for column in ledger.columns for name in (column.path, column.name)}


def in_words(column: Column | None, value: Any, texts: Mapping[str, Mapping[Any, str]]) -> str:
    """Return what people read for a value that was kept; a personal one masked."""
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if column is None:
        return str(value)
    return column.mask(str(value)) if column.personal else str(texts.get(column.name, {}).get(value, value))
