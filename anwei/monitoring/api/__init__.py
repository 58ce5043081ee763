"""The JSON API at /api/v1: alarms, devices, tags, latest values and history, in the caller's scope."""
