"""What stands in a unit of GB 18218, and its assessment anew whenever that changes, through whatever door."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from anwei.language import gettext_noop
from anwei.ledgers.models import Change
from anwei.ledgers.saving import Edit, save_rows
from anwei.ledgers.services import record_change
from anwei.sites.models import Assessment, Chemical, Installation
from anwei.sites.risks.assessing import keep, years_later
from anwei.sites.risks.queries import INVENTORY
from anwei.standards.major_hazard.assessment import Stock, assess
from anwei.standards.major_hazard.matching import find
from anwei.standards.risk.control import control_rules
from anwei.standards.risk.records import Record, of_major_hazard
from anwei.standards.sentences import Unassessable, decimal

QUANTUM = Decimal("0.0001")  # what the columns keep
OF_INSTALLATIONS = ("people_exposed",)  # the columns on which an assessment rests
OF_CHEMICALS = ("name", "cas", "category", "installation", "design_t", "actual_t")


def quantity_t(chemical: Chemical) -> Decimal | None:
    """Return the quantity that counts, in tonnes: the design maximum, or what is there if that is more.

    GB 18218-2018 4.2.2 counts the design maximum; more than that in fact must not make the result smaller.
    """
    return max((one for one in (chemical.design_t, chemical.actual_t) if one is not None), default=None)


def stock_of(chemical: Chemical) -> Stock:
    """Return a chemical as the standard's calculation takes it. Raises Unassessable without a quantity."""
    quantity = quantity_t(chemical)
    if quantity is None:
        raise Unassessable(gettext_noop("{name}：没有填设计最大量或实际最大量"), name=chemical.name)
    by_number = not find(chemical.name) and bool(chemical.cas) and bool(find(chemical.cas))
    categories = tuple(filter(None, chemical.category.split(";")))
    name = chemical.cas if by_number else chemical.name
    return Stock(name, Fraction(quantity), categories, is_actual=quantity != chemical.design_t)


def computed(installation: Installation) -> Record:
    """Return the assessment of an installation as it stands, in its stored form.

    Raises Unassessable where it holds nothing, or something that cannot be assessed.
    """
    chemicals = list(installation.chemicals.order_by("pk"))
    stocks = [stock_of(chemical) for chemical in chemicals]
    if not stocks:
        raise Unassessable(gettext_noop("单元内还没有登记危险化学品"))
    record = of_major_hazard(assess(stocks, installation.people_exposed), stocks)
    record["result"]["registered"] = [
        {name: _told(getattr(chemical, name)) for name in ("design_t", "actual_t")} for chemical in chemicals
    ]
    return record


def _told(quantity: Decimal | None) -> str:
    return "" if quantity is None else decimal(Fraction(quantity))


@transaction.atomic
def assess_installation(
    installation: Installation, *, actor: Any, now: datetime, assessor: Any = None
) -> Assessment:
    """Assess an installation by GB 18218-2018 and keep the result, which a second person then confirms.

    `assessor` is who answers for the quantities where that is not the actor. Raises Unassessable.
    """
    review_on = years_later(now, control_rules().installation_years)
    record = computed(installation)
    return keep(record, installation, actor=actor, now=now, review_on=review_on, assessor=assessor)


@transaction.atomic
def reassess(assessors: Mapping[int, Any], *, actor: Any, now: datetime) -> list[Assessment]:
    """Assess those installations anew whose inventory or people are others than at their last assessment.

    `assessors` names for each who answers for the change. Assessing is the duty of the enterprise (安全生产法
    第四十条): where an official confirmed what somebody proposed, it is who proposed it.
    The result that counts is marked stale while it rests on something else: a review is asked for. Of what
    cannot be assessed the page says why, and who answers for the change is sealed.

    Returns the new assessments.
    """
    made = []
    for installation in Installation.objects.select_for_update(of=("self",)).filter(pk__in=assessors):
        assessor = assessors[installation.pk]
        last = Assessment.objects.filter(installation=installation).first()
        record = _computed(installation)
        _mark(installation, record, now)
        if record is None:
            content = {"assessor": getattr(assessor, "pk", None)}
            record_change(INVENTORY, installation.pk, actor=actor, now=now, verb="update", content=content)
        elif last is None or last.returned_at or not _says_the_same(last, record):
            made.append(assess_installation(installation, actor=actor, now=now, assessor=assessor))
    return made


def rests_on_another(assessment: Assessment) -> bool:
    """Say whether an installation holds something else now, or nothing known, than when it was assessed."""
    assert assessment.installation is not None  # noqa: S101 - of an installation
    record = _computed(assessment.installation)
    return record is None or not _says_the_same(assessment, record)


def _computed(installation: Installation) -> Record | None:
    try:
        return computed(installation)
    except Unassessable:
        return None


def _mark(installation: Installation, record: Record | None, now: datetime) -> None:
    """Mark the result that counts where the inventory is another; take the mark off where it is as it was."""
    confirmed = Assessment.objects.filter(installation=installation, confirmed_at__isnull=False)
    if (counts := confirmed.first()) is None:
        return
    is_stale = record is None or not _says_the_same(counts, record)
    if is_stale != (counts.stale_since is not None):
        counts.stale_since = now if is_stale else None
        counts.save(update_fields=["stale_since"])


def _says_the_same(assessment: Assessment, record: Record) -> bool:
    return (assessment.inputs, assessment.version) == (record["inputs"], record["version"])


@transaction.atomic
def save_installations(
    edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = ""
) -> list[Installation]:
    """Register installations or change them; a change of the people nearby assesses them anew.

    Raises ValueError where one that holds chemicals, or was assessed, would pass to another enterprise.
    """
    _refuse_to_pass_on(edits)
    counted = [_changes(Installation, edit, OF_INSTALLATIONS) for edit in edits]
    rows = save_rows(Installation, edits, actor=actor, now=now, reason=reason)
    assessors = {
        row.pk: edit.proposed_by or actor
        for edit, row, counts in zip(edits, rows, counted, strict=True)
        if counts
    }
    reassess(assessors, actor=actor, now=now)
    return rows


def _refuse_to_pass_on(edits: Sequence[Edit]) -> None:
    """Keep with its enterprise what an enterprise answers for: its stock, and what was found about it."""
    moved = [
        edit.row.pk
        for edit in edits
        if edit.row is not None
        and edit.values.get("enterprise", edit.row.enterprise_id) != edit.row.enterprise_id
    ]
    kept = Q(Exists(Chemical.objects.filter(installation=OuterRef("pk"))))
    kept |= Q(Exists(Assessment.objects.filter(installation=OuterRef("pk"))))
    if found := Installation.objects.filter(kept, pk__in=moved).first():
        raise ValueError(
            _("单元“%(unit)s”已有化学品或辨识分级记录，不能转到另一家企业，请另行登记。") % {"unit": found}
        )


@transaction.atomic
def save_chemicals(edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = "") -> list[Chemical]:
    """Register chemicals or change them; the installations they stand or stood in are assessed anew."""
    edits = [_exact(edit) for edit in edits]
    before = [None if edit.row is None else edit.row.installation_id for edit in edits]
    counted = [_changes(Chemical, edit, OF_CHEMICALS) for edit in edits]
    rows = save_rows(Chemical, edits, actor=actor, now=now, reason=reason)
    assessors = {
        key: edit.proposed_by or actor
        for edit, left, row, counts in zip(edits, before, rows, counted, strict=True)
        for key in (left, row.installation_id)
        if key is not None and counts
    }
    reassess(assessors, actor=actor, now=now)
    return rows


def _changes(model: Any, edit: Edit, names: Collection[str]) -> bool:
    """Say whether an edit, not yet written, gives any of these columns another value."""
    stands = {name: getattr(edit.row, model._meta.get_field(name).attname, None) for name in names}
    return any(edit.values.get(name, value) != value for name, value in stands.items())


def units_changed(chemical: Chemical) -> set[int]:
    """Return the installations whose stock a chemical's last change made another: both where it moved."""
    register = str(Chemical._meta.label_lower)
    last = Change.objects.filter(register=register, row=str(chemical.pk)).order_by("-number").first()
    moved = {} if last is None else last.content.get("changed", {})
    units = {chemical.installation_id, *moved.get("installation_id", ())}
    return {unit for unit in units if unit is not None}


def _exact(edit: Edit) -> Edit:
    """Return the edit with quantities as the columns keep them: a sheet's are floating."""
    exact = {
        name: Decimal(str(edit.values[name])).quantize(QUANTUM)
        for name in ("design_t", "actual_t")
        if edit.values.get(name) is not None
    }
    return replace(edit, values={**edit.values, **exact})
