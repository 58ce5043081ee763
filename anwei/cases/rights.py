"""Who may do what to a case, and what is still missing: one place for the engine and for the buttons.

The second person (docs/decisions/0008): who acted for the implementer, and everybody such an act was done
for, may not check that work, neither with their own hand nor by a deputy, nor as the deputy of somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.cases.clocks import OPENED
from anwei.cases.errors import MissingPaper, NotYet, NotYourTurn
from anwei.cases.kinds import kind_of, specific
from anwei.cases.lifecycle import Phase, Role, Transition
from anwei.cases.models import Case, Entry
from anwei.org.holdings import ACTING_FOR, Acting, acts_for
from anwei.org.models import Person


def post_of(case: Case, role: Role) -> int | None:
    """Return the post that has `role` on a case; None for the system."""
    return None if role is Role.SYSTEM else int(getattr(case, f"{role}_id"))


def check_role(
    case: Case,
    role: Role,
    *,
    actor: Person | None,
    now: datetime,
    actings: Mapping[int, Acting] | None = None,
) -> Acting | None:
    """Return how `actor` acts at the post of `role`; no actor is the system, and only that (None).

    A list of cases asks `actings_of(actor, now)` once for all. Raises NotYourTurn for whoever neither holds
    that post nor is a deputy there, and for the second person who is none.
    """
    post = post_of(case, role)
    if actor is None or post is None:
        if actor is not None or post is not None:
            raise NotYourTurn(_("此操作由系统办理。") if post is None else _("此操作须由岗位上的人员办理。"))
        return None
    acting = acts_for(actor, post, now) if actings is None else actings.get(post)
    if acting is None:
        raise NotYourTurn(_("此事项应由“%(post)s”办理。") % {"post": getattr(case, role)})
    if role is Role.SUPERVISOR and acting.people & _implementing(case):
        if acting.acting_for is None or actor.pk in _implementing(case):
            raise NotYourTurn(_("办理过此事项的人不能再监督验收，请由其他人员办理。"))
        raise NotYourTurn(_("被代理人办理过此事项，代理人不能代其监督验收，请由其他人员办理。"))
    return acting


def check_opener(case: Case, *, actor: Person | None, now: datetime) -> Acting | None:
    """Return how `actor` opens a case; no actor is the system (None). Raises NotYourTurn."""
    kind = kind_of(case)
    if actor is None:
        return None
    if kind.opener is not None:
        return kind.opener(case, actor, now)
    return check_role(case, kind.opened_by, actor=actor, now=now)


def check_second_person(case: Case, transition: Transition, acting: Acting | None) -> None:
    """Raise NotYourTurn when the verb asks for another person than the one who opened the case."""
    if not transition.second_person or acting is None:
        return
    began = people_of(_entries(case)[:1]) | {*kind_of(case).beginners(specific(case))}
    if acting.people & began:
        raise NotYourTurn(_("立案的人不能自行%(verb)s，请由其他人员办理。") % {"verb": transition.label})


def check_ready(case: Case, transition: Transition, now: datetime) -> None:
    """Raise what stands against a verb beside its own papers: MissingPaper or NotYet, with the sentence."""
    waiting = [verb for verb in transition.after if verb not in _done_in_phase(case)]
    if waiting:
        labels = _("、").join(str(kind_of(case).lifecycle.label_of(verb)) for verb in waiting)
        raise MissingPaper(_("须先完成：%(labels)s。") % {"labels": labels})
    if transition.children_closed:
        work = [child for child in case.children.all() if not kind_of(child).extension]
        unfinished = [child for child in work if child.phase != Phase.CLOSED]
        if numbers := [child.number for child in sorted(unfinished, key=lambda child: child.pk)]:
            raise NotYet(_("下级事项尚未办结：%(numbers)s。") % {"numbers": _("、").join(numbers)})
    guard = kind_of(case).guards.get(transition.verb)
    sentence = None if guard is None else guard(specific(case), now)
    if sentence:
        raise NotYet(sentence)


def check_together(case: Case, transition: Transition, papers: Mapping[str, Any], now: datetime) -> None:
    """Raise MissingPaper where the kind says that what is handed in does not fit together."""
    check = kind_of(case).checks.get(transition.verb)
    sentence = None if check is None else check(specific(case), papers, now)
    if sentence:
        raise MissingPaper(sentence)


def _implementing(case: Case) -> frozenset[int]:
    """Return everybody who acted for the implementer of this case, also before it was transferred.

    Whoever worked on a case does not decide either how long that work may take.
    """
    table = kind_of(case).lifecycle.transitions
    rows = {(row.verb, str(row.source)) for row in table if row.role is Role.IMPLEMENTER}
    if kind_of(case).opened_by is Role.IMPLEMENTER:  # who asked (an extension) does not decide
        rows.add((OPENED, ""))
    people = people_of(
        entry
        for entry in _entries(case)
        if entry.post_id == case.implementer_id or (entry.verb, entry.from_phase) in rows
    )
    extended = case.parent if kind_of(case).extension else None
    return people if extended is None else people | _implementing(extended)


def people_of(entries: Iterable[Entry]) -> frozenset[int]:
    """Return the hands of entries, and those they acted for."""
    people: set[int] = set()
    for entry in entries:
        if entry.actor_id is not None:
            people.add(entry.actor_id)
        if principal := entry.content.get(ACTING_FOR):
            people.add(principal["id"])
    return frozenset(people)


def _done_in_phase(case: Case) -> set[str]:
    verbs: set[str] = set()
    for entry in reversed(_entries(case)):
        if entry.from_phase != entry.to_phase:
            break
        verbs.add(entry.verb)
    return verbs


def _entries(case: Case) -> list[Entry]:
    """Return the timeline, oldest first; a list of cases brings it along (`prefetch_related`)."""
    return [] if case.pk is None else list(case.entries.all())
