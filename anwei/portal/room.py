"""Room on the disk in sentences, for the status page and for `anwei status`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

LOW = 2 * 1024**3  # bytes free on the disk of the data folder
REPLAY_H = 72  # hours of messages that the log shall hold
SOON_DAYS, URGENT_DAYS = 30, 7  # until the disk is full
MUCH = 0.5  # of all bytes, from one of several devices


class Sentence(NamedTuple):
    """What to say; `kind` is "lost" (red) or "stale" (orange)."""

    text: str
    kind: str


def sentences(found: dict[str, Any], _: Callable[[str], str]) -> Iterator[Sentence]:
    """Yield what is to be said of the room that `status.collect` found, the gravest first; `_` translates."""
    stream, log, disk = found.get("stream"), found.get("log"), found.get("disk")
    if disk and disk["free"] < disk["log_reserve"]:
        text = _("磁盘已满，只剩 %(n)d MB：新的监测数据拒收，由设备留存重发；腾出空间后自动恢复。")
        yield Sentence(text % {"n": disk["free"] >> 20}, "lost")
    elif stream and stream.get("full"):
        yield Sentence(_("磁盘将满，监测数据暂不写入数据库，报警照常；请清理磁盘，之后自动补入。"), "lost")
    elif disk and disk["free"] < LOW:
        text = _("磁盘只剩 %(n)d MB，请尽快清理或扩容。")
        yield Sentence(text % {"n": disk["free"] >> 20}, "lost")
    elif disk and (days := disk["days_left"]) is not None and days < SOON_DAYS:
        text = _("按最近一天的速率，磁盘约 %(n)d 天后写满，请清理或扩容。")
        yield Sentence(text % {"n": days}, "lost" if days < URGENT_DAYS else "stale")
    if log and log["full"] and not (disk and disk["free"] < disk["log_reserve"]):
        text = _("消息日志已到上限 %(n)d MB：新的监测数据拒收，由设备留存重发；请查看数据流为何没有跟上。")
        yield Sentence(text % {"n": log["max_bytes"] >> 20}, "lost")
    elif log and log["hours"] is not None and log["hours"] < REPLAY_H:
        text = _("消息日志上限 %(n)d MB 按现在的速率只能保留 %(hours)d 小时，不足 %(wanted)d 小时。")
        text = text % {"n": log["max_bytes"] >> 20, "hours": log["hours"], "wanted": REPLAY_H}
        heaviest = (stream or {}).get("heaviest") or []
        if len(heaviest) > 1 and heaviest[0][1] > MUCH:
            device, share = heaviest[0]
            text += _("设备 %(device)s 占近期数据的 %(share)d%%，请核对它的上报周期。") % {
                "device": device,
                "share": share * 100,
            }
        yield Sentence(text, "stale")
