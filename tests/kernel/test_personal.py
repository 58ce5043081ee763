"""Every column that may hold something about a person is in the inventory, with purpose, level and retention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.apps import apps
from django.db.models import (
    DO_NOTHING,
    BinaryField,
    CharField,
    Field,
    FloatField,
    ForeignKey,
    JSONField,
    Model,
    TextField,
)

from anwei.org.models import Person
from anwei.standards.personal import not_personal, personal_fields

ABOUT_A_PERSON = {
    "cases.notice",
    "cases.preference",
    "org.apitoken",
    "org.holding",
    "org.knownbrowser",
    "org.pastpassword",
    "org.person",
    "org.recoverycode",
}
"""Models of which every column speaks of a person."""

SUSPECT = re.compile(
    r"name|phone|mobile|mail|address|id_?number|id_?card|birth|health|sex|gender|nation|photo|voice|scan|signature"
    r"|longitude|latitude|place|agent|(^|_)ip$|note|text|content|detail|reason|reply|bank|plate|comment|cause|finding"
    r"|answer|measure|acknowledgement|title|written|problems"
)
MAY_HOLD_TEXT = (CharField, TextField, JSONField, BinaryField, FloatField)


def suspects(models: list[type[Model]]) -> Iterator[str]:
    """Yield the columns of models that need a word in the inventory."""
    for model in models:
        label = model._meta.label_lower
        for field in model._meta.local_fields:
            if is_suspect(field) or (label in ABOUT_A_PERSON and not field.primary_key):
                yield f"{label}.{field.name}"


def is_suspect(field: Field) -> bool:
    """Say whether name and type of a column suggest something about a person."""
    if isinstance(field, ForeignKey):
        return issubclass(field.related_model, Person)
    return isinstance(field, MAY_HOLD_TEXT) and not field.choices and SUSPECT.search(field.name) is not None


def ours() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("anwei.")]


def test_no_column_about_people_is_without_a_tag() -> None:
    told = personal_fields().keys() | not_personal().keys()
    missing = [column for column in suspects(ours()) if column not in told]
    assert not missing, "add to anwei/standards/data/personal_fields.toml:\n" + "\n".join(missing)


def test_the_inventory_names_no_column_that_is_gone() -> None:
    there = {
        f"{model._meta.label_lower}.{field.name}" for model in ours() for field in model._meta.local_fields
    }
    assert sorted((personal_fields().keys() | not_personal().keys()) - there) == []


def test_every_tag_says_what_for_and_how_long() -> None:
    assert not personal_fields().keys() & not_personal().keys()
    for field in personal_fields().values():
        assert field.purpose and field.retention and field.citation, field
        assert field.level in ("general", "sensitive")
        assert field.confidence in ("VERIFIED", "MEMORY", "TEMPLATE")
    assert all(not_personal().values())


def test_a_new_column_about_people_would_be_found() -> None:
    class Visitor(Model):
        id_number = CharField(max_length=18)
        met = ForeignKey(Person, on_delete=DO_NOTHING)
        floor = FloatField()

        class Meta:
            app_label = "nowhere"

    found = list(suspects([Visitor]))
    apps.all_models["nowhere"].clear()
    assert found == ["nowhere.visitor.id_number", "nowhere.visitor.met"]
