"""Numbered positions: written in the transaction of what they number."""

from __future__ import annotations

from django.db.models import F

from anwei.monitoring.models import Position

REGISTER = "register"
EPISODES = "episodes"


def bump_register() -> None:
    """Say that the register has changed: the worker publishes it once this transaction commits."""
    if not Position.objects.filter(name=REGISTER).update(value=F("value") + 1):
        Position.objects.create(name=REGISTER, value=1)


def position(name: str) -> int:
    """Return how far `name` has come, 0 at first."""
    return Position.objects.filter(name=name).values_list("value", flat=True).first() or 0


def read_again() -> None:
    """Go back to the beginning of the outbox: an episode is written once, however often it is read."""
    Position.objects.filter(name=EPISODES).update(value=0)
