"""What is watched: enterprises, places, what stands there, and how grave it is."""

from anwei.sites.models.enterprise import Enterprise, StatusPeriod
from anwei.sites.models.papers import (
    Contact,
    ContactTrial,
    Insurance,
    Licence,
    ManagementDocument,
    SafetyFund,
)
from anwei.sites.models.places import DangerousWork, Datum, ProjectParty, Site
from anwei.sites.models.plant import Camera, Chemical, Equipment, Installation, Process
from anwei.sites.models.risks import (
    Assessment,
    ColourChange,
    ColourTrial,
    Grade,
    LiveColour,
    RiskControl,
    RiskPoint,
    Sign,
)
from anwei.sites.models.weather import DailyWeather

__all__ = [
    "Assessment",
    "Camera",
    "Chemical",
    "ColourChange",
    "ColourTrial",
    "Contact",
    "ContactTrial",
    "DailyWeather",
    "DangerousWork",
    "Datum",
    "Enterprise",
    "Equipment",
    "Grade",
    "Installation",
    "Insurance",
    "Licence",
    "LiveColour",
    "ManagementDocument",
    "Process",
    "ProjectParty",
    "RiskControl",
    "RiskPoint",
    "SafetyFund",
    "Sign",
    "Site",
    "StatusPeriod",
]
