"""Where a thing lies: one pair in one system for every map, and the pair as it was given."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Datum(models.TextChoices):
    """The system in which a pair of coordinates was given; maps of phones shift theirs by 300-1,500 m."""

    CGCS2000 = "cgcs2000", _("国家 2000（WGS84）")
    GCJ02 = "gcj02", _("高德、腾讯（GCJ-02）")
    BD09 = "bd09", _("百度（BD-09）")


class Located(models.Model):
    """Something with a place: `longitude`, `latitude` in degrees, CGCS2000; `raw_…` as given in `datum`."""

    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    raw_longitude = models.FloatField(_("原始经度"), null=True, blank=True)
    raw_latitude = models.FloatField(_("原始纬度"), null=True, blank=True)
    datum = models.CharField(_("坐标系"), max_length=10, choices=Datum.choices, default=Datum.CGCS2000)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__isnull=False, latitude__isnull=False),
                name="%(class)s_has_both_coordinates",
            )
        ]
