"""The kinds of case, found in the rooms: each room with a case declares its kinds in `lifecycle.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured

from anwei.cases.lifecycle import WITHDRAWN, Label, Lifecycle, Phase, Role, Transition
from anwei.cases.models import Case, Entry
from anwei.cases.models.case import drafted
from anwei.cases.models.notices import Urgency
from anwei.ledgers.spelling import moment
from anwei.org.holdings import Acting
from anwei.org.models import Person, Post
from anwei.standards.clocks import ClockRule
from anwei.standards.ladders import default_ladders

Guard = Callable[[Any, datetime], str | None]  # the case and now: a sentence refuses the verb
Check = Callable[[Any, Mapping[str, Any], datetime], str | None]  # and what is handed in: likewise
Follow = Callable[[Any, datetime], Mapping[Role, Post]]  # the case after the verb's columns, and now
Effect = Callable[[Any, Entry, datetime], None]  # the case after the verb, its entry, and now
Elsewhere = tuple[Phase, Callable[[Any], bool]]  # a phase, and whether a case to be begins in it
Opener = Callable[[Any, Person, datetime], Acting]  # the case to be, who opens it, and now


COLUMNS = "columns"  # in the content of the first entry: what of the case never changes


def no_clocks(case: Any) -> Iterable[ClockRule]:
    """Return no clock: the kind has none."""
    return ()


def nobody(case: Any) -> Iterable[int]:
    """Return no person: who opened the case is all that is known of its beginning."""
    return ()


def everybody(case: Any, person: Person) -> bool:
    """Say that whoever sees a case may read what its first entry keeps."""
    return True


def not_urgent(case: Any) -> Urgency:
    """Return the level of notices of a kind that can wait."""
    return "info"


@dataclass(frozen=True)
class Kind:
    """What a room declares about one kind of case.

    `prefix` begins its numbers (YJ202600001); `opened_by` is the role that may open one (SYSTEM: nobody), or
    `opener` says how somebody opens one who has no role on it (NotYourTurn refuses); `begins_elsewhere`
    is a phase in which some begin instead of the first, and which; `beginners` are people
    who count like the one who opened it where a second person is asked for; `sealed` names the columns that
    the first entry keeps, for they never change, and `tells_beginning` to whom it is given as it stands;
    `begun_by` is the column whose words the first line of the timeline tells ("": none);
    `clocks` gives the clocks that may run on a case of the kind; `urgency` how urgently its turns are told;
    `ladder` is the key of the ladder its clocks climb ("": a missed clock is entered, nobody else is told).
    `drafted`: until it is issued out of its first phase its enterprise neither sees nor hears of it.
    `extension`: its cases ask for more time on their parent, which waits for none and ends them by closing.
    `guards` say by verb which fact outside the case stands against it (a sentence refuses), `checks` what in
    the papers handed in does not fit together or with the case; `follows` say by verb which posts the
    case has then because of it; `effects` do by verb what else belongs to it,
    in its transaction, and may refuse by raising CaseError.
    """

    code: str
    model: type[Case]
    lifecycle: Lifecycle
    label: Label
    prefix: str
    phase_labels: Mapping[Phase, Label]
    outcome_labels: Mapping[str, Label]
    opened_by: Role = Role.SYSTEM
    opener: Opener | None = None
    begins_elsewhere: Elsewhere | None = None
    beginners: Callable[[Any], Iterable[int]] = nobody
    sealed: tuple[str, ...] = ()
    begun_by: str = ""
    tells_beginning: Callable[[Any, Person], bool] = everybody
    clocks: Callable[[Any], Iterable[ClockRule]] = no_clocks
    urgency: Callable[[Any], Urgency] = not_urgent
    ladder: str = ""
    drafted: bool = False
    extension: bool = False
    guards: Mapping[str, Guard] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    follows: Mapping[str, Follow] = field(default_factory=dict)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Enter a kind; called once, when its room's `lifecycle.py` is imported.

    Raises ImproperlyConfigured when the table names a column, phase or outcome the kind does not have, or a
    guard, an effect or the ladder belongs to nothing, or a verb would write what the first entry sealed.
    """
    if kind.code in _kinds or any(kind.prefix == other.prefix for other in _kinds.values()):
        raise ImproperlyConfigured(f"case kind {kind.code}: code or prefix is taken")
    missing = [str(phase) for phase in kind.lifecycle.phases if phase not in kind.phase_labels]
    missing += [name for name in kind.sealed if not _has(kind.model, name)]
    for row in kind.lifecycle.transitions:
        if row.outcome and row.outcome not in kind.outcome_labels:
            missing.append(row.outcome)
        missing += [need.name for need in row.needs if need.writes_column and not _has(kind.model, need.name)]
    if missing:
        raise ImproperlyConfigured(f"case kind {kind.code}: no column or label for {', '.join(missing)}")
    verbs = {row.verb for row in kind.lifecycle.transitions}
    stray = sorted({*kind.guards, *kind.checks, *kind.effects, *kind.follows} - verbs)
    if kind.ladder and kind.ladder not in default_ladders():
        stray.append(kind.ladder)
    if rewritten := sorted(_written(kind) & {*kind.sealed}):
        raise ImproperlyConfigured(f"case kind {kind.code}: a verb writes the sealed {', '.join(rewritten)}")
    if stray:
        raise ImproperlyConfigured(f"case kind {kind.code}: no verb or ladder {', '.join(stray)}")
    _kinds[kind.code] = kind
    if kind.drafted:
        drafted.add(kind.code)
    return kind


def kinds() -> tuple[Kind, ...]:
    """Return every kind of the installed rooms."""
    return tuple(_kinds.values())


def kind_of(case: Case) -> Kind:
    """Return the kind of a case."""
    return _kinds[case.kind]


def kind_for(model: type[Case]) -> Kind:
    """Return the kind whose cases are rows of `model`.

    Raises LookupError when no room declared one.
    """
    for kind in _kinds.values():
        if kind.model is model:
            return kind
    raise LookupError(f"{model.__name__} is no kind of case")


def is_draft(case: Case) -> bool:
    """Say whether a case was never issued, so that the enterprise that it is about knows nothing of it."""
    return kind_of(case).drafted and (case.phase == Phase.REGISTERED or case.outcome == WITHDRAWN)


def sealed_columns(case: Case) -> dict[str, Any]:
    """Return the columns of a case that never change, by name; of a relation the key."""
    fields = (case._meta.get_field(name) for name in kind_of(case).sealed)
    values = {field.name: getattr(case, getattr(field, "attname", field.name)) for field in fields}
    return {name: moment(value) if isinstance(value, datetime) else value for name, value in values.items()}


def specific(case: Case) -> Case:
    """Return the case as a row of its kind's own model, which a list may have brought along."""
    model = kind_of(case).model
    if isinstance(case, model):
        return case
    own: Case | None = case._state.fields_cache.get(model._meta.model_name or "")
    return model._base_manager.get(pk=case.pk) if own is None else own


def exists_for(case: Case, row: Transition) -> bool:
    """Say whether a row of the table is one of this case."""
    return row.only_where is None or row.only_where(specific(case))


def asked_of(case: Case, row: Transition) -> Transition:
    """Return a row as it is asked of this case; only where its facts matter are they looked up."""
    conditional = any(need.required_where or need.only_where for need in row.needs)
    return row.asked_of(specific(case)) if conditional else row


def _written(kind: Kind) -> set[str]:
    """Return the columns that verbs write."""
    rows = kind.lifecycle.transitions
    named = {need.name for row in rows for need in row.needs if need.writes_column}
    return named | {str(row.gives) for row in rows if row.gives is not None}


def _has(model: type[Case], column: str) -> bool:
    try:
        model._meta.get_field(column)
    except FieldDoesNotExist:
        return False
    return True
