"""A certificate for tests, signed by itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def self_signed(folder: Path, address: str) -> tuple[Path, Path]:
    """Return (chain, key) for an IP address; skips the test where openssl is missing."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    chain, key = folder / "chain.pem", folder / "key.pem"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    names = ["-subj", "/CN=anwei", "-addext", f"subjectAltName=IP:{address}", "-days", "2"]
    subprocess.run([*request, *names, "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key
