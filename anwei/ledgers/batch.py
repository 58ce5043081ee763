"""One act on many rows: a column of the chosen ones is set, each with its change and the common reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.cells import Choosing
from anwei.ledgers.declaration import Ledger, needs_reason
from anwei.ledgers.importing import sentence_of
from anwei.ledgers.saving import Edit

MAX_ROWS = 500


class NotDone(ValueError):
    """Nothing was changed; the text is a sentence for the user."""


@transaction.atomic
def change_column(
    ledger: Ledger, keys: Sequence[str], name: str, value: str, *, actor: Any, now: datetime, reason: str
) -> int:
    """Set the choice `value` in column `name` of the visible rows with these keys; return how many changed.

    Raises NotDone: nothing chosen, no such choice, a missing reason, or a refusal of the room's service.
    """
    column = next((each for each in ledger.columns if each.bulk and each.name == name), None)
    if column is None or not keys:
        raise NotDone(_("请先勾选要修改的行，再选择改成什么。"))
    if len(keys) > MAX_ROWS:
        raise NotDone(_("一次最多修改 %(n)d 条。") % {"n": MAX_ROWS})
    values = [each for each, _text in Choosing(column, actor).pairs if str(each) == value]
    if not values:
        raise NotDone(_("请选择改成什么。"))
    if column.sensitive and not reason.strip():
        raise NotDone(needs_reason([column.label]))
    rows = ledger.visible(actor).select_for_update(of=("self",)).filter(pk__in=keys)
    edits = [Edit(row, {name: values[0]}) for row in rows if column.of(row) != values[0]]
    try:
        ledger.write(edits, actor=actor, now=now, reason=reason.strip()[:200])
    except ledger.refusals as error:
        raise NotDone(sentence_of(error)) from error
    return len(edits)
