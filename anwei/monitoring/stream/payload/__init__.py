"""The shapes a payload may have, and how each becomes rows.

A device publishes one of these, as JSON or (the first byte tells) the same structure in MessagePack:

    {"ts": ms, "values": {"<tag>": number|bool|null, ...}}     one row; without "ts" it is stamped by the log
    [{"ts": ms, "values": {...}}, ...]                         several rows
    {"<tag>": number|bool|null, ...}                           one row stamped by the log
    {"ts": ms, "tags": ["<tag>", ...], "values": [...]}        compact: one row
    {"ts": [ms, ...], "tags": [...], "values": [[...], ...]}   compact: one inner list a time

A gateway, on its own topic, may also publish for the devices registered under it:

    {"<device>": [{"ts": ms, "values": {...}}, ...], ...}
    {"device": "<device>", "ts": ..., "tags": [...], "values": ...}
    {"ts": ..., "tags": ["<device>/<tag>", ...], "values": ...}

`ts` is in milliseconds since 1970 UTC. `ts` and `values` are reserved: they name no tag.
"""
