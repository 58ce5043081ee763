"""Every unsafe call that may change something: who may, with which body; and that it leaves a sealed row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anwei.org.holdings import holdings_on
from tests.kernel.county import NOW
from tests.matrix.expected import (
    ACTORS,
    ANSWERS,
    ARRANGING,
    COUNTY_WIDE,
    ENTERPRISES,
    EVERYBODY,
    OFFICERS,
    reads,
)
from tests.matrix.routes import Route
from tests.matrix.world import World

Body = Callable[[World, str, str], Mapping[str, Any]]
PEOPLE = EVERYBODY - {"display"}  # a screen changes nothing
TODAY, REASON, WORDS = str(NOW.date()), {"reason": "矩阵测试"}, "矩阵测试用语"
NEW_PASSWORD = "Matrix-7-Lantern-Quarry"


@dataclass(frozen=True)
class Write:
    """One row of the table; `who` counts only where the role may also read there.

    `names_plant`: the address does not, the body says which plant's row is meant. `unsealed`: why no sealed row
    is left. `on_record`: nothing but the sealed row is written.
    """

    who: frozenset[str]
    body: Body = lambda world, place, role: {}
    method: str = "POST"
    as_json: bool = False
    names_plant: bool = False
    unsealed: str = ""
    on_record: bool = False


def fixed(**body: Any) -> Body:
    """Return a body that is the same for everybody."""
    return lambda world, place, role: body


def _lending(world: World, place: str, role: str) -> Mapping[str, Any]:
    """Let the caller name a deputy: the boss of the own plant, or somebody of a public body."""
    person = world.people[role]
    own = holdings_on(NOW.date()).filter(person=person).first()
    deputy = world.people["leader" if role != "leader" else "office"]
    if role in ENTERPRISES:
        deputy = world.places[role[-1]].boss
    if role == "security_admin":  # not the own post, but that of somebody of the county
        own, deputy = world.people["office"].holdings.get(), world.people["leader"]
    return {
        "holding": own.pk if own else 0,
        "deputy": deputy.pk,
        "first_on": TODAY,
        "last_on": "2026-12-01",
        **REASON,
    }


def _new_password(world: World, place: str, role: str) -> Mapping[str, Any]:
    names = ("password1", "password2")
    return {"oldpassword": world.passwords.get(role, ""), **dict.fromkeys(names, NEW_PASSWORD)}


OF_ACCOUNTS = {
    "account/password/": Write(PEOPLE, _new_password),
    "account/sessions/": Write(PEOPLE, fixed(session="others")),
    "notices/read/": Write(PEOPLE, unsealed="that one has read one's own notices"),
    "notices/settings/": Write(PEOPLE, fixed(sms_from="urgent", mail_from="", home="")),
    "org/accounts/<int:pk>/<slug:act>/": Write(frozenset({"security_admin"}), fixed(**REASON)),
    "org/accounts/new/": Write(
        frozenset({"security_admin"}),
        lambda world, place, role: {
            "full_name": "新人",
            "username": "newcomer",
            "phone": "13900000001",
            "post": world.posts["township_a"].pk,
        },
    ),
    "suggestions/": Write(PEOPLE, fixed(text="太慢", page="/work/")),
    "suggestions/<int:pk>/reply/": Write(ANSWERS, fixed(reply="已改")),
    "wall/<int:pk>/revoke/": Write(COUNTY_WIDE),
    "wall/issue/": Write(COUNTY_WIDE),
}

OF_ORG = {
    "org/appoint/": Write(
        ARRANGING, fixed(full_name="新人", phone="13900000001", from_on=TODAY, document="1号", **REASON)
    ),
    "org/designate/": Write(
        ARRANGING,
        lambda world, place, role: {
            "seat": "regulator",
            "post": world.posts["regulator_coal"].pk,
            "title": "包保责任人",
            "document": "2号",
            "from_on": TODAY,
            **REASON,
        },
    ),
    "org/designations/<int:pk>/end/": Write(ARRANGING, fixed(last_on=TODAY, **REASON)),
    "org/holdings/<int:pk>/end/": Write(ARRANGING, fixed(last_on=TODAY, **REASON)),
    "org/holdings/<int:pk>/renew/": Write(ARRANGING, fixed(term_on="2029-01-01", document="3号", **REASON)),
    "org/letters/<int:year>/<int:pk>/sign/": Write(ARRANGING, fixed(signed_on="2026-03-01", reference="4号")),
    "org/people/<int:pk>/phone/": Write(ACTORS, on_record=True),
    "org/posts/<int:pk>/duties/load/": Write(ARRANGING),
    "org/posts/<int:pk>/duties/new/": Write(ARRANGING, fixed(text=WORDS, citation="5号", **REASON)),
    "org/posts/<int:pk>/tasks/new/": Write(ARRANGING, fixed(text=WORDS, due_on="2026-12-01")),
    "org/posts/<int:pk>/transfer/": Write(
        ANSWERS, lambda world, place, role: {"new": world.places[place].principal.pk, **REASON}
    ),
    "org/sectors/<int:pk>/end/": Write(COUNTY_WIDE, fixed(last_on=TODAY, **REASON)),
    "org/sectors/assign/": Write(
        COUNTY_WIDE,
        lambda world, place, role: {
            "sector": "fire",
            "unit": world.posts["regulator_coal"].unit_id,
            "lead": "joint",
            "from_on": TODAY,
            "document": "6号",
            **REASON,
        },
    ),
    "org/tasks/<int:pk>/done/": Write(ARRANGING, fixed(done_on=TODAY, reference="7号")),
    "org/units/<int:pk>/territory/": Write(
        ARRANGING, lambda world, place, role: {"territory": f"{world.places[place].territory}001", **REASON}
    ),
}

OF_CASES = {
    "cases/<int:pk>/<slug:verb>/": Write(
        frozenset({"office"}),
        lambda world, place, role: {
            "finding": "已到场",
            "version": world.places[place].warning.version,
            "key": "matrix",
        },
    ),
    "delegations/": Write(ACTORS | {"security_admin"}, _lending),
    "delegations/<int:pk>/revoke/": Write(ENTERPRISES | {"security_admin"}),
    "papers/<int:pk>/<slug:act>/": Write(frozenset({"office"}), fixed(**REASON)),
    "papers/new/": Write(
        frozenset({"office"}),
        lambda world, place, role: {
            "register": "cases.case",
            "row": world.places[place].warning.pk,
            "template": "warning_order",
        },
        names_plant=True,
    ),
    "work/act/": Write(
        ENTERPRISES,
        lambda world, place, role: {
            "verb": "sign",
            "case": f"{world.places[place].fresh.pk}:{world.places[place].fresh.version}",
            "key": "matrix",
        },
        names_plant=True,
    ),
}

OF_MONITORING = {
    "alarms/<int:pk>/acknowledge/": Write(ACTORS, fixed(note="已看到")),
    "alarms/acknowledge/": Write(
        ACTORS,
        lambda world, place, role: {"note": "已看到", "alarm": [world.places[place].alarm.pk]},
        names_plant=True,
    ),
    "api/v1/alarms/<alarm_id>/acknowledge": Write(ACTORS, fixed(note="已看到"), as_json=True),
    "devices/<str:code>/revoke/": Write(OFFICERS, fixed(**REASON)),
    "devices/<str:code>/rotate/": Write(OFFICERS),
}

SYSTEM = frozenset({"system_admin"})
OF_SYSTEM = {
    "system/calendar/": Write(
        SYSTEM, fixed(year="2027", document="通知", holidays="元旦 2027-01-01", workdays="", **REASON)
    ),
    "system/channels/": Write(SYSTEM, fixed(address="https://anwei.example", **REASON)),
    "system/figures/<slug:code>/<str:name>/": Write(SYSTEM, fixed(limit="7", unit="minute", **REASON)),
    "system/passwords/": Write(frozenset({"security_admin"}), fixed(profile="asvs", **REASON)),
    "system/run/<slug:check>/": Write(SYSTEM | {"audit_admin"}),
    "system/templates/<slug:key>/": Write(SYSTEM, fixed(title="预警处置通知", body=WORDS, **REASON)),
}


def writes(write: Write | None, role: str, route: Route, place: str, method: str) -> bool:
    """Say whether a role may change something there by this method."""
    if write is None or write.method != method or role not in write.who:
        return False
    return reads(role, route, place)


UNTRIED = {
    "account/factor/": "needs the secret of its own page: tests/kernel/test_accounts_factor.py",
    "account/recovery-codes/": "needs a second factor: the same",
    "accounts/confirm/": "asks again who it is: tests/kernel/test_accounts_sessions.py",
    "accounts/confirm/code/": "the same",
    "accounts/login/": "tests/kernel/test_accounts_lockout.py",
    "accounts/logout/": "ends the session it stands on: tests/kernel/test_accounts_sessions.py",
    "cases/<int:pk>/extend/": "a warning's clocks are not extended: tests/kernel/test_extension.py",
    "demo/switch/": "not outside the demo: tests/portal/test_demo_switch.py",
    "org/accounts/<int:pk>/reset/": "confirms what a reset left open: tests/kernel/test_accounts_resets.py",
    "system/channels/<slug:channel>/": "sets a provider up: tests/portal",
    "system/channels/<slug:channel>/test/": "asks a provider: tests/portal",
    "system/erasures/<int:pk>/": "a second hand's: tests/kernel",
    "system/erasures/propose/": "names a sealed row: tests/kernel",
    "wall/open/": "a stranger with a code: tests/portal/test_wall.py",
}
"""Doors that change something elsewhere than here, with where that is shown."""
