"""What the neighbours of an enterprise tell: how much went wrong at others of its sector in its township."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.analytics.tables import harms_between, population
from anwei.ledgers.services import county_setting
from anwei.org.models import Person
from anwei.org.roster import TOWNSHIP_DIGITS
from anwei.sites.features import Feature, Ground, Values, contribute_features
from anwei.sites.models import Enterprise
from anwei.sites.then import enterprises_then
from anwei.standards.watch import WATCH, watch_rules

YEAR = timedelta(days=365)
FEWEST = 3  # other enterprises of the kind: of fewer a rate says nothing


def _kinds() -> tuple[str, ...]:
    return watch_rules(county_setting(WATCH, {})).harms


def _neighbours(at: datetime) -> dict[int, tuple[str, str]]:
    """Return sector and township of every enterprise that counted."""
    rows = enterprises_then(at, population(at), "sector", "territory")
    return {key: (row["sector"], row["territory"][:TOWNSHIP_DIGITS]) for key, row in rows.items()}


def neighbours_harmed(at: datetime, enterprises: QuerySet[Enterprise]) -> Values:
    """Return how often in a year something happened to the others of the same sector and township, each."""
    groups = _neighbours(at)
    own = {key: len(found) for key, found in harms_between(at - YEAR, at, at, _kinds()).items()}
    n_all, n_harms = Counter(groups.values()), Counter[tuple[str, str]]()
    for key, n in own.items():
        if key in groups:
            n_harms[groups[key]] += n
    found: dict[int, float] = {}
    for key in enterprises.order_by().values_list("pk", flat=True):
        group = groups.get(key)
        if group is None or (others := n_all[group] - 1) < FEWEST:
            continue
        found[key] = (n_harms[group] - own.get(key, 0)) / others
    return found


def _grounds(at: datetime, enterprise: Enterprise, person: Person) -> Iterator[Ground]:
    groups = _neighbours(at)
    seen = set(Enterprise.objects.visible_to(person).values_list("pk", flat=True))
    group = groups.get(enterprise.pk)
    for key, harms in harms_between(at - YEAR, at, at, _kinds()).items():
        if key != enterprise.pk and key in seen and groups.get(key) == group:
            yield from (Ground(harm.at, harm.words, harm.address) for harm in harms)


contribute_features(
    Feature(
        "neighbours_harmed",
        gettext_lazy("同乡镇同行业其他企业近一年出事"),
        lambda rate: (
            _("同乡镇同行业其他企业，近一年平均每家发生 %(rate)s 起重大隐患、红色预警或者事故")
            % {"rate": f"{rate:.2f}"}
        ),
        neighbours_harmed,
        otherwise=None,
        grounds=_grounds,
    )
)
