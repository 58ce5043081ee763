"""What the status page says first: states that are no fault of a process but leave the county unprotected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.cases.clocks import county_calendar
from anwei.cases.sweep import stuck
from anwei.monitoring.columns import moment
from anwei.monitoring.lateness import behind, has_begun
from anwei.monitoring.services.positions import LOSS, REGISTER, position
from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Post
from anwei.org.scope import COUNTY_DIGITS
from anwei.portal.room import sentences
from anwei.portal.system import results
from anwei.portal.system.backups import is_due
from anwei.portal.tasks import BACKUP

N_NAMED = 5  # cases that one sentence names
LOSS_SHOWN = timedelta(days=7)  # as long as the stream keeps what can be read again


@dataclass(frozen=True)
class Worry:
    """One sentence with its remedy; `kind` is "lost" (red) or "stale" (orange)."""

    text: str
    kind: str
    url: str
    label: str

    @property
    def administers(self) -> bool:
        """Whether its remedy is a system administrator's page."""
        return self.url.startswith(reverse("system"))


def worries(found: dict[str, Any], now: datetime) -> Iterator[Worry]:
    """Yield what an official should mend today, the gravest first; `found` is what `status.collect` gave."""
    backup, gaps, stream = reverse("system_backup"), reverse("gaps"), found.get("stream")
    for sentence in sentences(found, _):
        yield Worry(sentence.text, sentence.kind, "", "")
    if (lost := position(LOSS)) and now - moment(lost) < LOSS_SHOWN:
        text = _("%(at)s 发现有报警或者早期预警没有记入记录：请在日志中查找原因，并核对当时的监测数据。")
        at = timezone.localtime(moment(lost)).strftime("%Y-%m-%d %H:%M")
        yield Worry(text % {"at": at}, "lost", "", "")
    if has_begun() and (late := behind(now)):
        text = _("%(late)s：此后的走势还没有看；机器太忙，或者进程停了。") % {"late": late}
        yield Worry(text, "stale", reverse("forecasts"), _("预警趋势"))
    if stream is not None and stream.get("register_version", 0) < (written := position(REGISTER)):
        text = _("登记的变更（版本 %(n)d）还没有送到数据流：新设备、新限值和停用的密钥尚未生效。")
        yield Worry(text % {"n": written}, "stale", "", "")
    duty = Post.objects.alias(digits=Length("unit__territory")).filter(
        kind=Post.Kind.DUTY, digits=COUNTY_DIGITS
    )
    if not duty.exists():
        yield Worry(_("没有县级值班岗：预警暂存，设岗后补发。"), "lost", gaps, _("去设岗"))
    elif not holdings_on(day_of(now)).filter(post__in=duty).exists():
        yield Worry(_("县级值班岗空缺：预警开启了也无人接报。"), "lost", gaps, _("去补人"))
    if numbers := stuck(now):
        text = _("%(n)d 件事项的催办升级没有进行（%(numbers)s）：请查看后台进程的日志。")
        shown = _("、").join(numbers[:N_NAMED])
        yield Worry(text % {"n": len(numbers), "numbers": shown}, "lost", "", "")
    for year in county_calendar().years_to_enter(day_of(now)):
        text = _("%(year)d 年的放假安排还没有录入，跨年的工作日时限只是暂估。") % {"year": year}
        yield Worry(text, "stale", f"{reverse('system_calendar')}?year={year}", _("去录入"))
    if not settings.DEMO and is_due(settings.DATA, now):  # a demo makes no backups
        yield Worry(
            _("七天内没有成功的恢复演练：备份能否恢复还没有证明。"), "lost", backup, _("备份与恢复演练")
        )
    made = results.last(settings.DATA, BACKUP)
    if made is not None and not made["ok"]:
        text = _("最近一次备份没有成功：%(error)s。") % {"error": made["error"].rstrip("。")}
        yield Worry(text, "lost", backup, _("备份与恢复演练"))
