"""The nouns of the room."""

from anwei.hazards.models.answers import Answer, SentAct, VisitHazard
from anwei.hazards.models.campaigns import Campaign, Inspector
from anwei.hazards.models.checks import Check, VisitFile
from anwei.hazards.models.draws import Draw
from anwei.hazards.models.hazard import Grade, Hazard, Order, Origin
from anwei.hazards.models.listing import Listing
from anwei.hazards.models.past import PastHazard
from anwei.hazards.models.penalty import STANDS, Annulled, Penalty
from anwei.hazards.models.recheck import PhotoHash, Recheck, RecheckDraw, RecheckItem, SignalReport
from anwei.hazards.models.reports import SelfCheck, Statistics
from anwei.hazards.models.special_checks import SpecialCheck
from anwei.hazards.models.visit_papers import PaperNumber, PaperSigning, VisitPaper
from anwei.hazards.models.visits import Attendance, State, Visit

__all__ = [
    "STANDS",
    "Annulled",
    "Answer",
    "Attendance",
    "Campaign",
    "Check",
    "Draw",
    "Grade",
    "Hazard",
    "Inspector",
    "Listing",
    "Order",
    "Origin",
    "PaperNumber",
    "PaperSigning",
    "PastHazard",
    "Penalty",
    "PhotoHash",
    "Recheck",
    "RecheckDraw",
    "RecheckItem",
    "SelfCheck",
    "SentAct",
    "SignalReport",
    "SpecialCheck",
    "State",
    "Statistics",
    "Visit",
    "VisitFile",
    "VisitHazard",
    "VisitPaper",
]
