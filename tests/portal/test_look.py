"""The shared marks, the style sheet's promises, and the icons that pages ask for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.template import Context, Template
from time_machine import TimeMachineFixture

from anwei.ledgers.lengths import duration_words
from anwei.portal.menu import ADMINISTRATION, MENU
from tests.kernel.county import NOW

REPOSITORY = Path(__file__).resolve().parents[2]
STYLE = (REPOSITORY / "anwei/portal/static/css/gov.css").read_text("utf-8")
TOO_NEW = re.compile(
    r"color-mix\(|oklch\(|light-dark\(|:has\(|@layer|@container"
)  # kernels from Chrome 90 on


def drawn(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 秒"),
        (59.9, "59 秒"),
        (60, "1 分钟"),
        (3599, "59 分钟"),
        (3661, "1 小时 1 分"),
        (375_000, "4 天 8 小时"),
        (-5, "0 秒"),
    ],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("due", "met", "words", "style"),
    [
        (timedelta(days=4, hours=8), None, "4 天 8 小时", ""),
        (timedelta(hours=3), None, "剩 3 小时 0 分", "soon"),
        (timedelta(days=-3), None, "超期 3 天 0 小时", "urgent"),
        (timedelta(days=-3), timedelta(days=-4), "按期", "muted"),
        (timedelta(days=-3), timedelta(days=-2), "超期 1 天 0 小时 完成", "muted"),
    ],
)
def test_what_is_left_of_a_deadline(
    time_machine: TimeMachineFixture, due: timedelta, met: timedelta | None, words: str, style: str
) -> None:
    time_machine.move_to(NOW, tick=False)
    met_at = None if met is None else NOW + met
    text = drawn("{% remaining due met %}", due=NOW + due, met=met_at)
    assert re.sub(r"<[^>]+>", "", text).strip() == words
    assert f'class="{style}"' in text or not style


def test_no_deadline_is_a_dash() -> None:
    assert drawn("{% remaining due %}", due=None).strip() == "—"


def test_ages(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    moments: list[datetime | None] = [NOW, NOW - timedelta(minutes=5), None]
    assert [drawn("{{ at|ago }}", at=at) for at in moments] == ["刚刚", "5 分钟前", "—"]


@pytest.mark.parametrize("code", ["red", "orange", "yellow", "blue", "offline"])
def test_a_severity_is_colour_shape_and_word(code: str) -> None:
    badge = drawn("{% severity code %}", code=code)
    assert re.search(rf'class="severity severity-{code}">[\u4e00-\u9fff]+</span>', badge)
    assert re.search(rf'\.severity-{code}::before {{ content: "[▲◆●■□]"', STYLE)


def test_every_page_keeps_to_old_browsers() -> None:
    sheets = [path for path in REPOSITORY.glob("anwei/**/static/css/*.css") if path.name == "gov.css"]
    assert sheets
    assert {path.name: TOO_NEW.findall(path.read_text("utf-8")) for path in sheets} == {"gov.css": []}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_can_be_read() -> None:
    values = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", STYLE.split("/* Bootstrap's own parts")[0]))
    on_page = [
        (values[ink], ground)
        for ink in ("ink", "ink-2", "ink-3", "red-text", "brand")
        for ground in ("#ffffff", values["page"])
    ]
    badges = [
        ("#ffffff", values["red"]),
        ("#1d1200", values["orange"]),
        ("#1d1a00", values["yellow"]),
        ("#ffffff", values["blue"]),
    ]
    assert {pair: round(contrast(*pair), 1) for pair in (*on_page, *badges) if contrast(*pair) < 4.5} == {}


def test_every_icon_that_a_page_asks_for_is_in_the_sprite() -> None:
    doors = [door for group in MENU for door in group.doors]
    asked = {door.icon for door in (*doors, *ADMINISTRATION)}
    for template in REPOSITORY.glob("anwei/*/templates/**/*.html"):
        asked |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text("utf-8")))
    assert asked <= set((REPOSITORY / "frontend/icons.txt").read_text("utf-8").split())


def test_the_menu_is_short() -> None:
    assert len(MENU) <= 6
    assert max(len(group.doors) for group in MENU) <= 5
    doors = [door for group in MENU for door in group.doors]
    assert len([door for door in doors if door.file_keepers is not True]) <= 24  # of an official
    assert len([door for door in doors if not door.officials_only and door.file_keepers is not False]) <= 18
    assert len(ADMINISTRATION) <= 9
