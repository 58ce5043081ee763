"""What the API answers; times are ISO 8601 with their zone, series carry milliseconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from ninja import Field, Schema
from pydantic import AwareDatetime, ModelWrapValidatorHandler, model_validator
from pydantic_core import PydanticCustomError

from anwei.monitoring.models import Alarm, AlarmRule, Device, Severity, Tag

Level = Literal["red", "orange", "yellow", "blue"]
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]
TagNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
RuleKind = Literal["hh", "h", "l", "ll", "rate", "no_data", "bad"]


class Named(Schema):
    """A row of another register, by number and name."""

    id: int
    name: str


class Acknowledgement(Schema):
    """Who has seen an alarm, and when."""

    at: datetime
    by: str
    note: str


class AlarmOut(Schema):
    """An alarm: its condition and its acknowledgement are two facts."""

    id: int
    tag: str | None = Field(description="code of the tag; null where the whole device is silent")
    tag_number: int | None
    tag_name: str
    unit: str
    device: str = Field(description="code of the device")
    enterprise: Named
    site: Named | None
    territory: str
    sector: str
    kind: RuleKind
    level: Level
    state: Literal["active", "cleared"]
    value: float | None = Field(description="of the sample that raised it, in the unit of the tag")
    limit: float | None
    citation: str = Field(description='the clause behind the limit; "" where there is none')
    started_at: datetime = Field(description="sample time at which the condition began")
    raised_at: datetime
    cleared_at: datetime | None
    sample_at: datetime = Field(description="own time of the sample that raised it")
    late: bool = Field(description="found in data that came late; never live")
    changed_at: datetime = Field(
        description="when it was last recorded, cleared or acknowledged; `since` goes by it"
    )
    acknowledged: Acknowledgement | None
    warning: str | None = Field(description="number of the warning it opened or is attached to")

    @staticmethod
    def resolve_tag(alarm: Alarm) -> str | None:
        """Return the tag's code."""
        return alarm.tag.code if alarm.tag else None

    @staticmethod
    def resolve_tag_number(alarm: Alarm) -> int | None:
        """Return the tag's number."""
        return alarm.tag_id

    @staticmethod
    def resolve_tag_name(alarm: Alarm) -> str:
        """Return the tag's name, or the device's where it is silent."""
        return alarm.tag.name if alarm.tag else alarm.device.name

    @staticmethod
    def resolve_unit(alarm: Alarm) -> str:
        """Return the tag's unit."""
        return alarm.tag.unit if alarm.tag else ""

    @staticmethod
    def resolve_device(alarm: Alarm) -> str:
        """Return the device's code."""
        return alarm.device.code

    @staticmethod
    def resolve_enterprise(alarm: Alarm) -> dict[str, object]:
        """Return number and name of the enterprise."""
        return {"id": alarm.enterprise_id, "name": str(alarm.enterprise)}

    @staticmethod
    def resolve_site(alarm: Alarm) -> dict[str, object] | None:
        """Return number and name of the key site."""
        return {"id": alarm.site.pk, "name": alarm.site.name} if alarm.site else None

    @staticmethod
    def resolve_level(alarm: Alarm) -> str:
        """Return the severity."""
        return Severity(alarm.severity).value

    @staticmethod
    def resolve_state(alarm: Alarm) -> str:
        """Return whether the condition still holds."""
        return "active" if alarm.cleared_at is None else "cleared"

    @staticmethod
    def resolve_citation(alarm: Alarm) -> str:
        """Return the clause of the rule."""
        return alarm.rule.citation

    @staticmethod
    def resolve_acknowledged(alarm: Alarm) -> dict[str, object] | None:
        """Return who has acknowledged it."""
        if alarm.acknowledged_at is None:
            return None
        return {
            "at": alarm.acknowledged_at,
            "by": str(alarm.acknowledged_by),
            "note": alarm.acknowledgement,
        }

    @staticmethod
    def resolve_warning(alarm: Alarm) -> str | None:
        """Return the warning's number."""
        return alarm.warning.number if alarm.warning else None


class AcknowledgeIn(Schema):
    """The note of an acknowledgement."""

    note: str = Field("", max_length=200)

    @model_validator(mode="wrap")
    @classmethod
    def _is_an_object(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Refuse a list or a word, of which django-ninja would read no member and so an empty note."""
        if not isinstance(given, dict):
            raise PydanticCustomError("dict_type", "Input should be an object")
        return handler(given)


class DeviceOut(Schema):
    """A device; its key is never answered."""

    code: str
    name: str
    enterprise: Named
    site: Named | None
    gateway: str | None
    tags: int = Field(description="how many tags it has")
    silent: bool = Field(description="its silence is an active alarm")
    registered_at: datetime
    revoked_at: datetime | None

    @staticmethod
    def resolve_enterprise(device: Device) -> dict[str, object]:
        """Return number and name of the enterprise."""
        return {"id": device.enterprise_id, "name": str(device.enterprise)}

    @staticmethod
    def resolve_site(device: Device) -> dict[str, object] | None:
        """Return number and name of the key site."""
        return {"id": device.site.pk, "name": device.site.name} if device.site else None

    @staticmethod
    def resolve_gateway(device: Device) -> str | None:
        """Return the code of the gateway that speaks for it."""
        return device.gateway.code if device.gateway else None

    @staticmethod
    def resolve_tags(device: Device) -> int:
        """Return the count that `devices_of` adds."""
        return int(device.n_tags)  # type: ignore[attr-defined]

    @staticmethod
    def resolve_silent(device: Device) -> bool:
        """Return the flag that `devices_of` adds."""
        return bool(device.is_silent)  # type: ignore[attr-defined]


class RuleOut(Schema):
    """One limit of a tag."""

    id: int
    kind: RuleKind
    limit: float | None = Field(description="in the unit of the tag; of a rate per minute")
    deadband: float
    on_delay_s: float
    off_delay_s: float
    level: Level
    citation: str
    opens_warning: bool

    @staticmethod
    def resolve_level(rule: AlarmRule) -> str:
        """Return the severity."""
        return rule.severity


class TagOut(Schema):
    """A measured quantity with its enabled limits."""

    number: int
    code: str
    name: str
    device: str
    quantity: str
    unit: str
    decimals: int
    period_s: float
    range_low: float | None
    range_high: float | None
    rules: list[RuleOut]

    @staticmethod
    def resolve_device(tag: Tag) -> str:
        """Return the device's code."""
        return tag.device.code

    @staticmethod
    def resolve_rules(tag: Tag) -> list[AlarmRule]:
        """Return the enabled rules, which the query has fetched."""
        return [rule for rule in tag.rules.all() if rule.enabled]


class LatestOut(Schema):
    """The newest sample of a tag."""

    number: int
    tag: str
    device: str
    ts: int
    value: float | None
    quality: int = Field(
        description="0 good, 1 no value, 2 out of the sensor's range, 3 stamped in the future"
    )


class SeriesOut(Schema):
    """A tag's samples as columns of equal length."""

    number: int
    unit: str
    ts: list[int]
    value: list[float | None]
    quality: list[int]
