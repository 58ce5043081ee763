"""`anwei analyse rank`: order the rows of a table by the risk of an event, with reasons."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from anwei.language import gettext as _
from anwei.methods.ranking.ranker import Ranker, TooFewEvents
from anwei.portal.analyse.files import Unreadable, spare, write
from anwei.portal.analyse.frame import ENTITY, LABEL, TIME, Asked, Frame, frame_of
from anwei.portal.analyse.rank_words import Reasons
from anwei.portal.analyse.written_days import add_day_first

HEADER = ("row", "score", "reasons")


def main(words: Sequence[str]) -> int:
    """Write one row for each test row. Raises Unreadable."""
    options = _options(words)
    asked = Asked(
        options.label,
        options.entity,
        _names(options.time),
        _names(options.exclude),
        _names(options.outcome),
        _names(options.nuisance),
        options.day_first,
    )
    spare(options.out, [options.train, options.test])
    frame = frame_of(options.train, options.test, asked)
    ranker = Ranker(outcomes=frame.outcomes, nuisance=asked.nuisance)
    try:
        ranker.fit(frame.train, LABEL, ENTITY, TIME)
    except TooFewEvents as error:
        raise Unreadable(
            _(
                "样本不足：{file} 列 {column} 只有 {n} 次发生（大于 0）、{others} 次未发生，各需 {least} 次"
            ).format(
                file=options.train.name, column=asked.label, n=error.n, others=error.others, least=error.least
            )
        ) from error
    for sentence in _said(ranker, frame):
        sys.stderr.write(f"{sentence}\n")
    scores = ranker.score(frame.test)
    reasons = Reasons(ranker, asked.label, frame.unit)
    write(
        options.out,
        HEADER,
        [
            (
                row + 1,
                f"{probability:.9f}",
                (_("没有时间，当作最晚的") + "；" if row in frame.untimed else "")
                + reasons.of(scores.values[row], scores.contributions[row]),
            )
            for row, probability in enumerate(scores.probability)
        ],
    )
    return 0


def _said(ranker: Ranker, frame: Frame) -> Iterator[str]:
    """Yield what a reader must know of the scores."""
    models = {"logistic": _("逻辑回归"), "boosting": _("提升树"), "both": _("两者平均")}
    yield from frame.remarks
    for name in ranker.columns.restated:
        yield _("列 {name} 就是上一期的结果，已用来补全历史").format(name=name)
    for name in ranker.suspects:
        yield _("列 {name} 几乎就是结果；如果它与结果同时才知道，请用 --exclude {name}").format(name=name)
    later = np.asarray(frame.train[TIME]) > np.min(np.asarray(frame.test[TIME]))
    if later.any():
        yield _("训练数据中有 {n} 行晚于要打分的最早一行：历史只用更早的行，模型却见过以后").format(
            n=int(later.sum())
        )
    if not ranker.backtests:
        yield _("训练数据太少，不能按时间留出一段来比较模型，用逻辑回归")
    for one in ranker.backtests:
        yield _("留出的后 {n} 行（发生 {events} 次）：{name} AUC {auc:.3f}，前 10% 覆盖 {recall:.1%}").format(
            n=one.n, events=one.n_events, name=models[one.name], auc=one.area, recall=one.recall
        )


def _names(words: Sequence[str]) -> list[str]:
    """Return the columns that an option names: several words, or several in one with commas between."""
    return [name.strip() for word in words for name in word.split(",") if name.strip()]


def _options(words: Sequence[str]) -> Namespace:
    parser = ArgumentParser(
        "anwei analyse rank",
        description=_("按发生的可能性给表格的每一行打分，并说明理由。每一行只用它自己的列和更早的行。"),
    )
    several = partial(parser.add_argument, nargs="+", action="extend", default=[], metavar="COL")
    parser.add_argument("--train", type=Path, required=True, metavar="FILE", help=_("有结果的 CSV 文件"))
    parser.add_argument(
        "--test", type=Path, required=True, metavar="FILE", help=_("要打分的 CSV 文件，不读其中的结果列")
    )
    parser.add_argument("--label", required=True, metavar="COL", help=_("结果列：大于 0 或“是”为发生"))
    parser.add_argument("--entity", metavar="COL", help=_("对象列，如企业编号；没有时全部行是同一对象"))
    several("--time", help=_("时间列；由几列组成的用逗号分隔，如 year,quarter；没有时按行的次序"))
    add_day_first(parser)
    several("--exclude", help=_("不用的列"))
    several("--outcome", help=_("与结果同时才知道的列：只用它们的过去"))
    several("--nuisance", help=_("参与拟合但不计入得分的列，如检查人员"))
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT.csv", help=_("结果文件"))
    return parser.parse_args(words)
