"""What can go wrong in this room, each as a sentence for the user."""

from __future__ import annotations


class MonitoringError(Exception):
    """A refusal by a rule of this room; `str()` is a sentence in the user's language."""


class NotAllowed(MonitoringError):
    """The person's posts do not cover this row or this verb."""
