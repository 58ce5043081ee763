"""5,000 enterprises of a messy spreadsheet beside 20,000 that are known: found as made, within a minute."""

from __future__ import annotations

import time

import pytest

from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.examination import examine
from anwei.ledgers.importing import Options, write_rows
from anwei.ledgers.models import Change
from anwei.ledgers.sheets import read_file
from anwei.org.models import Unit
from anwei.sites.models import Enterprise
from tests.kernel.county import NOW, County
from tests.sites.conftest import browse, county, county_of_module  # noqa: F401
from tests.sites.messy import BLOCK, TOWNS, messy

pytestmark = pytest.mark.db
N, N_KNOWN = 5_000, 20_000
SECONDS = 60


def test_five_thousand_beside_twenty_thousand(county: County) -> None:  # noqa: F811
    _know(N_KNOWN)
    ledger, made, before = ledger_of("enterprises"), messy(N), Enterprise.objects.count()
    table = read_file(ledger, "企业名录.xlsx", made.content)
    begun = time.process_time()
    found = examine(ledger, table, county.officer)
    took = time.process_time() - begun
    print(f"examined {N} beside {N_KNOWN} in {took:.1f} s")
    assert {state: found.counts[state] for state in made.counts} == made.counts
    assert took < SECONDS
    begun = time.process_time()
    written = write_rows(ledger, found, Options(keep_good=True), actor=county.officer, now=NOW)
    print(f"written in {time.process_time() - begun:.1f} s")
    created = made.counts["good"] + made.counts["repaired"] - N // BLOCK
    assert written == {"create": created}
    n_changes = Change.objects.count()
    again = examine(ledger, table, county.officer)
    assert not write_rows(ledger, again, Options(keep_good=True), actor=county.officer, now=NOW)
    assert (Change.objects.count(), Enterprise.objects.count()) == (n_changes, before + created)


def _know(n: int) -> None:
    """Let the two townships have `n` enterprises with names of one trade and a number."""
    units = Unit.objects.bulk_create(
        Unit(
            kind="enterprise",
            name=f"诚信{number:05d}机械制造有限公司",
            territory=f"99900110{1 + number % len(TOWNS)}",
        )
        for number in range(n)
    )
    Enterprise.objects.bulk_create(
        Enterprise(unit=unit, sector="industry", credit_code=f"known{number:013d}")
        for number, unit in enumerate(units)
    )
