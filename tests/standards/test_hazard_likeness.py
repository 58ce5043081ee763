"""Findings that may be one hazard: pairs written for it, and what site, clause and numbers decide."""

from __future__ import annotations

import random

import pytest

from anwei.standards.hazards.likeness import SAME, Finding, likeness, plain, suspects

TWICE = [
    ("3号除尘器灰斗积尘严重，未及时清理", "三号除尘器灰斗积尘较多，没有及时清理"),
    ("一楼疏散通道堆放纸箱，影响疏散", "1楼疏散通道被纸箱堵塞，影响人员疏散"),
    ("仓库灭火器压力不足，已过期未更换", "仓库内灭火器过期，压力不足"),
    ("配电箱未接地，无漏电保护器", "配电箱没有接地线，未安装漏电保护器"),
    ("液氨储罐区可燃气体报警器故障停用", "液氨罐区报警器故障，未投用"),
    ("安全出口上锁", "安全出口被锁闭"),
    ("有限空间作业未审批、未检测", "有限空间作业没有审批手续，未进行气体检测"),
    ("2号井下甲烷传感器安装位置不符合要求，被风筒遮挡", "二号井下甲烷传感器位置不符合规定，被风筒遮挡"),
    ("叉车司机无证上岗", "叉车驾驶员未持证上岗"),
    ("电焊作业现场未配备灭火器，无人监护", "电焊动火作业无人监护，现场未配备灭火器材"),
    ("氧气瓶、乙炔瓶间距不足5米", "氧气瓶与乙炔瓶安全间距不足（实测3.2米）"),
    ("配电室内堆放杂物", "配电室堆放杂物，未清理"),
    ("宿舍内电动自行车充电", "员工宿舍内违规给电动自行车充电"),
    ("塔吊力矩限制器失效", "塔机力矩限制器失灵，未维修"),
    ("深基坑临边防护栏杆缺失", "基坑临边防护缺失，未设防护栏杆"),
    ("尾矿库干滩长度不足，实测40米", "尾矿库干滩长度实测38米，低于设计要求"),
    ("烟花仓库超量储存，堆码过高", "烟花爆竹仓库超量存放，堆垛过高"),
    ("压力表未检定", "储气罐压力表超期未检定"),
    ("皮带机尾部无防护罩", "皮带机机尾未安装防护罩"),
    ("消火栓被货物遮挡，无法使用", "室内消火栓被货物埋压遮挡"),
    ("员工未佩戴安全帽", "现场作业人员未戴安全帽"),
    ("特种作业人员焊工证过期", "焊工特种作业操作证已过期"),
    ("应急照明灯损坏不亮", "应急照明损坏"),
    ("配电柜门未关闭，线路裸露", "配电柜门敞开，导线裸露"),
    ("冲压机急停按钮失效", "冲床急停按钮损坏失效"),
    ("天然气表间未安装可燃气体报警器", "燃气表间没有安装可燃气体报警装置"),
    ("2024年度应急预案未演练", "未按规定开展应急预案演练"),
    ("粉尘涉爆车间使用普通电机，非防爆", "粉尘车间电机不防爆"),
]
DIFFERENT = [
    ("3号除尘器灰斗积尘严重，未及时清理", "5号除尘器灰斗积尘严重，未及时清理"),
    ("一楼疏散通道堆放纸箱", "二楼疏散通道堆放纸箱"),
    ("仓库灭火器压力不足，已过期未更换", "仓库疏散指示标志损坏未更换"),
    ("配电箱未接地", "配电箱门缺失"),
    ("安全出口上锁", "安全出口标志损坏"),
    ("叉车司机无证上岗", "叉车转向灯损坏"),
    ("氧气瓶、乙炔瓶间距不足5米", "氧气瓶无防震圈"),
    ("消火栓被货物遮挡", "消火栓无水"),
    ("员工未佩戴安全帽", "员工未系安全带"),
    ("员工未佩戴安全帽", "员工未佩戴防尘口罩"),
    ("有限空间作业未审批", "有限空间未设置警示标志"),
    ("动火作业未审批", "临时用电作业未审批"),
    ("液氨储罐区可燃气体报警器故障", "液氨储罐液位计故障"),
    ("塔吊力矩限制器失效", "塔吊钢丝绳断丝超标"),
    ("基坑临边防护缺失", "楼层临边防护缺失"),
    ("皮带机尾部无防护罩", "皮带机头部未设急停拉绳开关"),
    ("皮带机尾部无防护罩", "砂轮机无防护罩"),
    ("配电室内堆放杂物", "疏散楼梯间堆放杂物"),
    ("压力表未检定", "安全阀未校验"),
    ("1号塔吊力矩限制器失效", "2#塔吊力矩限制器失效"),
    ("特种作业人员焊工证过期", "电工证过期"),
    ("除尘系统未设置泄爆装置", "除尘系统未设置锁气卸灰装置"),
    ("未建立粉尘清扫制度", "未建立有限空间作业审批制度"),
    ("未如实记录教育培训情况", "未如实记录隐患排查治理情况"),
    ("配电箱无漏电保护器", "配电箱无警示标志"),
    ("甲烷传感器未按期调校", "甲烷传感器安装位置不符合要求"),
    ("应急照明灯损坏", "应急预案未备案"),
    ("3层车间积尘超标3.2mm", "4层车间积尘超标3.2mm"),
    ("冲压机急停按钮失效", "冲压机光电保护装置失效"),
    ("货架未固定，有倾倒危险", "货架超载变形"),
]


def test_the_threshold_finds_what_was_written_twice_and_asks_little_in_vain() -> None:
    assert sum(likeness(*pair) >= SAME for pair in TWICE) >= len(TWICE) - 1
    assert sum(likeness(*pair) >= SAME for pair in DIFFERENT) <= 8
    for first, second in (*TWICE, *DIFFERENT):
        assert likeness(first, second) == likeness(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("3号除尘器积尘", "5号除尘器积尘"),
        ("三号除尘器积尘", "5#除尘器积尘"),
        ("一楼通道堵塞", "二层通道堵塞"),
        ("2车间临时用电未审批", "3车间临时用电未审批"),
    ],
)
def test_another_number_is_another_place(first: str, second: str) -> None:
    assert likeness(first, second) < SAME


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("三号除尘器积尘", "３＃除尘器，积尘。"),
        ("一楼通道堵塞", "1层通道堵塞"),
        ("3号除尘器积尘", "除尘器积尘"),
        ("11月3号检查发现通道堵塞", "11月5号检查发现通道堵塞"),
        ("氧气瓶间距3.2米", "氧气瓶间距 5 米"),
        ("两台叉车无牌", "三台叉车无牌"),
    ],
)
def test_the_same_place_in_another_spelling(first: str, second: str) -> None:
    assert likeness(first, second) >= SAME


def test_texts_as_they_are_compared() -> None:
    assert plain("（３号）积尘 3.2mm，") == "0号积尘0mm"
    assert likeness("", "积尘") == likeness("，。", "积尘") == 0.0
    assert likeness("积尘", "积尘！") == 1.0
    assert likeness("甲", "甲") == 1.0 and likeness("甲", "乙") == 0.0


def test_only_the_same_site_and_clause_are_suspected() -> None:
    found = Finding("site-1", "GM-11-02", "除尘器积尘严重")
    others = [
        Finding("site-2", "GM-11-02", "除尘器积尘严重"),
        Finding("site-1", "GM-11-10", "除尘器积尘严重"),
        Finding("site-1", "GM-11-02", "除尘器积尘较严重"),
        Finding("site-1", "", "除尘器积尘严重"),
        Finding("site-1", "GM-11-02", "安全出口上锁"),
    ]
    assert [place for place, _score in suspects(found, others)] == [3, 2]
    assert suspects(found, []) == []


def test_a_finding_is_picked_out_of_a_sites_many() -> None:
    chance = random.Random(5)
    pairs = chance.sample(TWICE, len(TWICE))
    others = [Finding("site", "", second) for _first, second in pairs]
    firsts = [suspects(Finding("site", "", first), others) for first, _second in pairs]
    right = sum(bool(found) and found[0][0] == place for place, found in enumerate(firsts))
    assert right >= len(pairs) - 1
