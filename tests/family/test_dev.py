"""`dev.py`: clear sentences when something is missing, and rules that bite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import checkout
from tests.support import checks
from tests.support.broker import REPOSITORY
from tests.support.style_sheets import too_new
from tests.support.translations import untranslated


def run_dev(*words: str, folder: Path = REPOSITORY, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout.BASE_PYTHON, str(folder / "dev.py"), *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_task_it_lists_the_tasks() -> None:
    answer = run_dev()
    assert answer.returncode == 2
    assert all(task in answer.stdout for task in ("run", "test", "check", "bench", "proof", "shots", "docs"))


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = "import sys; before = set(sys.modules); import dev; print(*{n.split('.')[0] for n in sys.modules})"
    loaded = subprocess.run(
        [checkout.BASE_PYTHON, "-S", "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert set(loaded.stdout.split()) - {"dev", "checkout", "__main__"} <= set(sys.stdlib_module_names)


def test_neither_pip_nor_ensurepip_is_one_sentence(tmp_path: Path) -> None:
    for missing in ("pip", "ensurepip"):
        (tmp_path / f"{missing}.py").write_text("raise ImportError")
    for name in ("dev.py", "checkout.py"):
        shutil.copy(REPOSITORY / name, tmp_path)
    answer = run_dev("test", folder=tmp_path, PYTHONPATH=str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr.strip().splitlines() == [
        "Neither pip nor ensurepip is there: install python3-pip or python3-venv, then run this again."
    ]


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code ENOTFOUND", "cannot be reached"),
        ("Temporary failure in name resolution", "cannot be reached"),
        ("Segmentation fault", "see the lines above"),
    ],
)
def test_a_failed_step_says_why(output: str, sentence: str) -> None:
    with pytest.raises(checkout.Stopped, match=sentence):
        checkout.step("Fetching", [sys.executable, "-c", f"print({output!r}); raise SystemExit(1)"])


def test_one_failed_check_fails_all_and_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    good = {"good": (sys.executable, "-c", "")}
    bad = {"bad": (sys.executable, "-c", "print('three faults'); raise SystemExit(2)")}
    assert checks.main(good) == 0
    assert checks.main(bad | good, good) == 1
    assert checks.main(good, bad) == 1
    told = capfd.readouterr().out
    assert "ok   good" in told and "three faults\nFAIL bad" in told


def test_style_sheets_old_kernels_cannot_read_are_found(tmp_path: Path) -> None:
    sheet = tmp_path / "portal" / "static" / "css" / "gov.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("a { color: #123; }\n")
    assert list(too_new(tmp_path)) == []
    sheet.write_text("a { color: #123; }\nb { color: color-mix(in srgb, red, blue); }\n")
    assert [line.split(": ")[0] for line in too_new(tmp_path)] == ["portal/static/css/gov.css:2"]


def test_a_missing_translation_is_found(tmp_path: Path) -> None:
    catalogue = tmp_path / "django.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    catalogue.write_text(head + 'msgid "报警"\nmsgstr "Alarm"\n')
    assert untranslated(catalogue) == []
    catalogue.write_text(head + 'msgid "报警"\nmsgstr ""\n')
    assert untranslated(catalogue) == ["报警"]
    catalogue.write_text(head + '#, fuzzy\nmsgid "报警"\nmsgstr "Alarm"\n')
    assert untranslated(catalogue) == ["报警"]


def test_a_step_is_repeated_only_when_its_input_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "VENV", tmp_path)
    lock = tmp_path / "lock"
    lock.write_text("a==1")
    assert not checkout.is_stamped("packages", [lock])
    checkout.stamp("packages", [lock])
    assert checkout.is_stamped("packages", [lock])
    lock.write_text("a==2")
    assert not checkout.is_stamped("packages", [lock])
