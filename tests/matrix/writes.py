"""Every unsafe call that may change something: who may, with which body; and that it leaves a sealed row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from anwei.hazards.services.reports import items_for
from anwei.org.holdings import holdings_on
from tests.kernel.accounts import FACTOR_SECRET, code_of
from tests.kernel.county import NOW, photo
from tests.matrix.expected import (
    ACTORS,
    ANSWERS,
    ARRANGING,
    COUNTY_WIDE,
    ENTERPRISES,
    EVERYBODY,
    INSPECTING,
    OFFICERS,
    reads,
)
from tests.matrix.routes import Route
from tests.matrix.world import TOWN_A, World
from tests.sites.risks import no_to_all

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


def _code(world: World, place: str, role: str) -> Mapping[str, Any]:
    """Return what the telephone shows: the leader's since long, others' from the page of the second factor."""
    secret = FACTOR_SECRET if role == "leader" else world.telephones.get(role, "")
    return {"code": code_of(secret) if secret else ""}


OF_ACCOUNTS = {
    "account/factor/": Write(PEOPLE - {"leader"}, _code),
    "account/recovery-codes/": Write(frozenset({"leader"})),
    "accounts/confirm/code/": Write(
        frozenset({"leader"}), _code, unsealed="who it is was asked again; the code is used up"
    ),
    "accounts/login/": Write(
        frozenset({"anonymous"}),
        lambda world, place, role: {"login": "office", "password": world.passwords["office"]},
        unsealed="the log of logins says so",
    ),
    "account/password/": Write(PEOPLE, _new_password),
    "account/sessions/": Write(PEOPLE, fixed(session="others")),
    "notices/read/": Write(PEOPLE, unsealed="that one has read one's own notices"),
    "notices/settings/": Write(PEOPLE, fixed(sms_from="urgent", mail_from="", home="")),
    "org/accounts/<int:pk>/<slug:act>/": Write(frozenset({"security_admin"}), fixed(**REASON)),
    "org/accounts/<int:pk>/reset/": Write(frozenset({"audit_admin"}), fixed(**REASON), on_record=True),
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
    "wall/open/": Write(PEOPLE | {"anonymous"}, lambda world, place, role: {"code": world.code}),
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
            "evidence": SimpleUploadedFile("现场.jpg", photo().content, content_type="image/jpeg"),
            "evidence_taken_at": f"{TODAY}T10:00",
            "evidence_place": "井口",
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

OF_DOCUMENTS = {
    "documents/new/": Write(
        ACTORS,
        lambda world, place, role: {
            "title": WORDS,
            "kind": "report",
            "file": SimpleUploadedFile("report.jpg", photo().content),
        },
    ),
    "documents/<int:pk>/withdraw/": Write(ACTORS, fixed(**REASON)),
    "enterprises/<int:pk>/export/": Write(PEOPLE, fixed(full="1", **REASON), on_record=True),
}

OF_ACCIDENTS = {
    "briefings/make/": Write(COUNTY_WIDE, fixed(year="2026", months="9", layout="grid")),
    "briefings/<int:pk>/": Write(COUNTY_WIDE, fixed(next_steps=WORDS)),
    "briefings/<int:pk>/anew/": Write(COUNTY_WIDE, fixed()),
    "briefings/<int:pk>/correct/": Write(frozenset(), fixed(**REASON)),  # a draft is written anew
    "figures/freeze/": Write(COUNTY_WIDE, fixed(month="2026-10")),
    "accidents/<int:pk>/": Write(ARRANGING, fixed(died_on="2026-03-20", was="serious_injuries", **REASON)),
}

OF_HAZARDS = {
    "hazards/<int:pk>/list/": Write(OFFICERS, fixed(level="3", authority="", **REASON)),
    "penalties/<int:pk>/annul/": Write(
        frozenset({"leader"}), fixed(kind="revoked", on=TODAY, document=WORDS, **REASON)
    ),
    "penalties/<int:pk>/take-down/": Write(frozenset({"leader"}), fixed(**REASON)),
    "penalties/new/": Write(
        frozenset({"regulator_chemical", "regulator_coal"}),
        fixed(fine="P097-5", sanction=WORDS, decision_number="矩阵1号", decided_on=TODAY),
    ),
    "inspections/new/": Write(
        INSPECTING,
        lambda world, place, role: {
            "body": holdings_on(NOW.date()).filter(person=world.people[role]).first().post.unit_id,  # type: ignore[union-attr]
            "planned_on": TODAY,
            "reason": "asked",
            "reason_text": WORDS,
            "announced": "1",
        },
    ),
    "watch/": Write(ARRANGING, unsealed="computes the list of the week; nothing anybody wrote changes"),
    "analysis/hotspots/": Write(
        frozenset({"office"}), unsealed="looks for hot spots; nothing anybody wrote changes"
    ),
    "watch/rules/<str:name>/": Write(frozenset({"office"}), fixed(value="6", **REASON)),
    "watch/backtest/": Write(
        COUNTY_WIDE | {"regulator_chemical", "regulator_coal"},
        unsealed="looks back; nothing anybody wrote changes",
    ),
    "watch/plan/": Write(
        INSPECTING,
        lambda world, place, role: {
            "name": WORDS,
            "enterprise": world.places[place].enterprise.pk,
            "body": holdings_on(NOW.date()).filter(person=world.people[role]).first().post.unit_id,  # type: ignore[union-attr]
            "planned_on": TODAY,
            "per_day": "1",
            "announced": "1",
        },
    ),
    "watch/warn/": Write(
        INSPECTING,
        lambda world, place, role: {
            "enterprise": (key := world.places[place].enterprise.pk),
            f"{key}-level": "blue",
            f"{key}-basis": WORDS,
            f"{key}-requirement": WORDS,
        },
    ),
    "inspections/plan/new/": Write(
        INSPECTING,
        lambda world, place, role: {
            "organizer": holdings_on(NOW.date()).filter(person=world.people[role]).first().post.unit_id,  # type: ignore[union-attr]
            "kind": "special",
            "name": WORDS,
            "starts_on": TODAY,
            "ends_on": TODAY,
            "target": "1",
        },
    ),
    "inspections/phone/acts/": Write(
        frozenset({"office"}),
        lambda world, place, role: {
            "key": "matrix-act",
            "visit": world.places[place or "x"].visit_file.visit_id,
            "kind": "end",
            "at": NOW.isoformat(),
            "finding": WORDS,
        },
        as_json=True,
        names_plant=True,
    ),
    "inspections/phone/files/": Write(
        frozenset({"office"}),
        lambda world, place, role: {
            "key": "matrix-file",
            "visit": str(world.places[place or "x"].visit_file.visit_id),
            "kind": "evidence",
            "sha256": sha256(photo().content).hexdigest(),
            "file": SimpleUploadedFile("现场.jpg", photo().content, content_type="image/jpeg"),
        },
        names_plant=True,
    ),
    "inspections/<int:pk>/<slug:act>/": Write(frozenset({"office"}), fixed(**REASON)),
    "inspections/campaigns/<int:pk>/close/": Write(frozenset({"office"})),
    "inspections/campaigns/<int:pk>/dates/": Write(
        frozenset({"office"}), fixed(starts_on="2026-12-01", ends_on="2026-12-31", reason=WORDS)
    ),
    "inspections/periods/<slug:code>/<int:year>/": Write(
        frozenset({"office"}), fixed(starts_on="2026-05-15", ends_on="2026-10-15", reason=WORDS)
    ),
    "hazards/recheck/compute/": Write(
        frozenset({"office"}), unsealed="lets the background reckon; nothing anybody wrote changes"
    ),
    "hazards/recheck/draw/": Write(frozenset({"office"}), fixed(public_number="147", n="1", n_random="0")),
    "hazards/recheck/items/<int:pk>/": Write(
        frozenset({"office"}), fixed(outcome="fails", note=WORDS, key="look")
    ),
    "selfchecks/new/": Write(
        ENTERPRISES,
        lambda world, place, role: {
            f"{item.id}_result": "ok"
            for item in items_for(world.places.get(role[-1], world.places["x"]).enterprise)
        },
    ),
    "selfchecks/special/<int:pk>/": Write(ENTERPRISES, fixed(line0_result="ok")),
    "hazards/new/": Write(
        ACTORS,
        lambda world, place, role: {
            "description": WORDS,
            "place": "井口",
            "found_at": f"{TODAY}T09:30",
            "origin": "self_check" if role in ENTERPRISES else "inspection",
            "key": "matrix",
            "evidence": SimpleUploadedFile("现场.jpg", photo().content, content_type="image/jpeg"),
            "evidence_taken_at": f"{TODAY}T09:30",
            "evidence_place": "井口",
        },
    ),
}

OF_MAP = {
    "map/datums/<slug:kind>/<int:pk>/": Write(ARRANGING, fixed(datum="gcj02", **REASON)),
}

OF_RISKS = {
    "contacts/<int:pk>/phone/": Write(ARRANGING, on_record=True),
    "contacts/<int:pk>/tried/": Write(ARRANGING, fixed(outcome="reached")),
    "proposals/<int:pk>/<slug:act>/": Write(ARRANGING),
    "risks/assessments/<int:pk>/<slug:act>/": Write(
        ARRANGING,
        lambda world, place, role: {"point": [*range(len(world.places[place].assessment.result["confirm"]))]},
    ),
    "risks/colour-rules/": Write(
        COUNTY_WIDE,
        fixed(reset="1", **REASON),
    ),
    "risks/enterprises/<int:pk>/diagnosis/": Write(ACTORS, lambda world, place, role: no_to_all()),
    "risks/enterprises/<int:pk>/sign/": Write(ACTORS),
    "risks/installations/<int:pk>/assess/": Write(ACTORS),
    "risks/points/<int:pk>/assess/<slug:method>/": Write(ACTORS, fixed(L="1", E="1", C="1")),
    "risks/points/<int:pk>/sign/": Write(ACTORS),
}

RULE = {"deadband": "0", "on_delay_s": "5", "off_delay_s": "0", "severity": "red", **REASON}
OF_MONITORING = {
    "alarms/<int:pk>/acknowledge/": Write(ACTORS, fixed(note="已看到")),
    "alarms/acknowledge/": Write(
        ACTORS,
        lambda world, place, role: {"note": "已看到", "alarm": [world.places[place].alarm.pk]},
        names_plant=True,
    ),
    "api/v1/alarms/<alarm_id>/acknowledge": Write(ACTORS, fixed(note="已看到"), as_json=True),
    "forecasts/<int:pk>/verdict/": Write(ACTORS, fixed(verdict="true", reason="已看到")),
    "tags/<int:number>/important/": Write(OFFICERS, fixed(important="1")),
    "devices/<str:code>/revoke/": Write(OFFICERS, fixed(**REASON)),
    "devices/<str:code>/rotate/": Write(OFFICERS),
    "tags/<int:number>/rules/<int:pk>/": Write(OFFICERS, fixed(**RULE, limit="1.4", enabled="on")),
    "tags/<int:number>/rules/add/": Write(OFFICERS, fixed(**RULE, kind="h", limit="1.0")),
}

SYSTEM = frozenset({"system_admin"})
BOUNDARY = {
    "type": "Feature",
    "properties": {"name": "甲镇", "code": TOWN_A},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[119.8, 38.6], [120, 38.6], [120, 38.8], [119.8, 38.6]]],
    },
}
OF_SYSTEM = {
    "map/boundaries/": Write(SYSTEM | {"office"}, fixed(document=json.dumps(BOUNDARY), write="1", **REASON)),
    "map/boundaries/<int:code>/": Write(
        SYSTEM | {"office"}, fixed(lines="119.8, 38.6\n120, 38.6\n120, 38.8", **REASON)
    ),
    "system/calendar/": Write(
        SYSTEM, fixed(year="2027", document="通知", holidays="元旦 2027-01-01", workdays="", **REASON)
    ),
    "system/channels/<slug:channel>/": Write(SYSTEM, fixed(adapter="", **REASON)),
    "system/channels/<slug:channel>/test/": Write(SYSTEM, on_record=True),
    "system/erasures/<int:pk>/": Write(frozenset({"audit_admin"}), fixed(answer="agree")),
    "system/erasures/propose/": Write(
        frozenset({"security_admin", "audit_admin"}),
        lambda world, place, role: {
            "model": "ledgers.change",
            "pk": world.erasable[1].pk,
            "citation": "9号",
            **REASON,
        },
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
    "lessons/accidents/<int:pk>/": "asks chosen enterprises: tests/analytics/test_lessons.py",
    "lessons/hazards/<int:pk>/": "asks chosen enterprises: tests/analytics/test_lessons.py",
    "inspections/merge/": "two visits become one: tests/hazards/test_visits_together.py",
    "inspections/campaigns/<int:pk>/draw/": "draws with inspectors of the own body: tests/hazards/test_campaigns.py",
    "inspections/draws/<int:pk>/": "plans what was drawn: tests/hazards/test_campaigns.py",
    "inspections/inspectors/": "enters people of the own body: tests/hazards/test_campaigns.py",
    "accounts/confirm/": "asks again who it is; it writes nothing but the session",
    "accounts/logout/": "ends the session on which the walk stands; it writes nothing but the session",
    "ledgers/people/<int:pk>/edit/": "who can log in is renamed at the account: tests/kernel/test_accounts_phones.py",
    "cases/<int:pk>/extend/": "no clock of the kinds installed may be extended: tests/kernel/test_extension.py",
}
"""Doors that the walk knocks at without the right words, with the reason."""
