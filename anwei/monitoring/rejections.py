"""Why a value was refused or doubted, in words: what it means and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from anwei.monitoring.stream.samples import Reason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Explanation:
    """One reason as the page says it; `stored` tells a doubtful value that was kept from a refused one."""

    label: _StrPromise
    meaning: _StrPromise
    remedy: _StrPromise
    stored: bool = False


EXPLANATIONS = {
    Reason.UNKNOWN_DEVICE: Explanation(
        _("未登记设备"),
        _("设备编码不在台账中，或已停用。"),
        _("在监测设备中登记，或改正现场填写的设备编码。"),
    ),
    Reason.UNKNOWN_TAG: Explanation(
        _("未登记测点"), _("设备已登记，但这个测点编码没有。"), _("补登测点，或改正网关里的测点编码。")
    ),
    Reason.NOT_A_NUMBER: Explanation(
        _("不是数值"), _("值既不是数字，也不是真假或空。"), _("检查网关的数据类型，文本状态不要当数值上传。")
    ),
    Reason.OUT_OF_RANGE: Explanation(
        _("超出量程"),
        _("值超出传感器量程，已保存并标记：越过限值的照样报警，但不作为恢复的依据。"),
        _("核查传感器是否断线、漂移，或量程登记有误。"),
        stored=True,
    ),
    Reason.FUTURE: Explanation(
        _("时间超前"),
        _("时间比服务器超前 5 分钟以上，已保存并标记，不参与报警。"),
        _("给现场主机对时。"),
        stored=True,
    ),
    Reason.WRONG_TIME_UNIT: Explanation(
        _("时间单位有误"), _("时间应为毫秒，收到的像是秒或微秒。"), _("把 ts 改为自 1970 年起的毫秒数。")
    ),
    Reason.OVERSIZE: Explanation(
        _("消息过大"), _("一条消息超过允许的大小，整条拒收。"), _("减少每条消息的测点或时刻数，分条上传。")
    ),
    Reason.MALFORMED: Explanation(
        _("格式有误"), _("不是约定的 JSON 或 MessagePack，整条拒收。"), _("对照设备页的报文样例检查格式。")
    ),
    Reason.FOREIGN_TOPIC: Explanation(
        _("主题不符"),
        _("设备向不属于自己的主题发布，被消息服务拒绝。"),
        _("主题改为 telemetry/ 加本设备编码。"),
    ),
    Reason.NOT_A_MEMBER: Explanation(
        _("不属于该网关"), _("网关代报了没有挂在它名下的设备。"), _("在设备台账中把该设备挂到网关名下。")
    ),
    Reason.QOS0: Explanation(
        _("未要求回执"), _("以 QoS 0 发布，无法保证送达，因此不保存。"), _("把发布的 QoS 改为 1。")
    ),
    Reason.LATE: Explanation(
        _("迟到数据"),
        _("时间不晚于该测点已有的最新值：断线后补传、重复发送，或现场时钟倒退。已保存，不算设备在线。"),
        _("断线补传无需处理；持续出现时给现场主机对时。"),
        stored=True,
    ),
    Reason.TOO_OLD: Explanation(_("数据过旧"), _("早于允许补传的时段。"), _("更早的数据请用文件导入。")),
}
