"""Where the installation listens, from ANWEI_BIND and the county's TLS certificate."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from anwei.language import gettext as _

WEB_PORT = 8000


class UnsafeNetwork(ValueError):
    """What was asked for would expose the installation; the message says what is missing."""


@dataclass(frozen=True)
class Certificate:
    """The county's TLS certificate: the chain, and its private key."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class Network:
    """Addresses to listen on; loopback unless a certificate is given."""

    web_host: str
    mqtt_host: str
    certificate: Certificate | None

    @classmethod
    def from_environment(cls) -> Network:
        """Read ANWEI_BIND, ANWEI_MQTT_BIND, ANWEI_TLS_CERT and ANWEI_TLS_KEY; raises UnsafeNetwork."""
        web = os.environ.get("ANWEI_BIND", "127.0.0.1")
        mqtt = os.environ.get("ANWEI_MQTT_BIND", "127.0.0.1")
        certificate = _certificate(os.environ.get("ANWEI_TLS_CERT"), os.environ.get("ANWEI_TLS_KEY"))
        for name, host in (("ANWEI_BIND", web), ("ANWEI_MQTT_BIND", mqtt)):
            if not _is_loopback(host) and certificate is None:
                sentence = _(
                    "{name}={host} 会在网络上开放服务，必须同时给出 ANWEI_TLS_CERT 和 ANWEI_TLS_KEY。"
                )
                raise UnsafeNetwork(sentence.format(name=name, host=host))
        return cls(web, mqtt, certificate)

    @property
    def scheme(self) -> str:
        """`https` with a certificate, else `http`."""
        return "https" if self.certificate else "http"

    @property
    def mqtt_tls(self) -> bool:
        """Whether devices must use TLS: wherever they come over a network."""
        return not _is_loopback(self.mqtt_host)

    @property
    def local_host(self) -> str:
        """The address at which this machine reaches its own web process."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.web_host, self.web_host)  # noqa: S104

    def web_address(self, port: int) -> str:
        """The address to open in a browser on this machine."""
        host = f"[{self.local_host}]" if ":" in self.local_host else self.local_host
        return f"{self.scheme}://{host}:{port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the child processes must know: secure cookies, and the host names they answer to."""
        if self.certificate is None:
            return {}
        hosts = [*filter(None, os.environ.get("ANWEI_HOSTS", "").split(",")), self.local_host]
        return {"ANWEI_TLS": "1", "ANWEI_HOSTS": ",".join(dict.fromkeys(hosts))}


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _certificate(chain: str | None, key: str | None) -> Certificate | None:
    if not chain and not key:
        return None
    if not chain or not key:
        raise UnsafeNetwork(_("ANWEI_TLS_CERT 和 ANWEI_TLS_KEY 必须同时给出。"))
    certificate = Certificate(Path(chain).resolve(), Path(key).resolve())
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            certificate.chain, certificate.key
        )
    except OSError as error:  # also ssl.SSLError
        raise UnsafeNetwork(_("证书或私钥无法使用：{error}").format(error=error)) from error
    return certificate
