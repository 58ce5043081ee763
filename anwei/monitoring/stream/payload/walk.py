"""The careful path: any decoded content, value by value; what cannot become a sample is counted."""

from __future__ import annotations

import math
from typing import Any

from anwei.monitoring.stream.payload.rows import Malformed, Refusal, Rows, Scalar, Sender
from anwei.monitoring.stream.samples import Reason


def walk(rows: Rows, message: int, sender: Sender, content: Any) -> None:
    """Append the rows found in decoded `content` of any shape; raises Malformed when it is a bare scalar."""
    _Walk(rows, message).payload(sender, content)


def count_values(content: Any) -> int:
    """Return the number of scalars below `content`, at least 1."""
    total, pending = 0, [content]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)
        else:
            total += 1
    return max(total, 1)


class _Walk:
    def __init__(self, rows: Rows, message: int) -> None:
        self._rows = rows
        self._message = message

    def payload(self, sender: Sender, content: Any) -> None:
        if isinstance(content, list):
            for entry in content:
                self._entry(sender, entry)
        elif not isinstance(content, dict):
            raise Malformed(type(content).__name__)
        elif "values" not in content and any(isinstance(value, list) for value in content.values()):
            for code, entries in content.items():
                self._of_member(sender, code, entries)
        else:
            self._entry(sender, content)

    def _of_member(self, gateway: Sender, code: Any, entries: Any) -> None:
        member = gateway if code == gateway.code else gateway.members.get(code)
        if member is None:
            self._refuse(Reason.NOT_A_MEMBER, str(code), entries)
        elif not isinstance(entries, list):
            self._refuse(Reason.MALFORMED, str(code), entries)
        else:
            for entry in entries:
                self._entry(member, entry)

    def _entry(self, sender: Sender, entry: Any) -> None:
        """Take one reading: {"ts", "values"}, compact columns, or values by tag alone."""
        if not isinstance(entry, dict):
            self._refuse(Reason.MALFORMED, "", entry)
        elif "values" in entry and "tags" in entry:
            self._compact(sender, entry)
        elif "values" in entry:
            self._by_tag(sender, entry["values"], entry.get("ts"))
        elif "ts" in entry:
            self._refuse(Reason.MALFORMED, "", entry)  # a time, but no values it could belong to
        else:
            self._by_tag(sender, entry, None)

    def _compact(self, sender: Sender, entry: dict[Any, Any]) -> None:
        code, tags, times, values = (entry.get(name) for name in ("device", "tags", "ts", "values"))
        member = sender if code is None or code == sender.code else _member(sender, code)
        if member is None:
            self._refuse(Reason.NOT_A_MEMBER, str(code), values)
            return
        for ts, row in _table(times, values):
            if isinstance(tags, list) and isinstance(row, list) and len(row) == len(tags):
                self._row(member, [str(tag) for tag in tags], row, ts)
            else:
                self._refuse(Reason.MALFORMED, "", row)

    def _by_tag(self, sender: Sender, values: Any, ts: Any) -> None:
        if isinstance(values, dict):
            self._row(sender, [str(tag) for tag in values], list(values.values()), ts)
        else:
            self._refuse(Reason.MALFORMED, "", values)

    def _row(self, sender: Sender, codes: list[str], values: list[Any], ts: Any) -> None:
        if ts is not None and (isinstance(ts, bool) or not isinstance(ts, int)):
            if not (isinstance(ts, float) and ts.is_integer()):
                self._refuse(Reason.MALFORMED, "ts", values, sent=ts)
                return
            ts = int(ts)
        good_codes: list[str] = []
        good_values: list[Scalar] = []
        for code, value in zip(codes, values, strict=True):
            if _is_number(value):
                good_codes.append(code)
                good_values.append(value)
            else:
                self._refuse(Reason.NOT_A_NUMBER, code, value)
        if good_values:
            vocabulary = sender.vocabulary(tuple(good_codes))
            self._rows.append(self._message, vocabulary, ts, good_values, len(good_values))

    def _refuse(self, reason: Reason, tag: str, content: Any, sent: Any = None) -> None:
        refusal = Refusal(
            self._message, reason, tag, content if sent is None else sent, count_values(content)
        )
        self._rows.refusals.append(refusal)


def _member(gateway: Sender, code: Any) -> Sender | None:
    return gateway.members.get(code) if isinstance(code, str) else None


def _table(times: Any, values: Any) -> list[tuple[Any, Any]]:
    """Return rows with their times; a single row when the two are not lists that fit each other."""
    if isinstance(times, list) and isinstance(values, list) and len(times) == len(values):
        return list(zip(times, values, strict=True))
    return [(times, values)]


def _is_number(value: Any) -> bool:
    """Whether a float column can hold it: null and booleans too, but neither text nor a huge integer."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return value.bit_length() < 1000
    return isinstance(value, float) and math.isfinite(value)
