"""A register declared once: list, page, form, template, import, export and print follow from it.

A room declares its registers in `ledger.py`, found when the rooms are made ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.columns import NONE, Column, Label, seen
from anwei.ledgers.proposals.answers import return_moved
from anwei.ledgers.saving import Edit, save_rows

__all__ = [
    "Column",
    "Label",
    "Ledger",
    "Save",
    "Stock",
    "ledger_of",
    "ledgers",
    "needs_reason",
    "register",
    "row_counts",
    "seen",
]


class Save(Protocol):
    """A room's own service: writes a batch in one transaction, all of it or nothing.

    Raises ValueError or a domain error with a sentence; the caller then tries the edits one by one.
    """

    def __call__(
        self, edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = ""
    ) -> Sequence[models.Model]:
        """Write, log each change, and return the rows in the order of the edits."""


@dataclass(frozen=True)
class Stock:
    """What of a register stood at a moment, by rows that its room still knows."""

    label: Label
    rows: Callable[[datetime], models.QuerySet[Any]]

    def on(self, day: date) -> models.QuerySet[Any]:
        """Return the rows that stood at the end of a day."""
        return self.rows(timezone.make_aware(datetime.combine(day, time.max)))


@dataclass(frozen=True)
class Ledger:
    """One register.

    `key` names the columns by which a row of a sheet is known again, and `also_known_by` others, tried in
    turn where a line does not say the key or nothing has it; `ordinal` is a column of the key that counts the
    lines of a sheet which share the rest of it, for sources that give one number twice; `alike` names the
    columns that two different rows rarely share (then the row is doubtful). `rows` narrows to what a person
    may see (the model's own
    `visible_to` unless given), `may_write` says who may change anything, `sees` (person, row or None, values)
    whether the person would see the row with these values, as scope asks again after writing, `check` refuses
    a whole row by a sentence, `doubt` (the row, its new values) doubts a change by one, `doubt_new` (the
    values of all new rows, the person) each new row by one or "", `refuse_together` (all rows that would be
    written, each with its new values, the person) refuses what only the rows together show, `errors` are the
    domain errors of `save`,
    `meant` says which of several rows with one key a line of a sheet means (None: a new one; the last unless
    given) and `told_apart` names the columns by which two lines with one key are two rows.
    `may_propose` says who may change and add what they see, but for the columns named in `confirmed` (key
    facts), which wait until somebody of whom `may_confirm` is true agrees (`ledgers.proposals`); so do those
    of who may write but sits in what the row belongs to (`sits_in`: the person, the key of that); `together`
    names groups of columns that mean something only side by side (a place and its datum); `ended`
    returns the values by which a row ends on a day, where a row can end; `leads_on` (row, person) the address
    of what a confirmed change of a row asks of this person next, "" for nothing.
    `parent` names the column of the row that a row belongs to (`ledgers.children`), which is `sensitive`, and
    `beneath` the columns shown on that row's page (the first shown ones unless given), `narrowed_by` names
    further keys by which links narrow the list, each with its path (`enterprise`: `site__enterprise`),
    `period` the column of days of which `since=` and `until=` (both included) show a part, `stocks` what
    of it stood at the end of a past day (`stood=`),
    `opens` leads to a room's own page of a row (from the list too where `opened_from_list`), `new_at` names
    the room's own page of a new one, `logged_as` names the register and key under which changes of a row are
    kept, `piece` is how many rows are written in one transaction where the usual number would hold the
    database for long, `tabs` is a template of tabs that lead to the pages beside the register's, `views`
    are ready-made filters (label, query), `sheets` a room's own sheets of the filtered rows (label, name of
    the page), `headers` further names of columns that the county set.
    """

    code: str
    label: Label
    model: type[models.Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    also_known_by: tuple[tuple[str, ...], ...] = ()
    ordinal: str = ""
    may_write: Callable[[Any], bool] = lambda person: False
    may_propose: Callable[[Any], bool] = lambda person: False
    may_confirm: Callable[[Any], bool] = lambda person: False
    sits_in: Callable[[Any, int], bool] = lambda person, owner: False
    confirmed: tuple[str, ...] = NONE
    together: tuple[tuple[str, ...], ...] = ()
    ended: Callable[[date], Mapping[str, Any]] | None = None
    leads_on: Callable[[Any, Any], str] = lambda row, person: ""
    save: Save | None = None
    rows: Callable[[Any], models.QuerySet[Any]] | None = None
    related: tuple[str, ...] = NONE
    alike: tuple[str, ...] = NONE
    parent: str = ""
    narrowed_by: tuple[tuple[str, str], ...] = ()
    period: str = ""
    stocks: Mapping[str, Stock] = field(default_factory=dict)
    beneath: tuple[str, ...] = NONE
    sees: Callable[[Any, Any, Mapping[str, Any]], bool] | None = None
    check: Callable[[Mapping[str, Any]], str] | None = None
    doubt: Callable[[Any, Mapping[str, Any]], str] | None = None
    doubt_new: Callable[[Sequence[Mapping[str, Any]], Any], Sequence[str]] | None = None
    refuse_together: Callable[[Sequence[tuple[Any, Mapping[str, Any]]], Any], Sequence[str]] | None = None
    meant: Callable[[Sequence[Any], Mapping[str, Any]], Any | None] | None = None
    told_apart: tuple[str, ...] = NONE
    errors: tuple[type[Exception], ...] = ()
    opens: Callable[[Any], str] | None = None
    opened_from_list: bool = False
    new_at: str = ""
    piece: int = 0
    tabs: str = ""
    views: tuple[tuple[Label, str], ...] = ()
    sheets: tuple[tuple[Label, str], ...] = ()
    headers: Callable[[], Mapping[str, str]] = dict
    logged_as: Callable[[Any], tuple[str, Any]] | None = None
    order: tuple[str, ...] = ("pk",)
    explanation: Label = ""
    empty: Label = ""

    def column(self, name: str) -> Column:
        """Return the column of this name. Raises KeyError."""
        return next((column for column in self.columns if column.name == name), None) or _unknown(name)

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """The columns by which a row is known again, in the order in which they are tried."""
        return (self.key, *self.also_known_by)

    @property
    def entered(self) -> tuple[Column, ...]:
        """The columns that forms and sheets write."""
        return tuple(column for column in self.columns if column.editable)

    @property
    def key_facts(self) -> tuple[Column, ...]:
        """The columns whose change waits, where it comes from somebody who may only propose."""
        return tuple(column for column in self.entered if column.name in self.confirmed)

    def may_add(self, person: Any) -> bool:
        """Say whether a person may enter a new row: at once, or as a proposal beneath what is their own."""
        return self.may_write(person) or (bool(self.parent) and self.may_propose(person))

    def writes_alone(self, person: Any, row: Any, values: Mapping[str, Any]) -> bool:
        """Say whether a person may write these values, all at once, into a row (None: a new one)."""
        return self.may_write(person) and not self._of_their_own(person, row, values)

    def _of_their_own(self, person: Any, row: Any, values: Mapping[str, Any]) -> bool:
        """Say whether key facts are about something in which the person sits."""
        if person is None or (row is not None and not {*values} & {*self.confirmed}):
            return False
        owners = {values.get(self.parent), None if row is None else self.parent_of(row)}
        owners |= {row.pk} if row is not None and not self.parent else set()
        return bool(self.confirmed) and any(self.sits_in(person, owner) for owner in owners if owner)

    def visible(self, person: Any) -> models.QuerySet[Any]:
        """Return the rows that `person` (None: the system) may see, with related rows, in order."""
        rows = self.rows(person) if self.rows else seen(self.model, person)
        return (
            rows.select_related(*self.related).order_by(*self.order)
            if self.related
            else rows.order_by(*self.order)
        )

    @transaction.atomic
    def write(
        self, edits: Sequence[Edit], *, actor: Any, now: datetime, reason: str = ""
    ) -> Sequence[models.Model]:
        """Write by the room's service, or as plain rows of the model where the room declared none.

        The rows are locked and read again, so that nothing another hand wrote meanwhile is written back.
        Raises ValueError where one is gone, or a sensitive value would change without a reason.
        """
        edits = self._as_they_stand(edits, actor)
        if any(
            edit.proposed_by is None and self._of_their_own(actor, edit.row, edit.values) for edit in edits
        ):
            raise ValueError(_("您在这家企业任职：它的关键信息请逐条修改，由另一人确认后生效。"))
        if not reason and (names := self.sensitive_in(edits)):
            raise ValueError(needs_reason(column.label for column in names))
        if moved := self._moved_by(edits):
            return_moved(self.code, moved, now=now)
        if self.save is not None:
            return self.save(edits, actor=actor, now=now, reason=reason)
        return save_rows(self.model, edits, actor=actor, now=now, reason=reason)

    def parent_of(self, row: Any) -> int | None:
        """Return the key of what a row belongs to; None for nothing."""
        found: int | None = self.column(self.parent).of(row) if self.parent else None
        return found

    def _moved_by(self, edits: Iterable[Edit]) -> list[int]:
        """Return the keys of the rows that belong to something else afterwards."""
        return [
            edit.row.pk
            for edit in edits
            if edit.row is not None
            and edit.values.get(self.parent, self.parent_of(edit.row)) != self.parent_of(edit.row)
        ]

    def _as_they_stand(self, edits: Sequence[Edit], actor: Any) -> Sequence[Edit]:
        """Return the edits on their rows as they stand now, locked until the transaction ends."""
        keys = [edit.row.pk for edit in edits if edit.row is not None]
        if not keys:
            return edits
        locked = self.visible(actor).select_for_update(of=("self",)).order_by("pk").filter(pk__in=keys)
        rows = {row.pk: row for row in locked}
        if len(rows) < len(set(keys)):
            raise ValueError(_("记录已被他人删除，或已不在您的管辖范围内。"))
        return [edit if edit.row is None else replace(edit, row=rows[edit.row.pk]) for edit in edits]

    def sensitive_in(self, edits: Iterable[Edit]) -> list[Column]:
        """Return the sensitive columns that edits of existing rows would change."""
        changed = {
            name
            for edit in edits
            if edit.row is not None
            for name, value in edit.values.items()
            if self.column(name).sensitive and self.column(name).of(edit.row) != value
        }
        return [column for column in self.columns if column.name in changed]

    @property
    def refusals(self) -> tuple[type[Exception], ...]:
        """What writing a row may raise: a sentence for the user, not a fault."""
        return (ValueError, PermissionDenied, IntegrityError, *self.errors)

    def log_key(self, row: Any) -> tuple[str, Any]:
        """Return register and row under which the changes of `row` are kept."""
        return self.logged_as(row) if self.logged_as else (self.model._meta.label_lower, row.pk)


_ledgers: dict[str, Ledger] = {}


def register(ledger: Ledger) -> Ledger:
    """Enter a register; called once, when its room's `ledger.py` is imported.

    Raises ImproperlyConfigured when a code is taken or a key names no column.
    """
    columns = (column.completed(ledger.model) for column in ledger.columns)
    columns = (replace(one, sensitive=one.sensitive or one.name == ledger.parent) for one in columns)
    ledger = replace(ledger, columns=tuple(columns))
    names = {column.name for column in ledger.columns}
    if ledger.code in _ledgers:
        raise ImproperlyConfigured(f"ledger {ledger.code}: code is taken")
    if missing := {
        *(name for key in ledger.keys for name in key),
        *filter(None, [ledger.ordinal, ledger.period]),
        *ledger.alike,
        *ledger.beneath,
        *ledger.confirmed,
        *(name for group in ledger.together for name in group),
        *filter(None, [ledger.parent]),
    } - names or (not ledger.key and {"key"}):
        raise ImproperlyConfigured(f"ledger {ledger.code}: no column {', '.join(sorted(missing))}")
    _ledgers[ledger.code] = ledger
    return ledger


def ledgers() -> tuple[Ledger, ...]:
    """Return every register of the installed rooms."""
    return tuple(_ledgers.values())


def ledger_of(code: str) -> Ledger:
    """Return a register by its code. Raises LookupError."""
    return _ledgers[code]


def row_counts(asked: Sequence[Ledger], person: Any) -> dict[str, int]:
    """Return how many rows of each register a person sees, by its code; asked in one query."""
    counts = [
        ledger.visible(person)
        .order_by()
        .annotate(register=models.Value(ledger.code, models.CharField()))
        .values("register")
        .annotate(n_rows=models.Count("pk"))
        .values_list("register", "n_rows")
        for ledger in asked
    ]
    found = dict(counts[0].union(*counts[1:], all=True)) if counts else {}
    return {ledger.code: found.get(ledger.code, 0) for ledger in asked}


def needs_reason(labels: Iterable[Any]) -> str:
    """Return the sentence that asks for the reason of a change of sensitive columns."""
    return _("修改%(names)s须说明理由。") % {"names": _("、").join(str(label) for label in labels)}


def _unknown(name: str) -> Column:
    raise KeyError(name)
