"""Who may do what to a case, and what is still missing: one place for the engine and for the buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anwei.cases.errors import MissingPaper, NotYourTurn
from anwei.cases.kinds import kind_of
from anwei.cases.lifecycle import Role, Transition
from anwei.cases.models import Case, Entry
from anwei.org.holdings import holds
from anwei.org.models import Person


def post_of(case: Case, role: Role) -> int | None:
    """Return the post that has `role` on a case; None for the system."""
    return None if role is Role.SYSTEM else int(getattr(case, f"{role}_id"))


def check_role(case: Case, role: Role, *, actor: Person | None, now: datetime) -> None:
    """Raise NotYourTurn unless `actor` holds the post of `role`; no actor is the system, and only that."""
    post = post_of(case, role)
    if actor is None or post is None:
        if actor is not None or post is not None:
            raise NotYourTurn(_("此操作由系统办理。") if post is None else _("此操作须由岗位上的人员办理。"))
        return
    if not holds(actor, post, now):
        raise NotYourTurn(_("此事项应由“%(post)s”办理。") % {"post": getattr(case, role)})
    if (
        role is Role.SUPERVISOR
        and Entry.objects.filter(case=case.pk, actor=actor, post=case.implementer_id).exists()
    ):
        raise NotYourTurn(_("办理过此事项的人不能再监督验收，请由其他人员办理。"))


def check_done(case: Case, transition: Transition) -> None:
    """Raise MissingPaper when a verb that must come first was not done since the case came into its phase."""
    waiting = [verb for verb in transition.after if verb not in _done_in_phase(case)]
    if waiting:
        labels = _("、").join(str(kind_of(case).lifecycle.label_of(verb)) for verb in waiting)
        raise MissingPaper(_("须先完成：%(labels)s。") % {"labels": labels})


def check_papers(
    transition: Transition, fields: Mapping[str, Any], evidence: Sequence[object]
) -> dict[str, Any]:
    """Return the papers that were handed in, stripped.

    Raises MissingPaper naming each need that is missing, and TypeError for a field that no need names.
    """
    needs = {need.name: need for need in transition.needs if need.kind != "evidence"}
    unknown = sorted(fields.keys() - needs.keys())
    if evidence and not any(need.kind == "evidence" for need in transition.needs):
        unknown.append("evidence")
    if unknown:
        raise TypeError(f"{transition.verb} takes no {', '.join(unknown)}")
    papers = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    handed_in = papers | {"evidence": evidence}
    missing = [need for need in transition.needs if need.required and not handed_in.get(need.name)]
    if missing:
        labels = _("、").join(str(need.label) for need in missing)
        raise MissingPaper(_("请填写或提交：%(labels)s。") % {"labels": labels})
    for name, value in papers.items():
        choices = {choice for choice, _label in needs[name].choices}
        if choices and value and value not in choices:
            raise MissingPaper(_("“%(label)s”不在可选范围内。") % {"label": needs[name].label})
    return papers


def _done_in_phase(case: Case) -> set[str]:
    verbs: set[str] = set()
    for entry in Entry.objects.filter(case=case.pk).order_by("-number"):
        if entry.from_phase != entry.to_phase:
            break
        verbs.add(entry.verb)
    return verbs
