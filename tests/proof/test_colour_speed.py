"""How fast the live colour is in a county of 20,000 enterprises with their papers, in processor time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from django.utils import timezone

from anwei.ledgers.models import Change
from anwei.sites.live.colouring import recolour_all
from anwei.sites.live.trial import look_back
from anwei.sites.models import Enterprise, Equipment, Insurance, Licence, RiskPoint, Site
from anwei.standards.risk.live_rules import default_rules
from tests.proof.big_county import build_big_county

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
N_ENTERPRISES = 20_000
VACANT = 3  # of each hundred posts
RENEWED = 20  # one paper in so many was renewed within the last 30 days
SWEEP_S = 3.0
TRIAL_S = 120.0
Result = TypeVar("Result")
ENDS = {Licence: "expires_on", Insurance: "expires_on", Equipment: "inspection_due_on"}


def test_a_sweep_and_a_trial_of_rules_grow_no_faster_than_the_county() -> None:
    now = timezone.now()
    build_big_county(now.date(), vacant=VACANT, n_enterprises=N_ENTERPRISES)
    _give_papers(now)
    first, _rows = _timed(lambda: recolour_all(now))
    sweep, written = _timed(lambda: recolour_all(now))
    trial, found = _timed(lambda: look_back(default_rules(), default_rules(), now))
    print(f"all once {first:.1f} s, a sweep {sweep:.1f} s, a trial {trial:.1f} s")
    assert written == 0
    assert sum(found.days[0].before.values()) == N_ENTERPRISES
    assert found.days[0].before != found.days[-1].before  # papers ended and were renewed
    assert sweep < SWEEP_S
    assert trial < TRIAL_S


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def _give_papers(now: datetime) -> None:
    """Give each enterprise two licences, a policy, a piece of equipment, a risk point, all in the change log."""
    today = now.date()
    keys = list(Enterprise.objects.order_by("pk").values_list("pk", flat=True))
    ends = {key: today + timedelta(days=key % 330 - 30) for key in keys}
    long_ago = today - timedelta(days=700)
    Licence.objects.bulk_create(
        Licence(enterprise_id=key, kind=kind, number=f"{kind}{key}", issued_on=long_ago, expires_on=end)
        for key, end in ends.items()
        for kind in ("safety", "gas")
    )
    Insurance.objects.bulk_create(
        Insurance(enterprise_id=key, insurer="保", number=f"{key}", starts_on=long_ago, expires_on=end)
        for key, end in ends.items()
    )
    Equipment.objects.bulk_create(
        Equipment(enterprise_id=key, code=f"{key}", name="锅炉", inspection_due_on=end)
        for key, end in ends.items()
    )
    places = {site.enterprise_id: site for site in Site.objects.all()}
    RiskPoint.objects.bulk_create(
        RiskPoint(site=site, code=f"P{key}", name="罐区", grade="yellow") for key, site in places.items()
    )
    log = []
    for model, column in ENDS.items():
        label = model._meta.label_lower
        for key in model.objects.values_list("pk", flat=True):
            row = {"register": label, "row": f"{key}", "digest": "-"}
            log.append(Change(**row, number=1, verb="create", at=now - timedelta(days=200)))
            if key % RENEWED == 0:
                before = (today - timedelta(days=40)).isoformat()
                content = {"changed": {column: [before, today.isoformat()]}}
                at = now - timedelta(days=key % 29 + 1)
                log.append(Change(**row, number=2, verb="update", at=at, content=content))
    Change.objects.bulk_create(sorted(log, key=lambda change: change.at))
