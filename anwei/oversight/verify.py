"""Do published figures and briefings still say what their digests and the sealed log say; are all there?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from anwei.cases.verify import contribute_breaks
from anwei.ledgers.models import Change, GlobalHead
from anwei.ledgers.seal import Broken
from anwei.oversight.briefing import queries
from anwei.oversight.briefing.digest import digest_of
from anwei.oversight.models import Briefing, FrozenMonth
from anwei.oversight.services import freezing

Facts = tuple[Any, ...]


def published_breaks(*, files: bool = True) -> Iterator[Broken]:
    """Yield the frozen months and briefings that say something else than was sealed, or are gone."""
    yield from _month_breaks()
    yield from _briefing_breaks()


def _month_breaks() -> Iterator[Broken]:
    sealed = {(one.row, one.content["issue"]): _sealed(one) for one in _log(freezing.REGISTER)}
    for month in FrozenMonth.objects.prefetch_related("figures").order_by("pk"):
        told = freezing.digest_of_figures(month.figures.all())
        facts = (month.digest, month.frozen_at, month.frozen_by_id, month.reason)
        if told != month.digest or sealed.pop((month.key, month.issue), None) != facts:
            yield Broken(f"{freezing.REGISTER} {month.key}", month.issue, _("定版的数与封存的不符"))
    for key, issue in sealed:
        yield Broken(f"{freezing.REGISTER} {key}", issue, _("定版的这一期已被删除"))


def _briefing_breaks() -> Iterator[Broken]:
    changes = {one.row: one for one in _log(queries.REGISTER)}
    heads = dict(GlobalHead.objects.values_list("number", "digest"))
    for briefing in Briefing.objects.select_related("corrects").order_by("pk"):
        change = changes.pop(str(briefing.pk), None)
        told_ways = {digest_of(briefing), digest_of(briefing, reasons=False)}
        if (
            change is None
            or briefing.digest not in told_ways
            or not _is_as_sealed(briefing, change)
            or heads.get(briefing.head_number) != briefing.head_digest
        ):
            yield Broken(f"{queries.REGISTER} {briefing.pk}", briefing.version, _("通报与封存的不符"))
    for row, change in changes.items():
        yield Broken(f"{queries.REGISTER} {row}", change.number, _("通报已被删除"))


def _is_as_sealed(briefing: Briefing, change: Change) -> bool:
    """Say whether the columns beside the snapshot are as sealed that day; an old change has no post."""
    facts = (briefing.digest, briefing.made_at, briefing.made_by_id, briefing.reason)
    snapshot, content = briefing.snapshot, change.content
    return (
        facts == _sealed(change)
        and content["head"] == briefing.head_number
        and content["briefing"].rpartition(" ")[2] == str(briefing.version)
        and content.get("post", briefing.post_id) == briefing.post_id
        and (snapshot["year"], snapshot["months"]) == (briefing.year, briefing.months)
        and snapshot["as_of"] == briefing.as_of.isoformat()
    )


def _log(register: str) -> Iterator[Change]:
    """Return what the sealed log says was published."""
    return Change.objects.filter(register=register, content__has_key="digest").order_by("pk").iterator()


def _sealed(change: Change) -> Facts:
    return change.content["digest"], change.at, change.actor_id, change.reason


contribute_breaks(published_breaks)
