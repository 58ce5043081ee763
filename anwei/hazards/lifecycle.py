"""The hazard as a kind of case: its table with guards, checks and effects; and every kind of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import Phase
from anwei.cases.models.notices import Urgency
from anwei.hazards.clocks import clocks
from anwei.hazards.listed import lifecycle as listed
from anwei.hazards.models import Hazard
from anwei.hazards.penalties import lifecycle as penalties
from anwei.hazards.services.finders import beginners, may_know_finder
from anwei.hazards.services.merging import check_false_report, check_merge, keep_finders
from anwei.hazards.services.opening import opener
from anwei.hazards.services.passing import check_hand_over, check_reassign
from anwei.hazards.services.verbs import (
    check_accept,
    check_order,
    check_return,
    freeze_criterion,
    left_to_the_regulator,
    not_by_the_plant,
    who_found,
)
from anwei.hazards.stopping import may_close, may_resume
from anwei.hazards.transitions import LIFECYCLE


def urgency(hazard: Hazard) -> Urgency:
    """Return how urgently its turns are told: a major hazard by SMS too."""
    return "urgent" if hazard.is_major else "info"


KIND = register(
    Kind(
        code="hazard",
        model=Hazard,
        lifecycle=LIFECYCLE,
        label=_("隐患"),
        prefix="YH",
        phase_labels={
            Phase.REGISTERED: _("待核实"),
            Phase.ASSIGNED: _("待签收"),
            Phase.ACTING: _("整改中"),
            Phase.REVIEW: _("待复查"),
            Phase.CLOSED: _("已销号"),
        },
        outcome_labels={
            "rectified": _("已销号"),
            "false_report": _("不属实"),
            "merged": _("已并入"),
        },
        opener=opener,
        beginners=beginners,
        sealed=(
            *("origin", "found_at", "found_by", "finder", "place", "description", "checklist_item"),
            *("proposed", "proposed_reason"),
        ),
        tells_beginning=may_know_finder,
        clocks=clocks,
        ladder="hazard",
        guards={
            "order": left_to_the_regulator,
            "false_report": left_to_the_regulator,
            "merge": left_to_the_regulator,
            "verify": not_by_the_plant,
            "resume": may_resume,
            "close": may_close,
        },
        checks={
            "order": check_order,
            "accept": check_accept,
            "return_back": check_return,
            "merge": check_merge,
            "false_report": check_false_report,
            "hand_over": check_hand_over,
            "reassign": check_reassign,
        },
        effects={"order": freeze_criterion, "fix": who_found, "merge": keep_finders},
        urgency=urgency,
    )
)

KINDS = (KIND, listed.KIND, penalties.KIND)  # every kind of this room is entered when this module is read
