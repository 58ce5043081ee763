"""The left menu: few groups of doors, in the order of a working day; each role has those it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from anwei.org.accounts.administration import leads_the_county
from anwei.org.committee_office import is_the_office
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
    file_keepers: bool | None = None  # True: only who keeps the file of the own enterprise; False: all others
    post_kinds: tuple[str, ...] = ()  # who has it, where it is an administrator's
    of_the_county: bool = False  # not the administrators of a township or a plant
    committee_office_only: bool = False

    def lit(self, current: str) -> bool:
        """Say whether the page named `current` belongs to this entry."""
        return current == self.name or current in self.names


@dataclass(frozen=True)
class Group:
    """Doors under one heading."""

    label: _StrPromise
    doors: tuple[Door, ...]


FILE_PAGES = (
    "enterprise",
    "enterprise_timeline",
    "enterprise_export",
    "documents",
    "document",
    "document_new",
)
MENU = (
    Group(
        _("工作台"),
        (
            Door(
                "enterprise_own",
                _("本企业"),
                "building-factory-2",
                ("proposals", "proposal", *FILE_PAGES),
                file_keepers=True,
            ),
            Door("cockpit", _("驾驶舱"), "gauge"),
            Door("work", _("待办"), "list-check", counted="n_work"),
            Door(
                "cases",
                _("事项办理"),
                "clipboard-check",
                ("case", "case_advance", "case_extend", "extensions", "paper"),
            ),
            Door(
                "map",
                _("一张图"),
                "map-2",
                ("map_search", "map_nearby", "map_list", "map_datums", "map_boundaries", "map_boundary"),
                officials_only=True,
            ),
        ),
    ),
    Group(
        _("监测预警"),
        (
            Door(
                "alarms",
                _("监测报警"),
                "bell-ringing",
                ("alarm_acknowledge", "forecasts", "forecast"),
                counted="n_alarms",
            ),
            Door(
                "devices", _("监测设备"), "antenna", ("device", "tag", "rule_add", "rule_change", "rejects")
            ),
            Door("status", _("系统状态"), "heartbeat", officials_only=True),
            Door(
                "watch",
                _("重点关注"),
                "chart-line",
                (
                    "watch_enterprise",
                    "watch_plan",
                    "watch_warn",
                    "watch_backtest",
                    "watch_rules",
                    "watch_rule",
                ),
                officials_only=True,
            ),
            Door(
                "analysis_month",
                _("研判"),
                "search",
                (
                    "hotspots",
                    "hotspot",
                    "seasons",
                    "failing_clauses",
                    "lessons",
                    "lesson_accident",
                    "lesson_hazard",
                ),
                officials_only=True,
            ),
        ),
    ),
    Group(
        _("隐患排查治理"),
        (
            Door(
                "hazards",
                _("隐患"),
                "clipboard-list",
                (
                    "hazard_ledger",
                    "hazard_new",
                    "hazard_beside",
                    "hazard_closures",
                    "hazard_statistics",
                    "hazard_statistics_of",
                ),
            ),
            Door(
                "inspections",
                _("检查"),
                "calendar",
                (
                    "inspection",
                    "inspection_act",
                    "inspection_new",
                    "inspection_scan",
                    "inspection_phone",
                    "inspection_plan",
                    "campaign",
                    "campaign_new",
                    "campaign_checks",
                    "campaign_dates",
                    "key_period",
                    "campaign_daily",
                    "draw_new",
                    "draw",
                    "inspectors",
                ),
            ),
            Door(
                "self_checks", _("企业自查"), "list-check", ("self_check", "self_check_new", "special_check")
            ),
            Door(
                "listings",
                _("挂牌与处罚"),
                "file-alert",
                ("listing_propose", "listing_sign", "penalties", "penalty_new", "penalty_take_down"),
            ),
            Door(
                "hazard_recheck",
                _("建议抽查"),
                "search",
                ("hazard_recheck_draw", "hazard_recheck_list", "hazard_recheck_item"),
                committee_office_only=True,
            ),
        ),
    ),
    Group(
        _("事故与督办"),
        (
            Door("accidents", _("事故台账"), "file-alert", ("accident",)),
            Door("orders", _("督办"), "send", ("order_new", "today"), officials_only=True),
            Door(
                "statistics",
                _("统计指标"),
                "gauge",
                ("targets", "briefings", "briefing"),
                officials_only=True,
            ),
        ),
    ),
    Group(
        _("企业与风险"),
        (
            Door("enterprises", _("一企一档"), "building-factory-2", FILE_PAGES, file_keepers=False),
            Door(
                "risks",
                _("风险分级管控"),
                "alert-triangle",
                (
                    "colour_rules",
                    "what_if",
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
            Door("expiries", _("到期清单"), "calendar", ("contact_trials",)),
            Door("proposals", _("待确认变更"), "switch-horizontal", ("proposal",), officials_only=True),
        ),
    ),
    Group(
        _("责任与资料"),
        (
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
                (
                    "ledger",
                    "ledger_row",
                    "ledger_new",
                    "ledger_edit",
                    "ledger_import",
                    "ledger_sheet",
                    "ledger_grid",
                    "site",
                ),
            ),
            Door("law", _("法规标准"), "file-text", ("law_entry",)),
        ),
    ),
)
SYSTEM, SECURITY, AUDIT = Post.Kind.SYSTEM_ADMIN, Post.Kind.SECURITY_ADMIN, Post.Kind.AUDIT_ADMIN
ADMINISTRATION_LABEL = _("系统管理")
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


def groups_of(posts: list[Post]) -> list[Group]:
    """Return the menu of a person's posts; whoever only administers has no business in the business."""
    kinds = {post.kind for post in posts}
    of_the_county = {post.kind for post in posts if leads_the_county(post.unit)}
    administers = kinds & set(ADMINISTRATORS)
    administration = [
        door
        for door in ADMINISTRATION
        if set(door.post_kinds) & (of_the_county if door.of_the_county else kinds)
    ]
    if administers == kinds and posts:
        return [Group(ADMINISTRATION_LABEL, tuple(administration))]
    official = any(post.unit.kind in PUBLIC_BODIES for post in posts)
    office = any(is_the_office(post) for post in posts)
    keeps_a_file = keep_a_file(posts)
    groups = [
        Group(
            group.label,
            tuple(
                door
                for door in group.doors
                if (official or not door.officials_only)
                and (office or not door.committee_office_only)
                and door.file_keepers in (None, keeps_a_file)
            ),
        )
        for group in MENU
    ]
    in_business = {door.name for group in groups for door in group.doors}
    more = tuple(door for door in administration if door.name not in in_business)
    return [*groups, Group(ADMINISTRATION_LABEL, more)] if more else groups


def doors_of(posts: list[Post]) -> list[Door]:
    """Return all doors of a person's posts."""
    return [door for group in groups_of(posts) for door in group.doors]
