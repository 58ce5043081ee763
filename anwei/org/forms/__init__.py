"""The forms by which responsibility is arranged; each ends in a service and says what happened."""

from __future__ import annotations

from anwei.org.forms.base import ActForm
from anwei.org.forms.duties import (
    AssignSectorForm,
    DesignateForm,
    EndDesignationForm,
    EndSectorForm,
    PlaceForm,
    SignForm,
)
from anwei.org.forms.posts import (
    AppointForm,
    DismissForm,
    DutyForm,
    FinishTaskForm,
    RenewForm,
    TaskForm,
)

__all__ = [
    "ActForm",
    "AppointForm",
    "AssignSectorForm",
    "DesignateForm",
    "DismissForm",
    "DutyForm",
    "EndDesignationForm",
    "EndSectorForm",
    "FinishTaskForm",
    "PlaceForm",
    "RenewForm",
    "SignForm",
    "TaskForm",
]
