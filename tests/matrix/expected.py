"""Who gets through which door: the policy of the view, the plants a role sees, and the exceptions below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.matrix.routes import Route
from tests.matrix.world import SEES, World

POST_KINDS = {
    "enterprise_x": "safety",
    "enterprise_y": "safety",
    "enterprise_z": "safety",
    "township_a": "officer",
    "township_b": "officer",
    "regulator_chemical": "officer",
    "regulator_coal": "officer",
    "office": "duty",
    "leader": "principal",
    "display": "display",
    "system_admin": "system_admin",
    "security_admin": "security_admin",
    "audit_admin": "audit_admin",
}
EVERYBODY = frozenset(POST_KINDS)
ENTERPRISES = frozenset({"enterprise_x", "enterprise_y", "enterprise_z"})
OFFICERS = frozenset({"township_a", "township_b", "regulator_chemical", "regulator_coal", "office"})
COUNTY_WIDE = frozenset({"office", "leader"})

READERS: dict[str, frozenset[str]] = {
    "status/": EVERYBODY - ENTERPRISES,
    "wall/": EVERYBODY,
    "papers/<int:pk>/": COUNTY_WIDE,  # a draft: whoever has a hand in it
    "papers/<int:pk>/versions/<int:number>/": COUNTY_WIDE,
    "ledgers/units/<int:pk>/": COUNTY_WIDE | {"township_a", "display"},
}
"""Pages that a view narrows further than its policy: pattern -> who may read it."""

FORMS = frozenset(
    {
        "account/factor/",
        "account/password/",
        "account/recovery-codes/",
        "accounts/confirm/",
        "accounts/confirm/code/",
        "notices/settings/",
        "org/accounts/new/",
    }
)
"""Pages that answer a form they do not like with the form again and 200 (the package's own)."""


@dataclass(frozen=True)
class Write:
    """An unsafe call that changes something: who may, with which body; and that it leaves a sealed row."""

    who: frozenset[str]
    body: Callable[[World, str], Mapping[str, Any]] = lambda world, place: {}
    method: str = "POST"
    as_json: bool = False
    body_names_plant: bool = False  # the address does not: the body says which plant's row is meant
    unsealed: str = ""  # why it leaves no sealed row


ACTORS = EVERYBODY - {"display", "system_admin", "security_admin", "audit_admin"}

WRITES: dict[str, Write] = {
    "alarms/<int:pk>/acknowledge/": Write(ACTORS, lambda world, place: {"note": "已看到"}),
    "alarms/acknowledge/": Write(
        ACTORS,
        lambda world, place: {"note": "已看到", "alarm": [world.places[place].alarm.pk]},
        body_names_plant=True,
    ),
    "api/v1/alarms/<alarm_id>/acknowledge": Write(
        ACTORS, lambda world, place: {"note": "已看到"}, as_json=True
    ),
    "cases/<int:pk>/<slug:verb>/": Write(
        frozenset({"office"}),
        lambda world, place: {
            "finding": "已到场",
            "version": world.places[place].warning.version,
            "key": "matrix",
        },
    ),
    "devices/<str:code>/rotate/": Write(OFFICERS),
    "devices/<str:code>/revoke/": Write(OFFICERS, lambda world, place: {"reason": "报废"}),
    "notices/read/": Write(EVERYBODY - {"display"}, unsealed="that one has read one's own notices"),
    "wall/issue/": Write(COUNTY_WIDE),
    "wall/<int:pk>/revoke/": Write(COUNTY_WIDE),
}
"""Every unsafe call that may change something. What is not listed here must change nothing."""


def reads(role: str, route: Route, place: str) -> bool:
    """Say whether a role may read an address."""
    if route.policy == "public":
        return True
    if role == "anonymous" or route.policy == "":
        return False
    if route.policy.startswith("posts:") and POST_KINDS[role] not in route.policy[6:].split(","):
        return False
    if route.pattern.startswith("notices/<"):
        return role == f"enterprise_{place}"  # a notice is its reader's alone
    if "/import/<" in route.pattern:  # a sheet is its sender's alone, and belongs to one register
        return role == "office" and route.pattern.startswith("ledgers/enterprises/")
    if place and place not in SEES[role]:
        return False
    return role in READERS.get(route.pattern, EVERYBODY)


def writes(role: str, route: Route, place: str, method: str) -> bool:
    """Say whether a role may change something there by this method."""
    write = WRITES.get(route.pattern)
    if write is None or write.method != method or role not in write.who:
        return False
    return reads(role, route, place)
