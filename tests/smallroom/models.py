"""Fire extinguishers, and orders to replace them."""

from django.db import models

from anwei.cases.models import Case
from anwei.org.scope import ScopeColumns, ScopedManager
from anwei.sites.models import Enterprise


class Extinguisher(models.Model):
    code = models.CharField("编号", max_length=20, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, verbose_name="企业")
    place = models.CharField("位置", max_length=60, blank=True)
    kilograms = models.PositiveIntegerField("药剂量", default=4)
    checked_on = models.DateField("检验日期", null=True, blank=True)
    objects = ScopedManager()
    scope = ScopeColumns("enterprise__unit__territory", "enterprise__sector", "enterprise_id")


class Replacement(Case):
    finding = models.CharField("更换情况", max_length=60, blank=True)
