"""The register of fire extinguishers."""

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.org.register_rules import may_keep_registers
from tests.smallroom.models import Extinguisher

register(
    Ledger(
        code="extinguishers",
        label="灭火器台账",
        model=Extinguisher,
        key=("code",),
        parent="enterprise",
        may_write=may_keep_registers,
        columns=(
            Column("code", synonyms=("灭火器编号",), searched=True),
            Column("enterprise", display="enterprise__unit__name", synonyms=("单位名称", "企业名称")),
            Column("place", synonyms=("放置位置",)),
            Column("kilograms", synonyms=("公斤",), total=True),
            Column("checked_on", synonyms=("检验时间", "年检"), sensitive=True),
        ),
    )
)
