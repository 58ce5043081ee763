"""What the background does for the committee."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from anwei.oversight.services.morning import tell_mornings


@task()
def tell_the_morning() -> None:
    """Tell the leaders of each county what today is about."""
    tell_mornings(timezone.now())
