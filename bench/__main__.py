"""`make bench`: live, burst, disk and queries; prints a table and writes bench-results/<time>.json."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from anwei.monitoring.stream.store.embedded import EmbeddedStore
from bench import bulk, live
from bench.account import machine
from bench.family import Family
from bench.load import Fleet

WEEK_S = 7 * 86_400


def with_family(n: int, per_device: int, work: Callable[[Family, Fleet], Any]) -> Any:
    """Start a family with `n` tags, run `work`, stop it."""
    family = Family(n, per_device)
    try:
        family.start()
        fleet = Fleet(family.mqtt_port, family.keys)
        try:
            return work(family, fleet)
        finally:
            fleet.close()
    finally:
        family.stop()


def history(family: Family, fleet: Fleet) -> dict[str, Any]:
    """A week at 60 s, then compaction, bytes a sample and queries."""
    now = int(time.time()) // 60 * 60_000
    start = now - WEEK_S * 1000
    empty = family.disk_bytes()
    found = bulk.load(
        family, fleet, samples=family.n_tags * WEEK_S // 60, per_message=500, start=start, step=60_000
    )
    found["queries_before_compaction_ms"] = bulk.queries(family, now)
    family.pause()
    compact(family)
    found["bytes_per_sample"] = round((family.disk_bytes() - empty) / found["samples"], 3)
    family.resume()
    found["queries_ms"] = bulk.queries(family, now)
    return found


def compact(family: Family) -> None:
    """Flush and merge as the store does by itself within a day; the family does not run meanwhile."""
    store = EmbeddedStore(family.root / "telemetry")
    store.flush()
    store.merge(everything=True)
    store.close()


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", default="1000,10000,100000", help="tag counts, comma separated; '' skips")
    parser.add_argument("--ticks", type=int, default=30, help="seconds of live load")
    parser.add_argument("--burst", default="1000,10000,100000")
    parser.add_argument("--burst-samples", type=int, default=5_000_000)
    parser.add_argument("--per-message", default="100,500")
    parser.add_argument("--no-history", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("bench-results"))
    options = parser.parse_args()
    results: dict[str, Any] = {"machine": machine(), "live": [], "burst": []}
    for n in map(int, filter(None, options.live.split(","))):
        per_device = max(50, n // 200)

        def run_live(family: Family, fleet: Fleet) -> Any:
            return live.run(family, fleet, ticks=options.ticks, events=300, poll=True) | {
                "provision_s": round(family.provision_seconds, 1)
            }

        results["live"].append(with_family(n, per_device, run_live))
        print("live", json.dumps(results["live"][-1]), flush=True)
    for n in map(int, filter(None, options.burst.split(","))):
        for per_message in map(int, options.per_message.split(",")):
            step = max(1, 3_500_000 * n // options.burst_samples)

            run_burst = partial(
                bulk.load,
                samples=options.burst_samples,
                per_message=per_message,
                start=int(time.time() * 1000) - 3_600_000,
                step=step,
            )
            results["burst"].append(with_family(n, min(per_message, max(50, n // 200)), run_burst))
            print("burst", json.dumps(results["burst"][-1]), flush=True)
    if not options.no_history:
        results["history"] = with_family(1000, 50, history)
        print("history", json.dumps(results["history"]), flush=True)
    options.out.mkdir(exist_ok=True)
    file = options.out / time.strftime("%Y-%m-%dT%H%M%SZ.json", time.gmtime())
    file.write_text(json.dumps(results, indent=1))
    print(table(results))
    print(file)


def table(results: dict[str, Any]) -> str:
    """Return the figures as one Markdown table a phase."""
    lines = [
        "| live: tags | samples/server CPU-s | pushed p50/p99 ms | polled p50/p99 ms | found | missed | false | repeated | MiB |"
    ]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    for row in results["live"]:
        pushed, polled = row["pushed_latency_ms"], row["polled_latency_ms"]
        lines.append(
            f"| {row['tags']:,} | {row['samples_per_server_cpu_s']:,} | {pushed['p50']} / {pushed['p99']} | "
            f"{polled['p50']} / {polled['p99']} | {row['found']}/{row['expected']} | {row['missed']} | {row['false']} | "
            f"{row['repeated']} | {sum(row['memory_mib'].values()):.0f} |"
        )
    lines += [
        "",
        "| burst: tags | per message | samples/server CPU-s | samples/s stored |",
        "|---|---|---|---|",
    ]
    for row in results["burst"]:
        rate = round(row["samples"] / row["stored_s"])
        lines.append(
            f"| {row['tags']:,} | {row['per_message']} | {row['samples_per_server_cpu_s']:,} | {rate:,} |"
        )
    if found := results.get("history"):
        lines += [
            "",
            f"history: {found['samples']:,} samples, {found['bytes_per_sample']} bytes/sample; queries p50/p99 ms: ",
        ]
        lines[-1] += ", ".join(f"{name} {q['p50']}/{q['p99']}" for name, q in found["queries_ms"].items())
    return "\n".join(lines)


if __name__ == "__main__":
    main()
