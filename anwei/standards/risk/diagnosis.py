"""The score and colour of an enterprise by 应急〔2018〕19号, each deduction with its clause.

100 points, less what each item deducts (no more than its own points), plus bonuses; any direct-red item makes
the enterprise red whatever its score. What is not answered deducts nothing and is named as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from anwei.language import gettext_noop
from anwei.standards.risk.diagnosis_table import DIRECT_RED, PROVINCIAL, Item, Question, Rule, table
from anwei.standards.risk.grades import RED, Grade
from anwei.standards.risk.records import Record, exact, record
from anwei.standards.sentences import Sentence, Unassessable, decimal, rounded

Answer = bool | int | None


@dataclass(frozen=True)
class Line:
    """One answer that changes the score: `points` below zero deduct, above zero add."""

    clause: str
    rule: Rule
    count: int
    points: Fraction

    @property
    def sentence(self) -> Sentence:
        """The line in words."""
        values = {"words": self.rule.words, "points": decimal(abs(self.points))}
        if not self.rule.per:
            deducts, adds = gettext_noop("{words}：扣 {points} 分"), gettext_noop("{words}：加 {points} 分")
        else:
            values |= {"count": str(self.count), "per": self.rule.per}
            deducts = gettext_noop("{words}，{count} {per}：扣 {points} 分")
            adds = gettext_noop("{words}，{count} {per}：加 {points} 分")
        return Sentence(self.clause, deducts if self.points < 0 else adds, values)


@dataclass(frozen=True)
class Diagnosis:
    """The result; `total` is the sum as computed, `score` never above 100.

    `missing` are the questions that a person must still answer; until then, and unless it is red already,
    `grade` can change (`settled` is False).
    """

    answers: dict[str, bool | int]
    lines: tuple[Line, ...]
    total: Fraction
    direct_red: tuple[str, ...]
    missing: tuple[Question, ...]
    steps: tuple[Sentence, ...]
    confirm: tuple[Sentence, ...]

    @property
    def score(self) -> Fraction:
        """From 0 to 100."""
        return min(self.total, table().full_score)

    @property
    def grade(self) -> Grade:
        """The colour, by the answers so far."""
        return RED if self.direct_red else table().grade(self.score)

    @property
    def settled(self) -> bool:
        """Whether no missing answer can change the colour."""
        return bool(self.direct_red) or all(question.code == PROVINCIAL for question in self.missing)

    def to_json(self) -> Record:
        """Return the stored form."""
        lines = [
            {
                "code": line.rule.code,
                "clause": line.clause,
                "words": line.rule.words,
                "count": line.count,
                "points": exact(line.points),
            }
            for line in self.lines
        ]
        missing = [{"code": question.code, "words": question.words} for question in self.missing]
        return record(
            method="diagnosis",
            name=f"{table().title}（{table().document}）",
            version=table().version,
            inputs=dict(self.answers),
            result={
                "score": exact(self.score),
                "total": exact(self.total),
                "settled": self.settled,
                "direct_red": list(self.direct_red),
                "lines": lines,
                "missing": missing,
            },
            grade=self.grade.key,
            steps=self.steps,
            confirm=self.confirm,
        )


def diagnose(answers: Mapping[str, Answer]) -> Diagnosis:
    """Diagnose one enterprise: the answer to each question of `table().questions()`, None for not answered.

    Raises Unassessable for an unknown question, an answer that cannot be, or answers that contradict.
    """
    questions = table().questions()
    given = {
        code: _checked(code, answer, questions) for code, answer in answers.items() if answer is not None
    }
    answered = {code: given[code] for code in questions if code in given}
    _refuse_contradictions(answered)
    found = [(item, tuple(_lines(item, answered))) for item in table().items]
    lines = tuple(line for _item, own in found for line in own)
    deducted = sum((_deducted(item, own) for item, own in found), Fraction())
    added = sum((line.points for line in lines if line.points > 0), Fraction())
    total = table().full_score - deducted + added
    red = tuple(code for code in table().direct_red if answered.get(code))
    missing = tuple(question for code, question in questions.items() if code not in answered)
    steps = [step for item, own in found for step in _item_steps(item, own)]
    steps += _end(deducted, added, total, red)
    return Diagnosis(answered, lines, total, red, missing, tuple(steps), tuple(_confirm(answered, missing)))


def next_review(assessed_on: date) -> date:
    """Return the day on which the diagnosis is due again (in principle every three years)."""
    year = assessed_on.year + table().review_years
    is_leap_day = (assessed_on.month, assessed_on.day) == (2, 29)
    return date(year, 2, 28) if is_leap_day else assessed_on.replace(year=year)


def _checked(code: str, answer: bool | int, questions: Mapping[str, Question]) -> bool | int:
    question = questions.get(code)
    if question is None:
        raise Unassessable(gettext_noop("没有编号为“{code}”的项目"), code=code)
    words = {"code": code, "words": question.words, "answer": str(answer)}
    if not question.per:
        if not isinstance(answer, bool):
            raise Unassessable(gettext_noop("{code} {words}：只能回答是或否，不能是“{answer}”"), **words)
    elif isinstance(answer, bool) or not isinstance(answer, int) or not 0 <= answer <= question.at_most:
        message = gettext_noop("{code} {words}：只能是 0 至 {most} 的整数，不能是“{answer}”")
        raise Unassessable(message, most=str(question.at_most), **words)
    return answer


def _refuse_contradictions(answers: Mapping[str, bool | int]) -> None:
    questions = table().questions()
    held = [rule for code, rule in table().rules().items() if answers.get(code)]
    for rule in held:
        rivals = [other.code for other in held if rule.group and other.group == rule.group and other != rule]
        rivals += [code for code in rule.contradicts if answers.get(code)]
        if rivals:
            message = gettext_noop("“{first}”与“{second}”不能同时成立")
            raise Unassessable(message, first=rule.words, second=questions[rivals[0]].words)


def _lines(item: Item, answers: Mapping[str, bool | int]) -> Iterator[Line]:
    for rule in item.rules:
        if count := int(answers.get(rule.code, 0)):
            yield Line(item.clause, rule, count, count * (rule.bonus - rule.deduct))


def _deducted(item: Item, lines: tuple[Line, ...]) -> Fraction:
    """Return what the item deducts: the sum of its deductions until its points are used up."""
    return min(item.points, -sum((line.points for line in lines if line.points < 0), Fraction()))


def _item_steps(item: Item, lines: tuple[Line, ...]) -> Iterator[Sentence]:
    yield from (line.sentence for line in lines)
    due = -sum((line.points for line in lines if line.points < 0), Fraction())
    if due > item.points:
        message = gettext_noop("本项 {points} 分，扣完为止：应扣 {due} 分，实扣 {points} 分")
        yield Sentence(item.clause, message, {"points": decimal(item.points), "due": decimal(due)})


def _end(deducted: Fraction, added: Fraction, total: Fraction, red: tuple[str, ...]) -> Iterator[Sentence]:
    full = table().full_score
    values = {"full": decimal(full), "deducted": decimal(deducted), "added": decimal(added)}
    values["total"] = rounded(total)
    yield Sentence("", gettext_noop("总分 = {full} − {deducted} + {added} = {total}"), values)
    if total > full:
        yield Sentence("", gettext_noop("原文未说明总分超过 {full} 分如何处理，按 {full} 分计"), values)
    for code in red:
        yield Sentence(DIRECT_RED, "{words}", {"words": table().direct_red[code]})
    grade = RED if red else table().grade(min(total, full))
    values = {"score": rounded(min(total, full)), "colour": grade.colour, "grade": grade.word}
    direct = gettext_noop("得分 {score}，因直接判定情形为{colour}（{grade}风险）")
    by_score = gettext_noop("得分 {score}，{colour}（{grade}风险）")
    yield Sentence("", direct if red else by_score, values)


def _confirm(answers: Mapping[str, bool | int], missing: tuple[Question, ...]) -> Iterator[Sentence]:
    yield Sentence("", gettext_noop("指南 2018 年试行，现行有效性未核实，请核定"))
    if missing:
        message = gettext_noop("还有 {n} 项未回答，暂按不扣分、不加分计算")
        yield Sentence("", message, {"n": str(len(missing))})
    levels = table().items[0]
    if sum(bool(answers.get(rule.code)) for rule in levels.rules) > 1:
        message = gettext_noop("存在多个级别的重大危险源，按各级扣分相加、扣完为止计算，请核定")
        yield Sentence(levels.clause, message)
    if answers.get(PROVINCIAL):
        message = gettext_noop("涉及{words}，须由省级组织开展评估诊断")
        yield Sentence("", message, {"words": table().provincial})
