"""Whose a row is: the column of the enterprise, and who writes what an enterprise has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import may_confirm_changes, may_keep_own_file, may_keep_registers
from anwei.org.scope import standing
from anwei.sites.models import Enterprise


def enterprise_choices(person: Any) -> Iterable[tuple[int, str]]:
    """Return the enterprises a person may name, by their full name."""
    rows = Enterprise.objects.all() if person is None else Enterprise.objects.visible_to(person)
    return rows.order_by("unit__name").values_list("pk", "unit__name")


def sits_in(person: Any, enterprise: int) -> bool:
    """Say whether a person holds a post in this enterprise (its primary key), or stands in for one there."""
    units = {post.unit.whole.pk for post in standing(person).posts}
    return Enterprise.objects.filter(pk=enterprise, unit__in=units).exists()


ENTERPRISE = Column(
    "enterprise",
    display="enterprise__unit__name",
    required=True,
    choices=enterprise_choices,
    synonyms=("企业名称", "单位名称", "所属企业", "生产经营单位"),
    searched=True,
    explanation=gettext_lazy("企业台账里的全称"),
)


def register_of_files(ledger: Ledger) -> Ledger:
    """Enter a register of what enterprises have: kept by the clerks over them and by their own posts.

    What it names as key facts (`confirmed`) waits, where the enterprise writes it, for the regulator.
    """
    if ledger.confirmed:
        ledger = replace(ledger, may_confirm=may_confirm_changes, sits_in=sits_in)
    return register(
        replace(
            ledger,
            parent="enterprise",
            related=("enterprise__unit", *ledger.related),
            may_write=may_keep_registers,
            may_propose=may_keep_own_file,
        )
    )
