"""A station: one MQTT connection, that of a gateway with the devices behind it or of a device by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from anwei.demo.plan import DevicePlan, enterprises
from anwei.demo.simulator.instrument import Instrument, speaks
from anwei.demo.simulator.noise import Seconds
from anwei.demo.simulator.script import Script
from anwei.demo.tables import table

HISTORY_STEP_S = 300.0
LATELY_S, LATELY_STEP_S = (
    3 * 86_400.0,
    60.0,
)  # spaced as live rows are, so that what is learned of them goes on
ROWS_A_MESSAGE = 500  # a few thousand samples a message, well below the broker's limit of 1 MiB


@dataclass(frozen=True)
class Message:
    """One payload for the station's topic and the number of samples in it."""

    payload: bytes
    n_samples: int


@dataclass
class Station:
    """The devices that one connection speaks for; the first is the one that connects."""

    devices: Sequence[DevicePlan]
    script: Script
    _due: dict[str, float] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Return the user name and topic of the connection."""
        return self.devices[0].code

    def history(self, start: float, end: float) -> Iterator[Message]:
        """Return the readings from `start` up to, not including, `end`: every five minutes, lately every one.

        Compact payloads: one list of tags, one of times and a table of values. The devices take turns, so
        that none of them is silent for long while the others send. Who reads less often is asked less often.
        """
        lately = max(start, end - LATELY_S)
        yield from self._recorded(start, lately, HISTORY_STEP_S)
        yield from self._recorded(lately, end, LATELY_STEP_S)

    def _recorded(self, start: float, end: float, step: float) -> Iterator[Message]:
        for first in np.arange(start, end, ROWS_A_MESSAGE * step):
            last = min(first + ROWS_A_MESSAGE * step, end)
            for device in self.devices:
                own = step if step == HISTORY_STEP_S else max(step, device.period_s)
                steps = np.arange(np.ceil(first / own), np.ceil(last / own))
                t = (steps * own).astype(np.float64)
                t = t[speaks(device, t)]
                if len(t):
                    columns = [Instrument(device, tag, self.script).read(t) for tag in device.tags]
                    yield self._compact(device, t, np.column_stack(columns).tolist())

    def _compact(self, device: DevicePlan, t: Seconds, values: list[list[float]]) -> Message:
        content = {
            "tags": [tag.code for tag in device.tags],
            "ts": (t * 1000).astype(np.int64).tolist(),
            "values": values,
        }
        if device.code != self.code:
            content["device"] = device.code
        return Message(msgspec.msgpack.encode(content), len(values) * len(device.tags))

    def next_due(self) -> float:
        """Return when the next reading is due (seconds since 1970); infinity before `go_live`."""
        return min(self._due.values(), default=float("inf"))

    def go_live(self, now: float) -> None:
        """Start the readings, and the opening scene where it plays here; periods start at whole multiples."""
        if table("script")["opening"][0]["device"] in {device.code for device in self.devices}:
            self.script.live_at = now
        self._due = {device.code: _following(now, device.period_s) for device in self.devices}

    def readings(self, now: float) -> Message | None:
        """Return the readings that are due, in the shape of a device or a gateway; None where nothing is.

        A reading that was missed because the machine slept is not made up for.
        """
        due = [device for device in self.devices if self._due[device.code] <= now]
        content, n_samples = {}, 0
        for device in due:
            at = np.array([now // device.period_s * device.period_s])
            self._due[device.code] = _following(now, device.period_s)
            if speaks(device, at)[0]:
                values = {
                    tag.code: float(Instrument(device, tag, self.script).read(at)[0]) for tag in device.tags
                }
                content[device.code] = [{"ts": int(at[0] * 1000), "values": values}]
                n_samples += len(values)
        if not content:
            return None
        alone = len(self.devices) == 1
        return Message(msgspec.json.encode(content[self.code] if alone else content), n_samples)


def _following(now: float, period_s: float) -> float:
    return (now // period_s + 1.0) * period_s


def stations(script: Script) -> list[Station]:
    """Return all stations, that of the opening scene first."""
    found = []
    for plan in enterprises():
        if plan.gateway:
            found.append(Station(plan.devices, script))
        else:
            found += [Station([device], script) for device in plan.devices]
    return found
