"""The risk points of the fictional county: one at each key site, kept in check by the plant's own posts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from anwei.demo.tables import table
from anwei.org.models import Post
from anwei.sites.models import RiskControl, RiskPoint, Site

REVIEWED_EVERY = timedelta(days=365)
STAGGER_DAYS = 9  # so that a few reviews are due and most are not
ANSWERS = {
    RiskControl.Level.ENTERPRISE: Post.Kind.PRINCIPAL,
    RiskControl.Level.DEPARTMENT: Post.Kind.SAFETY,
}


def create_risk_points(sites: Mapping[str, Site], today: date) -> int:
    """Give every key site of a known kind its risk point with the two levels that answer; return how many."""
    by_kind = {kind: row for row in table("risks")["risk"] for kind in row["kinds"]}
    posts = {(post.unit_id, post.kind): post for post in Post.objects.filter(unit__kind="enterprise")}
    points = RiskPoint.objects.bulk_create(
        RiskPoint(
            site=site,
            code=f"FX-{site.code}",
            **{name: value for name, value in by_kind[site.kind].items() if name != "kinds"},
            review_on=today + REVIEWED_EVERY - timedelta(days=n * STAGGER_DAYS % 380),
        )
        for n, site in enumerate(site for site in sites.values() if site.kind in by_kind)
    )
    RiskControl.objects.bulk_create(
        RiskControl(point=point, level=level, post=post, title=post.title)
        for point in points
        for level, kind in ANSWERS.items()
        if (post := posts.get((point.site.unit_id, kind))) is not None
    )
    return len(points)
