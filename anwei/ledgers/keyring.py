"""The key of this installation's seals, and what is sealed with it."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.conf import settings

from anwei.datafolder import DataFolder
from anwei.ledgers.links import Seals
from anwei.ledgers.models import SealedRow


def seals() -> Seals:
    """Return the seals under the key that lies in the data folder, outside the database."""
    return _seals(settings.DATA)


def sealed_models() -> list[type[SealedRow]]:
    """Return every model whose rows are sealed, in the order of the installed rooms."""
    return [model for model in apps.get_models() if issubclass(model, SealedRow)]


@cache
def _seals(folder: DataFolder) -> Seals:
    return Seals(folder.secret("chain"))
