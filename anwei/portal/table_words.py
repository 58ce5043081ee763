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
LIVE_FACTS = (
    _("红色报警"),
    _("处置险情，使数值回到正常"),
    _("橙色报警"),
    _("黄色报警"),
    _("蓝色报警"),
    _("监测离线"),
    _("恢复监测联网"),
    _("未销号的重大隐患"),
    _("完成整改并销号"),
    _("逾期未整改的重大隐患"),
    _("逾期未整改的一般隐患"),
    _("过期的许可证照"),
    _("办理延期或换证"),
    _("无有效证件的特种作业人员"),
    _("调离岗位或取得有效证件"),
    _("没有责任人"),
    _("明确责任人"),
    _("申报中的特殊作业"),
    _("作业结束并验收"),
    _("申报中的特级动火等高风险作业"),
    _("到期未复评的风险评估"),
    _("完成复评"),
    _("尚未评定静态风险等级"),
    _("完成风险评估"),
    _("一级重大危险源"),
    _("降低存量后重新辨识分级"),
    _("二级重大危险源"),
)
