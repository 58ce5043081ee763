"""With a certificate the web process serves a network: tried from a second network namespace."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.certificate import self_signed
from tests.support.family import Family

SERVER, PHONE = "10.213.77.1", "10.213.77.2"
NAMESPACE, CABLE = f"anwei-{os.getpid() % 10000}", f"aw{os.getpid() % 10000}"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@pytest.fixture(scope="module")
def phone() -> Iterator[list[str]]:
    """Words before a command that make it run on another machine of a network with ours."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and iproute2 for a second network namespace")
    try:
        ip("netns", "add", NAMESPACE)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.strip()}")
    try:
        ip("link", "add", CABLE, "type", "veth", "peer", "name", f"{CABLE}p", "netns", NAMESPACE)
        ip("addr", "add", f"{SERVER}/24", "dev", CABLE)
        ip("link", "set", CABLE, "up")
        ip("-n", NAMESPACE, "addr", "add", f"{PHONE}/24", "dev", f"{CABLE}p")
        ip("-n", NAMESPACE, "link", "set", f"{CABLE}p", "up")
        yield ["ip", "netns", "exec", NAMESPACE]
    finally:
        subprocess.run(["ip", "netns", "delete", NAMESPACE], check=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return self_signed(tmp_path_factory.mktemp("certificate"), SERVER)


READ = """
import ssl, sys, urllib.request
address, chain = sys.argv[1:]
context = ssl.create_default_context(cafile=chain)
with urllib.request.urlopen(address, context=context, timeout=20) as answer:
    print(answer.status, answer.headers["Strict-Transport-Security"])
"""


def test_a_phone_on_the_network_gets_the_login_page_over_tls(
    phone: list[str], certificate: tuple[Path, Path], tmp_path: Path, migrate: Callable[[Path], None]
) -> None:
    migrate(tmp_path / "data")
    chain, key = certificate
    bound = {"ANWEI_BIND": SERVER, "ANWEI_TLS_CERT": str(chain), "ANWEI_TLS_KEY": str(key)}
    with Family(tmp_path / "data", **bound) as family:
        address = family.folder.running()["web"]
        assert address.startswith(f"https://{SERVER}:")

        def read(url: str) -> subprocess.CompletedProcess[str]:
            words = [*phone, "python3", "-c", READ, url, str(chain)]
            return subprocess.run(words, capture_output=True, text=True, check=False)

        answer = read(f"{address}/accounts/login/")
        assert answer.stdout.split() == ["200", "max-age=31536000"], answer.stderr
        plain = read(f"{address.replace('https', 'http')}/accounts/login/")
        assert plain.returncode != 0  # nothing is served without TLS
        mqtt = family.folder.running()["mqtt"]
        assert mqtt.startswith("127.0.0.1:")  # devices are let onto the network only by ANWEI_MQTT_BIND
