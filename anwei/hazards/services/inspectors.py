"""The register of certificates: who of a body may inspect, under which number, until when."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.hazards.models import Inspector
from anwei.hazards.planning.bodies import bodies_of
from anwei.ledgers.services import record_change
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Person, Unit


@transaction.atomic
def certify(
    person: Person, *, actor: Person, now: datetime, unit: Unit, number: str, valid_until: date
) -> Inspector:
    """Enter the certificate of somebody in post at a body, in place of the one that was there.

    Raises NotYourTurn for who does not act for the body; CaseError where the person has no post there, or the
    number is somebody else's.
    """
    if unit not in bodies_of(actor, now):
        raise NotYourTurn(_("您只能登记自己单位的执法人员。"))
    if not holdings_on(day_of(now)).filter(person=person, post__unit=unit).exists():
        raise CaseError(_("%(person)s不在%(unit)s任职。") % {"person": person, "unit": unit})
    number = number.strip()
    if Inspector._base_manager.filter(number=number).exclude(person=person).exists():
        raise CaseError(_("执法证号%(number)s已登记在别人名下。") % {"number": number})
    try:
        with transaction.atomic():
            row, _made = Inspector._base_manager.update_or_create(
                person=person, defaults={"number": number, "unit": unit, "valid_until": valid_until}
            )
    except IntegrityError as fault:  # entered for somebody else at the same moment
        raise CaseError(_("执法证号%(number)s已登记在别人名下。") % {"number": number}) from fault
    content = {"person": person.pk, "number": number, "valid_until": valid_until.isoformat()}
    record_change("hazards.inspector", row.pk, actor=actor, now=now, verb="certify", content=content)
    return row
