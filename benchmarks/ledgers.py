"""Invented counties of any size: organizations, members, an outflow ledger and an inflow ledger as xlsx."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

import xlsxwriter

from hub.domain.identity import check_digit

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超霞平刚桂英文博建国志强春梅海燕玉兰晓东永红嘉怡思远子涵"
_UNITS = [
    f"{name}{kind}"
    for name in ("宏业", "恒通", "云帆", "瑞丰", "安达", "金桥", "大川", "环宇", "鑫盛", "滨江")
    for kind in ("建筑劳务公司", "物流有限公司", "电子厂", "餐饮店", "快递站点", "装饰公司")
]


@dataclass(frozen=True, slots=True)
class County:
    """The workbooks of one county and one district, as bytes."""

    organizations: bytes
    members: bytes
    outflow: bytes
    inflow: bytes
    outflow_rows: list[list[str]]
    inflow_rows: list[list[str]]


def county(outflow: int = 24_000, inflow: int = 20_000, branches: int = 300, seed: int = 7) -> County:
    """Make a county of `outflow` members away, of whom `inflow` registered in the district (5 in 100 are strangers)."""
    chance = random.Random(seed)
    units = [
        ["YL", "中共云岭县委员会组织部", "组织部", "", "否"],
        ["BJ", "中共滨江区委员会组织部", "组织部", "", "否"],
    ]
    for town in range(1, 21):
        units.append([f"YL{town:02}", f"中共云岭县第{town}镇委员会", "基层党委", "YL", "是"])
        units.append([f"BJ{town:02}", f"中共滨江区第{town}街道工作委员会", "基层党委", "BJ", "是"])
    for number in range(branches):
        town = number % 20 + 1
        units.append(
            [f"YL{town:02}{number:04}", f"中共云岭县第{town}镇{number}号村支部委员会", "党支部", f"YL{town:02}", "否"]
        )
        units.append(
            [
                f"BJ{town:02}{number:04}",
                f"中共滨江区第{town}街道{number}号社区支部委员会",
                "党支部",
                f"BJ{town:02}",
                "否",
            ]
        )
    people = [_person(chance, number) for number in range(outflow)]
    members: list[list[str]] = []
    away: list[list[str]] = []
    come: list[list[str]] = []
    for number, (name, identity, phone) in enumerate(people):
        branch, town = number % branches, number % 20 + 1
        home = f"YL{branch % 20 + 1:02}{branch:04}"
        unit, left = chance.choice(_UNITS), f"202{chance.randint(2, 5)}.{chance.randint(1, 12)}.{chance.randint(1, 28)}"
        members.append([name, identity, home, phone, "正式党员", "2005年07月01日", "2006年07月01日"])
        away.append(
            [
                name,
                identity,
                home,
                phone,
                left,
                f"滨江区第{town}街道",
                unit,
                f"滨江区第{town}街道{number}号",
                f"BJ{town:02}",
                f"YL{number:06}",
                "",
            ]
        )
        if number < inflow:
            came = _person(chance, 500_000 + number) if chance.random() < 0.05 else people[number]
            branch_here = f"BJ{town:02}{(number * 20 + town - 1) % branches // 20 * 20 + town - 1:04}"
            come.append(
                [
                    *came,
                    "2024年03月",
                    "中共云岭县委员会组织部",
                    unit if chance.random() < 0.9 else chance.choice(_UNITS),
                    branch_here,
                    "",
                ]
            )
    return County(
        _workbook(["党组织代码", "党组织全称", "党组织类别", "上级党组织代码", "是否具有审批预备党员权限"], units),
        _workbook(
            ["姓名", "公民身份证号", "所在党支部", "手机号", "人员类别", "加入党组织日期", "转为正式党员日期"], members
        ),
        _workbook(
            [
                "姓名",
                "身份证号码",
                "所在党支部",
                "联系电话",
                "流出时间",
                "流入地点",
                "工作单位",
                "居住地址",
                "流入地党组织",
                "流动党员活动证编号",
                "备注",
            ],
            away,
        ),
        _workbook(
            ["姓名", "公民身份号码", "手机号码", "何时流入", "组织关系所在地", "工作单位", "编入党支部", "备注"], come
        ),
        away,
        come,
    )


def _person(chance: random.Random, number: int) -> tuple[str, str, str]:
    name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2))
    seventeen = f"99{number // 1000 % 10_000:04}{chance.randint(1955, 2004)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{number % 1000:03}"
    return name, seventeen + check_digit(seventeen), f"174{number:08}"


def _workbook(heads: list[str], rows: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"constant_memory": True, "in_memory": True})
    sheet = workbook.add_worksheet("台账")
    for at, row in enumerate([heads, *rows]):
        for column, value in enumerate(row):
            if value:
                sheet.write_string(at, column, value)
    workbook.close()
    return buffer.getvalue()
