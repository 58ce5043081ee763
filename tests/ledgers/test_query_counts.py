"""Query budgets: no register and no main page may ask the database more often than `tests/query_counts.json` says.

A page that needs more gets a larger number there, in the commit that says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anwei.ledgers.declaration import ledgers
from anwei.org.models import Person
from tests.kernel.county import County

BUDGETS: dict[str, int] = json.loads((Path(__file__).parent.parent / "query_counts.json").read_text("utf-8"))
OF_A_REGISTER = (
    "ledger",
    "ledger_print",
    "ledger_import",
    "ledger_grid",
    "ledger_new",
    "ledger_row",
    "ledger_edit",
)
MAIN = (
    "ledgers",
    "work",
    "cases",
    "alarms",
    "enterprises",
    "notices",
    "search",
    "responsibility",
    "gaps",
    "map",
    "map_list",
    "map_datums",
)
Browse = Callable[[Person], Client]


def spent(client: Client, address: str) -> int:
    client.get(address)  # what is asked once a session is not the page's
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", MAIN)
def test_a_main_page_keeps_its_budget(name: str, county: County, browse: Browse) -> None:
    assert spent(browse(county.officer), reverse(name)) <= BUDGETS[name]


@pytest.mark.parametrize("name", ["enterprise", "enterprise_timeline"])
def test_the_file_of_an_enterprise_keeps_its_budget(name: str, county: County, browse: Browse) -> None:
    address = reverse(name, args=[county.enterprise.pk])
    assert spent(browse(county.officer), address) <= BUDGETS[name]


@pytest.mark.parametrize("code", [ledger.code for ledger in ledgers()])
def test_a_register_keeps_the_budget_of_all(code: str, county: County, browse: Browse) -> None:
    client = browse(county.officer)
    ledger = next(each for each in ledgers() if each.code == code)
    pk = ledger.visible(county.officer).values_list("pk", flat=True)[0]
    for name in OF_A_REGISTER:
        arguments = [code, pk] if name in ("ledger_row", "ledger_edit") else [code]
        n_queries = spent(client, reverse(name, args=arguments))
        assert n_queries <= BUDGETS[name], f"{name}: {n_queries}"


def test_rows_do_not_ask_one_by_one(county: County, browse: Browse) -> None:
    from tests.ledgers.enterprises import HEADER, line
    from tests.ledgers.sheets import write

    client, address = browse(county.officer), reverse("ledger", args=["enterprises"])
    few = spent(client, address)
    write("enterprises", [HEADER, *(line(n) for n in range(30))], actor=county.officer)
    assert spent(client, address) == few
