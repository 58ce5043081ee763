"""The register as the stream needs it, read from the database in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anwei.monitoring.models import AlarmRule, Device, Tag
from anwei.monitoring.services.positions import REGISTER, position
from anwei.monitoring.stream.register import Devices, Register, Rules, Tags


def snapshot() -> Register:
    """Return the register as of its version: every device and tag, the enabled rules (four queries in all).

    No transaction, which on SQLite would keep every writer out. The version is read first, so a change that
    slips in is published again under its own version; children are read before parents, which are never
    deleted, so each row finds its parent.
    """
    version = position(REGISTER)
    rules, tags = _rule_rows(), _tag_rows()
    devices, row_of = _devices()
    return Register(version, devices, _tags(tags, row_of), _rules(rules, row_of))


def _devices() -> tuple[Devices, dict[int, int]]:
    columns = ("id", "code", "key_digest", "gateway_id", "revoked_at", "registered_at")
    ids, codes, keys, gateways, revoked, registered = _columns(Device.objects.values_list(*columns), columns)
    row_of = {pk: row for row, pk in enumerate(ids)}
    devices = Devices(
        code=codes,
        key=keys,
        gateway=[row_of.get(gateway, -1) for gateway in gateways],
        revoked=[at is not None for at in revoked],
        registered_at=[int(at.timestamp() * 1000) for at in registered],
    )
    return devices, row_of


def _tag_rows() -> list[list[Any]]:
    columns = ("number", "device_id", "code", "decimals", "period_s", "range_low", "range_high", "important")
    return _columns(Tag.objects.values_list(*columns), columns)


def _tags(columns: list[list[Any]], row_of: dict[int, int]) -> Tags:
    number, device, code, decimals, period, low, high, important = columns
    return Tags(
        number=number,
        device=[row_of[pk] for pk in device],
        code=code,
        decimals=decimals,
        period_ms=_milliseconds(period),
        low=low,
        high=high,
        important=important,
    )


def _rule_rows() -> list[list[Any]]:
    columns = ("id", "tag_id", "device_id", "kind", "limit", "deadband", "on_delay_s", "off_delay_s")
    return _columns(AlarmRule.objects.filter(enabled=True).values_list(*columns), columns)


def _rules(columns: list[list[Any]], row_of: dict[int, int]) -> Rules:
    ids, tag, device, kind, limit, deadband, on_delay, off_delay = columns
    return Rules(
        id=ids,
        tag=[number or 0 for number in tag],
        device=[row_of.get(pk, -1) for pk in device],
        kind=kind,
        limit=limit,
        deadband=deadband,
        on_delay_ms=_milliseconds(on_delay),
        off_delay_ms=_milliseconds(off_delay),
    )


def _columns(rows: Any, names: Sequence[str]) -> list[list[Any]]:
    """Turn rows into one list a column; empty lists where there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _name in names]


def _milliseconds(seconds: list[float]) -> list[int]:
    return [round(value * 1000) for value in seconds]
