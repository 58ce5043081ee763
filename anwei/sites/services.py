"""Enterprises are written here: an enterprise and the unit that carries its name and territory are one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit, log_all, require_visible, save_rows, update_given
from anwei.ledgers.search.following import follow_bulk
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post, Unit
from anwei.org.moves import Moves, moved
from anwei.sites.models import Assessment, Enterprise, Site, StatusPeriod
from anwei.sites.places import with_datum
from anwei.sites.risks.scope import take_assessments_along
from anwei.sites.statuses import StatusChange, write_periods

USUAL_SECTORS = {
    Site.Category.ROAD: "road",
    Site.Category.NINE_SMALL: "fire",
    Site.Category.SELF_BUILT: "construction",
    Site.Category.PROJECT: "construction",
}
"""The sector of a place of no enterprise, where its sheet names none."""
OF_UNIT = ("name", "short_name", "territory")
WHOSE = {"enterprise", "unit", "territory", "sector"}  # by what a place and all that is at it are seen


EnterpriseMoves = Sequence[tuple[Enterprise, str, str]]  # each with its territory before and after
MoveTeller = Callable[[EnterpriseMoves, Person | None, datetime, str], None]
_move_tellers: list[MoveTeller] = []


def on_enterprises_moved(teller: MoveTeller) -> None:
    """Let a room above hear which enterprises now lie elsewhere, by whose act, when, and why."""
    _move_tellers.append(teller)


@transaction.atomic
def save_enterprises(
    edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = ""
) -> list[Enterprise]:
    """Register enterprises, each with the two posts the law asks for (安全生产法 art. 5, 24), or change them.

    Raises PermissionDenied when one lies outside what `actor` may see after the save.
    """
    rows: list[Enterprise] = []
    changes: list[tuple[Enterprise, str, dict[str, Any]]] = []
    units = _locked_units(edits)
    edits = [Edit(edit.row, _dated(edit, with_datum(edit), day_of(now))) for edit in edits]
    statuses: list[StatusChange] = []
    for edit in edits:
        row = edit.row or Enterprise(unit=Unit(kind=Unit.Kind.ENTERPRISE))
        row.unit = units.get(row.unit_id, row.unit)
        if change := _status_change(edit):
            statuses.append(change)
        replaced = {}
        for name, value in edit.values.items():
            target = row.unit if name in OF_UNIT else row
            if edit.row is not None and getattr(target, name) != value:
                replaced[name] = [getattr(target, name), value]
            setattr(target, name, value)
        rows.append(row)
        if edit.row is None:
            changes.append((row, "create", {"values": dict(edit.values)}))
        elif replaced:
            changes.append((row, "update", {"changed": replaced}))
    _create([row for edit, row in zip(edits, rows, strict=True) if edit.row is None])
    given = [(row, edit.values.keys()) for edit, row in zip(edits, rows, strict=True) if edit.row is not None]
    update_given(Unit, [(row.unit, names & {*OF_UNIT}) for row, names in given])
    update_given(Enterprise, given)
    changed = [(row, content["changed"]) for row, verb, content in changes if verb == "update"]
    follow_bulk(Enterprise, changed)
    follow_bulk(Unit, [(row.unit, values) for row, values in changed if values.keys() & {*OF_UNIT}])
    _take_places_along(changed)
    write_periods(statuses, today=day_of(now), reason=reason)
    log_all(changes, actor=actor, now=now, reason=reason)
    elsewhere = [(row, *values["territory"]) for row, values in changed if "territory" in values]
    for teller in _move_tellers if elsewhere else ():
        teller(elsewhere, actor, now, reason)
    require_visible(Enterprise.objects.visible_to, [row.pk for row, _verb, _content in changes], actor)
    return rows


@transaction.atomic
def save_sites(
    edits: Sequence[Edit],
    *,
    actor: Person | None,
    now: datetime,
    reason: str = "",
    category: str = Site.Category.KEY,
) -> list[Site]:
    """Register places of one category, or change them; what a new one leaves out is its enterprise's.

    A place of no enterprise must name its unit and territory. Raises PermissionDenied when one lies outside
    what `actor` may see after the save.
    """
    named = {edit.values.get("enterprise") for edit in edits}
    units = {edit.values.get("unit") for edit in edits}
    owners = Enterprise.objects.select_related("unit").filter(
        Q(pk__in=[key for key in named if key]) | Q(unit__in=[key for key in units if key])
    )
    by_key = {owner.pk: owner for owner in owners}
    by_unit = {owner.unit_id: owner for owner in owners}
    placed = [_placed(edit, by_key, by_unit, category) for edit in edits]
    rows = save_rows(Site, placed, actor=actor, now=now, reason=reason)
    elsewhere = [edit.row.pk for edit in placed if edit.row is not None and WHOSE & {*edit.values}]
    if elsewhere:
        take_assessments_along(Assessment.objects.filter(point__site__in=elsewhere))
    return rows


def _placed(
    edit: Edit, owners: Mapping[int, Enterprise], by_unit: Mapping[int, Enterprise], category: str
) -> Edit:
    """Return the edit with the category of a new place, and what one takes from whose it is."""
    values = with_datum(edit)
    if "unit" in values:
        owner = by_unit.get(values["unit"] or 0)
        values.setdefault("enterprise", owner.pk if owner else None)
    if edit.row is None:
        values["category"] = category
    owner = owners.get(values.get("enterprise") or 0) or by_unit.get(values.get("unit") or 0)
    if owner is None or (edit.row is not None and edit.row.enterprise_id == owner.pk):
        return Edit(edit.row, values)
    taken = {"unit": owner.unit_id, "territory": owner.unit.territory, "sector": owner.sector}
    return Edit(edit.row, {**taken, **values})


def _dated(edit: Edit, values: dict[str, Any], today: date) -> dict[str, Any]:
    """Let a status that changes hold from today, unless the edit says since when."""
    changes = edit.row is not None and values.get("status", edit.row.status) != edit.row.status
    return {**values, "status_since": values.get("status_since") or today} if changes else values


def _status_change(edit: Edit) -> StatusChange | None:
    """Return what the edit of an enterprise that exists changes in its status, before it does."""
    row = edit.row
    told = {name: edit.values[name] for name in ("status", "status_since") if name in edit.values}
    if row is None or all(getattr(row, name) == value for name, value in told.items()):
        return None
    if told.get("status", row.status) == row.status and told["status_since"] is None:
        return None  # nobody knows any more since when: what was written stands
    return StatusChange(row, row.status, row.status_since)


def _locked_units(edits: Sequence[Edit]) -> dict[int, Unit]:
    """Return the units of the enterprises to be changed as they stand now, locked until the end."""
    keys = [edit.row.unit_id for edit in edits if edit.row is not None]
    units = Unit.objects.select_for_update().filter(pk__in=keys).order_by("pk") if keys else ()
    return {unit.pk: unit for unit in units}


def _take_places_along(changes: Sequence[tuple[Enterprise, dict[str, Any]]]) -> None:
    """Let what is an enterprise's change territory and sector with it, places unless they had their own."""
    moved({row.unit_id: tuple(changed["territory"]) for row, changed in changes if "territory" in changed})
    resectored = {row.pk: changed["sector"] for row, changed in changes if "sector" in changed}
    for key, (before, after) in resectored.items():
        Site.objects.filter(enterprise=key, sector=before).update(sector=after)
    if resectored:
        take_assessments_along(Assessment.objects.filter(owner__in=resectored))


def take_places_along(moves: Moves) -> None:
    """Let the places of units that moved lie where their unit lies now, unless they lay elsewhere.

    What was assessed of them goes along.
    """
    for unit, (before, after) in moves.items():
        Site.objects.filter(unit=unit, territory=before).update(territory=after)
    of_them = Q(owner__unit__in=moves) | Q(point__site__unit__in=moves)
    take_assessments_along(Assessment.objects.filter(of_them))


def _create(rows: Sequence[Enterprise]) -> None:
    units = [row.unit for row in rows]
    Unit.objects.bulk_create(units)
    posts = ((Post.Kind.PRINCIPAL, _("主要负责人")), (Post.Kind.SAFETY, _("安全管理人员")))
    Post.objects.bulk_create(
        Post(unit=unit, kind=kind, title=title) for unit in units for kind, title in posts
    )
    for row in rows:
        row.unit_id = row.unit.pk
    Enterprise.objects.bulk_create(rows)
    StatusPeriod.objects.bulk_create(
        StatusPeriod(enterprise=row, status=row.status, from_on=row.status_since)
        for row in rows
        if row.status_since is not None
    )
