"""Every address of the site, by walking the resolver."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver

from anwei.ledgers.declaration import ledgers
from anwei.org.policy import doors, policy_of

ONE_LEDGER = "ledgers/<slug:code>/"
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver with its policy's name."""

    pattern: str
    policy: str
    view: Callable[..., Any]

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names in angle brackets."""
        return tuple(name for _converter, name in ARGUMENT.findall(self.pattern))

    def path(self, values: dict[str, Any]) -> str:
        """Return the address with values in place of the arguments."""
        return "/" + ARGUMENT.sub(lambda found: str(values[found[2]]), self.pattern)


def routes() -> Iterator[Route]:
    """Yield every route, those of a register once for each register; without a policy it is ''."""
    for pattern, view in doors(get_resolver()):
        policy = policy_of(view)
        for code in _registers(pattern):
            yield Route(pattern.replace(ONE_LEDGER, f"ledgers/{code}/"), policy.name if policy else "", view)


def registers() -> list[str]:
    """Return the code of every register of the product."""
    return [ledger.code for ledger in ledgers() if ledger.model.__module__.startswith("anwei.")]


def register_of(route: Route) -> str:
    """Return the code of the register that a route belongs to, '' for other routes."""
    room, _slash, rest = route.pattern.partition("/")
    code = rest.partition("/")[0]
    return code if room == "ledgers" and code in registers() else ""


def _registers(pattern: str) -> list[str]:
    """Return the registers for which a pattern is walked."""
    return registers() if pattern.startswith(ONE_LEDGER) else [""]
