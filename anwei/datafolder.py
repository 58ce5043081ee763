"""The data folder: where everything an installation owns lies, and its secrets.

Knows no Django, so that every process (broker, gate, stream, worker, web) can use it.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anwei.language import gettext as _


class UnsafeSecret(RuntimeError):
    """A key file can be read by others; the message names it and the cure."""


@dataclass(frozen=True)
class DataFolder:
    """Paths below one root; nothing is created until it is asked for."""

    root: Path

    @classmethod
    def from_environment(cls) -> DataFolder:
        """Return the folder of ANWEI_DATA, or `./var`."""
        return cls(Path(os.environ.get("ANWEI_DATA", "var")).resolve())

    def folder(self, name: str) -> Path:
        """Return the folder `name` below the root, created with mode 0700."""
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    @property
    def database(self) -> Path:
        """The SQLite file of the business database."""
        return self.folder("business") / "anwei.sqlite3"

    @property
    def telemetry(self) -> Path:
        """The folder of the embedded telemetry store (owned by the stream process)."""
        return self.folder("telemetry")

    @property
    def evidence(self) -> Path:
        """The folder of uploaded evidence, outside any web root."""
        return self.folder("evidence")

    @property
    def run_file(self) -> Path:
        """JSON written by `anwei run`: addresses, ports and process ids."""
        return self.folder("run") / "run.json"

    def secret(self, name: str, n_bytes: int = 32) -> bytes:
        """Return the random key `name`, made on first use with mode 0600.

        Raises UnsafeSecret when the file is readable by group or others.
        """
        path = self.folder("keys") / name
        if not path.exists():
            temporary = _written(path, secrets.token_hex(n_bytes).encode())
            with suppress(FileExistsError):  # another process was faster: its key holds
                os.link(temporary, path)
            temporary.unlink()
            _make_durable(path.parent)
        _require_private(path)
        return bytes.fromhex(path.read_text().strip())

    def given_secret(self, name: str) -> str:
        """Return what the administrator wrote into keys/NAME, such as a provider's password; "" without it.

        Raises UnsafeSecret when the file is readable by group or others.
        """
        path = self.folder("keys") / name
        if not path.exists():
            return ""
        _require_private(path)
        return path.read_text(encoding="utf-8").strip()

    def require_private_secrets(self) -> None:
        """Raise UnsafeSecret when any key made so far is readable by group or others."""
        for path in self.folder("keys").iterdir():
            _require_private(path)

    def write_private(self, path: Path, content: bytes) -> None:
        """Write a file with mode 0600, whole or not at all, and durably."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _written(path, content).replace(path)
        _make_durable(path.parent)

    def running(self) -> dict[str, Any]:
        """Return what `anwei run` wrote about itself, or {} when it never ran."""
        try:
            content: dict[str, Any] = json.loads(self.run_file.read_text())
        except FileNotFoundError:
            return {}
        return content


def _written(path: Path, content: bytes) -> Path:
    """Write a file of mode 0600 beside `path`, durably; return it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _make_durable(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_private(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        sentence = _("密钥文件 {path} 可被他人读取；请执行 chmod 600 {path} 后再启动。")
        raise UnsafeSecret(sentence.format(path=path))
