"""What the sign at the gate opens to an inspector who is signed in (扫码入企)."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.hazards.planning.bodies import bodies_of
from anwei.org.models import Person
from anwei.sites.models import Enterprise
from anwei.sites.sign_doors import SignDoor, contribute_sign_door


def _begin(person: Person, enterprise: Enterprise, code: str, now: datetime) -> SignDoor | None:
    seen = Enterprise.objects.visible_to(person).filter(pk=enterprise.pk)
    if not bodies_of(person, now) or not seen.exists():
        return None
    return SignDoor(_("开始检查"), reverse("inspection_scan", args=[code]))


contribute_sign_door(_begin)
