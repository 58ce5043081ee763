"""What an enterprise has on paper, as registers: licences, insurance, rules, safety funds, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger
from anwei.org.register_rules import (
    PHONE_HEADERS,
    phone_number,
)
from anwei.sites.contacts.trials import save_contacts
from anwei.sites.models import Contact, Insurance, Licence, ManagementDocument, SafetyFund
from anwei.sites.registers.columns import amount, in_order, share_spent
from anwei.sites.registers.owners import ENTERPRISE, register_of_files

EXPIRY_HEADERS = ("有效期截止", "到期日期", "有效期", "截止日期", "有效期止", "失效日期", "有效期限")

LICENCES = register_of_files(
    Ledger(
        code="licences",
        label=gettext_lazy("许可证照台账"),
        model=Licence,
        key=("kind", "number"),
        beneath=("kind", "number", "expires_on"),
        order=("enterprise__unit__name", "expires_on", "pk"),
        confirmed=("enterprise", "kind", "number", "issuer", "covers", "issued_on", "expires_on"),
        ended=lambda day: {"expires_on": day},
        check=in_order("issued_on", "expires_on", gettext_lazy("有效期至不能早于发证日期")),
        explanation=gettext_lazy("许可证、登记证、备案；按种类和编号去重，到期前 90 天起列入到期清单。"),
        empty=gettext_lazy("从 Excel 导入，或逐张登记；企业须先在企业台账里。"),
        columns=(
            ENTERPRISE,
            Column(
                "kind",
                synonyms=("证照类别", "证书种类", "许可证种类", "证照名称", "证书名称", "许可证名称"),
                aliases={
                    "安全许可证": "safety",
                    "安全生产许可": "safety",
                    "危化品经营许可证": "chemical_trade",
                    "危险化学品经营许可": "chemical_trade",
                    "危化品登记证": "chemical_register",
                    "采矿证": "mining",
                    "烟花爆竹经营（零售）许可证": "fireworks",
                    "烟花爆竹零售许可证": "fireworks",
                    "燃气许可证": "gas",
                    "道路运输许可证": "transport",
                    "消防安全检查合格证": "fire_check",
                    "安全管理人员证": "manager",
                    "安全生产知识和管理能力考核合格证": "manager",
                    "主要负责人合格证": "manager",
                    "预案备案": "plan",
                    "应急预案备案登记表": "plan",
                },
                filtered=True,
            ),
            Column(
                "number",
                synonyms=("许可证编号", "证书编号", "证号", "编号", "许可证号", "备案编号"),
                searched=True,
                example="（晋）WH安许证字〔2026〕001号",
            ),
            Column("issuer", synonyms=("发证单位", "颁发机关", "发证部门", "备案机关"), shown=False),
            Column("covers", synonyms=("许可范围内容", "经营范围", "许可内容"), shown=False),
            Column("issued_on", synonyms=("发证时间", "颁发日期", "起始日期", "有效期起", "备案日期")),
            Column("expires_on", synonyms=EXPIRY_HEADERS, example="2028-05-31"),
        ),
    )
)

INSURANCES = register_of_files(
    Ledger(
        code="insurances",
        label=gettext_lazy("安责险台账"),
        model=Insurance,
        key=("number",),
        beneath=("insurer", "number", "expires_on"),
        order=("enterprise__unit__name", "expires_on", "pk"),
        confirmed=("enterprise", "insurer", "number", "insured_people", "starts_on", "expires_on"),
        check=in_order("starts_on", "expires_on", gettext_lazy("终保日期不能早于起保日期")),
        explanation=gettext_lazy("安全生产责任保险（安全生产法第五十一条）；按保单号去重。"),
        empty=gettext_lazy("从 Excel 导入保险公司的承保清单，或逐份登记。"),
        columns=(
            ENTERPRISE,
            Column("insurer", synonyms=("承保公司", "保险机构", "承保机构"), example="示例财产保险公司"),
            Column("number", synonyms=("保险单号", "保单编号", "保单号码"), searched=True),
            Column("insured_people", synonyms=("参保人数", "承保人数", "保险人数"), total=True),
            Column(
                "amount_yuan",
                path="amount_yuan",
                value=amount("amount_yuan"),
                synonyms=("每人保额", "每人限额（元）", "每人责任限额", "单人保额"),
                example="500000",
            ),
            Column(
                "starts_on",
                synonyms=("保险起期", "生效日期", "起保时间", "保险起始日期"),
                example="2026-01-01",
            ),
            Column("expires_on", synonyms=("保险止期", "保险到期日", *EXPIRY_HEADERS), example="2026-12-31"),
        ),
    )
)

MANAGEMENT_DOCUMENTS = register_of_files(
    Ledger(
        code="management-documents",
        label=gettext_lazy("制度规程台账"),
        model=ManagementDocument,
        key=("enterprise", "kind", "title"),
        beneath=("kind", "title", "review_on"),
        order=("enterprise__unit__name", "kind", "pk"),
        explanation=gettext_lazy(
            "全员责任制、规章制度、操作规程和评审日期（安全生产法第二十一条）；过了评审日期的列入到期清单。"
        ),
        empty=gettext_lazy("从 Excel 导入，或逐份登记。"),
        columns=(
            ENTERPRISE,
            Column(
                "kind",
                synonyms=("类别", "制度类别", "文件类别", "类型"),
                aliases={
                    "责任制": "responsibility",
                    "安全生产责任制": "responsibility",
                    "制度": "rule",
                    "规章制度": "rule",
                    "管理制度": "rule",
                    "规程": "procedure",
                    "安全操作规程": "procedure",
                },
                filtered=True,
            ),
            Column("title", synonyms=("制度名称", "文件名称", "规程名称"), searched=True),
            Column("issued_on", synonyms=("发布时间", "印发日期", "颁布日期", "实施日期"), shown=False),
            Column("reviewed_on", synonyms=("评审日期", "修订日期", "最近修订日期", "上次评审日期")),
            Column("review_on", synonyms=("下次修订日期", "下次评审时间", "应评审日期", "复审日期")),
        ),
    )
)


def check_fund(values: Mapping[str, Any]) -> str:
    """Refuse sums below nothing and a year that is none."""
    if any((values.get(name) or 0) < 0 for name in ("drawn_yuan", "spent_yuan")):
        return _("提取、使用金额不能为负")
    year = values.get("year")
    return "" if year is None or 2000 <= year <= 2100 else _("年度应为四位年份，如 2026")


SAFETY_FUNDS = register_of_files(
    Ledger(
        code="safety-funds",
        label=gettext_lazy("安全生产费用台账"),
        model=SafetyFund,
        key=("enterprise", "year"),
        beneath=("year", "drawn_yuan", "spent_yuan", "share"),
        order=("-year", "enterprise__unit__name", "pk"),
        confirmed=("enterprise", "year", "drawn_yuan", "spent_yuan"),
        check=check_fund,
        explanation=gettext_lazy("每家企业每年一行：提取多少、用了多少（财资〔2022〕136号）。"),
        empty=gettext_lazy("从 Excel 导入年度提取使用情况表，或逐家登记。"),
        columns=(
            ENTERPRISE,
            Column("year", synonyms=("年份", "所属年度"), filtered=True, example="2026"),
            Column(
                "drawn_yuan",
                path="drawn_yuan",
                value=amount("drawn_yuan"),
                synonyms=("提取金额", "提取金额（元）", "计提金额", "应提取金额", "提取额"),
                total=True,
                example="600000",
            ),
            Column(
                "spent_yuan",
                path="spent_yuan",
                value=amount("spent_yuan"),
                synonyms=("使用金额", "使用金额（元）", "支出金额", "投入金额", "使用额"),
                total=True,
                example="480000",
            ),
            Column("share", label=gettext_lazy("使用率"), value=share_spent, editable=False),
        ),
    )
)


def tried_in_words(contact: Contact) -> str:
    """Return what came of the last call."""
    if contact.reached is None:
        return _("未试拨")
    return _("接通") if contact.reached else _("未接通")


CONTACTS = register_of_files(
    Ledger(
        code="contacts",
        label=gettext_lazy("应急联系人台账"),
        model=Contact,
        save=save_contacts,
        key=("enterprise", "name"),
        beneath=("name", "role", "phone", "reached"),
        order=("enterprise__unit__name", "pk"),
        explanation=gettext_lazy("昼夜能打通的电话；在“联系人试拨”页上记录打没打通。"),
        empty=gettext_lazy("从 Excel 导入通讯录，或逐人登记。"),
        columns=(
            ENTERPRISE,
            Column("name", synonyms=("姓名", "联系人姓名", "应急联系人姓名"), searched=True),
            Column("role", synonyms=("职位", "岗位", "担任职务")),
            Column(
                "phone",
                synonyms=tuple(header for header in PHONE_HEADERS if header != "电话"),
                clean=phone_number,
                personal=True,
                example="13800000000",
            ),
            Column("reached", label=gettext_lazy("试拨"), value=tried_in_words, editable=False),
        ),
    )
)
