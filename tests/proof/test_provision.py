"""A county of 100,000 tags enters the register, and its snapshot leaves it, in the time that was promised."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from anwei.monitoring.models import Tag
from anwei.monitoring.register import snapshot
from anwei.monitoring.stream.register import pack
from tests.kernel.county import build
from tests.monitoring.provisioning import many_rows, provision, write_csv

pytestmark = [pytest.mark.proof, pytest.mark.django_db]


def test_a_hundred_thousand_tags(tmp_path: Path) -> None:
    build()
    path = write_csv(tmp_path / "sheet.csv", many_rows(100_000))
    start, cpu = time.monotonic(), time.process_time()
    provision(path)
    print(f"provision: {time.monotonic() - start:.1f} s, {time.process_time() - cpu:.1f} s of CPU")
    assert Tag.objects.count() == 100_000
    assert time.process_time() - cpu <= 60
    start = time.process_time()
    packed = pack(snapshot())
    print(f"snapshot: {time.process_time() - start:.2f} s of CPU, {len(packed)} bytes")
    assert time.process_time() - start <= 2
