"""The form fields of needs that take files: photos and papers, a recording, a signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from anwei.cases.intake import MAX_PLACE, Upload
from anwei.cases.lifecycle import Need

PHOTOS = "image/jpeg,image/png,image/webp"
PAPERS = "application/pdf,.docx,.xlsx"
SOUND = "audio/*,.m4a,.mp3,.wav,.amr,.ogg,.opus,.webm,.aac"
MAX_NAME = 60  # characters of a typed signature


@dataclass
class Handed:
    """What came with the form for one need: files, and what the person states beside them."""

    files: Sequence[UploadedFile[Any]] = ()
    taken_at: str = ""
    place: str = ""
    typed: str = ""  # the own name, as an electronic signature

    def __bool__(self) -> bool:
        return bool(self.files or self.typed)


@dataclass
class Papers:
    """The cleaned value of a need that takes files."""

    uploads: list[Upload] = field(default_factory=list)
    typed: str = ""

    def __bool__(self) -> bool:
        return bool(self.uploads or self.typed)


class FilesInput(forms.ClearableFileInput):
    """Two doors to one field, the phone's camera at once or files already there; when and where, if asked."""

    template_name = "cases/files_input.html"
    allow_multiple_selected = True
    asks: tuple[str, ...] = ()  # of "taken_at" and "place", what each photo must tell

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the template needs, with what is asked."""
        return super().get_context(name, value, attrs) | {"asks": self.asks}

    def value_from_datadict(
        self, data: Any, files: MultiValueDict[str, UploadedFile[Any]], name: str
    ) -> Handed:
        """Return the files of both doors and what was stated."""
        stated = {part: data.get(f"{name}_{part}", "") for part in ("taken_at", "place", "typed")}
        return Handed(files.getlist(name), **stated)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """A form without files is a form all the same."""
        return False


class VoiceInput(FilesInput):
    """The phone's recorder, or a recording already there."""

    template_name = "cases/voice_input.html"


class SignatureInput(FilesInput):
    """A name drawn on the page, a scan of one, or the own name typed."""

    template_name = "cases/signature_input.html"


class FilesField(forms.FileField):
    """Any number of files; `evidence.stored` examines what is in them."""

    def __init__(self, kind: str, **options: Any) -> None:
        """Take the kind of need that the files answer."""
        self.kind = kind
        super().__init__(**options)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return nothing to show again: a browser does not let a page choose files."""
        return initial

    def clean(self, data: Handed | None, initial: Any = None) -> Papers:
        """Return the files, each one checked for a name and a size, with the stated time and place."""
        handed = Handed() if data is None else data
        if self.required and not handed:
            raise ValidationError(self.error_messages["required"], code="required")
        at = _moment(handed.taken_at)
        files = [super(FilesField, self).clean(file, initial) for file in handed.files]
        uploads = [
            Upload(file.name, file.read(), taken_at=at, place=handed.place[:MAX_PLACE], kind=self.kind)
            for file in files
        ]
        return Papers(uploads, handed.typed.strip()[:MAX_NAME])


def file_field(need: Need, options: dict[str, Any]) -> FilesField:
    """Return the field of a need that takes files."""
    options["error_messages"] = {"required": _("请提交%(label)s。") % {"label": need.label}}
    widgets: dict[str, FilesInput] = {
        "evidence": FilesInput(attrs={"accept": f"{PHOTOS},{PAPERS},{SOUND}"}),
        "voice": VoiceInput(attrs={"accept": SOUND}),
        "signature": SignatureInput(attrs={"accept": PHOTOS}),
    }
    widget = widgets[need.kind]
    widget.asks = tuple(name for name in ("taken_at", "place") if getattr(need, name))
    return FilesField(need.kind, widget=widget, **options)


def _moment(text: str) -> datetime | None:
    """Return the moment that a person states (datetime-local, county time)."""
    if not text:
        return None
    at = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]).clean(text)
    return at if isinstance(at, datetime) else None
