"""危险化学品台账: each chemical with the most that may be there and that is, and its unit of GB 18218."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, seen
from anwei.sites.models import Chemical, Installation
from anwei.sites.registers.columns import amount
from anwei.sites.registers.owners import ENTERPRISE, register_of_files
from anwei.sites.risks.confirming import next_to_confirm
from anwei.sites.risks.inventory import save_chemicals, units_changed
from anwei.standards.major_hazard.matching import find, is_cas
from anwei.standards.major_hazard.tables import categories

MOST_T = 10_000_000  # of one chemical in one place; more is a slip of the hand


def cas_number(text: str) -> str:
    """Return a CAS number. Raises ValueError where its check digit does not fit."""
    number = text.replace("—", "-").replace("–", "-").replace(" ", "")
    if not is_cas(number):
        raise ValueError(_("“%(text)s”不是 CAS 号，或者校验位不符") % {"text": text})
    return number


def category_symbols(text: str) -> str:
    """Return categories of GB 18218-2018 table 2 in their one spelling: "J1;W5.1". Raises ValueError."""
    symbols = [part.upper() for part in re.split(r"[;；、,，\s]+", text) if part]
    for symbol in symbols:
        if symbol not in categories():
            known = _("、").join(categories())
            raise ValueError(
                _("GB 18218-2018 表2 没有“%(symbol)s”（%(known)s）") % {"symbol": symbol, "known": known}
            )
    return ";".join(dict.fromkeys(symbols))


def installation_choices(person: Any) -> Iterable[tuple[int, str]]:
    """Return the units a person may name, by code and by name (with the enterprise where it repeats)."""
    rows = list(seen(Installation, person).select_related("enterprise__unit").order_by("pk"))
    n_named = Counter(row.name for row in rows)
    yield from ((row.pk, row.code) for row in rows)
    for row in rows:
        yield row.pk, row.name if n_named[row.name] == 1 else f"{row.enterprise} {row.name}"


def check_chemical(values: Mapping[str, Any]) -> str:
    """Refuse a unit of another enterprise, impossible quantities, and a chemical nobody can look up."""
    if any(not 0 <= (values.get(name) or 0) <= MOST_T for name in ("design_t", "actual_t")):
        return _("数量应在 0 到 %(most)d 吨之间") % {"most": MOST_T}
    if not (installation := values.get("installation")):
        return ""
    enterprise = values.get("enterprise")
    own = Installation.objects.filter(enterprise=enterprise)
    if not own.filter(pk=installation).exists():
        if not own.exists():
            return _(
                "所在单元不是这家企业的；这家企业还没有单元，请先登记到“重大危险源单元台账”；已提交的，经监管部门确认后才能选"
            )
        return _("所在单元不是这家企业的")
    if (
        not find(values.get("name") or "")
        and not find(values.get("cas") or "")
        and not values.get("category")
    ):
        return _("GB 18218-2018 表1 没有“%(name)s”，在单元内的须填辨识类别（表2）") % {
            "name": values.get("name")
        }
    return ""


def doubt_more_than_designed(row: Chemical, values: Mapping[str, Any]) -> str:
    """Doubt a change by which more would be there than was designed for."""
    if not {"design_t", "actual_t"} & {*values}:
        return ""
    return _more_than_designed({"design_t": row.design_t, "actual_t": row.actual_t, **values})


def doubt_new_chemicals(rows: Sequence[Mapping[str, Any]], person: Any) -> list[str]:
    """Doubt new chemicals of which more is there than was designed for."""
    return [_more_than_designed(values) for values in rows]


def _more_than_designed(values: Mapping[str, Any]) -> str:
    design, actual = values.get("design_t"), values.get("actual_t")
    if design is None or actual is None or actual <= design:
        return ""
    words = {"actual": f"{float(actual):g}", "design": f"{float(design):g}"}
    return _("实际最大量 %(actual)s 吨超过设计最大量 %(design)s 吨，请核对是否填错，或者确已超量储存") % words


CHEMICALS = register_of_files(
    Ledger(
        code="chemicals",
        label=gettext_lazy("危险化学品台账"),
        model=Chemical,
        save=save_chemicals,
        key=("enterprise", "installation", "name"),
        beneath=("name", "installation", "design_t", "actual_t"),
        related=("installation",),
        order=("enterprise__unit__name", "pk"),
        leads_on=lambda row, person: next_to_confirm(units_changed(row), person),
        confirmed=("name", "cas", "enterprise", "installation", "category", "design_t", "actual_t"),
        ended=lambda day: {"design_t": 0, "actual_t": 0},
        check=check_chemical,
        doubt=doubt_more_than_designed,
        doubt_new=doubt_new_chemicals,
        explanation=gettext_lazy(
            "品名、CAS 号、危险性类别和数量；在单元内的参加重大危险源辨识，数量取设计、实际中较大的。"
        ),
        empty=gettext_lazy("从 Excel 导入，或逐种登记；企业须先在企业台账里。"),
        columns=(
            Column(
                "name",
                synonyms=("化学品名称", "名称", "危险化学品", "危化品名称", "物料名称", "物质名称"),
                searched=True,
                example="氨",
            ),
            Column(
                "cas",
                synonyms=("CAS", "CAS编号", "CAS No"),
                clean=cas_number,
                searched=True,
                example="7664-41-7",
            ),
            ENTERPRISE,
            Column(
                "installation",
                display="installation__name",
                choices=installation_choices,
                chosen_from="installations",
                synonyms=("单元", "单元编号", "所属单元", "辨识单元"),
                explanation=gettext_lazy("单元编号或名称；不参加辨识的留空"),
                example="DY-01",
            ),
            Column("ghs", synonyms=("GHS类别", "危险类别", "危险性分类"), shown=False),
            Column(
                "category",
                synonyms=("GB18218类别", "表2类别", "类别符号"),
                clean=category_symbols,
                explanation=gettext_lazy("GB 18218-2018 表2 的符号，如 J1、W5.1；表1 有名称的可不填"),
                example="J5",
            ),
            Column(
                "design_t",
                path="design_t",
                value=amount("design_t"),
                synonyms=("设计最大量", "设计储量", "最大设计量", "设计最大存量", "设计量（吨）"),
                sensitive=True,
                example="50",
            ),
            Column(
                "actual_t",
                path="actual_t",
                value=amount("actual_t"),
                synonyms=("实际最大量", "实际储量", "最大存量", "实际存量", "数量（吨）", "储量"),
                sensitive=True,
                example="42.5",
            ),
        ),
    )
)
