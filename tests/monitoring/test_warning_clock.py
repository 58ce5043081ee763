"""`anwei warning_clock`: a county's own limits reach the next warning."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from anwei.ledgers.models import Change
from anwei.ledgers.services import county_setting
from anwei.standards.clocks import WARNING_CLOCKS, warning_clocks
from tests.kernel.county import NOW, County

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command("warning_clock", *words, stdout=out)
    return out.getvalue()


def test_the_defaults_are_shown_with_their_source() -> None:
    assert "红色 签收（sign）：10 分钟 · 无条款，默认值，可改" in run()


def test_a_change_is_in_force_sealed_and_signed(county: County) -> None:
    shown = run(
        "red", "sign", "5", "minute", "--actor", county.officer.username, "--reason", "县安委会〔2026〕3号"
    )
    assert "红色 签收（sign）：5 分钟 · 县级设置" in shown
    assert "橙色 签收（sign）：30 分钟" in shown
    [rule] = [
        rule for rule in warning_clocks("red", county_setting(WARNING_CLOCKS, {})) if rule.met_by == "sign"
    ]
    assert rule.due(NOW) == NOW + timedelta(minutes=5)
    change = Change.objects.get(register="ledgers.setting")
    assert (change.actor, change.reason) == (county.officer, "县安委会〔2026〕3号")


@pytest.mark.parametrize(
    "words",
    [
        ("red", "sign", "0", "minute", "--reason", "x"),
        ("red", "lift", "5", "minute", "--reason", "x"),
        ("red", "sign", "--reason", "x"),
        ("red", "sign", "5", "minute", "--reason", " "),
    ],
)
def test_what_makes_no_sense_changes_nothing(county: County, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*words, "--actor", county.officer.username)
    assert county_setting(WARNING_CLOCKS, None) is None


def test_nobody_changes_a_limit_unnamed(county: County) -> None:
    with pytest.raises(CommandError, match="经办人"):
        run("red", "sign", "5", "minute", "--reason", "x")
