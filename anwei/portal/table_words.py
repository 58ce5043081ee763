"""Words that the interface takes from tables of `anwei.standards`, where translation cannot find them.

The catalogue is made from literals in the code; a test keeps this list equal to the tables.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SECTORS = (
    _("煤矿"),
    _("非煤矿山"),
    _("危险化学品"),
    _("烟花爆竹"),
    _("建筑施工"),
    _("道路交通"),
    _("消防"),
    _("工贸"),
    _("燃气"),
)
WARNING_CLOCKS = (_("签收"), _("查明原因并处置"), _("无条款，默认值，可改"))
