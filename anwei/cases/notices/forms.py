"""How a person wants to be told, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anwei.cases.models.notices import Preference
from anwei.cases.notices.services import FIELDS
from anwei.org.models import Person

FROM_LEVELS = [("", _("只发红色")), ("urgent", _("紧急和红色")), ("info", _("全部"))]
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PreferenceForm(forms.ModelForm[Preference]):
    """Channels, quiet hours and the page after login; the mailbox is the person's own."""

    email = forms.EmailField(label=_("邮箱"), required=False)

    class Meta:
        model = Preference
        fields = FIELDS
        labels = {"sms_from": _("何时发短信"), "mail_from": _("何时发邮件")}
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("quiet_from", "quiet_to")
        }

    def __init__(self, person: Person, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].initial = person.email
        for name in ("sms_from", "mail_from"):
            self.fields[name].choices = FROM_LEVELS  # type: ignore[attr-defined]
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"

    def clean(self) -> dict[str, Any]:
        """Ask for both ends of the quiet hours, or none; and for a mailbox where mail is wanted."""
        values = super().clean() or {}
        if (values.get("quiet_from") is None) != (values.get("quiet_to") is None):
            self.add_error("quiet_to", _("免打扰时段的起止都要填写，或都不填。"))
        if values.get("mail_from") and not values.get("email"):
            self.add_error("email", _("选择了发邮件，请填写邮箱。"))
        return values
