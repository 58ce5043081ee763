"""The two doors by which cases come to be and move: `open_case` and `advance`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from anwei.cases.clocks import OPENED, run_clocks
from anwei.cases.errors import CaseError, MissingPaper, StaleCase, WrongPhase
from anwei.cases.evidence import described, evidence_row, stored
from anwei.cases.intake import StoredFile, Upload
from anwei.cases.kinds import COLUMNS, asked_of, exists_for, kind_for, kind_of, sealed_columns, specific
from anwei.cases.lifecycle import Phase, Transition
from anwei.cases.models import Case, Entry, Evidence, Series
from anwei.cases.needs import check_papers, check_photos, check_signature, check_taken, sealed
from anwei.cases.notices.turns import tell_turn
from anwei.cases.rights import (
    check_opener,
    check_ready,
    check_role,
    check_second_person,
    check_together,
    post_of,
)
from anwei.cases.state import STATE, state_of
from anwei.cases.verbs import LAPSE
from anwei.ledgers import seal
from anwei.org.holdings import Acting, day_of
from anwei.org.models import Person

if TYPE_CHECKING:
    from django.db.models import Field

AnyCase = TypeVar("AnyCase", bound=Case)


def open_case(
    model: type[AnyCase],
    *,
    actor: Person | None,
    now: datetime,
    note: str = "",
    evidence: Sequence[Upload] = (),
    **columns: Any,
) -> AnyCase:
    """Open a case of the kind whose rows are `model`, number it, start its clocks, seal its first entry.

    `columns` are the case's own: title, scope, the three posts and what the kind adds; `evidence` is what
    shows why. No actor: the system. Raises NotYourTurn when the actor may not open this kind,
    RefusedEvidence, and CaseError when a column does not fit.
    """
    kind = kind_for(model)
    case = model(kind=kind.code, phase=kind.lifecycle.start, opened_at=now, **columns)
    if kind.begins_elsewhere is not None and kind.begins_elsewhere[1](case):
        case.phase = kind.begins_elsewhere[0]
    if evidence:  # files cost much to examine: nobody else's are
        check_opener(case, actor=actor, now=now)
    with stored(evidence) as files, transaction.atomic():
        acting = check_opener(case, actor=actor, now=now)
        check_taken(files, now)
        _check_posts(case)
        case.number = next_number(kind.prefix, now)
        try:
            case.clean_fields()
        except ValidationError as fault:
            raise CaseError(_("；").join(fault.messages)) from fault
        case.save(force_insert=True)
        run_clocks(case, OPENED, now)
        case.save(update_fields=["deadline"])
        content = {"title": case.title, STATE: state_of(case)} | _acting_for(acting)
        if kind.sealed:
            content[COLUMNS] = sealed_columns(case)
        post = None if acting is None else acting.post_id
        entry = _write(case, files, now, actor=actor, post_id=post, verb=OPENED, note=note, content=content)
        tell_turn(case, entry, actor=actor, now=now)
    return case


def advance(
    case: Case,
    verb: str,
    *,
    actor: Person | None,
    now: datetime,
    note: str = "",
    evidence: Sequence[Upload] = (),
    version: int | None = None,
    key: str = "",
    **fields: Any,
) -> Case:
    """Move a case by `verb`: check whose turn it is and what must be handed in, write, seal; all or nothing.

    `version` is the one the actor saw; `key` makes a repeated call (same verb, same actor) return the case
    unchanged; `fields` are the papers the verb needs. A deputy acts for the holder of the post, and the entry
    says for whom. Raises WrongPhase, NotYourTurn, MissingPaper, NotYet (a child or a fact outside stands
    against it), RefusedEvidence, and StaleCase when another hand was faster or the key was used for something
    else.
    """
    if _repeated(case, verb, actor, key):
        return specific(Case._base_manager.get(pk=case.pk))
    if evidence:  # files cost much to examine: nobody else's are, and no lock is held meanwhile
        _turn(specific(Case._base_manager.get(pk=case.pk)), verb, actor=actor, now=now, version=version)
    with stored(evidence) as files, transaction.atomic():
        locked = _locked(case)
        if _repeated(locked, verb, actor, key):
            return locked
        transition, acting = _turn(locked, verb, actor=actor, now=now, version=version)
        papers = check_papers(transition, fields, evidence)
        check_photos(transition, files, now)
        check_signature(transition, papers, actor)
        check_ready(locked, transition, now)
        check_together(locked, transition, papers, now)
        post = post_of(locked, transition.role)  # before the verb gives that role to another
        _move(locked, transition, papers, now)
        entry = _write(
            locked,
            files,
            now,
            actor=actor,
            post_id=post,
            verb=verb,
            from_phase=transition.source,
            note=note.strip(),
            content=sealed(papers) | _acting_for(acting) | {STATE: state_of(locked)},
            key=key,
        )
        if effect := kind_of(locked).effects.get(verb):
            effect(locked, entry, now)
        if transition.target is Phase.CLOSED:
            _end_requests(locked, now)
        tell_turn(locked, entry, actor=actor, now=now)
    return locked


def _write(case: Case, files: Sequence[StoredFile], now: datetime, **columns: Any) -> Entry:
    """Seal the next line of a case's timeline, with the files that were handed in."""
    if files:
        columns["content"] |= {"evidence": [described(file) for file in files]}
    entry = seal.append(Entry(case_id=case.pk, at=now, to_phase=case.phase, **columns))
    rows = [evidence_row(file, case_id=case.pk, entry_id=entry.pk, now=now) for file in files]
    Evidence.objects.bulk_create(rows)
    return entry


def _check_posts(case: Case) -> None:
    if case.supervisor_id == case.implementer_id:
        raise CaseError(_("落实岗位与监督岗位不能是同一个岗位。"))


def _locked(case: Case) -> Case:
    """Return the row under lock, after its parent's: whoever needs both takes them in the same order."""
    keys = [key for key in (case.parent_id, case.pk) if key is not None]
    rows = list(Case._base_manager.select_for_update().filter(pk__in=keys).order_by("pk"))
    return specific(next(row for row in rows if row.pk == case.pk))


def _repeated(case: Case, verb: str, actor: Person | None, key: str) -> bool:
    used = Entry.objects.filter(case=case.pk, key=key).first() if key else None
    if used is None:
        return False
    if (used.verb, used.actor_id) != (verb, None if actor is None else actor.pk):
        raise StaleCase(_("此表单已经提交过，请刷新后查看最新情况再办理。"))
    return True


def _turn(
    case: Case, verb: str, *, actor: Person | None, now: datetime, version: int | None
) -> tuple[Transition, Acting | None]:
    """Return the row of a verb and how the actor acts. Raises StaleCase, WrongPhase and NotYourTurn."""
    if version is not None and version != case.version:
        raise StaleCase(_("此事项刚刚已由他人办理，请刷新后查看最新情况再办理。"))
    transition = _transition(case, verb)
    acting = check_role(case, transition.role, actor=actor, now=now)
    check_second_person(case, transition, acting)
    return transition, acting


def _transition(case: Case, verb: str) -> Transition:
    kind = kind_of(case)
    phase = Phase(case.phase)
    transition = kind.lifecycle.find(verb, phase)
    if transition is None or not exists_for(case, transition):
        raise WrongPhase(
            _("此事项现在是“%(phase)s”，不能%(verb)s。")
            % {"phase": kind.phase_labels[phase], "verb": kind.lifecycle.label_of(verb)}
        )
    return asked_of(case, transition)


def _move(case: Case, transition: Transition, papers: dict[str, Any], now: datetime) -> None:
    """Write the columns that the needs name, the phase, the clocks and the next version."""
    columns = [need.name for need in transition.needs if need.writes_column and need.name in papers]
    for name in columns:
        try:
            field = cast("Field[Any, Any]", case._meta.get_field(name))
            value = papers[name]
            setattr(case, field.attname, field.clean(value.pk if isinstance(value, Model) else value, case))
        except ValidationError as fault:
            raise MissingPaper(_("；").join(fault.messages)) from fault
    if transition.gives is not None:
        named = next(need.name for need in transition.needs if need.kind == "post")
        setattr(case, str(transition.gives), papers[named])
        columns.append(str(transition.gives))
        _check_posts(case)
    if follow := kind_of(case).follows.get(transition.verb):
        for role, post in follow(case, now).items():
            setattr(case, str(role), post)
            columns.append(str(role))
        _check_posts(case)
    case.phase = transition.target
    case.outcome = transition.outcome
    case.closed_at = now if transition.target is Phase.CLOSED else None
    case.version += 1
    run_clocks(case, transition.verb, now)
    case.save(update_fields=[*columns, "phase", "outcome", "closed_at", "version", "deadline"])


def _end_requests(case: Case, now: datetime) -> None:
    """End the open requests that belonged to a case which is closed now (an extension nobody needs)."""
    for child in case.children.exclude(phase=Phase.CLOSED):
        if kind_of(child).extension:
            advance(child, LAPSE, actor=None, now=now, reason=_("%(case)s已办结") % {"case": case.number})


def _acting_for(acting: Acting | None) -> dict[str, Any]:
    """Return what the entry keeps of whom a deputy acted for; nothing where the system acts."""
    return {} if acting is None else acting.sealed


def next_number(prefix: str, now: datetime) -> str:
    """Return the next number of a series in the year of `now`, such as YJ202600001, in a transaction."""
    name = f"{prefix}{day_of(now).year}"
    Series.objects.get_or_create(name=name)
    series = Series.objects.select_for_update().get(name=name)
    series.last += 1
    series.save(update_fields=["last"])
    return str(series)
