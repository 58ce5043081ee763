"""What waits for a commit that a test in a transaction never reaches."""

from __future__ import annotations

from django.db import connection


def after_commit() -> None:
    """Do what the commit of everything written so far would do."""
    waiting, connection.run_on_commit = connection.run_on_commit, []
    for _savepoints, do, _robust in waiting:
        do()
