"""The words of the papers of a visit: Chinese, whatever language their maker reads.

One source for both sides: `visit_papers` fills the DOCX with them, the phone its print under the same number;
a test compares both.
"""

from __future__ import annotations

from anwei.ledgers.papers.blocks import CELL

PAPER_WORDS = {
    "cell": CELL,
    "and": "、",
    "comma": "，",
    "colon": "：",
    "semicolon": "；",
    "stop": "。",
    "none": "无。",
    "blank": "（无）",
    "red": "文件",
    "day": "{year}年{month}月{date}日",
    "time": "{hour}时{minute}分",
    "inspector": "{name}（{certificate}）",
    "none_certified": "无执法证",
    "draft": "本次检查共{all}项，合格{ok}项，不合格{failed}项，不适用{not_applicable}项，未查{open}项。",
    "draft_failed": "{n}. 不合格：{text}{note}",
    "counts": "共检查{done}项：合格{ok}项，不合格{failed}项，不适用{not_applicable}项。",
    "finding_before": "（以上检查情况写于检查结果更正之前；检查结果以下列统计为准。）",
    "ok": "合格",
    "failed": "不合格",
    "not_applicable": "不适用",
    "check": "{text}{basis}{note}",
    "basis": "（{basis}）",
    "note": "：{note}",
    "hazard": "隐患{n}",
    "place": "位置",
    "blank_place": "（未填）",
    "grade": "等级",
    "major": "重大",
    "general": "一般",
    "unjudged": "待核实",
    "proposed": "待判定",
    "proposed_head": "提请判定为重大的理由",
    "clause_head": "判定依据",
    "clause_proposed": "建议的判定依据",
    "untrue_head": "核实结果",
    "untrue": "经核实不属实（{day}），不再整改",
    "order_head": "整改方式和期限",
    "order_immediate": "立查立改",
    "order_dated": "限期整改",
    "order_stop": "停产停业整改",
    "order_proposed": "是否重大待判定，核实定级后另行责令",
    "due": "，{day}前整改完毕",
    "requirement": "整改要求",
    "violated": "违反",
    "basis_head": "依据",
    "measure": "处理措施",
    "evidence": "照片、材料{n}件",
    "voice": "录音{n}件",
    "signature": "签名{n}件",
    "undecided": "检查项“{text}”有不同的回答，待定。",
    "refused": "{head}拒绝签字：{refusal}",
    "signature_head": "被检查单位现场负责人签名：",
    "signed": "{head}（签名见文末）",
    "unsigned": "{head}　　　　（未签字）",
    "mark_signed": "签字后更改（第{n}版，{day}）：{head}于{signed_on}签字的是第{before}版，已原样保存；"
    "本版内容与签字时不同，未经重新签字。",
    "mark_refused": "签字后更改（第{n}版，{day}）：{head}于{signed_on}拒绝签字的是第{before}版，已原样保存；"
    "本版内容与当时不同，未再送签。",
    "mark_again": "更正（第{n}版，{day}）：代替第{before}版，前版已原样保存；本版{how}。",
    "mark_plain": "更正（第{n}版，{day}）：代替第{before}版，前版已原样保存。",
    "signed_again": "由{head}重新签字",
    "signed_later": "由{head}签字",
    "refused_again": "送签时{head}拒绝签字",
    "changed": "{head}　　　　（签字后更改，本版未签字）",
}


def told(name: str, /, **values: object) -> str:
    """Return one of the words with its gaps filled."""
    return PAPER_WORDS[name].format(**values)
