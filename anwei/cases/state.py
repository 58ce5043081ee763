"""How a case stands, as its sealed entries keep it: its posts, its deadline and its clocks.

Every entry that may change one of them carries them all, so that the last of these entries is compared with
the rows and nothing is replayed. Entries of earlier versions carry none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import CharField, F, OuterRef, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from anwei.cases.models import Case, Clock, Entry
from anwei.ledgers.erasure import ERASED, erasure_of
from anwei.ledgers.spelling import moment

CHUNK = 5000
STATE = "state"  # in the content of an entry
POSTS = ("responsible_id", "supervisor_id", "implementer_id")
CLOCK = ("name", "started_at", "due_at", "first_due_at", "met_at")


def state_of(case: Case) -> dict[str, Any]:
    """Return how a case stands now, for the entry that seals it; moments in the spelling of the chain."""
    rows = case.clocks.order_by("pk").values_list(*CLOCK)
    return {
        "posts": [getattr(case, name) for name in POSTS],
        "deadline": _spelled(case.deadline),
        "clocks": [[_spelled(value) for value in row] for row in rows],
    }


def changed_states() -> Iterator[tuple[str, int]]:
    """Yield number and last entry of each case that stands otherwise than its timeline says."""
    last = Entry.objects.filter(case=OuterRef("pk")).order_by("-number")
    sealed = last.filter(content__has_key=STATE)
    columns = {
        "sealed": Subquery(sealed.values(f"content__{STATE}")[:1]),
        "last": Subquery(last.values("number")[:1]),
    }
    cases = Case._base_manager.annotate(**columns).order_by("pk")
    found = cases.values_list("pk", "number", "last", "sealed", _raw("deadline"), *POSTS).iterator(CHUNK)
    clocks = _clocks_by_case()
    of_case = next(clocks, None)
    for pk, number, n_last, told, deadline, *posts in found:
        while of_case is not None and of_case[0] < pk:
            of_case = next(clocks, None)
        rows = of_case[1] if of_case is not None and of_case[0] == pk else []
        state = {"posts": posts, "deadline": _spelled(deadline), "clocks": rows}
        if told is not None and told != state and _last_told(pk) != state:
            yield number, n_last


def _clocks_by_case() -> Iterator[tuple[int, list[list[Any]]]]:
    """Yield the clocks of each case that has any, in the order of the cases' keys."""
    rows = Clock.objects.order_by("case_id", "pk").values_list("case_id", *map(_raw, CLOCK)).iterator(CHUNK)
    is_spelled = connection.vendor == "sqlite"
    for case_id, of_case in groupby(rows, itemgetter(0)):
        if is_spelled:
            yield case_id, [list(row[1:]) for row in of_case]
        else:
            yield case_id, [[_spelled(value) for value in row[1:]] for row in of_case]


def _last_told(case_id: int) -> Any:
    """Return what the last entry that says so keeps, also where its text was erased since."""
    for entry in Entry.objects.filter(case=case_id).order_by("-number"):
        content = entry.content
        if content == ERASED and (record := erasure_of(Entry, entry.pk, entry.content_digest)) is not None:
            content = record.content["kept"]
        if STATE in content:
            return content[STATE]
    return None


def _raw(column: str) -> Combinable:
    """Return a column as it is stored: SQLite keeps moments as text, in the spelling of the chain."""
    return Cast(column, CharField()) if connection.vendor == "sqlite" and column != "name" else F(column)


def _spelled(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else value
