"""The wheel contains everything and runs outside the checkout."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.broker import REPOSITORY
from tests.support.family import Family

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that git knows, as a fresh clone has them."""
    source = tmp_path_factory.mktemp("source")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (REPOSITORY / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((REPOSITORY / name).read_bytes())
    return source


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from them by `pip wheel`."""
    target = tmp_path_factory.mktemp("wheel")
    pip = [sys._base_executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(target)]
    subprocess.run([*pip, str(source)], check=True)
    return next(target.glob("*.whl"))


def test_the_wheel_has_every_file_of_the_package_and_the_assets(source: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = [str(path.relative_to(source)) for path in (source / "anwei").rglob("*") if path.is_file()]
    assert len(package) > 100
    assert [name for name in package if name not in names] == []
    assert "anwei/portal/static/vendor/bootstrap.css" in names
    assert "anwei/portal/static/vendor/icons.svg" in names
    catalogues = [name for name in names if name.endswith(".po")]
    assert [name for name in catalogues if name[:-2] + "mo" not in names] == []
    assert not any(name.startswith(("tests/", "bench/")) for name in names)


def test_it_runs_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """In an environment that has our dependencies but not our checkout."""
    venv.create(tmp_path / "venv", with_pip=False)
    packages = next((tmp_path / "venv" / "lib").glob("python3*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # Dependencies of this environment, without the .pth that names the checkout.
    borrowed = next(Path(entry) for entry in sys.path if entry.endswith("site-packages"))
    (packages / "borrowed.pth").write_text(f"{borrowed}\n")
    (tmp_path / "venv" / "bin" / "nats-server").symlink_to(Path(sys.executable).parent / "nats-server")

    class Installed(Family):
        python = str(tmp_path / "venv" / "bin" / "python")
        place = tmp_path

    with Installed(tmp_path / "data") as family:
        assert str(packages) in family.command("shell", "-c", "import anwei; print(anwei.__file__)").stdout
        family.wait_until_healthy()
        status, page = family.get("/accounts/login/")
        assert status == 200
        style = next(word for word in page.split('"') if "vendor/bootstrap" in word and word.endswith(".css"))
        with urllib.request.urlopen(family.folder.running()["web"] + style, timeout=20) as answer:
            assert answer.status == 200
            assert len(answer.read()) > 100_000
