"""What stands in a plant, as registers: equipment, processes, cameras."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import may_keep_registers
from anwei.sites.models import Camera, Equipment, Process
from anwei.sites.registers.columns import in_order
from anwei.sites.registers.owners import ENTERPRISE, register_of_files
from anwei.sites.registers.risks import SITE

EQUIPMENT = register_of_files(
    Ledger(
        code="equipment",
        label=gettext_lazy("设备台账"),
        model=Equipment,
        key=("enterprise", "code"),
        beneath=("name", "kind", "inspection_due_on"),
        order=("enterprise__unit__name", "code", "pk"),
        confirmed=("enterprise", "code", "name", "kind", "registration", "inspection_due_on", "in_use"),
        ended=lambda day: {"in_use": False},
        check=in_order("inspected_on", "inspection_due_on", gettext_lazy("下次检验日期不能早于检验日期")),
        explanation=gettext_lazy("须定期检验的设备（特种设备安全法第四十条）；快到检验日期的列入到期清单。"),
        empty=gettext_lazy("从 Excel 导入特种设备清单，或逐台登记。"),
        columns=(
            ENTERPRISE,
            Column(
                "code", synonyms=("编号", "设备代码", "内部编号", "出厂编号"), searched=True, example="TS-01"
            ),
            Column("name", synonyms=("名称", "设备"), searched=True, example="1 号锅炉"),
            Column("kind", synonyms=("设备种类", "设备品种", "设备类型", "类别")),
            Column("registration", synonyms=("登记证编号", "使用证号", "使用登记编号"), shown=False),
            Column("inspected_on", synonyms=("检验时间", "上次检验日期", "最近检验日期"), shown=False),
            Column("inspection_due_on", synonyms=("下次检验时间", "检验有效期", "检验到期日", "下检日期")),
            Column("in_use", synonyms=("是否在用", "使用状态"), filtered=True),
        ),
    )
)

PROCESSES = register_of_files(
    Ledger(
        code="processes",
        label=gettext_lazy("危险化工工艺台账"),
        model=Process,
        key=("enterprise", "name"),
        beneath=("name", "regulated", "interlocked"),
        order=("enterprise__unit__name", "pk"),
        confirmed=("enterprise", "name", "regulated", "automated", "interlocked"),
        explanation=gettext_lazy(
            "重点监管的危险化工工艺（安监总管三〔2009〕116号、〔2013〕3号）和自动控制、安全联锁。"
        ),
        empty=gettext_lazy("从 Excel 导入，或逐项登记。"),
        columns=(
            ENTERPRISE,
            Column("name", synonyms=("工艺", "名称", "生产工艺"), searched=True, example="合成氨"),
            Column(
                "regulated",
                synonyms=("重点监管危险化工工艺", "危险工艺名称", "目录名称"),
                explanation=gettext_lazy("两批目录里的名称，如“合成氨工艺”；不在目录里的留空"),
                example="合成氨工艺",
            ),
            Column("automated", synonyms=("是否自动化控制", "DCS", "自动控制")),
            Column("interlocked", synonyms=("安全联锁", "SIS", "是否设置SIS")),
        ),
    )
)

CAMERAS = register(
    Ledger(
        code="cameras",
        label=gettext_lazy("视频监控台账"),
        model=Camera,
        key=("code",),
        parent="site",
        narrowed_by=(("enterprise", "site__enterprise"),),
        beneath=("name", "code"),
        related=("site__enterprise__unit", "site__unit"),
        order=("site", "code"),
        may_write=may_keep_registers,
        explanation=gettext_lazy("摄像头的编码和地址；画面由已有的流媒体服务给出，没有的留空。"),
        empty=gettext_lazy("从 Excel 导入，或逐个登记；场所须先在台账里。"),
        columns=(
            Column("name", synonyms=("名称", "摄像头名称", "点位名称"), searched=True),
            Column("code", synonyms=("设备编码", "国标编码", "编号", "摄像头编码"), searched=True),
            SITE,
            Column("stream_url", synonyms=("播放地址", "视频地址", "流地址"), shown=False),
            Column("snapshot_url", synonyms=("抓图地址", "截图地址"), shown=False),
        ),
    )
)
