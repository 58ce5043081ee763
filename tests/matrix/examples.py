"""What stands in the place of a URL's arguments: one line for each kind of object that has an address.

A key is the beginning of a pattern (the longest one counts) and the argument's name. An object of a plant has
one example a plant; an object of the county has the same for all, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from tests.matrix.expected import OF_THE_FILE
from tests.matrix.routes import Route, routes
from tests.matrix.world import PLACES, TOWN_A, TRIED, Place, World

Example = Callable[[Place], Any]
CountyExample = Callable[[World], Any]

OF_A_PLANT: dict[tuple[str, str], Example] = {
    ("accidents/", "pk"): lambda place: place.file["accidents"].pk,
    ("alarms/", "pk"): lambda place: place.alarm.pk,
    ("api/v1/alarms/", "alarm_id"): lambda place: place.alarm.pk,
    ("api/v1/devices/", "code"): lambda place: place.device.code,
    ("api/v1/tags/", "number"): lambda place: place.tag.number,
    ("cases/", "pk"): lambda place: place.warning.pk,
    ("contacts/", "pk"): lambda place: place.file["contacts"].pk,
    ("delegations/", "pk"): lambda place: place.delegation.pk,
    ("devices/", "code"): lambda place: place.device.code,
    ("documents/", "pk"): lambda place: place.document.pk,
    ("enterprises/", "pk"): lambda place: place.enterprise.pk,
    ("evidence/", "pk"): lambda place: place.evidence.pk,
    ("forecasts/", "pk"): lambda place: place.forecast.pk,
    ("hazards/", "pk"): lambda place: place.hazard.pk,
    ("inspections/<int:pk>/", "pk"): lambda place: place.visit.pk,
    ("inspections/files/", "pk"): lambda place: place.visit_file.pk,
    ("inspections/papers/", "pk"): lambda place: place.visit_paper.pk,
    ("hazards/recheck/draws/", "pk"): lambda place: place.recheck.draw_id,
    ("hazards/recheck/items/", "pk"): lambda place: place.recheck.pk,
    ("hazards/statistics/", "pk"): lambda place: place.enterprise.pk,
    ("selfchecks/special/", "pk"): lambda place: place.file["special-check"].pk,
    ("selfchecks/", "pk"): lambda place: place.file["self-check"].pk,
    ("ledgers/chemicals/", "pk"): lambda place: place.chemical.pk,
    ("ledgers/enterprises/", "pk"): lambda place: place.enterprise.pk,
    ("ledgers/hazards/", "pk"): lambda place: place.file["hazards"].pk,
    ("ledgers/accidents/", "pk"): lambda place: place.file["accidents"].pk,
    ("ledgers/opening-figures/", "pk"): lambda place: place.file["opening-figures"].pk,
    ("ledgers/targets/", "pk"): lambda place: place.file["targets"].pk,
    ("ledgers/weather/", "pk"): lambda place: place.file["weather"].pk,
    ("ledgers/inspectors/", "pk"): lambda place: place.file["inspectors"].pk,
    ("ledgers/past-hazards/", "pk"): lambda place: place.file["past-hazards"].pk,
    ("ledgers/installations/", "pk"): lambda place: place.installation.pk,
    ("ledgers/people/", "pk"): lambda place: place.worker.pk,
    ("ledgers/posts/", "pk"): lambda place: place.safety.pk,
    ("ledgers/risk-points/", "pk"): lambda place: place.point.pk,
    ("ledgers/roster/", "pk"): lambda place: place.holding.pk,
    ("ledgers/sites/", "pk"): lambda place: place.site.pk,
    ("listings/", "pk"): lambda place: place.listing.pk,
    ("lessons/accidents/", "pk"): lambda place: place.file["accidents"].pk,
    ("lessons/hazards/", "pk"): lambda place: place.hazard.pk,
    ("map/datums/", "pk"): lambda place: place.site.pk,
    ("notices/", "pk"): lambda place: place.notice.pk,
    ("org/designations/", "pk"): lambda place: place.designation.pk,
    ("org/holdings/", "pk"): lambda place: place.holding.pk,
    ("org/letters/<int:pk>/scan/", "pk"): lambda place: place.signing.pk,
    ("org/letters/<int:year>/", "pk"): lambda place: place.enterprise.unit_id,
    ("org/people/", "pk"): lambda place: place.worker.pk,
    ("org/posts/", "pk"): lambda place: place.safety.pk,
    ("org/tasks/", "pk"): lambda place: place.task.pk,
    ("org/units/", "pk"): lambda place: place.enterprise.unit_id,
    ("papers/", "pk"): lambda place: place.paper.pk,
    ("penalties/", "pk"): lambda place: place.penalty.pk,
    ("proposals/", "pk"): lambda place: place.proposal.pk,
    ("risks/assessments/", "pk"): lambda place: place.assessment.pk,
    ("risks/enterprises/", "pk"): lambda place: place.enterprise.pk,
    ("risks/installations/", "pk"): lambda place: place.installation.pk,
    ("risks/points/", "pk"): lambda place: place.point.pk,
    ("sites/", "pk"): lambda place: place.site.pk,
    ("suggestions/", "pk"): lambda place: place.suggestion.pk,
    ("tags/", "number"): lambda place: place.tag.number,
    ("watch/enterprises/", "pk"): lambda place: place.enterprise.pk,
    ("tags/<int:number>/rules/", "pk"): lambda place: place.alarm.rule_id,
}

OF_A_PLANT |= {
    (f"ledgers/{code}/", "pk"): lambda place, code=code: place.file[code].pk  # type: ignore[misc]
    for code in OF_THE_FILE
}

OF_THE_COUNTY: dict[tuple[str, str], CountyExample] = {
    ("api/v1/", "rest"): lambda world: "nowhere",
    ("cases/", "verb"): lambda world: "confirm",
    ("accounts/unified/", "provider_id"): lambda world: "county",
    ("ledgers/", "sheet"): lambda world: world.sheet.pk,
    ("ledgers/sector-duties/", "pk"): lambda world: world.duty.pk,
    ("ledgers/units/", "pk"): lambda world: world.posts["township_a"].unit_id,
    ("org/accounts/", "act"): lambda world: "close",
    ("org/accounts/", "pk"): lambda world: world.people["office"].pk,
    ("org/accounts/<int:pk>/reset/", "pk"): lambda world: world.deputy.pk,
    ("g/", "code"): lambda world: "2222222222",  # nobody's: what a real one shows is everybody's
    ("inspections/", "act"): lambda world: "cancel",
    ("inspections/campaigns/", "pk"): lambda world: world.draw.campaign_id,
    ("inspections/periods/", "code"): lambda world: "flood",
    ("inspections/periods/", "year"): lambda world: 2026,
    ("briefings/", "pk"): lambda world: world.briefing.pk,
    ("inspections/draws/", "pk"): lambda world: world.draw.pk,
    ("inspections/scan/", "code"): lambda world: "2222222222",
    ("hazards/statistics/", "quarter"): lambda world: 3,
    ("hazards/statistics/", "year"): lambda world: 2026,
    ("help/", "page"): lambda world: "work",
    ("law/", "address"): lambda world: "law_spf/41",
    ("map/boundaries/", "code"): lambda world: TOWN_A,
    ("analysis/hotspots/", "pk"): lambda world: world.hotspot.pk,
    ("map/datums/", "kind"): lambda world: "site",
    ("map/layers/", "code"): lambda world: "enterprises",
    ("org/accounts/audit/", "tab"): lambda world: "failures",
    ("org/letters/", "year"): lambda world: 2026,
    ("org/sectors/", "pk"): lambda world: world.duty.pk,
    ("papers/", "act"): lambda world: "withdraw",
    ("papers/", "number"): lambda world: 1,
    ("proposals/", "act"): lambda world: "confirm",
    ("risks/assessments/", "act"): lambda world: "confirm",
    ("risks/points/", "method"): lambda world: "lec",
    ("s/", "code"): lambda world: "2222222222",  # nobody's: what a real one shows is everybody's
    ("system/channels/", "channel"): lambda world: "sms",
    ("system/erasures/", "pk"): lambda world: world.erasure.pk,
    ("watch/rules/", "name"): lambda world: "figures.weeks",
    ("system/figures/", "code"): lambda world: "warning-clocks",
    ("system/figures/", "name"): lambda world: "red.sign",
    ("system/run/", "check"): lambda world: "verify",
    ("system/templates/", "key"): lambda world: "warning_order",
    ("wall/", "pk"): lambda world: world.displays[0].pk,
}

QUERIES: dict[str, Example] = {
    "documents/new/": lambda place: f"enterprise={place.enterprise.pk}",
    "inspections/new/": lambda place: f"enterprise={place.enterprise.pk}",
    "hazards/new/": lambda place: f"enterprise={place.enterprise.pk}",
    "penalties/new/": lambda place: f"enterprise={place.enterprise.pk}",
    "watch/plan/": lambda place: f"enterprise={place.enterprise.pk}",
    "watch/warn/": lambda place: f"enterprise={place.enterprise.pk}",
    "org/appoint/": lambda place: f"post={place.safety.pk}",
    "org/designate/": lambda place: f"unit={place.enterprise.unit_id}",
    "api/v1/tags/<number>/history": lambda place: "start=2026-11-24T00:00:00Z&end=2026-11-25T00:00:00Z",
}
"""What a page is asked for by its query: the object of a plant."""

SHEET = "/import/"  # below it, pk is a sheet's


class NoExample(LookupError):
    """A URL has an argument that nobody gave an example for: add a line above."""


def addresses(route: Route, world: World) -> dict[str, str]:
    """Return the addresses of a route: {plant or '' (no plant's object): path}."""
    plants = {name: _longest(OF_A_PLANT, route, name) for name in route.arguments}
    county = {
        name: example(world)
        for name in route.arguments
        if plants[name] is None and (example := _longest(OF_THE_COUNTY, route, name))
    }
    missing = [name for name in route.arguments if plants[name] is None and name not in county]
    if missing:
        raise NoExample(f"{route.pattern} {missing}: add a line to tests/matrix/examples.py")
    query = QUERIES.get(route.pattern)
    if not query and not any(plants.values()):
        return {"": route.path(county)}
    return {name: _address(route, county, plants, place, query) for name, place in world.places.items()}


def _address(
    route: Route, county: dict[str, Any], plants: dict[str, Any], place: Place, query: Example | None
) -> str:
    own = {argument: example(place) for argument, example in plants.items() if example is not None}
    return route.path(county | own) + (f"?{query(place)}" if query else "")


def walk(world: World, role: str = "") -> Iterator[tuple[Route, str, str]]:
    """Yield every route with each plant that the role tries (or '') and its address.

    What has no example fails a test of its own.
    """
    for route in routes():
        with suppress(NoExample):
            for place, path in addresses(route, world).items():
                if not place or place in TRIED.get(role, PLACES):
                    yield route, place, path


def once_a_view(world: World) -> Iterator[tuple[Route, str, str]]:
    """Yield one address of every view: what is decided by the view's own guards does not look at the object.

    The registers share their views, so that one register stands for all.
    """
    seen = set()
    for route, place, path in walk(world):
        if route.view not in seen:
            seen.add(route.view)
            yield route, place, path


def _longest(examples: dict[tuple[str, str], Any], route: Route, argument: str) -> Any:
    if SHEET in route.pattern and argument == "pk":
        argument = "sheet"
    fitting = [key for key in examples if key[1] == argument and route.pattern.startswith(key[0])]
    return examples[max(fitting, key=lambda key: len(key[0]))] if fitting else None
