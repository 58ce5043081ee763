"""Somebody holds the business database for half a minute under load (reliability.md R5)."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest

from tests.proof import truth
from tests.proof.senders import finish, provision, start_senders
from tests.support.family import Family, wait_for

LOCKED_S, CATCH_UP_S = 30, 60

pytestmark = pytest.mark.proof


def test_half_a_minute_without_the_database_loses_no_alarm(tmp_path: Path) -> None:
    family = Family(tmp_path / "data")
    keys = provision(family, tmp_path)
    with family:
        family.wait_until_healthy()
        port = json.loads((family.folder.root / "run" / "broker.json").read_text())["mqtt_port"]
        senders = start_senders(port, keys)
        time.sleep(5)
        before = [sender.acknowledged for sender in senders]
        pages, written = [], {}
        with sqlite3.connect(family.folder.database, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            locked = time.monotonic()
            while time.monotonic() < locked + LOCKED_S:
                pages.append(family.get("/accounts/login/")[0])
                time.sleep(1)
            written = {sender.device: sender.acknowledged for sender in senders}
            other.execute("ROLLBACK")
        taken = sum(written.values()) - sum(before)
        print(f"{taken} messages acknowledged while locked; a page answered {sorted(set(pages))}")
        assert taken > 0.9 * LOCKED_S * 10 * len(senders)
        assert 500 not in pages
        finish(senders)
        expected = truth.due(family, senders, truth.acknowledged(senders))
        wait_for(
            lambda: not truth.lost(family, expected),
            seconds=CATCH_UP_S,
            what="all episodes are in the database",
        )
    truth.compare(family, senders, truth.stored(family), expected).check()
