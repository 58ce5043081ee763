"""A real PostgreSQL for tests: Debian's binaries, a temporary cluster on a free port, gone with the tests.

python -m tests.support.postgres COMMAND ...   runs COMMAND with ANWEI_DATABASE naming a fresh cluster.

`postgres` refuses root, so as root the cluster belongs to `nobody`. Nothing of it outlives the tests, so it
does without fsync: what a power cut would do to PostgreSQL is not what is tested here. Nor does it vacuum by
itself: a test's rows lie in one open transaction, where autovacuum counts them as dead, and a plan for an empty
table then joins 25,000 rows one by one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tests.support.broker import any_free_port, die_with_parent, wait_until_open

INSTALLED = Path("/usr/lib/postgresql")  # Debian's; one folder a version
USER, DATABASE = "anwei", "anwei"
WHY_NOT = "no PostgreSQL here: install the package postgresql-15 to run the tests marked db on it"
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "150",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "dynamic_shared_memory_type": "mmap",
}


def binaries() -> Path | None:
    """Return the folder with initdb and postgres, the newest version first; None where there is none."""
    versions = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]), reverse=True)
    if versions:
        return versions[0].parent
    found = shutil.which("postgres")
    return Path(found).parent if found else None


class Postgres:
    """One cluster below a temporary folder; stopped and removed at the end of the `with` block."""

    def __init__(self) -> None:
        found = binaries()
        if found is None:
            raise FileNotFoundError(WHY_NOT)
        self._binaries = found
        self._folder = Path(tempfile.mkdtemp(prefix="anwei-postgres-"))
        self.port = any_free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What ANWEI_DATABASE shall be."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{DATABASE}"

    def __enter__(self) -> Postgres:
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run(
            "initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )
        settings = [word for name, value in QUICK.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, "-p", str(self.port), *settings],
                stdout=log,
                stderr=log,
                user=self._user,
                group=self._user and 65534,
                extra_groups=[] if self._user else None,
                preexec_fn=die_with_parent,  # noqa: PLW1509  (no thread runs yet)
                cwd=self._folder,
            )
        wait_until_open(self.port)
        for _attempt in range(50):  # it listens a moment before it lets anybody in
            made = self._run(
                "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, DATABASE, check=False
            )
            if made.returncode == 0:
                return self
        raise RuntimeError((self._folder / "log").read_text())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.send_signal(signal.SIGQUIT)  # at once, but with its shared memory given back
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _user(self) -> str | None:
        return "nobody" if os.geteuid() == 0 else None

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, name: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self._binaries / name, *words],
            user=self._user,
            group=self._user and 65534,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            check=check,
            capture_output=True,
        )


def main(command: Sequence[str]) -> int:
    """Run a command against a fresh cluster; without PostgreSQL say so and succeed."""
    if binaries() is None:
        print(f"SKIPPED: {WHY_NOT}")
        return 0
    with Postgres() as postgres:
        environment = {**os.environ, "ANWEI_DATABASE": postgres.address}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
