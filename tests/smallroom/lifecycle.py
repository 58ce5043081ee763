"""The life of an order to replace."""

from anwei.cases.kinds import Kind, register
from anwei.cases.lifecycle import Lifecycle, Need, Phase, Role, Transition
from tests.smallroom.models import Replacement

A, R, C = Phase.ACTING, Phase.REVIEW, Phase.CLOSED
FINDING, PHOTO = (
    Need("finding", "更换情况"),
    Need("evidence", "照片", "evidence", False, taken_at=True, place=True),
)
LIFE = Lifecycle(
    A,
    (
        Transition("finish", A, R, Role.IMPLEMENTER, label="报完成", line="已更换", needs=(PHOTO,)),
        Transition(
            "close", R, C, Role.SUPERVISOR, label="销号", line="已销号", outcome="replaced", needs=(FINDING,)
        ),
    ),
)
PHASES = {A: "更换中", R: "待验收", C: "已办结"}
register(
    Kind("replacement", Replacement, LIFE, "更换", "GH", PHASES, {"replaced": "已更换"}, Role.SUPERVISOR)
)
