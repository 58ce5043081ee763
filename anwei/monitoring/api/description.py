"""What the OpenAPI description says beside what django-ninja derives: tokens, problems, telemetry."""

from __future__ import annotations

from typing import Any

TELEMETRY_PATH = "/api/v1/telemetry/{device}"
SECURITY_SCHEMES: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer", "description": "made by `anwei token create USER`"},
    "device": {"type": "http", "scheme": "bearer", "description": "the device's key, shown once"},
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "a sentence in the caller's language"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


TELEMETRY: dict[str, Any] = {
    "post": {
        "operationId": "post_telemetry",
        "summary": "Send samples of a device",
        "tags": ["telemetry"],
        "security": [{"device": []}],
        "description": "The same bodies as MQTT. Answered only after the message is on disk; "
        "send it again after 503: a sample that arrives twice is kept once.",
        "parameters": [{"name": "device", "in": "path", "required": True, "schema": {"type": "string"}}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {},
                    "examples": {
                        "one time": {"value": {"ts": 1764000000000, "values": {"ch4": 0.42}}},
                        "several": {"value": [{"ts": 1764000000000, "values": {"ch4": 0.42}}]},
                        "stamped on arrival": {"value": {"ch4": 0.42}},
                        "a gateway": {
                            "value": {"device-1": [{"ts": 1764000000000, "values": {"ch4": 0.42}}]}
                        },
                    },
                }
            },
        },
        "responses": {
            "200": {"description": "durable"},
            "401": _problem("unknown or revoked device, wrong key"),
            "413": _problem("larger than 1 MiB"),
            "503": _problem("not stored; come back after Retry-After"),
        },
    }
}


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the derived description with security, errors and the telemetry door."""
    components = schema.setdefault("components", {})
    components.setdefault("securitySchemes", {}).update(SECURITY_SCHEMES)
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["security"] = [{"token": []}]
            operation["responses"]["default"] = _problem("any error")
    schema["paths"][TELEMETRY_PATH] = TELEMETRY
    return schema
