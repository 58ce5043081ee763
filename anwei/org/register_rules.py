"""What the registers of this room and of those above share: who may write, who sees what, which spellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.ledgers.declaration import seen
from anwei.org.holdings import posts_of
from anwei.org.models import Holding, Person, Post, SectorDuty, Territory, Unit
from anwei.org.models.units import PUBLIC_BODIES
from anwei.org.rights import ARRANGED
from anwei.org.scope import grants, sees_the_county, standing
from anwei.standards.sectors import sectors

FILE_KEEPERS = (Post.Kind.PRINCIPAL, Post.Kind.SAFETY)  # of an enterprise
KEEPERS = (Post.Kind.PRINCIPAL, Post.Kind.DEPUTY, Post.Kind.DUTY, Post.Kind.OFFICER)
MOBILE, FIXED = re.compile(r"1[3-9]\d{9}"), re.compile(r"(0\d{2,3})?\d{7,8}")
SECTOR_ALIASES = {alias: sector.code for sector in sectors().values() for alias in sector.aliases}
UNIT_ALIASES = {
    "政府部门": "department",
    "县直部门": "department",
    "县直单位": "department",
    "县直机关": "department",
    "县级部门": "department",
    "机关": "department",
    "行政机关": "department",
    "派出机构": "department",
    "局": "department",
    "委": "department",
    "科室": "department",
    "股室": "department",
    "站所": "department",
    "站": "department",
    "所": "department",
    "队": "department",
    "办": "department",
    "大队": "department",
    "中队": "department",
    "事业单位": "department",
    "街道": "township",
    "乡镇": "township",
    "乡": "township",
    "镇": "township",
    "乡镇政府": "township",
    "乡镇人民政府": "township",
    "街道办": "township",
    "街道办事处": "township",
    "村": "village",
    "行政村": "village",
    "自然村": "village",
    "村委": "village",
    "村民委员会": "village",
    "居民委员会": "village",
    "村居": "village",
    "社区": "village",
    "村委会": "village",
    "居委会": "village",
    "网格": "grid",
}
POST_ALIASES = {
    "主要领导": "principal",
    "正职": "principal",
    "副职": "deputy",
    "分管领导": "deputy",
    "安全员": "safety",
}
UNIT_HEADERS = ("单位名称", "所在单位", "工作单位", "单位", "部门", "单位全称", "机构名称", "所属单位")
NAME_HEADERS = ("人员姓名", "负责人姓名", "责任人", "领导姓名", "姓 名")
PHONE_HEADERS = ("手机号", "手机号码", "联系电话", "电话", "联系方式", "移动电话", "电话号码")
PLACE_HEADERS = ("所属乡镇", "乡镇", "行政区划", "所在乡镇", "区划", "镇街")
POST_HEADERS = ("职务", "岗位名称", "职务名称", "担任职务", "职位")


def may_keep_registers(person: Any) -> bool:
    """Say whether a person may write registers: an official in office, within what the post may see."""
    held = standing(person).held
    return any(post.kind in KEEPERS and post.unit.kind in PUBLIC_BODIES for post in held)


def may_confirm_changes(person: Any) -> bool:
    """Say whether a person may confirm what enterprises propose: a keeper of registers who sits in none."""
    in_public = all(post.unit.kind in PUBLIC_BODIES for post in standing(person).posts)
    return in_public and may_keep_registers(person)


def may_keep_own_file(person: Any) -> bool:
    """Say whether a person keeps the file of the enterprise they see: its principal or safety post."""
    return keep_a_file(standing(person).posts)


def keep_a_file(posts: Sequence[Post]) -> bool:
    """Say whether posts are those of one enterprise, one of them its principal's or of safety.

    Whoever sees by another post more than that (an official, a second enterprise) keeps none: what they see
    is not all their own.
    """
    own = {post.unit.whole.pk for post in posts}
    in_public = any(post.unit.kind in PUBLIC_BODIES for post in posts)
    return len(own) == 1 and not in_public and any(post.kind in FILE_KEEPERS for post in posts)


def may_keep_duties(person: Any) -> bool:
    """Say whether a person may change which department answers for what: the county's own officials."""
    return sees_the_county(person) and may_keep_registers(person)


def phone_number(text: str) -> str:
    """Return a phone number in its one spelling. Raises ValueError."""
    number = re.sub(r"[\s\-—()]", "", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    if MOBILE.fullmatch(number) is None and FIXED.fullmatch(number) is None:
        raise ValueError(_("“%(text)s”不是电话号码") % {"text": text})
    return number


def territory_choices(person: Any) -> Iterable[tuple[str, str]]:
    """Return the divisions by code and name."""
    return Territory.objects.values_list("code", "name")


def regulator_choices(person: Any) -> Iterable[tuple[int, str]]:
    """Return the units that may answer for a sector."""
    kinds = (Unit.Kind.DEPARTMENT, Unit.Kind.COMMITTEE_OFFICE, Unit.Kind.TOWNSHIP)
    return seen(Unit, person).filter(kind__in=kinds, closed_on__isnull=True).values_list("pk", "name")


def unit_choices(person: Any) -> Iterable[tuple[int, str]]:
    """Return the units a person may name: those that are not closed."""
    return seen(Unit, person).filter(closed_on__isnull=True).values_list("pk", "name")


def post_kinds(person: Any) -> Iterable[tuple[str, Any]]:
    """Return the kinds of post a register may give; administrators and displays are made elsewhere."""
    return [(kind.value, kind.label) for kind in Post.Kind if kind in ARRANGED]


def public_unit_kinds(person: Any) -> Iterable[tuple[str, Any]]:
    """Return the kinds of public bodies; enterprises and their parts are kept elsewhere."""
    return [(kind.value, kind.label) for kind in Unit.Kind if kind in PUBLIC_BODIES]


def unit_kinds(person: Any) -> Iterable[tuple[str, Any]]:
    """Return every kind of unit."""
    return Unit.Kind.choices


def units_seen(person: Any) -> QuerySet[Unit]:
    """Return the public bodies a person may see."""
    return seen(Unit, person).filter(kind__in=PUBLIC_BODIES)


def posts_seen(person: Any) -> QuerySet[Post]:
    """Return the posts of the units a person may see, without those of screens and of administrators."""
    return Post.objects.filter(unit__in=seen(Unit, person), kind__in=ARRANGED)


def holdings_seen(person: Any) -> QuerySet[Holding]:
    """Return who holds the posts a person may see, past holdings included."""
    return Holding.objects.filter(post__in=posts_seen(person))


def term_meant(holdings: Sequence[Holding], values: Mapping[str, Any]) -> Holding | None:
    """Return which of a person's terms in one post a line of a list means, None where it tells a new one.

    That is the term that begins on the day it says, else the one that has not ended; a line about days before
    that one, or about a post that was left for good, is a term of its own.
    """
    begins, ends = values.get("from_on"), values.get("to_on")
    if same := next((holding for holding in holdings if holding.from_on == begins), None):
        return same
    today = timezone.localdate()
    lasting = [holding for holding in holdings if holding.to_on is None or holding.to_on >= today]
    lasting = [holding for holding in lasting if ends is None or ends >= holding.from_on]
    return max(lasting, key=lambda holding: holding.from_on, default=None)


def people_seen(person: Any) -> QuerySet[Person]:
    """Return the people in the posts a person may see; for the county also those without a post."""
    people = Person.objects.filter(kind=Person.Kind.PERSON)
    if person is None or sees_the_county(person):
        return people
    return people.filter(pk__in=holdings_seen(person).values("person"))


def duties_seen(person: Any) -> QuerySet[SectorDuty]:
    """Return the present division of sectors among departments; within the county it is no secret."""
    return SectorDuty.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=timezone.localdate()))


def in_sight(person: Any, territory: str, sector: str = "", enterprise: int | None = None) -> bool:
    """Say whether a person would see a row of this territory, sector and enterprise, were it written."""
    return any(grant.covers(territory, sector, enterprise) for grant in grants(person))


def check_days(values: Mapping[str, Any]) -> str:
    """Refuse a holding that ends before it starts."""
    begin, end = values.get("from_on"), values.get("to_on")
    return _("离任日期不能早于任职日期") if begin and end and end < begin else ""


def posts_now(person: Person) -> str:
    """Return the posts a person holds today, in words."""
    return _("；").join(str(post) for post in posts_of(person, timezone.now()).select_related("unit"))
