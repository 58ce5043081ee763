"""What is copied from npm's packages to the static files."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if not (FRONTEND / "node_modules").exists():
        pytest.skip("frontend/node_modules is not there: `make setup` fetches it")
    specification = importlib.util.spec_from_file_location("vendor", FRONTEND / "vendor.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "VENDOR", tmp_path / "vendor")
    return module


def test_everything_is_there_and_names_no_source_map(vendor: ModuleType) -> None:
    assert vendor.main() == 0
    files = {
        path.relative_to(vendor.VENDOR).as_posix(): path
        for path in vendor.VENDOR.rglob("*")
        if path.is_file()
    }
    assert set(files) == {*vendor.COPIES.values(), "icons.svg"}
    for name, path in files.items():
        assert "sourceMappingURL=" not in path.read_text("utf-8"), name


def test_the_map_runs_in_old_browsers_and_says_so_first(vendor: ModuleType) -> None:
    vendor.main()
    for name in ("maplibre.js", "maplibre-worker.js"):
        assert "Object.hasOwn = " in (vendor.VENDOR / name).read_text("utf-8")[:1000]
    assert "Object.hasOwn = " not in (vendor.VENDOR / "echarts.js").read_text("utf-8")[:1000]


def test_each_icon_is_a_symbol_without_its_own_colour(vendor: ModuleType) -> None:
    vendor.main()
    root = ElementTree.parse(vendor.VENDOR / "icons.svg").getroot()
    names = (FRONTEND / "icons.txt").read_text("utf-8").split()
    assert [symbol.get("id") for symbol in root] == names
    assert all(len(symbol) for symbol in root)
    assert not re.search(r'(stroke|fill)="', ElementTree.tostring(root, "unicode"))


def test_missing_packages_are_named(
    vendor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(vendor, "MODULES", tmp_path / "nothing")
    assert vendor.main() == 1
    assert "run `npm ci`" in capsys.readouterr().err
    assert not vendor.VENDOR.exists()
