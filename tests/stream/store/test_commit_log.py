"""The commit log gives back every acknowledged record, once and in order, whatever a crash left at its end."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from anwei.monitoring.stream.store.commit_log import HEADER, CommitLog


def reopen(folder: Path, after: int = 0) -> tuple[CommitLog, list[bytes]]:
    log = CommitLog(folder, after=after)
    return log, list(log.replay())


def written(folder: Path, *payloads: bytes) -> CommitLog:
    log, _ = reopen(folder)
    for payload in payloads:
        log.append(payload)
    return log


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.log"))


def test_records_come_back_in_order_across_segments(tmp_path: Path) -> None:
    log = written(tmp_path, b"a", b"b")
    log.rotate()
    assert log.append(b"") == 3
    log.close()
    log, found = reopen(tmp_path)
    assert found == [b"a", b"b", b""]
    assert log.append(b"d") == 4
    assert reopen(tmp_path, after=2)[1] == [b"", b"d"]


@pytest.mark.parametrize("kept", range(1, HEADER.size + 3))
def test_a_torn_record_is_dropped_and_its_number_used_again(tmp_path: Path, kept: int) -> None:
    written(tmp_path, b"whole", b"torn").close()
    (segment,) = segments(tmp_path)
    os.truncate(segment, HEADER.size + len(b"whole") + kept)
    log, found = reopen(tmp_path)
    assert found == [b"whole"]
    assert log.append(b"again") == 2
    log.close()
    assert reopen(tmp_path)[1] == [b"whole", b"again"]


def test_a_flipped_bit_ends_the_replay_there(tmp_path: Path) -> None:
    log = written(tmp_path, b"a", b"b")
    log.rotate()
    log.append(b"c")
    log.close()
    first, second = segments(tmp_path)
    content = bytearray(first.read_bytes())
    content[-1] ^= 1
    first.write_bytes(content)
    log, found = reopen(tmp_path)
    assert found == [b"a"], "what follows is fetched again from the broker's log"
    assert not second.exists()
    assert second.with_suffix(".damaged").exists()
    assert log.append(b"b") == 2
    log.close()
    assert reopen(tmp_path)[1] == [b"a", b"b"]


def test_a_failed_write_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = written(tmp_path, b"a")
    with monkeypatch.context() as patch:
        # The disk cannot be made to fail at will here; the record itself is really written.
        patch.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "fails")))
        with pytest.raises(OSError, match="fails"):
            log.append(b"never acknowledged")
    assert log.append(b"b") == 2
    log.close()
    assert reopen(tmp_path)[1] == [b"a", b"b"]


def test_stored_records_are_forgotten(tmp_path: Path) -> None:
    log = written(tmp_path, b"a", b"b")
    through, size = log.rotate(), log.n_bytes
    log.append(b"c")
    log.forget(through, size)
    assert len(segments(tmp_path)) == 1
    assert log.n_bytes == HEADER.size + 1
    log.close()
    assert reopen(tmp_path, after=through)[1] == [b"c"]
