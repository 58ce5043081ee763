"""The responsibility letters (责任书) that wait for one principal: asked on every page, so asked cheaply."""

from __future__ import annotations

from django.db.models import QuerySet

from anwei.org.letters import NOBODY, OF_THE_COUNTY, sides
from anwei.org.models import Person, Post, Signing, Unit
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.org.scope import standing


def own_letters(person: Person, year: int) -> QuerySet[Unit]:
    """Return the units whose letter of a year is not signed yet, of those whose principal a person is."""
    held = [post.unit for post in standing(person).held if post.kind == Post.Kind.PRINCIPAL]
    if not held:
        return Unit.objects.none()
    chosen = sides()
    pairs = [(upper, unit) for unit in held if (upper := _upper(unit, chosen.get(unit.kind, NOBODY)))]
    signings = Signing.objects.filter(year=year, lower__in=[unit for _side, unit in pairs])
    signed = set(signings.values_list("upper", "lower"))
    missing = [unit.pk for upper, unit in pairs if (upper.pk, unit.pk) not in signed]
    return Unit.objects.filter(pk__in=missing) if missing else Unit.objects.none()


def _upper(unit: Unit, side: str) -> Unit | None:
    """Return with whom a unit of this side signs, None where there is nobody: what `letters` says of all."""
    uppers = Unit.objects.order_by("territory", "kind", "pk")
    if side == "parent":
        upper = unit.parent
    elif side == "township":
        place = unit.territory[:TOWNSHIP_DIGITS]
        upper = uppers.filter(kind=Unit.Kind.TOWNSHIP, territory=place).last()
    else:
        upper = uppers.filter(kind=side).first() if side in OF_THE_COUNTY else None
    return upper if upper != unit else None
