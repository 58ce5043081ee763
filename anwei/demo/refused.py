"""What the stream refused of what a device sent: its own counts, asked where it runs on our data folder."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping

from django.utils.translation import gettext as _
from nats.aio.client import Client
from nats.errors import Error as NatsError

from anwei.datafolder import DataFolder
from anwei.monitoring.rejections import EXPLANATIONS
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.doors import Doors, StoreAway
from anwei.monitoring.stream.log import STREAM
from anwei.monitoring.stream.samples import Reason

CONNECT_S = 2.0
STORED_S = 30.0  # until all of the log is in the store
PAUSE_S = 0.1


def reject_counts(folder: DataFolder, device: str, *, since: int) -> Counter[Reason] | None:
    """Return the device's rejects by reason from the hour of `since` (ms) on, all of the log being stored.

    None where nothing runs on the folder, or the store does not come so far in time.
    """
    try:
        return asyncio.run(_counts(folder, device, since))
    except (StoreAway, NatsError, TimeoutError):
        return None


async def _counts(folder: DataFolder, device: str, since: int) -> Counter[Reason]:
    nc = await asyncio.wait_for(connect(folder, name="replay"), CONNECT_S)
    try:
        doors = Doors(nc)
        last = await _last_of_the_log(nc)
        async with asyncio.timeout(STORED_S):
            while (await doors.status())["stored_sequence"] < last:
                await asyncio.sleep(PAUSE_S)
        rows = await doors.reject_counts(since)
        return Counter({Reason(row["reason"]): row["count"] for row in rows if row["device"] == device})
    finally:
        await nc.close()


async def _last_of_the_log(nc: Client) -> int:
    reply = await nc.request(f"$JS.API.STREAM.INFO.{STREAM}", timeout=CONNECT_S)
    return int(json.loads(reply.data)["state"]["last_seq"])


def in_words(counts: Mapping[Reason, int]) -> str:
    """Return counts by reason as a list, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return _("、").join(f"{EXPLANATIONS[reason].label} {count:,}" for reason, count in ordered)


def split(counts: Mapping[Reason, int]) -> tuple[dict[Reason, int], dict[Reason, int]]:
    """Return what was refused, and what was stored but marked."""
    refused = {reason: count for reason, count in counts.items() if not EXPLANATIONS[reason].stored}
    return refused, {reason: count for reason, count in counts.items() if reason not in refused}
