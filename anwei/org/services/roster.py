"""Units, posts and people from one list as counties keep it: 单位、职务、姓名、手机、任职起止.

What the list leaves out is told from names: 某镇人民政府 is a township, 副县长 a deputy. A person is known by
phone number, else by name within the unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.saving import Edit, require_visible, save_rows
from anwei.org.holdings import day_of, people_at
from anwei.org.models import Holding, Person, Post, Territory, Unit
from anwei.org.register_rules import posts_seen
from anwei.org.scope import COUNTY_DIGITS
from anwei.org.services.accounts import create_person, numbered_username
from anwei.org.services.duties import locked_post
from anwei.org.services.errors import OrgError
from anwei.org.services.people import save_people
from anwei.org.services.posts import appoint, change_term, create_post, require_another, require_may_fill
from anwei.org.services.units import register_unit
from anwei.org.unit_names import without_blanks

UNIT_WORDS = (
    (Unit.Kind.COMMITTEE_OFFICE, ("安委办", "安委会办公室", "安全生产委员会办公室")),
    (Unit.Kind.COMMITTEE, ("安委会", "安全生产委员会")),
    (Unit.Kind.ENTERPRISE, ("公司", "厂", "矿业", "煤矿", "合作社", "集团")),
    (Unit.Kind.PARTY, ("党委", "县委", "区委", "党工委")),
    (Unit.Kind.TOWNSHIP, ("镇人民政府", "乡人民政府", "镇政府", "乡政府", "街道", "乡镇")),
    (Unit.Kind.VILLAGE, ("村民委员会", "村委会", "居委会", "社区", "村")),
    (Unit.Kind.GOVERNMENT, ("县人民政府", "区人民政府", "县政府", "区政府")),
)
POST_WORDS = (
    (Post.Kind.DUTY, ("值班",)),
    (Post.Kind.SAFETY, ("安全员", "安全科", "安全部", "安全总监", "安全管理")),
    (Post.Kind.DEPUTY, ("副", "分管", "常委", "总工")),
    (
        Post.Kind.PRINCIPAL,
        (
            "书记",
            "县长",
            "区长",
            "镇长",
            "乡长",
            "局长",
            "主任",
            "经理",
            "矿长",
            "厂长",
            "董事长",
            "主要负责人",
            "负责人",
        ),
    ),
)


PARTS_OF_BODIES = ("站", "所", "队", "办")
"""Endings of the names of a body's stations, offices and teams: 甲镇人民政府应急管理站 is no township."""


def unit_kind_of(name: str) -> Unit.Kind:
    """Return what kind of body a unit of this name is; a department where nothing else is told."""
    kind = next(
        (kind for kind, words in UNIT_WORDS if any(word in name for word in words)), Unit.Kind.DEPARTMENT
    )
    leads_a_place = kind in (Unit.Kind.TOWNSHIP, Unit.Kind.VILLAGE, Unit.Kind.GOVERNMENT, Unit.Kind.PARTY)
    is_part = name.endswith(PARTS_OF_BODIES) and not name.endswith("街道办")  # 街道办 is the 街道 itself
    return Unit.Kind.DEPARTMENT if leads_a_place and is_part else kind


def post_kind_of(title: str) -> Post.Kind:
    """Return what a post of this title is for; an officer where nothing else is told."""
    return next(
        (kind for kind, words in POST_WORDS if any(word in title for word in words)), Post.Kind.OFFICER
    )


@transaction.atomic
def save_posts(edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = "") -> list[Post]:
    """Set up posts with the duties of their kind, or change them.

    Raises OrgError when a unit has a post of this title, the own post or one that was held before today would
    get another unit or kind, or `actor` may not fill a post as it was or as it would be; PermissionDenied
    outside what they may see.
    """
    rows = []
    for edit in edits:
        values = edit.values
        if edit.row is None:
            unit = Unit.objects.get(pk=values["unit"])
            rows.append(create_post(unit, values["kind"], values["title"], actor=actor, now=now))
        else:
            _require_may_change(locked_post(edit.row), values, actor, now)
            rows += save_rows(Post, [edit], actor=actor, now=now, reason=reason, visible=posts_seen)
        rows[-1].refresh_from_db()  # its unit as it is now
        require_may_fill(rows[-1], actor, now)
    require_visible(posts_seen, [row.pk for row in rows], actor)
    return rows


def _require_may_change(post: Post, values: Mapping[str, Any], actor: Person | None, now: datetime) -> None:
    """Raise OrgError where `actor` does not fill a post as it stands, gives it power and sits in it, or where
    another unit or kind, which have no dates, would change who answered on days that are over.
    """
    require_may_fill(post, actor, now)
    stands = {"unit": post.unit_id, "kind": post.kind}
    if all(values.get(name, stands[name]) == stands[name] for name in stands):
        return
    today = day_of(now)
    sitting = post.holdings.filter(Q(to_on__isnull=True) | Q(to_on__gte=today)).select_related("person")
    for person in (*(holding.person for holding in sitting), *people_at(post, now)):
        require_another(person, actor)
    if post.holdings.filter(from_on__lt=today).exists():
        sentence = _(
            "“%(post)s”有人任过职，单位和类别不能再改，否则过去由谁负责也跟着变；"
            "请另设岗位、任命人员，未办结事项由安委办在原岗位的页面移交。"
        )
        raise OrgError(sentence % {"post": post})


@transaction.atomic
def save_roster(
    edits: Sequence[Edit], *, actor: Person | None, now: datetime, reason: str = ""
) -> list[Holding]:
    """Write who holds which post, registering unit, post and person where they are new.

    Raises OrgError when a unit cannot be registered from the list or a post is not theirs to fill,
    PermissionDenied for a post outside what `actor` may see.
    """
    rows = [
        _appointed(edit.values, actor=actor, now=now)
        if edit.row is None
        else _changed(edit.row, edit.values, actor=actor, now=now, reason=reason)
        for edit in edits
    ]
    require_visible(posts_seen, [row.post_id for row in rows], actor)
    return rows


def _appointed(values: Mapping[str, Any], *, actor: Person | None, now: datetime) -> Holding:
    unit = _unit(values, actor=actor, now=now)
    kind = values["kind"] or post_kind_of(values["title"])
    post = Post.objects.filter(unit=unit, title=values["title"]).first()
    post = post or create_post(unit, kind, values["title"], actor=actor, now=now)
    return appoint(
        _person(values, unit, actor=actor, now=now),
        post,
        actor=actor,
        now=now,
        from_on=values["from_on"] or day_of(now),
        to_on=values["to_on"],
        term_on=values["term_on"],
        document=values["document"],
    )


def _changed(
    holding: Holding, values: Mapping[str, Any], *, actor: Person | None, now: datetime, reason: str
) -> Holding:
    """Change the person's phone, the kind of the post, the term; not one's own."""
    require_another(holding.person, actor)
    require_may_fill(holding.post, actor, now)
    if any(values.get(name) for name in ("unit_kind", "territory")):
        raise OrgError(_("单位的类别和属地请在单位台账修改"))
    if "phone" in values:
        phone = Edit(holding.person, {"phone": values["phone"]})
        save_people([phone], actor=actor, now=now, reason=reason)
    if values.get("kind"):
        kind = Edit(holding.post, {"kind": values["kind"]})
        save_posts([kind], actor=actor, now=now, reason=reason)
    change_term(holding, values, actor=actor, now=now, reason=reason)
    return holding


def _unit(values: Mapping[str, Any], *, actor: Person | None, now: datetime) -> Unit:
    found: Unit | None = (
        Unit.objects.filter(name=values["unit"]).first()
        or Unit.objects.filter(short_name=values["unit"]).first()
    )
    if found is not None:
        return found
    kind = values["unit_kind"] or unit_kind_of(values["unit"])
    if kind == Unit.Kind.ENTERPRISE:
        raise OrgError(_("企业“%(name)s”须先在企业台账登记") % {"name": values["unit"]})
    territory = values["territory"] or _territory(values["unit"])
    return register_unit(kind=kind, name=values["unit"], territory=territory, actor=actor, now=now)


def _territory(name: str) -> str:
    """Return the division that a unit's name begins with or names; the county where none is named."""
    known = {place.name: place.code for place in Territory.objects.all()}
    named = [place for place in known if place in name]
    if named:
        return known[max(named, key=lambda place: (len(known[place]), len(place)))]
    counties = [code for code in known.values() if len(code) == COUNTY_DIGITS]
    if len(counties) != 1:
        raise OrgError(_("看不出“%(name)s”的属地，请填写属地一列") % {"name": name})
    return counties[0]


def _person(values: Mapping[str, Any], unit: Unit, *, actor: Person | None, now: datetime) -> Person:
    people = Person.objects.filter(kind=Person.Kind.PERSON, full_name=values["full_name"])
    if values["phone"]:
        by_phone = Person.objects.filter(phone=values["phone"]).first()
        if by_phone is not None and without_blanks(by_phone.full_name) != values["full_name"]:
            raise OrgError(_("手机号 %(phone)s 已登记给其他人。") % {"phone": values["phone"]})
        found = by_phone
    else:
        found = people.filter(holdings__post__unit=unit).first()
    return (
        found
        or create_person(
            username=numbered_username(),
            full_name=values["full_name"],
            phone=values["phone"],
            actor=actor,
            now=now,
            may_log_in=False,
        )[0]
    )
