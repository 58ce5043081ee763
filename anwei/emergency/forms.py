"""The form by which a death that came later is counted."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from anwei.emergency.services.accidents import LateDeath

WAS = (
    ("serious_injuries", _("重伤")),
    ("minor_injuries", _("轻伤")),
    ("missing", _("下落不明")),
    ("", _("此前没有计入伤亡")),
)


def new_key() -> str:
    """Return what a form sent twice is known by."""
    return uuid4().hex


class LateDeathForm(forms.Form):
    """Who was counted how until then, when they died, and how it was established."""

    died_on = forms.DateField(
        label=_("死亡日期"), widget=forms.DateInput(attrs={"type": "date", "class": "form-control"})
    )
    was = forms.ChoiceField(
        label=_("此前计为"),
        choices=WAS,
        initial="serious_injuries",
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    reason = forms.CharField(
        label=_("核实依据"),
        max_length=200,
        help_text=_("例如：县医院死亡医学证明书。不写姓名和证件号码。"),
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("请写明死亡情况和核实依据。")},
    )

    key = forms.CharField(max_length=32, required=False, initial=new_key, widget=forms.HiddenInput())

    def death(self) -> LateDeath:
        """Return what a valid form says."""
        return LateDeath(self.cleaned_data["died_on"], self.cleaned_data["was"])
