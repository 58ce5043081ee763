"""The form by which a leader instructs, or the office records what was decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anwei.org.models import Unit
from anwei.oversight.models import SupervisionOrder
from anwei.oversight.models.order import WORDS_LENGTH

SELECT = {"class": "form-select"}


class InstructionForm(forms.Form):
    """A leader's words; who carries them out may be left to the rules where they are about something."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("批示"),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
        error_messages={"required": _("请写明批示内容。")},
    )
    origin = forms.ChoiceField(
        label=_("督办类别"), choices=SupervisionOrder.Origin.choices, widget=forms.Select(attrs=SELECT)
    )
    document = forms.CharField(
        label=_("来源文号"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, bodies: list[Unit], named: bool, office: bool, **kwargs: Any) -> None:
        """`named`: the rules say who carries it out; `office`: it may be another origin than words."""
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ModelChoiceField(
            Unit.objects.filter(pk__in=[body.pk for body in bodies]),
            label=_("承办单位"),
            required=not named,
            empty_label=str(_("按职责自动确定") if named else _("请选择")),
            widget=forms.Select(attrs=SELECT),
            error_messages={"required": _("请选择承办单位。")},
        )
        if not office:
            del self.fields["origin"], self.fields["document"]
