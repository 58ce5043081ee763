"""The registers of this room: units, posts, people, and the roster that counties keep of all three."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from anwei.ledgers.declaration import Column, Ledger, register
from anwei.ledgers.masking import masked_if_phone
from anwei.org import register_rules as rules
from anwei.org.accounts.phones import guarded
from anwei.org.models import Holding, Person, Post, SectorDuty, Unit
from anwei.org.services import OrgError
from anwei.org.services.people import save_people
from anwei.org.services.roster import save_posts, save_roster
from anwei.org.services.sectors import save_sector_duties
from anwei.org.services.structure import save_units
from anwei.org.shared_phones import refuse_numbers_of_two
from anwei.org.unit_names import unit_speller, without_blanks
from anwei.org.unknown_units import doubt_alike_units, doubt_unknown_units

UNITS = register(
    Ledger(
        code="units",
        label=gettext_lazy("单位台账"),
        model=Unit,
        key=("name",),
        rows=rules.units_seen,
        related=("parent",),
        order=("territory", "kind", "name"),
        save=save_units,
        errors=(OrgError,),
        may_write=rules.may_keep_registers,
        sees=lambda person, row, values: rules.in_sight(person, values["territory"]),
        doubt_new=doubt_alike_units,
        ended=lambda day: {"closed_on": day},
        explanation=gettext_lazy("党委、政府、安委会及其办公室、部门、乡镇街道、村社区；企业另有台账。"),
        empty=gettext_lazy("从 Excel 导入，或逐个登记。"),
        columns=(
            Column(
                "name",
                label=gettext_lazy("单位名称"),
                synonyms=rules.UNIT_HEADERS,
                clean=without_blanks,
                respell=unit_speller,
                searched=True,
                example="示例县应急管理局",
            ),
            Column(
                "kind",
                synonyms=("单位类别", "单位类型", "单位性质", "类型"),
                choices=rules.public_unit_kinds,
                aliases=rules.UNIT_ALIASES,
                filtered=True,
            ),
            Column(
                "territory",
                choices=rules.territory_choices,
                synonyms=rules.PLACE_HEADERS,
                filtered="startswith",
            ),
            Column("short_name", synonyms=("单位简称",)),
            Column(
                "parent",
                display="parent__name",
                choices=rules.unit_choices,
                synonyms=("上级", "主管单位", "上级主管单位", "上级主管部门", "主管部门", "隶属单位"),
            ),
            Column(
                "duty_phone",
                synonyms=("值守电话", "24小时值班电话", "应急值班电话"),
                clean=rules.phone_number,
                example="13800000000",
                explanation=gettext_lazy("单位值班室的号码，不是个人手机；驾驶舱上可直接拨打"),
            ),
            Column("closed_on", synonyms=("撤销时间", "注销日期"), sensitive=True),
        ),
    )
)

POSTS = register(
    Ledger(
        code="posts",
        label=gettext_lazy("岗位台账"),
        model=Post,
        key=("unit", "title"),
        rows=rules.posts_seen,
        related=("unit",),
        order=("unit__territory", "unit__name", "pk"),
        save=save_posts,
        errors=(OrgError,),
        may_write=rules.may_keep_registers,
        explanation=gettext_lazy("责任落在岗位上（一岗双责），人换了岗位还在。"),
        empty=gettext_lazy("从 Excel 导入，或在单位台账登记单位后逐个登记。"),
        columns=(
            Column(
                "title",
                label=gettext_lazy("岗位"),
                synonyms=rules.POST_HEADERS,
                searched=True,
                example="分管安全副局长",
            ),
            Column(
                "unit",
                display="unit__name",
                choices=rules.unit_choices,
                synonyms=rules.UNIT_HEADERS,
                searched=True,
            ),
            Column(
                "kind",
                synonyms=("岗位性质", "岗位类型"),
                choices=rules.post_kinds,
                aliases=rules.POST_ALIASES,
                filtered=True,
                sensitive=True,
            ),
        ),
    )
)

PEOPLE = register(
    Ledger(
        code="people",
        label=gettext_lazy("人员台账"),
        model=Person,
        key=("username",),
        alike=("full_name", "phone"),
        rows=rules.people_seen,
        order=("full_name", "pk"),
        save=save_people,
        errors=(OrgError,),
        doubt=guarded,
        refuse_together=refuse_numbers_of_two,
        may_write=rules.may_keep_duties,
        explanation=gettext_lazy("有账号和没有账号的人员；任职在任职台账里登记。"),
        empty=gettext_lazy("从任职台账导入，人员随之登记。"),
        columns=(
            Column(
                "full_name",
                synonyms=rules.NAME_HEADERS,
                clean=without_blanks,
                searched=True,
                example="张三",
                sensitive=True,
            ),
            Column(
                "phone",
                synonyms=rules.PHONE_HEADERS,
                clean=rules.phone_number,
                personal=True,
                example="13800000000",
            ),
            Column(
                "username",
                label=gettext_lazy("账号"),
                synonyms=("用户名", "登录名"),
                required=False,
                personal=True,
                mask=masked_if_phone,
                explanation=gettext_lazy("不填则自动编号（登录用手机号即可）；再次导入时按账号认人"),
            ),
            Column("posts", label=gettext_lazy("现任"), value=rules.posts_now, editable=False),
        ),
    )
)

ROSTER = register(
    Ledger(
        code="roster",
        label=gettext_lazy("任职台账"),
        model=Holding,
        key=("unit", "title", "full_name"),
        rows=rules.holdings_seen,
        related=("person", "post__unit"),
        order=("post__unit__territory", "post__unit__name", "post__pk", "-from_on"),
        save=save_roster,
        errors=(OrgError,),
        doubt=guarded,
        doubt_new=doubt_unknown_units,
        refuse_together=refuse_numbers_of_two,
        meant=rules.term_meant,
        told_apart=("from_on",),
        may_write=rules.may_keep_registers,
        check=rules.check_days,
        logged_as=lambda holding: ("org.post", holding.post_id),
        explanation=gettext_lazy("谁在哪个单位任什么职、从何时到何时；单位、岗位、人员没有登记的随之登记。"),
        empty=gettext_lazy("把现有的人员名册（Excel）直接导入。"),
        columns=(
            Column(
                "unit",
                label=gettext_lazy("单位"),
                path="post__unit__name",
                synonyms=rules.UNIT_HEADERS,
                clean=without_blanks,
                respell=unit_speller,
                searched=True,
                required=True,
                example="示例县应急管理局",
            ),
            Column(
                "title",
                label=gettext_lazy("职务"),
                path="post__title",
                synonyms=("岗位", *rules.POST_HEADERS),
                searched=True,
                required=True,
                example="局长",
            ),
            Column(
                "full_name",
                label=gettext_lazy("姓名"),
                path="person__full_name",
                synonyms=rules.NAME_HEADERS,
                clean=without_blanks,
                searched=True,
                required=True,
                example="张三",
            ),
            Column(
                "phone",
                label=gettext_lazy("手机"),
                path="person__phone",
                synonyms=rules.PHONE_HEADERS,
                clean=rules.phone_number,
                personal=True,
                required=False,
                example="13800000000",
            ),
            Column(
                "from_on",
                synonyms=("任职时间", "任职日期", "任现职时间", "到任时间", "任职开始"),
                required=False,
                sensitive=True,
                explanation=gettext_lazy("不填为导入当天"),
            ),
            Column(
                "to_on",
                synonyms=("离任时间", "离任日期", "免职时间", "任职结束", "任期至"),
                sensitive=True,
                explanation=gettext_lazy("不填或“至今”为在任"),
            ),
            Column("term_on", synonyms=("任期届满日期", "任期截止"), shown=False),
            Column(
                "document",
                synonyms=("任命文件", "文号", "任职文号", "任免文号", "任免文件"),
                shown=False,
                longest=120,
            ),
            Column(
                "kind",
                label=gettext_lazy("岗位类别"),
                path="post__kind",
                choices=rules.post_kinds,
                aliases=rules.POST_ALIASES,
                required=False,
                filtered=True,
                shown=False,
                sensitive=True,
                explanation=gettext_lazy("不填则按职务判断"),
            ),
            Column(
                "unit_kind",
                label=gettext_lazy("单位类别"),
                path="post__unit__kind",
                synonyms=("单位性质", "单位类型"),
                choices=rules.unit_kinds,
                aliases=rules.UNIT_ALIASES,
                required=False,
                shown=False,
                explanation=gettext_lazy("新单位才用；不填则按名称判断"),
            ),
            Column(
                "territory",
                label=gettext_lazy("属地"),
                path="post__unit__territory",
                choices=rules.territory_choices,
                synonyms=rules.PLACE_HEADERS,
                required=False,
                shown=False,
                filtered="startswith",
                explanation=gettext_lazy("新单位才用；不填则按名称判断"),
            ),
        ),
    )
)

SECTOR_DUTIES = register(
    Ledger(
        code="sector-duties",
        label=gettext_lazy("行业监管分工"),
        model=SectorDuty,
        key=("sector", "unit"),
        rows=rules.duties_seen,
        related=("unit",),
        order=("sector", "-lead", "pk"),
        save=save_sector_duties,
        errors=(OrgError,),
        may_write=rules.may_keep_duties,
        logged_as=lambda duty: ("org.sector", duty.sector),
        explanation=gettext_lazy("三管三必须：每个行业由哪个部门牵头、哪些部门配合，依据哪份文件。"),
        empty=gettext_lazy("从 Excel 导入本县的分工文件，或逐条登记。"),
        columns=(
            Column(
                "sector",
                synonyms=("行业领域", "行业类别", "监管行业"),
                aliases=rules.SECTOR_ALIASES,
                filtered=True,
            ),
            Column(
                "unit",
                display="unit__name",
                choices=rules.regulator_choices,
                synonyms=("监管部门", "主管部门", "部门名称", "牵头部门", "责任部门"),
            ),
            Column("lead", synonyms=("是否牵头",), default=True),
            Column("from_on", synonyms=("起始", "开始日期"), explanation=gettext_lazy("不填为登记当天")),
            Column("document", synonyms=("文件", "分工文件"), explanation=gettext_lazy("本县的分工文件")),
        ),
    )
)
