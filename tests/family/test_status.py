"""`anwei status` answers in whatever state the installation is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from anwei.portal import status
from tests.support.broker import Broker


def test_a_broker_without_a_log_is_a_state_and_no_crash(tmp_path: Path) -> None:
    with Broker(tmp_path) as broker:
        assert asyncio.run(status._ask(broker.folder)) == (None, None)
