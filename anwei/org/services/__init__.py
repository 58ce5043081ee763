"""Accounts, posts and tokens: who is let in, and who answers for what from which day."""

from __future__ import annotations

from anwei.org.services.accounts import (
    change_name,
    change_phone,
    close_account,
    create_administrators,
    create_person,
    reopen_account,
    reset_password,
)
from anwei.org.services.delegation import delegate, revoke
from anwei.org.services.duties import (
    add_duty,
    designate,
    end_designation,
    finish_task,
    plan_task,
    seed_duties,
)
from anwei.org.services.errors import OrgError
from anwei.org.services.posts import appoint, create_post, dismiss, dismiss_administrator, renew_term
from anwei.org.services.sectors import assign_sector, end_sector_duty
from anwei.org.services.signings import record_signing
from anwei.org.services.tokens import create_token, person_of_token, revoke_token
from anwei.org.services.units import place_unit, register_territory, register_unit

__all__ = [
    "OrgError",
    "add_duty",
    "appoint",
    "assign_sector",
    "change_name",
    "change_phone",
    "close_account",
    "create_administrators",
    "create_person",
    "create_post",
    "create_token",
    "delegate",
    "designate",
    "dismiss",
    "dismiss_administrator",
    "end_designation",
    "end_sector_duty",
    "finish_task",
    "person_of_token",
    "place_unit",
    "plan_task",
    "record_signing",
    "register_territory",
    "register_unit",
    "renew_term",
    "reopen_account",
    "reset_password",
    "revoke",
    "revoke_token",
    "seed_duties",
]
