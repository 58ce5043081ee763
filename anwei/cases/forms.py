"""The form of a verb, made from what its row of the lifecycle table asks for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from anwei.cases.evidence import Upload
from anwei.cases.lifecycle import Need, Transition
from anwei.cases.photos import taken_at

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"
MAX_TEXT = 2000


class PhotoInput(forms.ClearableFileInput):
    """Two doors to one field: the phone's camera at once, or files already there."""

    template_name = "cases/photo_input.html"
    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Any, files: MultiValueDict[str, UploadedFile[Any]], name: str
    ) -> list[UploadedFile[Any]]:
        """Return all files of both doors."""
        return files.getlist(name)


class PhotosField(forms.FileField):
    """Any number of files; `evidence.stored` checks what is in them."""

    widget = PhotoInput

    def clean(self, data: Sequence[UploadedFile[Any]] | None, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return the files, each one checked for a name and a size."""
        if not data:
            return super().clean(None, initial) or []
        return [super(PhotosField, self).clean(file, initial) for file in data]


class TransitionForm(forms.Form):
    """What a verb needs, with the version the person saw and the key that makes a double click harmless."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        transition: Transition,
        data: Any = None,
        files: Any = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Take the row of the table; two forms may stand on one page, so the verb is part of their ids."""
        super().__init__(data, files, initial=initial, auto_id=f"id_{transition.verb}_%s")
        self.transition = transition
        for need in transition.needs:
            self.fields[need.name] = _field(need)

    @classmethod
    def fresh(
        cls, transition: Transition, version: int, written: Mapping[str, str] | None = None
    ) -> TransitionForm:
        """Return a form for a case of this version, with a key of its own and what was `written` before."""
        hidden = {"version": version, "key": secrets.token_hex(16)}
        return cls(transition, initial={**(written or {}), **hidden})

    @property
    def papers(self) -> dict[str, Any]:
        """What was filled in for the needs, as far as it is valid; without the files."""
        names = [need.name for need in self.transition.needs if need.kind != "evidence"]
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def uploads(self) -> list[Upload]:
        """Return the files that were handed in, each with the time its camera wrote down."""
        names = [need.name for need in self.transition.needs if need.kind == "evidence"]
        files = [file for name in names for file in self.cleaned_data.get(name, ())]
        contents = [(file.name, file.read()) for file in files]
        return [Upload(name, content, taken_at(content)) for name, content in contents]


def _field(need: Need) -> forms.Field:
    options: dict[str, Any] = {
        "label": need.label,
        "required": need.required,
        "error_messages": {"required": _("请填写%(label)s。") % {"label": need.label}},
    }
    if need.kind == "evidence":
        options["error_messages"] = {"required": _("请提交%(label)s。") % {"label": need.label}}
        return PhotosField(widget=PhotoInput(attrs={"accept": ACCEPTED}), **options)
    if need.kind == "choice":
        choices = [("", "—"), *need.choices]
        return forms.ChoiceField(
            choices=choices, widget=forms.Select(attrs={"class": "form-select"}), **options
        )
    widget = forms.Textarea(attrs={"class": "form-control", "rows": 2})
    return forms.CharField(max_length=MAX_TEXT, widget=widget, **options)
