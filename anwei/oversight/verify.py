"""Do published figures and briefings still say what their digests and the sealed log say?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from anwei.cases.verify import contribute_breaks
from anwei.ledgers.models import Change
from anwei.ledgers.seal import Broken
from anwei.oversight.briefing import queries
from anwei.oversight.briefing.digest import digest_of
from anwei.oversight.models import Briefing, FrozenMonth
from anwei.oversight.services import freezing


def published_breaks(*, files: bool = True) -> Iterator[Broken]:
    """Yield the frozen months and briefings that say something else than was sealed when they were made."""
    sealed = _sealed(freezing.REGISTER)
    for month in FrozenMonth.objects.prefetch_related("figures").order_by("pk"):
        told = freezing.digest_of_figures(month.figures.all())
        if told != month.digest or (month.key, month.digest) not in sealed:
            yield Broken(f"{freezing.REGISTER} {month.key}", month.issue, _("定版的数与封存的不符"))
    sealed = _sealed(queries.REGISTER)
    for briefing in Briefing.objects.select_related("corrects").order_by("pk"):
        told_ways = {digest_of(briefing), digest_of(briefing, reasons=False)}
        if briefing.digest not in told_ways or (str(briefing.pk), briefing.digest) not in sealed:
            yield Broken(f"{queries.REGISTER} {briefing.pk}", briefing.version, _("通报与封存的不符"))


def _sealed(register: str) -> set[tuple[str, str]]:
    """Return rows with the digests that stand in the sealed log."""
    rows = Change.objects.filter(register=register, content__has_key="digest")
    return {(row, content["digest"]) for row, content in rows.values_list("row", "content")}


contribute_breaks(published_breaks)
