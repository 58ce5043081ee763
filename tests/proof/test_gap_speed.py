"""How fast responsibility is at county size: the list of gaps and the matrix, in processor time."""

from __future__ import annotations

import time
from statistics import median

import pytest
from django.test import Client
from django.utils import timezone

from tests.proof.big_county import build_big_county

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
PAGE_S = 0.5
TEN_THOUSAND_GAPS_S = 1.0  # every post vacant: half of it is the garbage collector of a large process
PAGES = (
    "/org/gaps/",
    "/org/responsibility/matrix/",
    "/org/responsibility/matrix/?holes=1&page=3",
)


@pytest.mark.parametrize(
    ("vacant", "most"), [(3, PAGE_S), (100, TEN_THOUSAND_GAPS_S)], ids=["kept", "just imported"]
)
def test_pages_of_a_county_of_five_thousand_enterprises(vacant: int, most: float) -> None:
    client = Client()
    client.force_login(build_big_county(timezone.localdate(), vacant=vacant))
    slow = {}
    limits = dict.fromkeys(PAGES, PAGE_S) | {"/org/gaps/": most}
    for path in PAGES:
        times = []
        for _turn in range(5):
            began = time.process_time()
            answer = client.get(path)
            times.append(time.process_time() - began)
            assert answer.status_code == 200
        print(f"{path}: {median(times):.2f} s, {answer.context['page'].paginator.count} rows")
        if median(times) > limits[path]:
            slow[path] = median(times)
    assert not slow
