"""Territories and public bodies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of
from anwei.org.models import PUBLIC_BODIES, Person, SectorDuty, Territory, Unit
from anwei.org.models.units import is_division_code
from anwei.org.moves import moved
from anwei.org.scope import COUNTY_DIGITS, ensure_visible, standing
from anwei.org.services.errors import OrgError
from anwei.org.services.structure import require_standing


@transaction.atomic
def register_territory(code: str, name: str, *, actor: Person | None, now: datetime) -> Territory:
    """Register a territory, or give it another name.

    Raises OrgError for a code that is no division code (6, 9 or 12 digits) and for one of another county:
    figures, targets and briefings are those of everything that is here.
    """
    try:
        is_division_code(code)
    except ValidationError as error:
        raise OrgError(error.messages[0]) from error
    if other := Territory.objects.exclude(code__startswith=code[:COUNTY_DIGITS]).first():
        raise OrgError(
            _("一套系统只管一个县：这里已登记“%(name)s”（%(there)s），%(code)s 属于别的县，请另装一套。")
            % {"name": other, "there": other.code[:COUNTY_DIGITS], "code": code}
        )
    territory, _created = Territory.objects.update_or_create(pk=code, defaults={"name": name})
    record_change("org.territory", code, actor=actor, now=now, verb="register", content={"name": name})
    return territory


@transaction.atomic
def register_unit(
    *,
    kind: str,
    name: str,
    territory: str,
    actor: Person | None,
    now: datetime,
    sectors: Iterable[str] = (),
    parent: Unit | None = None,
    short_name: str = "",
) -> Unit:
    """Register a public body or a part of an enterprise; `sectors` are those a department leads (三管三必须).

    Raises OrgError when the name is taken, the territory is not registered, a part has no enterprise,
    or `actor` leads no such place.
    """
    if Unit.objects.filter(name=name).exists():
        raise OrgError(_("已有名为“%(name)s”的单位。") % {"name": name})
    require_territory(territory)
    if kind == Unit.Kind.ENTERPRISE_DEPARTMENT and (parent is None or parent.kind != Unit.Kind.ENTERPRISE):
        raise OrgError(_("企业内设部门须指明所属企业。"))
    if kind in PUBLIC_BODIES:
        power = {"kind": kind, "territory": territory, "parent": parent.pk if parent else None}
        require_standing(None, power, actor)
    unit = Unit.objects.create(
        kind=kind, name=name, short_name=short_name, territory=territory, parent=parent
    )
    led = sorted(set(sectors))
    SectorDuty.objects.bulk_create(
        SectorDuty(unit=unit, sector=sector, from_on=day_of(now)) for sector in led
    )
    content = {"kind": kind, "name": name, "territory": territory, "sectors": led}
    record_change("org.unit", unit.pk, actor=actor, now=now, verb="register", content=content)
    return unit


@transaction.atomic
def place_unit(unit: Unit, territory: str, *, actor: Person | None, now: datetime, reason: str) -> Unit:
    """Say in which territory a unit lies.

    Raises OrgError when the territory is not registered, `actor` does not stand over a public body there and
    here, or sits in the enterprise, whose key facts wait for another; PermissionDenied where `actor` sees
    nothing of it.
    """
    require_territory(territory)
    if unit.kind in PUBLIC_BODIES:
        require_standing(unit, {"territory": territory}, actor)
    elif actor is not None and unit.whole in (post.unit.whole for post in standing(actor).posts):
        raise OrgError(_("您在这家企业任职：它的属地由另一人明确。"))
    before, unit.territory = unit.territory, territory
    unit.save(update_fields=["territory"])
    moved({unit.pk: (before, territory)})
    content = {"before": before, "after": territory}
    record_change("org.unit", unit.pk, actor=actor, now=now, verb="place", content=content, reason=reason)
    if actor is not None:
        ensure_visible(actor, unit)
    return unit


def require_territory(code: str) -> None:
    """Raise OrgError unless a territory of this code is registered."""
    if not Territory.objects.filter(pk=code).exists():
        raise OrgError(_("没有登记区划代码为“%(code)s”的属地。") % {"code": code})
