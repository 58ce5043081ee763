"""The left menu: few groups, each a door that the person may open; administrators have their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from anwei.org.accounts.administration import leads_the_county
from anwei.org.models import PUBLIC_BODIES, Post
from anwei.org.register_rules import keep_a_file
from anwei.org.scope import ADMINISTRATORS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Door:
    """One entry of the menu; `names` are the URL names under which it is lit."""

    name: str
    label: _StrPromise
    icon: str
    names: tuple[str, ...] = ()
    counted: str = ""  # which number of `portal.context` stands beside it
    officials_only: bool = False
    file_keepers_only: bool = False  # who keeps the file of the own enterprise
    post_kinds: tuple[str, ...] = ()  # who has it, where it is an administrator's
    of_the_county: bool = False  # not the administrators of a township or a plant

    def lit(self, current: str) -> bool:
        """Say whether the page named `current` belongs to this entry."""
        return current == self.name or current in self.names


MENU = (
    Door(
        "enterprise_own",
        _("本企业"),
        "building-factory-2",
        ("proposals", "proposal"),
        file_keepers_only=True,
    ),
    Door("cockpit", _("驾驶舱"), "gauge"),
    Door(
        "map",
        _("一张图"),
        "map-2",
        ("map_search", "map_nearby", "map_list", "map_datums"),
    ),
    Door("work", _("待办"), "list-check", counted="n_work"),
    Door("alarms", _("监测报警"), "bell-ringing", ("alarm_acknowledge",), counted="n_alarms"),
    Door(
        "cases",
        _("预警处置"),
        "clipboard-check",
        ("case", "case_advance", "case_extend", "extensions", "paper"),
    ),
    Door(
        "enterprises",
        _("一企一档"),
        "building-factory-2",
        (
            "enterprise",
            "enterprise_timeline",
            "enterprise_export",
            "documents",
            "document",
            "document_new",
            "risks",
            "risk_assessment",
            "risk_assessments",
            "risk_diagnosis",
            "risk_due",
            "risk_enterprise",
            "risk_installation",
            "risk_point",
            "risk_rate",
            "risk_sign_enterprise",
            "risk_sign_point",
        ),
    ),
    Door(
        "gaps",
        _("责任体系"),
        "shield-check",
        (
            "responsibility",
            "responsibility_matrix",
            "units",
            "unit",
            "post",
            "person",
            "sectors",
            "signings",
            "delegations",
        ),
    ),
    Door(
        "ledgers",
        _("台账"),
        "clipboard-list",
        ("ledger", "ledger_row", "ledger_new", "ledger_edit", "ledger_import", "ledger_sheet", "ledger_grid"),
    ),
    Door("expiries", _("到期清单"), "calendar", ("contact_trials",)),
    Door("law", _("法规标准"), "file-text", ("law_entry",)),
    Door("devices", _("监测设备"), "antenna", ("device", "tag", "rule_add", "rule_change", "rejects")),
    Door("status", _("系统状态"), "heartbeat", officials_only=True),
)
SYSTEM, SECURITY, AUDIT = Post.Kind.SYSTEM_ADMIN, Post.Kind.SECURITY_ADMIN, Post.Kind.AUDIT_ADMIN
ADMINISTRATION = (
    Door(
        "system",
        _("系统管理"),
        "settings",
        (
            "system_calendar",
            "system_figures",
            "system_figure",
            "system_templates",
            "system_template",
            "system_dictionaries",
            "system_channels",
            "system_channel",
            "map_boundaries",
            "map_boundary",
        ),
        post_kinds=(SYSTEM,),
        of_the_county=True,
    ),
    Door("system_backup", _("备份演练"), "history", post_kinds=(SYSTEM,), of_the_county=True),
    Door(
        "accounts",
        _("账号管理"),
        "users",
        ("account_create", "account_person", "system_passwords"),
        post_kinds=(SECURITY,),
    ),
    Door("account_audit", _("账号审计"), "file-text", ("account_audit_tab",), post_kinds=(AUDIT,)),
    Door("system_chain", _("记录核验"), "lock", post_kinds=(SYSTEM, AUDIT), of_the_county=True),
    Door("erasures", _("抹除个人信息"), "file-text", post_kinds=(SECURITY, AUDIT), of_the_county=True),
    Door("deliveries", _("通知送达"), "send", post_kinds=(SYSTEM,), of_the_county=True),
    Door("status", _("系统状态"), "heartbeat", post_kinds=(SYSTEM, SECURITY, AUDIT)),
    Door("suggestions", _("投诉建议"), "inbox", post_kinds=(SYSTEM, SECURITY, AUDIT)),
)


def doors_of(posts: list[Post]) -> list[Door]:
    """Return the doors of a person's posts; whoever only administers has no business in the business."""
    kinds = {post.kind for post in posts}
    of_the_county = {post.kind for post in posts if leads_the_county(post.unit)}
    administers = kinds & set(ADMINISTRATORS)
    doors = [
        door
        for door in ADMINISTRATION
        if set(door.post_kinds) & (of_the_county if door.of_the_county else kinds)
    ]
    if administers == kinds and posts:
        return doors
    official = any(post.unit.kind in PUBLIC_BODIES for post in posts)
    keeps_a_file = keep_a_file(posts)
    business = [
        door
        for door in MENU
        if (official or not door.officials_only) and (keeps_a_file or not door.file_keepers_only)
    ]
    return [*business, *(door for door in doors if door.name not in {one.name for one in business})]
