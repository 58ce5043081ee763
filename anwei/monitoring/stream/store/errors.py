"""What the store refuses, in words an operator can act on."""

from __future__ import annotations


class StoreFull(RuntimeError):
    """The disk has too little room for telemetry; the caller keeps the samples and tries again later."""


class StoreUnreadable(RuntimeError):
    """The folder holds a store this version cannot read."""


class StoreBroken(RuntimeError):
    """The manifest has failed for good in this process; only a new start can open the store again."""
