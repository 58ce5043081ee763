"""An instrument: the model's truth as the sensor reports it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from anwei.demo.plan import DevicePlan, TagPlan
from anwei.demo.simulator.circumstances import Circumstances
from anwei.demo.simulator.faults import DRIFT_SHARE, faults
from anwei.demo.simulator.models import MODELS
from anwei.demo.simulator.noise import Seconds, Series
from anwei.demo.simulator.script import Script
from anwei.standards.setpoints import setpoint

NEAR_LIMIT = 0.8  # a concealed sensor lets go of the truth at this share of the limit
OFFSET_READING = 0.01  # what it reads then, as a share of the limit: a sensor in clean air


@dataclass(frozen=True)
class Instrument:
    """One tag of one device under a script."""

    device: DevicePlan
    tag: TagPlan
    script: Script

    def truth(self, t: Seconds) -> Series:
        """Return what a perfect sensor would read."""
        site = zlib.crc32(self.device.code.encode())
        here = Circumstances(self.tag.seed, site, self.script.upset((self.device.code, self.tag.code)))
        return MODELS[self.tag.row["model"]](t, here, **self.tag.parameters)

    def read(self, t: Seconds) -> Series:
        """Return what is reported: with the faults of the instrument, inside its range, at its resolution."""
        low, high = self.tag.row["range"]
        value = self._faulty(t, self._concealed(t, self.truth(t)))
        inside = np.asarray(np.clip(value, low, high), np.float64)
        return np.round(inside, self.tag.row["decimals"]) + 0.0  # no -0.0

    def _concealed(self, t: Seconds, value: Series) -> Series:
        events = self.script.events((self.device.code, self.tag.code), float(t.min()), float(t.max()))
        limits = [setpoint(rule["setpoint"]).value for rule in self.tag.row["rules"] if rule["kind"] == "h"]
        if not limits or limits[0] is None:
            return value
        for event in events:
            if event.concealed:
                hidden = (t >= event.start) & (t <= event.end) & (value >= NEAR_LIMIT * limits[0])
                value = np.where(hidden, OFFSET_READING * limits[0], value)
        return value

    def _faulty(self, t: Seconds, value: Series) -> Series:
        low, high = self.tag.row["range"]
        for fault in faults(self.device.code, self.tag.code, float(t.min()), float(t.max())):
            during = (t >= fault.start) & (t <= fault.end)
            if fault.kind == "flat":
                value = np.where(during, self.truth(np.array([fault.start]))[0], value)
            else:
                walked = (t - fault.start) / (fault.end - fault.start)
                value = np.where(during, value - DRIFT_SHARE * (high - low) * walked, value)
        return value


def speaks(device: DevicePlan, t: Seconds) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return at which moments the device sends at all."""
    silent = np.zeros(len(t), np.bool_)
    for fault in faults(device.code, "", float(t.min()), float(t.max())):
        silent |= (t >= fault.start) & (t <= fault.end)
    return ~silent
