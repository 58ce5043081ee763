"""CPU, memory and machine facts from /proc."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil

TICK = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> dict[int, str]:
    """Return process ids of `pid` and its descendants with a short name each."""
    try:
        root = psutil.Process(pid)
        return {process.pid: _name(process) for process in [root, *root.children(recursive=True)]}
    except psutil.NoSuchProcess:
        return {}


def _name(process: psutil.Process) -> str:
    try:
        line = process.cmdline()
    except psutil.Error:
        return "?"
    words = [Path(word).name for word in line[:6]]
    for name in ("nats-server", "gate", "stream", "detect", "worker", "web", "uvicorn", "run"):
        if name in words or any(name in word for word in words):
            return "web" if name == "uvicorn" else name
    return words[0] if words else "?"


def cpu_seconds(pid: int) -> dict[str, float]:
    """Return user + system seconds by process name, ended children included."""
    seconds: dict[str, float] = {}
    for child, name in tree(pid).items():
        try:
            fields = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        seconds[name] = seconds.get(name, 0.0) + sum(map(int, fields[11:15])) / TICK
    return seconds


def memory_mib(pid: int) -> dict[str, float]:
    """Return proportional set size in MiB by process name."""
    sizes: dict[str, float] = {}
    for child, name in tree(pid).items():
        try:
            lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        for line in lines:
            if line.startswith("Pss:"):
                sizes[name] = round(sizes.get(name, 0.0) + int(line.split()[1]) / 1024, 1)
                break
    return sizes


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "load": os.getloadavg(),
    }


def percentile(values: list[float], share: float) -> float:
    """Return the `share` (0-1) percentile by linear interpolation; NaN when empty."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def spread(values: list[float], scale: float = 1.0) -> dict[str, float | int]:
    """Return count, p50, p99 and maximum."""
    return {
        "n": len(values),
        "p50": round(percentile(values, 0.5) * scale, 2),
        "p99": round(percentile(values, 0.99) * scale, 2),
        "max": round(max(values, default=float("nan")) * scale, 2),
    }
