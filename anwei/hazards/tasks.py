"""What the background does for hazards (`anwei tasks` runs it)."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from anwei.hazards.signals import hashing, suggestions


@task()
def hash_photos() -> None:
    """Hash the photos that wait."""
    hashing.hash_photos(timezone.now())


@task()
def compute_signals() -> None:
    """Compute what is suggested to be looked at again, with all photos hashed before."""
    while hashing.hash_photos(timezone.now()):
        pass
    suggestions.compute(timezone.now())
