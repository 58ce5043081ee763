"""Questions about cases: whose turn, which buttons, whose desk, what happened."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from anwei.cases.clocks import OPENED
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.events import EVENTS
from anwei.cases.events import line as event_line
from anwei.cases.kinds import Kind, exists_for, kind_of
from anwei.cases.lifecycle import TURN, WITHDRAWN, Label, Need, Phase, Role, Transition
from anwei.cases.models import Case, Entry
from anwei.cases.needs import ROWS
from anwei.cases.rights import check_ready, check_role, check_second_person
from anwei.org.holdings import ACTING_FOR, Acting, posts_acted_at
from anwei.org.models import Person, Post


@dataclass(frozen=True)
class WorkList:
    """A person's desk: 待办 (their turn, overdue first), 知会 (another's turn), 已办 (they acted).

    `posts` are the keys of the posts at which they act.
    """

    posts: frozenset[int]
    todo: QuerySet[Case]
    informed: QuerySet[Case]
    done: QuerySet[Case]


@dataclass(frozen=True)
class PhaseStep:
    """One step of the strip; `at` is when the case last came to it."""

    phase: Phase
    label: Label
    state: Literal["done", "now", "ahead"]
    at: datetime | None


@dataclass(frozen=True)
class TimelineLine:
    """One line of the timeline with what was handed in: (label, value) of each paper.

    `acting_for` names the holder of the post for whom a deputy acted, "" where nobody was represented.
    """

    entry: Entry
    line: Label
    papers: tuple[tuple[Label, str], ...]
    acting_for: str


def turn_of(case: Case) -> Post | None:
    """Return the post whose turn it is; None when the case is closed."""
    role = TURN.get(Phase(case.phase))
    if role is None:
        return None
    return case.supervisor if role is Role.SUPERVISOR else case.implementer


def transitions_for(
    case: Case, person: Person, *, now: datetime, actings: Mapping[int, Acting] | None = None
) -> list[Transition]:
    """Return what `person` may do to the case now: the buttons, in the order of the kind's table.

    A list of cases asks `actings_of(person, now)` once, and brings entries and children along.
    """
    return [row for row, obstacle in rows_for(case, person, now=now, actings=actings) if obstacle is None]


def rows_for(
    case: Case, person: Person, *, now: datetime, actings: Mapping[int, Acting] | None = None
) -> list[tuple[Transition, str | None]]:
    """Return the rows that are `person`'s now, each with the sentence why it cannot be done yet, or None."""
    rows = kind_of(case).lifecycle.from_phase(Phase(case.phase))
    acting = {role: _acting(case, role, person, now, actings) for role in {row.role for row in rows}}
    found: list[tuple[Transition, str | None]] = []
    for row in rows:
        if acting[row.role] is None or not exists_for(case, row):
            continue
        try:
            check_second_person(case, row, acting[row.role])
            check_ready(case, row, now)
        except NotYourTurn:
            continue
        except CaseError as obstacle:
            found.append((row, str(obstacle)))
        else:
            found.append((row, None))
    return found


def turn_at(posts: Collection[int]) -> Q:
    """Return the filter of the cases whose turn is at one of `posts`."""
    turn = Q(pk__in=())
    for role in (Role.SUPERVISOR, Role.IMPLEMENTER):
        phases = [phase for phase, one in TURN.items() if one is role]
        turn |= Q(phase__in=phases, **{f"{role}__in": posts})
    return turn


def work_list(person: Person, now: datetime) -> WorkList:
    """Return the desk of a person by the posts held at `now`, own ones and those of a delegation."""
    posts = frozenset(posts_acted_at(person, now).values_list("pk", flat=True))
    turn = turn_at(posts)
    mine = Q(responsible__in=posts) | Q(supervisor__in=posts) | Q(implementer__in=posts)
    cases = Case.objects.select_related(
        "enterprise__unit", "site", "responsible__unit", "supervisor__unit", "implementer__unit"
    )
    acted = cases.visible_to(person).filter(entries__actor=person).annotate(acted_at=Max("entries__at"))
    return WorkList(
        posts=posts,
        todo=cases.filter(turn).order_by(F("deadline").asc(nulls_last=True), "pk"),
        informed=cases.filter(mine).exclude(turn).exclude(phase=Phase.CLOSED).order_by("-pk"),
        done=acted.exclude(turn).order_by("-acted_at", "-pk"),
    )


def phase_strip(case: Case) -> list[PhaseStep]:
    """Return the phases of the case's kind, with how far it has come; a closed case shows what was done."""
    kind = kind_of(case)
    moves = list(
        Entry.objects.filter(case=case.pk)
        .exclude(from_phase=F("to_phase"))
        .order_by("number")
        .values_list("verb", "from_phase", "to_phase", "at")
    )
    arrivals = {target: at for _verb, _source, target, at in moves}
    ended = case.phase == Phase.CLOSED
    done = {
        Phase(source) for verb, source, target, _at in moves if source and _does(kind, verb, source, target)
    }
    phases = kind.lifecycle.phases
    here = phases.index(Phase(case.phase))
    steps = []
    for place, phase in enumerate(phases):
        state: Literal["done", "now", "ahead"] = "now" if place == here else "ahead"
        if place < here and (not ended or phase in done):
            state = "done"
        label = kind.phase_labels[phase]
        if phase is Phase.CLOSED and case.outcome:
            label = kind.outcome_labels[case.outcome]
        steps.append(PhaseStep(phase, label, state, None if state == "ahead" else arrivals.get(phase)))
    return steps


def _does(kind: Kind, verb: str, source: str, target: str) -> bool:
    """Say whether a move did what its phase is about: it led on, or whoever's turn it was closed the case."""
    if target != Phase.CLOSED:
        return True
    row = kind.lifecycle.find(verb, Phase(source))
    return row is not None and row.role is TURN[row.source] and row.outcome != WITHDRAWN


def timeline(case: Case) -> list[TimelineLine]:
    """Return everything that happened to the case, oldest first."""
    kind = kind_of(case)
    every = {need.name: need for row in kind.lifecycle.transitions for need in row.needs}
    own: dict[str, dict[str, Need]] = {}  # one column reads differently by verb: 整改期限, 重新整改期限
    for row in kind.lifecycle.transitions:
        own.setdefault(row.verb, {}).update({need.name: need for need in row.needs})
    entries = (
        Entry.objects.filter(case=case.pk).select_related("actor", "post__unit").prefetch_related("evidence")
    )
    return [
        TimelineLine(
            entry,
            line_of(case, entry),
            (*_beginning(case, entry, kind), *_papers(entry, every | own.get(entry.verb, {}))),
            str(entry.content.get(ACTING_FOR, {}).get("name", "")),
        )
        for entry in entries
    ]


def _beginning(case: Case, entry: Entry, kind: Kind) -> Iterator[tuple[Label, str]]:
    """Yield by which words a case began, in its first line."""
    if entry.verb == OPENED and kind.begun_by and (words := getattr(case, kind.begun_by, "")):
        yield getattr(kind.model._meta.get_field(kind.begun_by), "verbose_name", ""), words


def line_of(case: Case, entry: Entry) -> Label:
    """Return in words what a line of the timeline says was done."""
    if entry.verb == OPENED:
        return kind_of(case).phase_labels[Phase(entry.to_phase)]
    if entry.verb in EVENTS:
        return event_line(entry)
    rows = [row for row in kind_of(case).lifecycle.transitions if row.verb == entry.verb]
    row = next((row for row in rows if row.source == entry.from_phase), next(iter(rows), None))
    return entry.verb if row is None else row.line


def _papers(entry: Entry, needs: dict[str, Need]) -> Iterator[tuple[Label, str]]:
    for name, value in entry.content.items():
        if name in needs and name != "evidence" and value:
            yield needs[name].label, _in_words(needs[name], value)


def _in_words(need: Need, value: Any) -> str:
    if need.kind in ROWS:
        return str(value["name"])
    if need.kind == "boolean":
        return _("是")
    return str(dict(need.choices).get(value, value))


def _acting(
    case: Case, role: Role, person: Person, now: datetime, actings: Mapping[int, Acting] | None
) -> Acting | None:
    try:
        return check_role(case, role, actor=person, now=now, actings=actings)
    except NotYourTurn:
        return None
