"""How far something has been read."""

from __future__ import annotations

from django.db import models


class Position(models.Model):
    """How far a reader has read a numbered source; written in the same transaction as what it read."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
