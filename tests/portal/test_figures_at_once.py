"""Two administrators set two figures of one table at the same moment: both hold, also where the table is new."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from anwei.ledgers.models import Setting
from anwei.ledgers.services import locked_setting
from anwei.org.models import Person
from anwei.portal.system.figures import set_figure
from anwei.portal.system.views import SETS
from tests.kernel.county import NOW, build

TABLE = SETS["warning-clocks"]
HESITATION = 0.5  # s in which the second hand would have read the empty table


@pytest.mark.django_db(transaction=True)
@pytest.mark.db
def test_the_first_two_figures_of_a_table_both_hold() -> None:
    actor: Person = build().officer
    the_first_has_read = Event()

    def second() -> None:
        the_first_has_read.wait(10)
        set_figure(
            TABLE, "red.answer", {"limit": "9", "unit": "minute"}, actor=actor, now=NOW, reason="第二人"
        )
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(second)
        with transaction.atomic():
            locked_setting(TABLE.key)
            the_first_has_read.set()
            with pytest.raises(TimeoutError):
                other.result(HESITATION)  # waits for the first
            set_figure(
                TABLE, "red.sign", {"limit": "5", "unit": "minute"}, actor=actor, now=NOW, reason="第一人"
            )
        other.result(30)
    assert set(Setting.objects.get(pk=TABLE.key).value["red"]) == {"sign", "answer"}
