"""Whether enough people go to a visit: of the whole, and of each body that takes part (综合查一次)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from anwei.hazards.models import Attendance, Visit
from anwei.hazards.planning.capping import own_figures
from anwei.org.models import Unit
from anwei.standards.inspections.rules import figure, figures


@dataclass(frozen=True)
class Manned:
    """A body at a visit and how many it sends: `n` people, `n_certified` of them with a certificate."""

    body: Unit
    n: int
    n_certified: int

    @property
    def is_absent(self) -> bool:
        """Say whether nobody acts for it: of a department only who has a certificate does."""
        return not (self.n_certified if self.body.kind == Unit.Kind.DEPARTMENT else self.n)


def too_few(visit: Visit) -> str:
    """Return the sentence why a visit has too few inspectors to begin, "" where it has enough.

    Where a department takes part they have certificates; a township that alone looks round sends as many.
    In a merged visit each body sends its own: nobody inspects in the name of another one.
    """
    least = figure("inspectors", own_figures())
    bodies, people = _told(visit)
    words = {"least": least, "n": len(people)}
    if any(one.kind == Unit.Kind.DEPARTMENT for one in bodies):
        words["n"] = sum(bool(one.certificate) for one in people)
        sentence = _("检查须有至少 %(least)d 名持证人员，现有 %(n)d 名；请先安排人员。")
    else:
        sentence = _("检查须有至少 %(least)d 人，现有 %(n)d 人；请先安排人员。")
    if words["n"] < least:
        return sentence % words
    return absent(visit)


def absent(visit: Visit) -> str:
    """Return the sentence that names the bodies of a merged visit of whom nobody goes, "" where none."""
    gone = [one.body for one in manned(visit) if one.is_absent]
    if not gone or visit.bodies.count() < 2:
        return ""
    words = {"bodies": _("、").join(str(unit) for unit in gone), "citation": _citation()}
    return (
        _(
            "%(bodies)s参加综合查一次，但没有安排本单位的人员（部门须持执法证）；"
            "请安排其人员后再开始（%(citation)s）。"
        )
        % words
    )


def thin(visit: Visit) -> str:
    """Return the sentence that names the departments of whom too few come along to decide anything.

    They look, but issue nothing in their own name (行政处罚法 第42条); "" where there are none.
    """
    least = figure("inspectors", own_figures())
    few = [
        one for one in manned(visit) if one.body.kind == Unit.Kind.DEPARTMENT and 0 < one.n_certified < least
    ]
    if not few or visit.bodies.count() < 2:
        return ""
    told = (_("%(body)s %(n)d 名") % {"body": one.body, "n": one.n_certified} for one in few)
    words = {"told": _("、").join(told), "least": least, "citation": _citation()}
    return (
        _("持证人员少于 %(least)d 名：%(told)s。只能参加检查，不得以本单位名义作出执法决定（%(citation)s）。")
        % words
    )


def manned(visit: Visit) -> Iterator[Manned]:
    """Yield each body of a visit with how many it sends, the leading one first."""
    bodies, people = _told(visit)
    for body in bodies:
        own = [one for one in people if one.unit_id == body.pk]
        yield Manned(body, len(own), sum(bool(one.certificate) for one in own))


def bodies_in_order(visit: Visit) -> list[Unit]:
    """Return the bodies of a visit, the leading one first."""
    return sorted(visit.bodies.all(), key=lambda unit: (unit.pk != visit.body_id, unit.pk))


def _told(visit: Visit) -> tuple[list[Unit], list[Attendance]]:
    return bodies_in_order(visit), list(visit.attendances.all())


def _citation() -> str:
    return _(figures()["inspectors"].citation)
