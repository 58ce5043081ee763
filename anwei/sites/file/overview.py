"""The first sheets of an enterprise's file, and its last: what it is, who answers for it, what happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.ledgers.masking import masked
from anwei.ledgers.papers.blocks import Block, Paragraph, Table
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Post
from anwei.sites.enterprise_file import Asked, Context, Sheet, contribute
from anwei.sites.file.parts import PRINTED, table, words
from anwei.sites.models import Enterprise
from anwei.sites.queries import TOWNSHIP_DIGITS, answerable_for, regulators_of, township_names
from anwei.sites.things import answers_beside
from anwei.sites.timeline import Asked as AskedEvents
from anwei.sites.timeline import newest

N_EVENTS = 8


def facts_of(enterprise: Enterprise, now: datetime) -> list[tuple[str, str]]:
    """Return label and text of what the enterprise is."""
    regulators = [
        str(duty.unit) if duty.lead else _("%(unit)s（配合）") % {"unit": duty.unit}
        for duty in regulators_of(enterprise, day_of(now))
    ]
    territory = enterprise.unit.territory
    grade = enterprise.get_standardization_display()
    if enterprise.standardization and enterprise.standardized_until:
        grade = _("%(grade)s（至 %(day)s）") % {"grade": grade, "day": enterprise.standardized_until}
    status = enterprise.get_status_display()
    if enterprise.status_since:
        status = _("%(status)s（%(day)s 起）") % {"status": status, "day": enterprise.status_since}
    sectors = [enterprise.get_sector_display(), enterprise.get_second_sector_display()]
    return [
        (_("信用代码"), enterprise.credit_code),
        (_("行业"), _("、").join(filter(None, sectors if enterprise.second_sector else sectors[:1]))),
        (_("规模"), words(enterprise.get_scale_display())),
        (_("状态"), status),
        (_("属地"), township_names().get(territory[:TOWNSHIP_DIGITS], territory)),
        (_("监管"), _("、").join(regulators) or _("无主管部门")),
        (_("地址"), words(enterprise.address)),
        (_("从业人数"), words(enterprise.workers)),
        (_("班次"), words(enterprise.shifts)),
        (_("最大班人数"), words(enterprise.shift_workers)),
        (_("专职安全管理"), words(enterprise.safety_managers)),
        (_("特种作业"), words(enterprise.special_workers)),
        (_("标准化"), grade),
    ]


def staff_of(enterprise: Enterprise, now: datetime, *, full: bool = False) -> list[tuple[str, str, str]]:
    """Return title, holder and telephone of each post of the enterprise; numbers masked unless `full`."""
    posts = Post.objects.filter(unit__in=[enterprise.unit_id]) | Post.objects.filter(
        unit__parent=enterprise.unit_id, unit__kind="enterprise_department"
    )
    holders: dict[int, list[Person]] = {}
    for holding in holdings_on(day_of(now)).filter(post__in=posts).select_related("person"):
        holders.setdefault(holding.post_id, []).append(holding.person)
    lines = []
    for post in posts.select_related("unit").order_by("unit", "pk"):
        people = holders.get(post.pk, [])
        phones = [one.phone if full else masked(one.phone) for one in people]
        name = _("、").join(map(str, people)) or _("空缺")
        lines.append(
            (
                post.title if post.unit_id == enterprise.unit_id else str(post),
                name,
                _("、").join(filter(None, phones)),
            )
        )
    return lines


def _facts(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    return {"facts": facts_of(enterprise, now)}


def _print_facts(asked: Asked) -> Iterator[Block]:
    yield Table(facts_of(asked.enterprise, asked.now), has_header=False)


def _answerable(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    return answers_beside(enterprise, now)


def _print_answerable(asked: Asked) -> Iterator[Block]:
    lines = [
        [one.label, str(one.post), _("、").join(one.holders) or _("空缺")]
        if one.post
        else [one.label, "—", "—"]
        for one in answerable_for(asked.enterprise, asked.now)
    ]
    yield from table([_("责任"), _("岗位"), _("人员")], lines, len(lines), (1, 3, 2))


def _staff(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    return {"staff": staff_of(enterprise, now)}


def _print_staff(asked: Asked) -> Iterator[Block]:
    lines = staff_of(asked.enterprise, asked.now, full=asked.full)
    yield from table([_("岗位"), _("人员"), _("电话")], lines[:PRINTED], len(lines))


def _events(enterprise: Enterprise, person: Person, now: datetime) -> Context:
    return {"events": newest(AskedEvents(enterprise, person, now, N_EVENTS))}


def _print_events(asked: Asked) -> Iterator[Block]:
    found = newest(AskedEvents(asked.enterprise, asked.person, asked.now, PRINTED + 1))
    lines = [
        [f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}", str(one.label), one.sentence, one.who]
        for one in found
    ]
    yield from table(
        [_("时间"), _("类别"), _("事由"), _("经办")], lines[:PRINTED], len(lines[:PRINTED]), (3, 2, 6, 2)
    )
    if len(lines) > PRINTED:
        yield Paragraph(_("更早的见系统时间线。"))


contribute(Sheet("sites/file/facts.html", _facts, 1, title=gettext_lazy("基本情况"), printed=_print_facts))
contribute(
    Sheet(
        "",  # the head of the page names them
        _answerable,
        2,
        title=gettext_lazy("谁负责 · 谁监督 · 谁落实"),
        printed=_print_answerable,
    )
)
contribute(
    Sheet(
        "sites/file/staff.html",
        _staff,
        10,
        group="people",
        title=gettext_lazy("岗位和人员"),
        printed=_print_staff,
    )
)
contribute(
    Sheet(
        "sites/file/events.html",
        _events,
        10,
        group="timeline",
        title=gettext_lazy("时间线"),
        wide=True,
        printed=_print_events,
    )
)
