"""What can be found by typing a piece of its name."""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """One row of a register as the search sees it; kept up to date by `anwei.ledgers.search.keeping`.

    The database keeps an index of `grams` beside it (`anwei.ledgers.search.dialects`).
    """

    register = models.CharField(max_length=60)  # the model's label, e.g. "sites.enterprise"
    row = models.BigIntegerField()  # its primary key
    title = models.CharField(max_length=250)
    detail = models.CharField(max_length=250, blank=True)  # the second line of a result
    url = models.CharField(max_length=200)
    text = models.TextField()  # everything that is searched, normal form; the title's words stand first
    grams = models.TextField()  # the same as pairs of neighbouring characters

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "row"], name="a_row_is_found_once"),
        ]

    def __str__(self) -> str:
        return self.title
