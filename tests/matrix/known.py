"""Whoever walks is looked up once for the whole walk: account, posts and what they grant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache
from typing import Any

import pytest

from anwei.org.backends import AccountBackend
from anwei.org.models import Person
from anwei.org.scope import grants


@contextmanager
def known_for_the_walk() -> Iterator[None]:
    """Ask the database who somebody is, which posts they hold and what these grant at their first page only.

    A walk by GET changes none of it (each call is undone), and to ask for it is a quarter of what a page costs.
    That it is asked anew at every request is tested with the accounts (tests/kernel).
    """
    look_up = AccountBackend.get_user

    @cache
    def once(key: Any) -> Person | None:
        person = look_up(AccountBackend(), key)
        if person is not None:
            grants(person)  # keeps the posts too
        return person

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AccountBackend, "get_user", lambda self, user_id: copy(once(user_id)))
        yield
