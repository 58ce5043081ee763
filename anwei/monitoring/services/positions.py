"""Numbered positions: written in the transaction of what they number."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from anwei.monitoring.models import Position

REGISTER = "register"
EPISODES = "episodes"
FINDINGS = "findings"  # of the process detect
WORKED_OFF = "findings_worked_off"  # up to when detect has seen what arrived, ms since 1970 UTC
LOSS = "episodes_loss"  # when an event of the outbox was last found lost or set aside, ms since 1970 UTC


def bump_register() -> None:
    """Say that the register has changed: the worker publishes it once this transaction commits."""
    if not Position.objects.filter(name=REGISTER).update(value=F("value") + 1):
        Position.objects.create(name=REGISTER, value=1)


def position(name: str) -> int:
    """Return how far `name` has come, 0 at first."""
    return Position.objects.filter(name=name).values_list("value", flat=True).first() or 0


def set_position(name: str, value: int) -> None:
    """Write how far `name` has come."""
    Position.objects.update_or_create(name=name, defaults={"value": value})


def read_again() -> None:
    """Go back to the beginning of the outbox: an episode is written once, however often it is read."""
    Position.objects.filter(name=EPISODES).update(value=0)


def note_loss(now: datetime) -> None:
    """Remember that an event was lost or set aside, for the status page."""
    set_position(LOSS, int(now.timestamp() * 1000))
