"""A person's desk: what waits, what they did, supervise and should know of; and acts on many at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError
from anwei.cases.filters import OPEN
from anwei.cases.kinds import kind_of, kinds
from anwei.cases.lifecycle import Phase, Transition
from anwei.cases.models import Case
from anwei.cases.notices.queries import notices_of
from anwei.cases.queries import transitions_for, turn_at, work_list
from anwei.cases.services import advance
from anwei.ledgers.desk import waiting_questions
from anwei.ledgers.spelled import MOMENT, n_each, spelled
from anwei.org.holdings import actings_of
from anwei.org.models import Person
from anwei.org.scope import standing

RELATED = ("enterprise__unit", "site", "responsible__unit", "supervisor__unit", "implementer__unit")
EARLIEST_FIRST = (F("deadline").asc(nulls_last=True), "pk")
MAX_BATCH = 100


@dataclass(frozen=True)
class Counts:
    """The numbers of the frame of every page."""

    n_todo: int = 0
    n_overdue: int = 0
    n_unread: int = 0


@dataclass(frozen=True)
class Work:
    """A case on the desk with the verb that needs no paper and leads on, if there is one."""

    case: Case
    act: Transition | None


@dataclass(frozen=True)
class Done:
    """What became of one case of a batch; `fault` is the sentence why nothing was done."""

    number: str
    title: str
    fault: str


def with_own_rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return the cases with the row of their kind's own model at hand: one join a kind, no query a case."""
    return cases.select_related(*RELATED, *(str(kind.model._meta.model_name) for kind in kinds()))


def desk_of(person: Person, now: datetime) -> dict[str, QuerySet[Case]]:
    """Return the rows of each tab.

    待办: their turn. 已办: they acted. 督办: they supervise and another is at work. 知会: what else is
    open in their scope, so that a township or a leader knows of it.
    """
    desk = work_list(person, now)
    theirs = Q(supervisor__in=desk.posts)
    informed = Case.objects.visible_to(person).filter(OPEN).exclude(turn_at(desk.posts)).exclude(theirs)
    return {
        "todo": desk.todo,
        "done": desk.done,
        "supervised": desk.informed.filter(theirs).order_by(*EARLIEST_FIRST),
        "informed": informed.order_by(*EARLIEST_FIRST),
    }


def counts_of(person: Person, now: datetime) -> Counts:
    """Return how much waits for a person, how much is overdue, and how many notices are unread.

    What waits are the cases at their posts and what the rooms have beside them (`ledgers.desk`): one query.
    """
    footing = person.footing
    posts = standing(person).post_ids
    cases = spelled(("todo", footing), lambda: Case.objects.filter(turn_at(posts)))
    overdue = spelled(("overdue", footing), lambda: Case.objects.filter(turn_at(posts), deadline__lt=MOMENT))
    unread = spelled(("unread", footing), lambda: notices_of(person).filter(read_at=None))
    n_unread, n_overdue, *n_todo = n_each(
        [unread, overdue.put(now=now), cases, *waiting_questions(person, now)]
    )
    return Counts(n_todo=sum(n_todo), n_overdue=n_overdue, n_unread=n_unread)


def works(cases: Sequence[Case], person: Person, now: datetime) -> list[Work]:
    """Return a page of the desk with its one-click verbs; the number of queries does not grow with it."""
    actings = actings_of(person, now)
    return [Work(case, _one_click(transitions_for(case, person, now=now, actings=actings))) for case in cases]


def batch_verbs(page: Sequence[Work]) -> dict[str, str]:
    """Return verb and button of what can be done to several cases of a page at once."""
    verbs: dict[str, list[Transition]] = {}
    for work in page:
        if work.act is not None:
            verbs.setdefault(work.act.verb, []).append(work.act)
    return {verb: str(acts[0].label) for verb, acts in verbs.items() if len(acts) > 1}


def advance_all(
    verb: str, versions: Mapping[int, int], *, actor: Person, now: datetime, key: str
) -> Iterator[Done]:
    """Do a one-click verb to several cases, each for itself: what one refuses does not stop the others.

    `versions` are the versions the actor saw, by case. A case of which the verb asks papers is refused: a
    batch has none to hand in. Yields what became of each.
    """
    visible = Case.objects.visible_to(actor).select_related(*RELATED).in_bulk(list(versions)[:MAX_BATCH])
    for pk, version in versions.items():
        case = visible.get(pk)
        if case is not None:
            fault = _refusal(case, verb)
            if not fault:
                try:
                    advance(case, verb, actor=actor, now=now, version=version, key=key and f"{key}-{pk}")
                except CaseError as error:
                    fault = str(error)
            yield Done(case.number, case.title, fault)


def _refusal(case: Case, verb: str) -> str:
    row = kind_of(case).lifecycle.find(verb, Phase(case.phase))
    return "" if row is None or _is_one_click(row) else _("此操作须逐件办理并提交材料。")


def _is_one_click(row: Transition) -> bool:
    papers = any(need.required for need in row.needs)
    return not papers and not row.dangerous and row.target is not row.source


def _one_click(rows: Sequence[Transition]) -> Transition | None:
    return next((row for row in rows if _is_one_click(row)), None)
