"""The forms of a document: what it is and its file; why it is withdrawn."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anwei.cases.file_fields import PAPERS, PHOTOS
from anwei.cases.forms import DayInput
from anwei.cases.models import Document


class DocumentForm(forms.Form):
    """One file with its title, kind and dates; the contents are examined when it is stored."""

    title = forms.CharField(label=_("名称"), max_length=120)
    kind = forms.ChoiceField(label=_("种类"), choices=Document.Kind.choices)
    dated_on = forms.DateField(label=_("文件日期"), required=False, widget=DayInput())
    valid_until = forms.DateField(
        label=_("有效期至"), required=False, widget=DayInput(), help_text=_("没有期限的不填")
    )
    file = forms.FileField(
        label=_("文件"),
        widget=forms.ClearableFileInput(attrs={"accept": f"{PHOTOS},{PAPERS}"}),
        help_text=_("照片（JPG、PNG、WebP）或文档（PDF、DOCX、XLSX），不超过 10 MB"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            choice = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if choice else "form-control")

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        cleaned = super().clean() or {}
        begin, end = cleaned.get("dated_on"), cleaned.get("valid_until")
        if begin and end and end < begin:
            self.add_error("valid_until", _("有效期不能早于文件日期。"))
        return cleaned
