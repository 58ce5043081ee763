"""A key is made once, however many processes ask for it at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from anwei.datafolder import DataFolder


def test_who_asks_at_once_gets_the_key_that_is_on_disk(tmp_path: Path) -> None:
    n = 8
    for k in range(20):
        folder, together = DataFolder(tmp_path / str(k)), threading.Barrier(n)

        def ask(folder: DataFolder = folder, together: threading.Barrier = together) -> bytes:
            together.wait()
            return folder.secret("chain")

        with ThreadPoolExecutor(n) as pool:
            keys = {ask.result() for ask in [pool.submit(ask) for _ in range(n)]}
        path = folder.root / "keys" / "chain"
        assert keys == {bytes.fromhex(path.read_text())}
        assert [file.name for file in path.parent.iterdir()] == ["chain"]
        assert path.stat().st_mode & 0o777 == 0o600
