"""One column of a register: what it is called, how it is read, shown, filtered and masked.

What a column does not say it takes from the model's field of the same name, so that a plain register is a
list of column names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from anwei.ledgers.masking import masked

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label = str | _StrPromise
else:
    Label = str

Kind = Literal["text", "integer", "number", "boolean", "date", "choice"]
Choices = Callable[[Any], Iterable[tuple[Any, Any]]]  # of a person: (value, text) pairs
KINDS: tuple[tuple[type[models.Field[Any, Any]], Kind], ...] = (
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.FloatField, "number"),
    (models.DecimalField, "number"),
    (models.DateField, "date"),
)
NONE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a register, on every screen and in every sheet.

    `name` is the key in the values that `save` gets; `path` is where a row keeps it ("unit__name"), also for
    filters; `display` is where its text stands when the value is a key ("enterprise__unit__name"), also for
    sorting. `aliases` maps other spellings of a choice to its value; `chosen_from` is the code of the
    register whose rows are the choices, where one must be entered first. `clean` mends a text or
    raises ValueError with a sentence; `doubt` returns a sentence where a value is possible but unlikely.
    `respell` (of a person: a reader) makes the spelling we have and a sentence of another spelling of it, or
    None. Where a new row leaves the column empty, `tell` (of a person: a reader) makes its value and a
    sentence of what column `told_by` says, or None; it raises ValueError with a sentence where that could be
    several.
    A `personal` column is masked by `mask`, a change of a `sensitive` one needs a reason. A sheet tells what
    is `of_new_rows` only of those: of a row we have, what stands counts, and a sentence says so.
    """

    name: str
    label: Label = ""
    kind: Kind | Literal[""] = ""
    path: str = ""
    display: str = ""
    synonyms: tuple[str, ...] = NONE
    required: bool | None = None
    choices: Choices | None = None
    aliases: Mapping[str, Any] | None = None
    chosen_from: str = ""
    clean: Callable[[str], str] | None = None
    doubt: Callable[[Any], str] | None = None
    respell: Callable[[Any], Callable[[str], tuple[str, str] | None]] | None = None
    told_by: str = ""
    tell: Callable[[Any], Callable[[Any], tuple[Any, str, bool] | None]] | None = None
    value: Callable[[Any], Any] | None = None
    default: Any = None
    longest: int = 0
    explanation: Label = ""
    example: str = ""
    personal: bool = False
    mask: Callable[[str], str] = masked
    sensitive: bool = False
    shown: bool = True
    editable: bool = True
    sortable: bool = True
    searched: bool = False
    filtered: bool | Literal["startswith"] = False
    bulk: bool = False
    total: bool = False
    of_new_rows: bool = False

    def of(self, row: Any) -> Any:
        """Return the value that `row` has here; None where a relation on the way is empty."""
        return self.value(row) if self.value is not None else _at(row, self.path)

    def shown_in(self, row: Any, texts: Mapping[Any, str] | None = None) -> Any:
        """Return what people read here: the text of a choice (`texts` by value), else the value itself."""
        if self.display:
            return _at(row, self.display)
        value = self.of(row)
        return value if self.kind != "choice" or texts is None else texts.get(value, value)

    def completed(self, model: type[models.Model]) -> Column:
        """Return the column with what the model knows about it."""
        path = self.path or self.name
        field = None if self.value is not None and not self.path else _field(model, path)
        if isinstance(field, models.ForeignKey):
            return self._completed_relation(field, path)
        if field is None:
            return replace(
                self,
                path=path,
                kind=self.kind or ("choice" if self.choices else "text"),
                required=bool(self.required),
                sortable=self.sortable and self.value is None,
                example=self.example or str(self.label),
            )
        choices = self.choices
        if choices is None and field.choices:
            pairs = tuple(field.choices)
            choices = lambda person: pairs  # noqa: E731
        blank = field.blank or field.null or field.has_default()
        return replace(
            self,
            label=self.label or field.verbose_name,
            path=path,
            kind=self.kind or ("choice" if choices else _kind(field)),
            choices=choices,
            required=self.editable and not blank if self.required is None else self.required,
            default=self.default if self.default is not None else _default(field),
            longest=self.longest or getattr(field, "max_length", None) or 0,
        )

    def _completed_relation(self, field: models.ForeignKey[Any, Any], path: str) -> Column:
        remote: Any = field.related_model

        def visible(person: Any) -> Iterable[tuple[Any, Any]]:
            return ((row.pk, row) for row in seen(remote, person))

        return replace(
            self,
            label=self.label or field.verbose_name,
            path=f"{path}_id",
            kind="choice",
            choices=self.choices or visible,
            required=self.editable and not field.null if self.required is None else self.required,
        )


def seen(model: type[models.Model], person: Any) -> models.QuerySet[Any]:
    """Return the rows of a scoped model that `person` may see; all of them for the system (None)."""
    manager: Any = model._default_manager
    rows: models.QuerySet[Any] = manager.all() if person is None else manager.visible_to(person)
    return rows


def _at(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
        if row is None:
            return None
    return row


def _field(model: type[models.Model], path: str) -> models.Field[Any, Any] | None:
    """Return the field at the end of a path, None where there is no plain field."""
    field: Any = None
    for part in path.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = field.related_model or model
    return field if isinstance(field, models.Field) else None


def _kind(field: models.Field[Any, Any]) -> Kind:
    return next((kind for each, kind in KINDS if isinstance(field, each)), "text")


def _default(field: models.Field[Any, Any]) -> Any:
    """Return what an empty cell means."""
    if field.has_default():
        return field.get_default()
    return None if field.null else "" if isinstance(field, models.CharField | models.TextField) else None
