"""What pages say about a hazard: the criterion's row as it is today, and the photos before and after."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _

from anwei.cases.clocks import OPENED
from anwei.cases.errors import NotYourTurn
from anwei.cases.lifecycle import Phase, Role
from anwei.cases.models import Evidence
from anwei.cases.rights import check_role
from anwei.hazards.listed.facts import facts_of
from anwei.hazards.listed.proposing import may_propose
from anwei.hazards.models import Hazard, Listing, Origin, Penalty
from anwei.hazards.penalties import annulling, publishing
from anwei.hazards.penalties.recording import why_not_recorded
from anwei.hazards.powers import why_not
from anwei.hazards.queries import duplicates_of
from anwei.hazards.services.finders import may_know_finder
from anwei.hazards.services.passing import stopped_by_its_finder
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.sites.models import Enterprise
from anwei.standards.hazards.checklists import checklist_items
from anwei.standards.hazards.criteria import Criterion, criterion
from anwei.standards.law.register import SUPERSEDED

AT_MOST = 5  # like hazards that a page names

register = template.Library()


@dataclass(frozen=True)
class Photos:
    """The photos of what was found, and of what was done about it."""

    before: list[Evidence]
    after: list[Evidence]

    @property
    def sides(self) -> list[tuple[Promise, list[Evidence]]]:
        """Both with their headings."""
        return [(_("整改前"), self.before), (_("整改后"), self.after)]


@register.filter
def publication(penalty: Penalty) -> str:
    """Return in a word how the publication of a penalty stands."""
    return publishing.publication(penalty)


@register.filter
def criterion_row(hazard: Hazard) -> Criterion | None:
    """Return the criterion as the register has it today; None without one, or where it has it no longer."""
    try:
        return criterion(hazard.criterion) if hazard.criterion else None
    except KeyError:
        return None


@register.filter
def origin_label(key: str) -> str:
    """Return how a code of origin reads."""
    return str(Origin(key).label)


@register.filter
def item_text(code: str) -> str:
    """Return the words of an item of the checklists, "" for a code that is none."""
    item = checklist_items().get(code)
    return "" if item is None else item.item


@register.filter
def replaced(hazard: Hazard) -> bool:
    """Say whether the standard by which somebody judged was replaced since."""
    row = criterion_row(hazard)
    return bool(hazard.criterion_text) and (row is None or row.status == SUPERSEDED)


@register.filter
def before_and_after(hazard: Hazard) -> Photos:
    """Return the photos side by side: of the finding, and of the last rectification."""
    rows = Evidence.objects.filter(case=hazard.pk, media_type__startswith="image/").select_related("entry")
    photos = list(rows.order_by("pk"))
    last = max((row.entry.number for row in photos if row.entry.verb == "fix"), default=0)
    before = [row for row in photos if row.entry.verb == OPENED]
    return Photos(before, [row for row in photos if row.entry.number == last and row.entry.verb == "fix"])


@register.filter
def may_be_the_same(person: Person, hazard: Hazard) -> list[Hazard]:
    """Return the open hazards into which this one might be merged, while it can be, the likest first."""
    if hazard.phase not in (Phase.REGISTERED, Phase.ASSIGNED):
        return []
    return duplicates_of(person, hazard.enterprise, hazard.site, hazard.description, but=hazard)[:AT_MOST]


@register.filter
def merged_here(person: Person, hazard: Hazard) -> list[Hazard]:
    """Return the hazards that were merged into this one, of those a person sees."""
    rows = Hazard.objects.visible_to(person).filter(merged_into=hazard.number)
    return list(rows.select_related("responsible__unit").order_by("pk"))


@register.filter
def listing_facts(listing: Listing) -> list[tuple[str, str]]:
    """Return what the notice says, by the labels of the rules; what the page says elsewhere left out."""
    beside = ("隐患名称", "隐患单位", "隐患基本情况")
    return [(_said(label), text) for label, text in facts_of(listing).items() if text and label not in beside]


@register.filter
def may_propose_listing(person: Person, hazard: Hazard) -> bool:
    """Say whether a person may propose this hazard for listing now."""
    return may_propose(hazard, person, timezone.now())


@register.filter
def may_penalise(person: Person, where: Hazard | Enterprise) -> bool:
    """Say whether a person may record a penalty there."""
    return not why_not_recorded(where, person)


@register.filter
def may_take_down(person: Person, penalty: Penalty) -> bool:
    """Say whether a person may withdraw a publication that stands."""
    now = timezone.now()
    if not publishing.is_shown(penalty, day_of(now)):
        return False
    try:
        return check_role(penalty, Role.SUPERVISOR, actor=person, now=now) is not None
    except NotYourTurn:
        return False


@register.filter
def may_annul(person: Person, penalty: Penalty) -> bool:
    """Say whether a person may write that the decision of a penalty was annulled."""
    return annulling.may_annul(penalty, person, timezone.now())


@register.filter
def stopped(person: Person, hazard: Hazard) -> str:
    """Return how it goes on where a hazard's finder would put it right, "" where nothing stops it."""
    return stopped_by_its_finder(hazard, person, timezone.now())


@register.filter
def knows_finder(person: Person, hazard: Hazard) -> bool:
    """Say whether a person may read who found a hazard."""
    return may_know_finder(hazard, person)


@register.filter
def no_orders_because(hazard: Hazard) -> str:
    """Return why the supervising unit may not issue orders, "" where it may."""
    return why_not(hazard.supervisor.unit)
