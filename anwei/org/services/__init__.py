"""Accounts, posts and tokens: who is let in, and who answers for what from which day."""

from __future__ import annotations

from anwei.org.services.accounts import close_account, create_person, reopen_account, reset_password
from anwei.org.services.delegation import delegate, revoke
from anwei.org.services.errors import OrgError
from anwei.org.services.posts import appoint, dismiss
from anwei.org.services.tokens import create_token, person_of_token, revoke_token
from anwei.org.services.units import register_territory, register_unit

__all__ = [
    "OrgError",
    "appoint",
    "close_account",
    "create_person",
    "create_token",
    "delegate",
    "dismiss",
    "person_of_token",
    "register_territory",
    "register_unit",
    "reopen_account",
    "reset_password",
    "revoke",
    "revoke_token",
]
