"""What people write on the pages of this room; services check it again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AcknowledgeForm(forms.Form):
    """The note of an acknowledgement: may be empty, one line of at most 200 characters."""

    note = forms.CharField(
        label=_("确认说明"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": _("看到了什么、已通知谁")}),
        error_messages={"max_length": _("确认说明最长 200 字。")},
    )

    @property
    def sentence(self) -> str:
        """The first error as a sentence."""
        return str(next(iter(self.errors.values()))[0])


class ReasonForm(forms.Form):
    """A dangerous verb asks for a reason, not for "are you sure"."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        error_messages={"required": _("请写明理由。"), "max_length": _("理由最长 200 字。")},
    )
