"""Forms of registers as people send them, and answers to what they proposed."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from anwei.ledgers.models import Proposal


def sent(client: Client, code: str, row: Any = None, *, reason: str = "扩容", **typed: str) -> Any:
    """Open the form of a row (or of a new one beneath the enterprise), change fields, send it."""
    address = reverse("ledger_edit", args=[code, row.pk]) if row else reverse("ledger_new", args=[code])
    page = client.get(address)
    fields = {field.column.name: field.text for field in page.context["fields"]}
    return client.post(
        address, {**fields, "seen": page.context["seen"], "confirmed": "1", "reason": reason, **typed}
    )


def decided(client: Client, proposal: Proposal, act: str, note: str = "") -> int:
    answer = client.post(reverse("proposal_decide", args=[proposal.pk, act]), {"note": note})
    proposal.refresh_from_db()
    return answer.status_code
