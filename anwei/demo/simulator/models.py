"""All models by the name that measurands.toml uses."""

from __future__ import annotations

from anwei.demo.simulator import air, earth, machines, stores, tanks
from anwei.demo.simulator.circumstances import Model

MODELS: dict[str, Model] = {
    "methane": air.methane,
    "gas": air.gas,
    "oxygen": air.oxygen,
    "airspeed": air.airspeed,
    "fan_pressure": air.fan_pressure,
    "air_temperature": air.air_temperature,
    "leak": air.leak,
    "level": tanks.level,
    "liquid_temperature": tanks.liquid_temperature,
    "vapour_pressure": tanks.vapour_pressure,
    "blanket_pressure": tanks.blanket_pressure,
    "water_pressure": tanks.water_pressure,
    "batch": tanks.batch,
    "condensing_pressure": tanks.condensing_pressure,
    "filter_pressure": tanks.filter_pressure,
    "store_temperature": stores.store_temperature,
    "store_humidity": stores.store_humidity,
    "cold_room": stores.cold_room,
    "rainfall": earth.rainfall,
    "pond_level": earth.pond_level,
    "beach_length": earth.beach_length,
    "freeboard": earth.freeboard,
    "phreatic_depth": earth.phreatic_depth,
    "creep": earth.creep,
    "blast_vibration": earth.blast_vibration,
    "crane_moment": machines.crane_moment,
    "wind": machines.crane_wind,
    "vehicle_speed": machines.vehicle_speed,
    "driving_time": machines.driving_time,
    "brake_temperature": machines.brake_temperature,
    "supply_voltage": machines.supply_voltage,
}
