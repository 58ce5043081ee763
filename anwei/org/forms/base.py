"""What the forms of this room share: days, lines of text, one act with its sentence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from anwei.org.models import Person

REASON = gettext_lazy("理由")
DOCUMENT = gettext_lazy("依据文件")


class DayInput(forms.DateInput):
    """A date field in the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ActForm(forms.Form):
    """One act. `act` calls the service and returns the sentence that the next page shows."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            choice = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if choice else "form-control")

    def act(self, *, actor: Person, now: datetime) -> str:
        """Do it. Raises OrgError."""
        raise NotImplementedError


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, required=required, widget=DayInput(), help_text=help_text)


def words(label: Any, *, length: int = 120, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return a field for one line of text."""
    return forms.CharField(label=label, max_length=length, required=required, help_text=help_text)


class EndForm(ActForm):
    """End something after a day, with the reason."""

    last_on = day(gettext_lazy("最后一天"))
    reason = words(REASON, length=200)
