"""Every payload shape becomes samples; everything else is counted; nothing brings the decoder down."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import numpy as np
import pytest

from anwei.monitoring.stream.decode import FARTHEST_MS, FUTURE_MS, OLDEST_MS, Decoded, Decoder, Message
from anwei.monitoring.stream.payload.walk import count_values
from anwei.monitoring.stream.samples import Quality, Reason
from tests.stream.plant import Plant

NOW = 1_790_000_000_000
PLANT = Plant(4, 3, gateways={1: 0, 2: 0}, low=-50.0, high=1000.0)  # d0 is the gateway of d1 and d2
DECODER = Decoder(PLANT.register())
ENCODINGS = [msgspec.json.encode, msgspec.msgpack.encode]
DOUBTED = (Reason.OUT_OF_RANGE, Reason.FUTURE)

Row = tuple[int, int, float | None, int]


def decode(content: Any, device: str = "d0", encode: Any = msgspec.json.encode) -> Decoded:
    data = content if isinstance(content, bytes) else encode(content)
    return DECODER.decode([Message(1, device, NOW, data)])


def rows(decoded: Decoded) -> list[Row]:
    samples = decoded.samples
    columns = samples.tag.tolist(), samples.ts.tolist(), samples.value.tolist(), samples.quality.tolist()
    return [
        (tag, ts, None if np.isnan(value) else value, quality)
        for tag, ts, value, quality in zip(*columns, strict=True)
    ]


def reasons(decoded: Decoded) -> dict[Reason, int]:
    return {reject.reason: reject.count for reject in decoded.rejects}


SHAPES: list[tuple[Any, list[Row]]] = [
    ({"ts": NOW - 5, "values": {"T0": 1.25, "T2": -3}}, [(1, NOW - 5, 1.25, 0), (3, NOW - 5, -3.0, 0)]),
    ({"values": {"T0": 1}}, [(1, NOW, 1.0, 0)]),
    (
        [{"ts": NOW - 2, "values": {"T0": 1}}, {"ts": NOW - 1, "values": {"T0": 2}}],
        [(1, NOW - 2, 1.0, 0), (1, NOW - 1, 2.0, 0)],
    ),
    ({"T0": 1.5, "T1": True, "T2": False}, [(1, NOW, 1.5, 0), (2, NOW, 1.0, 0), (3, NOW, 0.0, 0)]),
    ({"ts": NOW, "values": {"T0": None}}, [(1, NOW, None, Quality.NO_VALUE)]),
    ({"ts": NOW, "tags": ["T1", "T0"], "values": [1, 2]}, [(2, NOW, 1.0, 0), (1, NOW, 2.0, 0)]),
    ({"tags": ["T1"], "values": [7]}, [(2, NOW, 7.0, 0)]),
    (
        {"ts": [NOW - 1, NOW], "tags": ["T0", "T1"], "values": [[1, 2], [3, None]]},
        [(1, NOW - 1, 1.0, 0), (2, NOW - 1, 2.0, 0), (1, NOW, 3.0, 0), (2, NOW, None, Quality.NO_VALUE)],
    ),
    (
        {"d1": [{"ts": NOW - 1, "values": {"T0": 4}}], "d2": [{"values": {"T2": 5}}]},
        [(4, NOW - 1, 4.0, 0), (9, NOW, 5.0, 0)],
    ),
    ({"d0": [{"ts": NOW, "values": {"T0": 4}}]}, [(1, NOW, 4.0, 0)]),
    ({"device": "d2", "ts": NOW, "tags": ["T0"], "values": [6]}, [(7, NOW, 6.0, 0)]),
    ({"ts": NOW, "tags": ["T0", "d1/T1"], "values": [1, 2]}, [(1, NOW, 1.0, 0), (5, NOW, 2.0, 0)]),
    ({"ts": NOW, "values": {"d1/T1": 2}}, [(5, NOW, 2.0, 0)]),
    ({"ts": float(NOW), "values": {"T0": 1}}, [(1, NOW, 1.0, 0)]),
    ([{"T0": 1}, {"ts": NOW - 1, "values": {"T0": 2}}], [(1, NOW, 1.0, 0), (1, NOW - 1, 2.0, 0)]),
    ([{"ts": NOW, "tags": ["T0"], "values": [2]}], [(1, NOW, 2.0, 0)]),
    ([], []),
    ({}, []),
]


def test_a_gateway_does_not_speak_for_a_revoked_member() -> None:
    decoder = Decoder(Plant(3, 1, gateways={1: 0, 2: 0}, revoked={2}).register())
    content = {f"d{device}": [{"ts": NOW, "values": {"T0": 1.0}}] for device in (1, 2)}
    by_gateway = decoder.decode([Message(1, "d0", NOW, msgspec.json.encode(content))])
    assert (rows(by_gateway), set(reasons(by_gateway))) == ([(2, NOW, 1.0, 0)], {Reason.NOT_A_MEMBER})
    of_its_own = decoder.decode([Message(1, "d2", NOW, b'{"T0": 1}')])
    assert rows(of_its_own) == [(3, NOW, 1.0, 0)]


@pytest.mark.parametrize("encode", ENCODINGS)
@pytest.mark.parametrize(("content", "expected"), SHAPES)
def test_each_shape_becomes_its_samples(encode: Any, content: Any, expected: list[Row]) -> None:
    decoded = decode(content, encode=encode)
    assert rows(decoded) == expected
    assert decoded.rejects == []


REFUSED: list[tuple[str, Any, dict[Reason, int]]] = [
    ("d9", {"T0": 1}, {Reason.UNKNOWN_DEVICE: 1}),
    ("d0", {"T0": 1, "nope": 2, "neither": 3}, {Reason.UNKNOWN_TAG: 2}),
    ("d0", {"ts": NOW, "values": {"d1/nope": 2}}, {Reason.UNKNOWN_TAG: 1}),
    ("d0", {"T0": "1.5"}, {Reason.NOT_A_NUMBER: 1}),
    ("d0", {"T0": {"a": 1, "b": 2}}, {Reason.NOT_A_NUMBER: 2}),
    ("d0", {"T0": 10**400}, {Reason.NOT_A_NUMBER: 1}),
    ("d0", {"T0": 3.4e38, "T1": -1e300}, {Reason.NOT_A_NUMBER: 2}),  # what historians send for no value
    ("d0", {"ts": NOW // 1000, "values": {"T0": 1, "T1": 2}}, {Reason.WRONG_TIME_UNIT: 2}),
    ("d0", {"ts": NOW * 1000, "values": {"T0": 1}}, {Reason.WRONG_TIME_UNIT: 1}),
    ("d0", {"ts": 10**30, "values": {"T0": 1}}, {Reason.WRONG_TIME_UNIT: 1}),
    ("d0", {"ts": NOW + FARTHEST_MS + 1, "values": {"T0": 1}}, {Reason.WRONG_TIME_UNIT: 1}),
    ("d0", {"ts": OLDEST_MS - 1, "values": {"T0": 1}}, {Reason.TOO_OLD: 1}),
    ("d0", {"ts": 0, "values": {"T0": 1}}, {Reason.TOO_OLD: 1}),
    ("d0", {"ts": -(10**30), "values": {"T0": 1}}, {Reason.WRONG_TIME_UNIT: 1}),
    ("d0", {"d3": [{"values": {"T0": 1, "T1": 1}}]}, {Reason.NOT_A_MEMBER: 2}),
    ("d1", {"d0": [{"values": {"T0": 1}}]}, {Reason.NOT_A_MEMBER: 1}),
    ("d0", {"device": "d3", "tags": ["T0"], "values": [1]}, {Reason.NOT_A_MEMBER: 1}),
    ("d0", {"ts": NOW, "values": {"d3/T0": 1}}, {Reason.NOT_A_MEMBER: 1}),
    ("d0", {"tags": ["T0", "T1"], "values": [1]}, {Reason.MALFORMED: 1}),
    ("d0", {"ts": [1, 2], "tags": ["T0"], "values": [[1], [2], [3]]}, {Reason.MALFORMED: 3}),
    ("d0", {"ts": NOW, "T0": 1}, {Reason.MALFORMED: 2}),
    ("d0", {"ts": "yesterday", "values": {"T0": 1, "T1": 2}}, {Reason.MALFORMED: 2}),
    ("d0", {"ts": True, "values": {"T0": 1}}, {Reason.MALFORMED: 1}),
    ("d0", {"values": 7}, {Reason.MALFORMED: 1}),
    ("d0", {"d1": [7], "d2": 7}, {Reason.MALFORMED: 2}),
    ("d0", 7, {Reason.MALFORMED: 1}),
    ("d0", b"", {Reason.MALFORMED: 1}),
    ("d0", b"{", {Reason.MALFORMED: 1}),
    ("d0", b"\x81\xc1", {Reason.MALFORMED: 1}),
    ("d0", b"\x81\x80\x01", {Reason.MALFORMED: 1}),  # a map as key
    ("d0", b"[" * 200_000, {Reason.MALFORMED: 1}),
    ("d0", b'{"T0":1,' + b" " * (1 << 20) + b'"T1":1}', {Reason.OVERSIZE: 1}),
]


@pytest.mark.parametrize(("device", "content", "expected"), REFUSED)
def test_each_refusal_is_counted_by_its_reason(
    device: str, content: Any, expected: dict[Reason, int]
) -> None:
    encoded = json.dumps(content).encode() if not isinstance(content, bytes) else content
    assert reasons(decode(encoded, device)) == expected


def test_good_values_beside_bad_ones_are_kept() -> None:
    decoded = decode({"ts": NOW, "values": {"T0": 1, "T1": "x", "nope": 3, "T2": 9999}})
    assert rows(decoded) == [(1, NOW, 1.0, 0), (3, NOW, 9999.0, Quality.OUT_OF_RANGE)]
    assert reasons(decoded) == {Reason.NOT_A_NUMBER: 1, Reason.UNKNOWN_TAG: 1, Reason.OUT_OF_RANGE: 1}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize(
    "shape", [lambda v: {"values": {"T0": v}}, lambda v: {"tags": ["T0"], "values": [v]}, lambda v: {"T0": v}]
)
def test_what_messagepack_can_say_and_json_cannot_is_no_number(value: float, shape: Any) -> None:
    decoded = decode(shape(value), encode=msgspec.msgpack.encode)
    assert (rows(decoded), reasons(decoded)) == ([], {Reason.NOT_A_NUMBER: 1})


@pytest.mark.parametrize(
    ("ts", "value", "quality", "doubts"),
    [
        (NOW + FUTURE_MS, 1.0, Quality.GOOD, {}),
        (NOW + FUTURE_MS + 1, 1.0, Quality.FUTURE, {Reason.FUTURE: 1}),
        (NOW + FARTHEST_MS, 1.0, Quality.FUTURE, {Reason.FUTURE: 1}),
        (NOW + FUTURE_MS + 1, 9999.0, Quality.FUTURE, {Reason.FUTURE: 1}),
        (NOW + FUTURE_MS + 1, None, Quality.FUTURE, {Reason.FUTURE: 1}),
        (OLDEST_MS, 1.0, Quality.GOOD, {}),
        (NOW, -50.0, Quality.GOOD, {}),
        (NOW, 1000.0, Quality.GOOD, {}),
        (NOW, -50.01, Quality.OUT_OF_RANGE, {Reason.OUT_OF_RANGE: 1}),
        (NOW, 1000.01, Quality.OUT_OF_RANGE, {Reason.OUT_OF_RANGE: 1}),
        (NOW, 1000.001, Quality.GOOD, {}),  # rounded at the door first
    ],
)
def test_doubted_values_are_stored_marked_and_counted(
    ts: int, value: float | None, quality: Quality, doubts: dict[Reason, int]
) -> None:
    decoded = decode({"ts": ts, "values": {"T0": value}})
    assert [(row[1], row[3]) for row in rows(decoded)] == [(ts, quality)]
    assert reasons(decoded) == doubts


def test_values_are_rounded_to_the_decimals_of_their_tag() -> None:
    wide = Decoder(Plant(1, 2, decimals=1).register())
    values = {"T0": 0.25 + 0.05, "T1": 1e15}
    samples = wide.decode([Message(1, "d0", NOW, msgspec.json.encode(values))]).samples
    assert samples.value.tolist() == [0.3, 1e15]
    assert str(decode({"T0": -0.0}).samples.value[0]) == "0.0"


def test_a_reject_says_who_sent_what_and_when() -> None:
    reject = decode({"T0": "x" * 500}, "d1").rejects[0]
    assert (reject.device, reject.tag, reject.received_at, len(reject.detail)) == ("d1", "T0", NOW, 200)
    assert decode({"ts": NOW // 1000, "values": {"T1": 1}}).rejects[0].detail == str(NOW // 1000)
    assert decode(b"\xff\xfe garbage").rejects[0].detail


def test_a_message_of_garbage_is_one_reject_a_reason() -> None:
    flood = {f"nope{number}": number for number in range(5000)} | {
        f"T{number}": "x" for number in range(5000)
    }
    decoded = decode(flood)
    assert reasons(decoded) == {Reason.UNKNOWN_TAG: 5000, Reason.NOT_A_NUMBER: 5000}
    assert len(decoded.rejects) == 2


def test_a_device_that_renames_its_tags_for_ever_does_not_grow_the_decoder() -> None:
    for number in range(1000):
        decode({"ts": NOW, "values": {f"x{number}": 1}})
    assert len(DECODER._senders["d0"].vocabularies) <= 64


def test_many_messages_in_one_call_give_what_each_gives_alone() -> None:
    messages = [Message(i, "d0", NOW, msgspec.json.encode(content)) for i, (content, _) in enumerate(SHAPES)]
    messages += [
        Message(99, device, NOW, json.dumps(content).encode())
        for device, content, _ in REFUSED
        if not isinstance(content, bytes)
    ]
    alone = [DECODER.decode([message]) for message in messages]
    together = DECODER.decode(messages)
    assert rows(together) == [row for one in alone for row in rows(one)]
    assert sorted(map(repr, together.rejects)) == sorted(
        repr(reject) for one in alone for reject in one.rejects
    )
    counts = np.bincount(together.message, minlength=len(messages)).tolist()
    assert counts == [len(one.samples) for one in alone]


def n_values(content: Any) -> int:
    """Return how many values a readable payload holds: times and names of tags are none."""
    if isinstance(content, list):
        return sum(1 if entry == [] else n_values(entry) for entry in content)  # an empty list is no reading
    if isinstance(content, dict) and "values" in content:
        values = content["values"]
        return count_values(values) if values not in ({}, []) else 0
    return count_values(content) if content != {} else 0


EMPTY_MESSAGEPACK = (b"\x80", b"\x90")  # a map and a list that hold no reading
PLAIN = [content for content, _ in SHAPES if not (isinstance(content, dict) and "d1" in content)]


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Return `data` with a few bytes changed, removed, doubled or added."""
    content = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        at, way = chance.randrange(len(content) + 1), chance.random()
        if way < 0.4 and at < len(content):
            content[at] = chance.randrange(256)
        elif way < 0.6:
            del content[at : at + chance.randrange(1, 4)]
        elif way < 0.8:
            content[at:at] = content[at : at + chance.randrange(1, 8)]
        else:
            content[at:at] = chance.choice(
                [b"-", b"9", b'"', b"null", b"[", b"}", b"1e9", b"\x00", b"\xcb", b"\x9f"]
            )
    return bytes(content)


@pytest.mark.parametrize("n_rounds", [80, pytest.param(400, marks=pytest.mark.proof)])  # of 2,500 payloads
def test_mutated_payloads_bring_nothing_down(n_rounds: int) -> None:
    """One byte replaced, or a span removed or repeated; each mutant ends as samples or as counted rejects."""
    chance = np.random.default_rng(20261124)
    seeds = [encode(content) for content, _ in SHAPES for encode in ENCODINGS]
    stored = refused = 0
    for _ in range(n_rounds):
        which, byte, span = chance.integers(0, [[len(seeds)], [256], [6]], (3, 2500)).tolist()
        place = chance.random(2500).tolist()
        messages = []
        for index, (seed, new, width, where) in enumerate(zip(which, byte, span, place, strict=True)):
            data = seeds[seed]
            at = int(where * len(data))
            kept = (
                data[at + (1 if width == 0 else width) :] if width < 4 else data[at - width : at] + data[at:]
            )
            messages.append(
                Message(index, "d0", NOW, data[:at] + (bytes([new]) if width == 0 else b"") + kept)
            )
        decoded = DECODER.decode(messages)
        good = decoded.samples.quality == Quality.GOOD
        assert np.isfinite(decoded.samples.value[good]).all()
        assert decoded.samples.tag.min() >= 1
        assert all(reject.count > 0 and len(reject.detail) <= 200 for reject in decoded.rejects)
        stored += len(decoded.samples)
        refused += sum(reject.count for reject in decoded.rejects if reject.reason not in DOUBTED)
    assert stored > 375 * n_rounds
    assert refused > 375 * n_rounds


def test_of_readable_payloads_every_value_is_a_sample_or_counted() -> None:
    chance = random.Random(7)
    readable = 0
    for _ in range(20_000):
        data = mutated(chance, msgspec.json.encode(chance.choice(PLAIN)))
        try:
            content = msgspec.json.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            decoded = decode(data)  # a broken byte in what is skipped does no harm
            assert decoded.rejects or len(decoded.samples) or data in EMPTY_MESSAGEPACK
            continue
        decoded = decode(data)
        counted = sum(reject.count for reject in decoded.rejects if reject.reason not in DOUBTED)
        of_gateway = isinstance(content, dict) and any(isinstance(value, list) for value in content.values())
        if isinstance(content, dict | list) and "tags" not in data.decode() and not of_gateway:
            readable += 1
            assert len(decoded.samples) + counted == n_values(content), data
    assert readable > 1_500
