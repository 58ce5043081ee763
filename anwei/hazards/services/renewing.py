"""Making the papers of an ended visit anew after something of it was decided or arrived later."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from anwei.hazards.models import Visit
from anwei.hazards.services.visit_papers import make_papers
from anwei.hazards.services.visits import tell_enterprise
from anwei.org.models import Person


def renew_papers(visit: Visit, actor: Person, now: datetime) -> None:
    """Make the papers anew that say something else by now, without a signature, and tell the enterprise."""
    if papers := make_papers(visit, actor=actor, now=now):
        names = _("、").join(paper.number.number for paper in papers)
        text = _("%(number)s检查文书已更新：%(papers)s") % {"number": visit.number, "papers": names}
        tell_enterprise(visit, actor, now, text=text, of=f"papers-{papers[-1].pk}")
