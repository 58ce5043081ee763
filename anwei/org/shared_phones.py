"""A phone number is one person's: what a sheet says of it is seen before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from anwei.ledgers.pieces import pieces
from anwei.ledgers.recognition import CHUNK
from anwei.org.models import Holding, Person
from anwei.org.unit_names import without_blanks

Rows = Sequence[tuple[Any, Mapping[str, Any]]]


def refuse_numbers_of_two(rows: Rows, person: Any) -> list[str]:
    """Return for each row of a register of people why its number cannot be written, "" where it can.

    It is somebody else's, as number or as user name, or of an earlier row about somebody else. In the roster
    rows of one name and number are one person; in the register of people each row is another person.
    """
    owners = _owners({str(values["phone"]) for _row, values in rows if values.get("phone")})
    for row, values in rows:
        if row is not None and "phone" in values:  # whose number changes here gives the old one away
            owners.pop(_person(row).phone, None)
    earlier: dict[str, tuple[Any, str]] = {}
    return [_sentence(place, row, values, owners, earlier) for place, (row, values) in enumerate(rows)]


def _owners(phones: set[str]) -> dict[str, Person]:
    owners: dict[str, Person] = {}
    for some in pieces(sorted(phones), CHUNK):
        for owner in Person.objects.filter(Q(phone__in=some) | Q(username__in=some)).order_by("pk"):
            owners |= {number: owner for number in (owner.phone, owner.username) if number in phones}
    return owners


def _person(row: Person | Holding) -> Person:
    return row.person if isinstance(row, Holding) else row


def _sentence(
    place: int,
    row: Any,
    values: Mapping[str, Any],
    owners: Mapping[str, Person],
    earlier: dict[str, tuple[Any, str]],
) -> str:
    phone = str(values.get("phone") or "")
    if not phone:
        return ""
    standing = None if row is None else _person(row)
    name = without_blanks(str(values.get("full_name") or (standing.full_name if standing else "")))
    in_roster = isinstance(row, Holding) or "unit" in values
    owner = owners.get(phone)
    if owner is not None and owner != standing:
        same = in_roster and standing is None and without_blanks(owner.full_name) == name
        if not same:
            return _("手机号 %(phone)s 已登记给其他人。") % {"phone": phone}
    who = name if in_roster else place
    first, first_name = earlier.setdefault(phone, (who, name))
    if first == who:
        return ""
    return _("手机号 %(phone)s 在本表中也写给了“%(name)s”") % {"phone": phone, "name": first_name}
