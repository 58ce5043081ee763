"""Who may read at which door: the policy of the view, the plants a role sees, and the narrower doors below."""

from __future__ import annotations

from collections.abc import Callable

from tests.matrix.routes import Route
from tests.matrix.world import SEES

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
    "named": "officer",
    "system_admin": "system_admin",
    "security_admin": "security_admin",
    "audit_admin": "audit_admin",
}
EVERYBODY = frozenset(POST_KINDS)
ENTERPRISES = frozenset({"enterprise_x", "enterprise_y", "enterprise_z"})
OFFICERS = frozenset({"township_a", "township_b", "regulator_chemical", "regulator_coal", "office", "named"})
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
COUNTY_WIDE = frozenset({"office", "leader"})
ARRANGING = OFFICERS | {"leader"}
INSPECTING = OFFICERS - {"named"}  # a village inspects nobody
ACTORS = EVERYBODY - ADMINISTRATORS - {"display"}
ANSWERS = frozenset({"office", "system_admin"})  # of suggestions

Rule = Callable[[str, str], bool]


def _only(roles: frozenset[str]) -> Rule:
    return lambda role, place: role in roles


def _reader_alone(role: str, place: str) -> bool:
    return role == f"enterprise_{place}"


NARROW: dict[str, Rule] = {
    "account/password/": _only(EVERYBODY),
    "accounts/confirm/": _only(EVERYBODY),
    "accounts/confirm/code/": _only(EVERYBODY),
    "contacts/trials/": _only(ARRANGING),
    "documents/new/": _only(ACTORS),
    "enterprises/own/": _only(ENTERPRISES),
    "delegations/<int:pk>/revoke/": lambda role, place: (
        _reader_alone(role, place) or role == "security_admin"
    ),
    "hazards/<int:pk>/list/": _only(OFFICERS),
    "hazards/new/": _only(ACTORS),
    "inspections/<int:pk>/<slug:act>/": _only(ACTORS),
    "inspections/campaigns/<int:pk>/": _only(ARRANGING),
    "inspections/campaigns/<int:pk>/checks/": _only(ARRANGING),
    "inspections/campaigns/<int:pk>/close/": _only(ARRANGING),
    "inspections/campaigns/<int:pk>/dates/": _only(frozenset({"office"})),
    "inspections/periods/<slug:code>/<int:year>/": _only(frozenset({"office"})),
    "inspections/campaigns/<int:pk>/daily/": _only(ARRANGING),
    "inspections/campaigns/<int:pk>/draw/": _only(INSPECTING),
    "inspections/draws/<int:pk>/": _only(ARRANGING),
    "inspections/inspectors/": _only(INSPECTING),
    "inspections/merge/": _only(INSPECTING),
    "inspections/new/": _only(INSPECTING),
    "inspections/plan/": _only(ARRANGING),
    "inspections/plan/new/": _only(INSPECTING),
    "inspections/scan/<slug:code>/": _only(INSPECTING),
    "hazards/recheck/": _only(frozenset({"office"})),
    "hazards/recheck/compute/": _only(frozenset({"office"})),
    "hazards/recheck/draw/": _only(frozenset({"office"})),
    "hazards/recheck/draws/<int:pk>/": _only(frozenset({"office"})),
    "hazards/recheck/items/<int:pk>/": _only(frozenset({"office"})),
    "watch/rules/": _only(ARRANGING),
    "watch/rules/<str:name>/": _only(frozenset({"office"})),
    "analysis/month/": _only(ARRANGING),
    "analysis/hotspots/": _only(ARRANGING),
    "analysis/seasons/": _only(ARRANGING),
    "analysis/clauses/": _only(ARRANGING),
    "lessons/": _only(ARRANGING),
    "analysis/hotspots/<int:pk>/": _only(ARRANGING),
    "lessons/accidents/<int:pk>/": _only(ARRANGING),
    "lessons/hazards/<int:pk>/": _only(ARRANGING),
    "selfchecks/new/": _only(ENTERPRISES),
    "ledgers/sector-duties/<int:pk>/": _only(EVERYBODY),  # the division of sectors is no secret
    "ledgers/units/<int:pk>/": _only(COUNTY_WIDE | {"township_a"}),
    "orders/new/": _only(COUNTY_WIDE),
    "briefings/": _only(ARRANGING),
    "briefings/<int:pk>/": _only(COUNTY_WIDE),  # a draft
    "briefings/<int:pk>/docx/": _only(COUNTY_WIDE),
    "briefings/<int:pk>/xlsx/": _only(COUNTY_WIDE),
    "today/": _only(COUNTY_WIDE),
    "notices/<int:pk>/": _reader_alone,  # a notice is its reader's alone
    "org/posts/<int:pk>/transfer/": _only(ANSWERS),
    "org/sectors/<int:pk>/end/": _only(COUNTY_WIDE),
    "org/sectors/assign/": _only(COUNTY_WIDE),
    "ledgers/opening-figures/<int:pk>/": _only(ACTORS - ENTERPRISES),  # no enterprise has any
    "ledgers/targets/<int:pk>/": _only(ACTORS - ENTERPRISES),  # likewise
    "ledgers/weather/<int:pk>/": _only(COUNTY_WIDE | {"township_a", "township_b"}),  # of a place alone
    "ledgers/inspectors/<int:pk>/": _only(COUNTY_WIDE | {"township_a", "township_b"}),  # a body's own
    "ledgers/past-hazards/<int:pk>/": _only(ACTORS - ENTERPRISES),  # no enterprise keeps it
    "papers/<int:pk>/": _only(COUNTY_WIDE),  # a draft: whoever has a hand in it
    "papers/<int:pk>/<slug:act>/": _only(COUNTY_WIDE),
    "papers/<int:pk>/versions/<int:number>/": _only(COUNTY_WIDE),
    "penalties/<int:pk>/annul/": _only(frozenset({"leader"})),  # who approves
    "penalties/<int:pk>/take-down/": _only(frozenset({"leader"})),  # who approves: nobody else is above
    "penalties/new/": _only(frozenset({"regulator_chemical", "regulator_coal"})),
    "risks/colour-rules/": _only(COUNTY_WIDE),
    "risks/what-if/": _only(ACTORS - ENTERPRISES),
    "risks/enterprises/<int:pk>/diagnosis/": lambda role, place: role in ACTORS and place != "z",
    "risks/points/<int:pk>/assess/<slug:method>/": _only(ACTORS),
    "status/": _only(EVERYBODY - ENTERPRISES),
    "suggestions/<int:pk>/photo/": lambda role, place: _reader_alone(role, place) or role in ANSWERS,
    "tags/<int:number>/rules/<int:pk>/": _only(OFFICERS),
    "tags/<int:number>/rules/add/": _only(OFFICERS),
    "watch/": _only(ARRANGING),
    "watch/backtest/": _only(ARRANGING),
    "watch/enterprises/<int:pk>/": _only(ARRANGING),
    "watch/plan/": _only(INSPECTING),
    "watch/warn/": _only(INSPECTING),
    "suggestions/<int:pk>/reply/": lambda role, place: _reader_alone(role, place) or role in ANSWERS,
}
"""Doors that the view narrows, or opens, in its own way: (role, plant) -> may read."""

OF_THE_FILE = (
    "licences",
    "insurances",
    "management-documents",
    "safety-funds",
    "contacts",
    "equipment",
    "processes",
    "cameras",
    "road-sections",
    "nine-small",
    "self-built",
    "projects",
    "project-parties",
    "dangerous-works",
)
"""Registers of an enterprise's papers, plant and places: one row a plant in `Place.file`."""
OF_SITES = ("enterprises", "sites", "risk-points", "installations", "chemicals", *OF_THE_FILE)
OF_HAZARDS = ("hazards", "past-hazards")
OF_ACCIDENTS = ("accidents", "opening-figures", "targets", "weather")
OF_A_PLACE = ("weather", "inspectors")  # rows of a territory or a body alone: a sector's regulator sees none
WRITTEN_BY = (
    dict.fromkeys(("units", "posts", "roster", *OF_SITES, *OF_HAZARDS, *OF_ACCIDENTS), ARRANGING)
    | dict.fromkeys(("people", "sector-duties", "targets"), COUNTY_WIDE)
    | {"inspectors": INSPECTING}
)
"""Register -> who may write it."""
PROPOSED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("chemicals", "contacts", "equipment", "installations", "insurances", "licences"),
            *("management-documents", "processes", "safety-funds"),
        ),
        ("new/", "<int:pk>/edit/"),
    ),
    "enterprises": ("<int:pk>/edit/",),
}
"""Register -> the pages on which an enterprise proposes."""
FOR_WRITERS = ("template.xlsx", "import/", "grid/", "new/", "batch/", "<int:pk>/edit/")

CLOSED: dict[str, tuple[int, ...]] = {
    "api/v1/": (404,),  # there is nothing behind it
    "api/v1/<path:rest>": (404,),
    "accounts/unified/<slug:provider_id>/": (404,),  # no unified login is set up
    "accounts/unified/<slug:provider_id>/back/": (404,),
    "g/<slug:code>": (404,),  # nobody's
    "listings/<int:pk>/sign/": (404,),  # there is no sign before the notice
    "healthz": (503,),  # nothing runs here
    "s/<slug:code>": (404,),  # nobody's sign
    "inspections/scan/<slug:code>/": (404,),  # likewise
}
"""What a door answers to those whom it lets in, where that is neither 2xx nor 3xx."""

HALFWAY = ("accounts/code/", "accounts/trust/")  # for a login under way; strangers begin at its beginning
MARKS = (
    "notices/<int:pk>/",  # reading writes: that it was read
    "inspections/phone/package/",  # that numbers of papers are taken along
)


def reads(role: str, route: Route, place: str) -> bool:
    """Say whether a role may read an address."""
    if route.policy == "public":
        return role != "anonymous" or route.pattern not in HALFWAY
    if role == "anonymous" or route.policy == "":
        return False
    if role == "display" and route.policy != "token":
        return route.policy == "shown_on_walls"
    if route.policy.startswith(("posts:", "county:")):
        kinds = route.policy.partition(":")[2].split(",")
        if not {POST_KINDS[role], role} & {*kinds}:
            return False
    if rule := NARROW.get(route.pattern):
        return (not place or place in SEES[role] or role in ADMINISTRATORS) and rule(role, place)
    if place and place not in SEES[role]:
        return False
    return _keeps_register(role, route)


def _keeps_register(role: str, route: Route) -> bool:
    """Say whether a role may do there what only writers of the register do; true of other doors."""
    room, _slash, rest = route.pattern.partition("/")
    code, _slash, page = rest.partition("/")
    if room != "ledgers" or not page.startswith(FOR_WRITERS):
        return True
    if page.startswith("import/<"):  # a sheet is its sender's alone, and belongs to one register
        return role == "office" and code == "enterprises"
    if code == "units" and page == "<int:pk>/edit/":
        return role in COUNTY_WIDE | {"township_a"}
    if (
        code in OF_A_PLACE
        and page == "<int:pk>/edit/"
        and role not in COUNTY_WIDE | {"township_a", "township_b"}
    ):
        return False
    return role in WRITTEN_BY[code] or (role in ENTERPRISES and page in PROPOSED.get(code, ()))


def asks_again(route: Route) -> bool:
    """Say whether a page without an object is a list that questions change."""
    return not (
        route.pattern.startswith(
            ("system/", "account/", "accounts/", "help/", "org/accounts/new/", "inspections/phone/")
        )
        or route.pattern
        == "hazards/provincial.xlsx"  # which knows its filters, as the exports of registers do
        or route.pattern.endswith(FOR_WRITERS)
    )
