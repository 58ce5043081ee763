"""How long rows are kept, how files are merged, and that others can read them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest

from anwei.monitoring.stream.samples import Batch, Samples
from anwei.monitoring.stream.store.embedded import EmbeddedStore
from anwei.monitoring.stream.store.errors import StoreUnreadable
from anwei.monitoring.stream.store.options import StoreOptions
from tests.stream.store.workload import DAY, START, batch, same

HOUR = 3_600_000


def steady(number: int, day: int, tags: int = 20) -> Batch:
    """One sample an hour of each tag, for one day."""
    tag, hour = np.repeat(np.arange(1, tags + 1, dtype=np.int32), 24), np.tile(np.arange(24), tags)
    value = tag + hour / 100
    ts = START + day * DAY + hour * HOUR
    return Batch("log", number, Samples(tag, ts, value, np.zeros(len(tag), np.uint8)))


def test_samples_go_before_their_rollups(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, clock=lambda: START, background=False)
    for day in range(6):
        store.append(steady(day + 1, day))
        store.flush()
    tags = np.array([3], np.int32)
    before = store.aggregate(tags, START, START + 6 * DAY, DAY)
    assert store.retain(START + 4 * DAY, START + 2 * DAY) == 2 * 2 + 2
    assert store.dump().ts.min() == START + 4 * DAY
    after = store.aggregate(tags, START, START + 6 * DAY, DAY)
    assert after["bucket"].tolist() == [START + day * DAY for day in range(2, 6)]
    for name in ("minimum", "maximum", "mean", "count", "last"):
        assert after[name].tobytes() == before[name][2:].tobytes()
    store.close()
    store = EmbeddedStore(tmp_path, background=False)
    assert store.aggregate(tags, START, START + 6 * DAY, DAY)["bucket"].tolist() == after["bucket"].tolist()
    assert store.retain(START + 4 * DAY, START + 2 * DAY) == 0
    store.close()


def test_the_background_work_drops_what_is_past_its_time_but_not_what_was_just_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANWEI_KEEP_SAMPLES_DAYS", "3")
    options = StoreOptions.from_environment()
    now = START
    store = EmbeddedStore(tmp_path, options=options, clock=lambda: now, background=False)
    for number, day in enumerate([-30, 0, 1, 2]):
        now = START + max(day, 0) * DAY
        store.append(steady(number + 1, day))
        store.flush()
    for day, kept in ((2, [-30, 0, 1, 2]), (3, [0, 1, 2]), (4, [1, 2]), (5, [2])):
        now = START + day * DAY + HOUR
        store._maintenance._work()  # one turn of the background thread
        assert np.unique((store.dump().ts - START) // DAY).tolist() == kept
    store.close()


@pytest.mark.parametrize("days", ["0", "-1", "ten"])
def test_a_senseless_time_to_keep_is_refused(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("ANWEI_KEEP_ROLLUPS_DAYS", days)
    with pytest.raises(ValueError, match="ANWEI_KEEP_ROLLUPS_DAYS"):
        StoreOptions.from_environment()


def test_a_flush_whose_tidying_fails_is_not_shown_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    store.append(steady(1, 0))
    with monkeypatch.context() as broken:
        broken.setattr(store._manifest, "checkpoint", _no_room)
        with pytest.raises(duckdb.IOException):
            store.flush()
    store.append(steady(2, 1))
    store.flush()
    tags = np.arange(1, 21, dtype=np.int32)
    assert store.aggregate(tags, START, START + DAY, DAY)["count"].tolist() == [24] * 20
    figures = store.figures()
    assert (figures["parts"], figures["hot_rows"], figures["file_rows"]) == (2, 0, 960)
    store.close()


def _no_room() -> None:
    raise duckdb.IOException("no room")


def test_equals_merge_with_equals_and_an_ended_day_becomes_one_part(tmp_path: Path) -> None:
    now = START + DAY // 2
    options = StoreOptions(merge_fan_in=3, settle_ms=1_000)
    store = EmbeddedStore(tmp_path, options=options, clock=lambda: now, background=False)
    for number in range(1, 12):
        part = steady(number, 0)
        store.append(Batch("log", number, Samples(*(getattr(part.samples, n)[number::12] for n in FIELDS))))
        store.flush()
        store.merge()
    assert store.figures()["parts"] == 3, "eleven is 102 in base three: one of nine, two of one"
    rows = store.dump()
    now = START + DAY + 2 * HOUR
    assert store.merge() == 1
    assert store.figures()["parts"] == 1
    assert same(store.dump(), rows)
    assert len(list(tmp_path.glob("samples/*/*.parquet"))) == 1, "merged files are removed"
    store.close()


FIELDS = ("tag", "ts", "value", "quality")


def test_a_buffer_sent_again_adds_no_row(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    for number in range(1, 4):
        store.append(steady(number, number))
        store.flush()
    rows, tags = store.dump(), np.arange(1, 21, dtype=np.int32)
    sums = store.aggregate(tags, START, START + 9 * DAY, DAY)
    for number in range(1, 4):
        store.append(Batch("log", number + 3, steady(number, number).samples))
    store.flush()
    assert store.figures()["file_rows"] == len(rows) == 3 * 480
    corrected = Samples(rows.tag[:5], rows.ts[:5], rows.value[:5] + 1, rows.quality[:5])
    store.append(Batch("log", 7, corrected))
    for move in (lambda: None, store.flush, lambda: store.merge(everything=True)):
        move()
        assert len(store.dump()) == len(rows)
        now = store.aggregate(tags, START, START + 9 * DAY, DAY)
        assert now["count"].tolist() == sums["count"].tolist()
        assert now["mean"][0] == pytest.approx(sums["mean"][0] + 5 / 24)
    store.close()


def test_files_nobody_names_are_removed_at_start(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    store.append(steady(1, 0))
    store.flush()
    rows = store.dump()
    store.close()
    (named,) = tmp_path.glob("samples/*/*.parquet")
    orphan = named.with_name("0-9-00000000.parquet")
    orphan.write_bytes(named.read_bytes()[:-7])
    store = EmbeddedStore(tmp_path, background=False)
    assert not orphan.exists()
    assert same(store.dump(), rows)
    store.close()


def test_one_owner_only(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    with pytest.raises(StoreUnreadable):
        EmbeddedStore(tmp_path, background=False)
    store.close()
    EmbeddedStore(tmp_path, background=False).close()


def test_the_mark_does_not_go_back(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    store.append(steady(7, 0))
    with pytest.raises(ValueError, match="go back"):
        store.append(steady(6, 0))
    store.append(Batch("log", 7, Samples.empty()))
    assert (store.mark("log"), store.mark("other")) == (7, 0)
    store.close()


def test_plain_duckdb_and_pyarrow_read_the_archive(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path, background=False)
    for number in range(1, 9):
        store.append(batch(3, number))
    store.flush()
    store.merge(everything=True)
    rows = store.dump()
    pattern = str(tmp_path / "samples" / "*" / "*.parquet")
    read = duckdb.sql(
        "SELECT tag, epoch_ms(ts) AS ts, coalesce(v / power(10, e), x) AS value, q AS quality"
        f" FROM read_parquet('{pattern}') ORDER BY tag, ts"
    ).fetchnumpy()
    assert read["ts"].tobytes() == rows.ts.tobytes()
    assert np.ma.getdata(read["value"]).tobytes() == rows.value.tobytes()
    assert read["quality"].tobytes() == rows.quality.tobytes()

    table = ds.dataset(tmp_path / "samples", partitioning="hive").to_table()
    scaled = pc.divide(pc.cast(table["v"], "float64"), pc.power(10.0, table["e"]))
    value = pc.coalesce(scaled, table["x"]).to_numpy()
    order = np.lexsort((table["ts"].to_numpy(), table["tag"].to_numpy()))
    assert value[order].tobytes() == rows.value.tobytes()

    counted = duckdb.sql(f"SELECT sum(n) FROM read_parquet('{tmp_path}/hourly/*/*.parquet')").fetchall()
    assert counted == [(int(((rows.quality == 0) & ~np.isnan(rows.value)).sum()),)]
    store.close()
