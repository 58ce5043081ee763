"""Whether enough people go to a visit: of the whole, and of each body that takes part (综合查一次)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from anwei.hazards.models import Attendance, Inspector, Visit
from anwei.hazards.planning.capping import own_figures
from anwei.hazards.powers import why_not
from anwei.org.models import Unit
from anwei.standards.inspections.rules import figure, figures


def too_few(visit: Visit) -> str:
    """Return the sentence why a visit has too few inspectors to begin, "" where it has enough.

    Where a department takes part they have certificates; a township that alone looks round sends as many.
    In a merged visit each department sends its own: nobody inspects in the name of another one.
    """
    least = figure("inspectors", own_figures())
    people = list(visit.attendances.all())
    words = {"least": least, "n": len(people)}
    if visit.bodies.filter(kind=Unit.Kind.DEPARTMENT).exists():
        words["n"] = sum(bool(one.certificate) for one in people)
        sentence = _("检查须有至少 %(least)d 名持证人员，现有 %(n)d 名；请先安排人员。")
    else:
        sentence = _("检查须有至少 %(least)d 人，现有 %(n)d 人；请先安排人员。")
    if words["n"] < least:
        return sentence % words
    return absent(visit)


def absent(visit: Visit) -> str:
    """Return the sentence that names the departments of a merged visit of whom nobody goes, "" where none."""
    gone = [unit for unit, n in certified_by_department(visit) if not n]
    if not gone or visit.bodies.count() < 2:
        return ""
    words = {"bodies": _("、").join(str(unit) for unit in gone), "citation": _citation()}
    return (
        _("%(bodies)s参加综合查一次，但没有安排本单位的持证人员；请安排其人员后再开始（%(citation)s）。")
        % words
    )


def why_no_order(visit: Visit, body: Unit) -> str:
    """Return in a sentence why a body may issue no order at a visit, "" where it may.

    It has not the power, or sends too few with a certificate to a visit of several (行政处罚法 第42条).
    """
    return why_not(body) or (thin(visit) if body.pk in _few(visit) else "")


def officers_of(visit: Visit, body: Unit) -> list[Attendance]:
    """Return who signs what a body issues at a visit: its own people with a certificate.

    Where it has none with one, its own people; where nobody of it goes along, all.
    """
    people = list(visit.attendances.all())
    own = [one for one in people if one.unit_id == body.pk]
    return [one for one in own if one.certificate] or own or people


def _few(visit: Visit) -> dict[int, tuple[Unit, int]]:
    """Return by key the departments of a visit of several of whom some go, but too few."""
    if visit.bodies.count() < 2:
        return {}
    least = figure("inspectors", own_figures())
    return {unit.pk: (unit, n) for unit, n in certified_by_department(visit) if 0 < n < least}


def thin(visit: Visit) -> str:
    """Return the sentence that names the departments of whom too few come along to decide anything.

    They look, but issue nothing in their own name (行政处罚法 第42条); "" where there are none.
    """
    least = figure("inspectors", own_figures())
    few = _few(visit)
    if not few:
        return ""
    told = (_("%(body)s %(n)d 名") % {"body": unit, "n": n} for unit, n in few.values())
    words = {"told": _("、").join(told), "least": least, "citation": _citation()}
    return (
        _("持证人员少于 %(least)d 名：%(told)s。只能参加检查，不得以本单位名义作出执法决定（%(citation)s）。")
        % words
    )


def expired(visit: Visit) -> str:
    """Return the sentence that names whose certificate is not valid any more on the day of the visit."""
    people = Inspector._base_manager.filter(
        person__attendances__visit=visit, valid_until__lt=visit.planned_on
    ).select_related("person")
    told = [
        _("%(person)s %(number)s（%(day)s 到期）")
        % {"person": one.person, "number": one.number, "day": one.valid_until}
        for one in people.order_by("pk")
    ]
    if not told:
        return ""
    words = {"told": _("、").join(told), "citation": _citation()}
    return (
        _(
            "检查当日执法证已过期：%(told)s。只作随同人员，不计入持证人员，不签署执法文书（%(citation)s）；换证后请更新执法证台账。"
        )
        % words
    )


def certified_by_department(visit: Visit) -> Iterator[tuple[Unit, int]]:
    """Yield each department of a visit with how many certified inspectors it sends, the leading one first.

    Others (a township, the committee office) look round or coordinate and need not send anybody.
    """
    people = list(visit.attendances.exclude(certificate=""))
    for body in bodies_in_order(visit):
        if body.kind == Unit.Kind.DEPARTMENT:
            yield body, sum(one.unit_id == body.pk for one in people)


def bodies_in_order(visit: Visit) -> list[Unit]:
    """Return the bodies of a visit, the leading one first."""
    return sorted(visit.bodies.all(), key=lambda unit: (unit.pk != visit.body_id, unit.pk))


def _citation() -> str:
    return _(figures()["inspectors"].citation)
