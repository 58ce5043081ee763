"""三员分立: system, security and audit administrator are never one account (GB/T 22239-2019 8.1.4.2, 8.1.5).

Nor does any of them have business beside it. The service refuses with a sentence; triggers in the database
refuse what goes round it, in two dialects. They are made anew after every migration, because SQLite's table
remake drops them. An administrator's post cannot be delegated either, so no second one comes by that way.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.org.models import Delegation, Holding, Person, Post
from anwei.org.scope import ADMINISTRATORS
from anwei.org.services.errors import OrgError

PREFIX = "separation_"
KINDS = ", ".join(f"'{kind}'" for kind in ADMINISTRATORS)

TWO_IN_ONE_HAND = f"""SELECT 1 FROM org_holding a JOIN org_post ap ON ap.id = a.post_id
 JOIN org_holding b ON b.person_id = a.person_id JOIN org_post bp ON bp.id = b.post_id
 WHERE (ap.kind IN ({KINDS}) OR bp.kind IN ({KINDS})) AND ap.kind <> bp.kind
 AND (a.to_on IS NULL OR a.to_on >= b.from_on) AND (b.to_on IS NULL OR b.to_on >= a.from_on)
 AND {{rows}}"""  # noqa: S608  constants of this file
CHECKS = {
    "org_holding": TWO_IN_ONE_HAND.format(rows="a.id = NEW.id"),
    "org_post": TWO_IN_ONE_HAND.format(rows="a.post_id = NEW.id"),
    "org_delegation": f"SELECT 1 FROM org_post WHERE id = NEW.post_id AND kind IN ({KINDS})",  # noqa: S608
}
SQLITE = """CREATE TRIGGER {name} AFTER {verb} ON {table} WHEN EXISTS ({check})
BEGIN SELECT RAISE(ABORT, 'separation of administrators'); END"""
LOCK_PERSON = "PERFORM 1 FROM org_person WHERE id = NEW.person_id FOR UPDATE;"  # two hands at once
POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN {lock} IF EXISTS ({check}) THEN
RAISE EXCEPTION 'separation of administrators' USING ERRCODE = 'integrity_constraint_violation'; END IF;
RETURN NULL; END $$"""
POSTGRESQL = "CREATE TRIGGER {name} AFTER {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def require_separation(person: Person, post: Post, *, from_on: date, to_on: date | None) -> None:
    """Raise OrgError when an administrator's post would meet another kind or business in one hand on one day.

    Business is what `person` holds or does as a deputy; administrators see no business rows (`scope`).
    """
    held = Holding.objects.filter(person=person).exclude(post__kind=post.kind)
    lent = Delegation.objects.filter(deputy=person, revoked_at__isnull=True)
    if post.kind not in ADMINISTRATORS:
        held, lent = held.filter(post__kind__in=ADMINISTRATORS), lent.none()
    held = held.filter(Q(to_on__isnull=True) | Q(to_on__gte=from_on))
    lent = lent.filter(to_at__date__gte=from_on)
    if to_on is not None:
        held, lent = held.filter(from_on__lte=to_on), lent.filter(from_at__date__lte=to_on)
    if other := held.select_related("post").first() or lent.select_related("post").first():
        sentence = _("三员分立：%(person)s已任“%(held)s”，不能同时任“%(post)s”。")
        raise OrgError(sentence % {"person": person, "held": other.post, "post": post})


def create(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger anew on the tables that exist."""
    drop(connection)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for words in _triggers():
            if words["table"] not in tables:
                continue
            if connection.vendor == "sqlite":
                cursor.execute(SQLITE.format(**words))
                continue
            lock = LOCK_PERSON if words["table"] == "org_holding" else ""
            cursor.execute(POSTGRESQL_FUNCTION.format(**words, lock=lock))
            cursor.execute(POSTGRESQL.format(**words))


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers: SQLite renames no table that another one's trigger reads."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for words in _triggers():
            if words["table"] in tables:
                on_table = f" ON {words['table']}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {words['name']}{on_table}")


def before_migrate(using: str, **kwargs: Any) -> None:
    """Receive `pre_migrate`."""
    drop(connections[using])


def after_migrate(using: str, **kwargs: Any) -> None:
    """Receive `post_migrate`."""
    create(connections[using])


def _triggers() -> list[dict[str, str]]:
    return [
        {"name": f"{PREFIX}{table}_{verb.lower()}", "verb": verb, "table": table, "check": check}
        for table, check in CHECKS.items()
        for verb in ("INSERT", "UPDATE")
    ]
