"""Head words of ledgers → field names of the contract, per kind of ledger.

A head is judged by its words, and by the head merged above it: 名称 below 流入地党组织 is the inflow organization.
What no duty needs (书记, 家庭人口, 户籍地 …) has no field and is not collected.
"""

from __future__ import annotations

import enum
import functools
import re
import unicodedata
from typing import NamedTuple

from hub.domain.phone import INVISIBLE
from hub.sync.ledger.participation_columns import PARTICIPATION


class Kind(enum.StrEnum):
    """What a ledger lists."""

    ORGANIZATIONS = "organizations"
    MEMBERS = "members"
    OUTFLOW = "outflow"
    INFLOW = "inflow"
    ROLLCALL = "rollcall"
    PARTICIPATION = "participation"


class Head(NamedTuple):
    """What a head stands for; of two columns with one field the lower rank is read."""

    field: str
    rank: int


_SPACES = re.compile(r"\s+")
_BRACKETED = re.compile(r"[(\[【〔{][^)\]】〕}]*[)\]】〕}]")
_MARKS = re.compile(r"[《》“”\"'‘’*＊※#:：。、,，/\\|()\[\]【】〔〕{}_\-—]+|必填|选填")
_MAX_HEAD_LENGTH = 60

# Whom or what a merged head (or the beginning of a single one) speaks of.
_ORGANIZATION = r"(?:的?(?:基层|所在|接收|上级)*(?:单位)?(?:党(?:组织|支部|总支|委|工委)|支部|组织))"
# Whoever is asked there, by name: 联系人, 负责人姓名, 书记.
CONTACT_WORDS = r"(?:负责人|书记|联系人|联络员|联络人|专干|专人|管理员)(?:的)?(?:姓名|名字)?"
PHONE_WORDS = r"(?:联系)?(?:电话|方式|手机)(?:号码?)?"
_SIDES = {
    "INFLOW": re.compile(
        rf"(?:流入|接收|接纳|现居住?|现所在|外出|务工|所到|迁入)(?:地|所在地)?{_ORGANIZATION}(?:基本)?(?:情况|信息)?"
        r"|流入地?(?=负责人|联系人|联络|书记|党务|专人)|流入地(?:联系|管理)(?:情况|信息)"
        # A unit that receives a member is the organization there where its contact is named; 流入单位 is where one works.
        rf"|(?:接收|接纳)地?(?:单位|方)(?={CONTACT_WORDS})"
    ),
    "HOME": re.compile(
        rf"(?:流出|原籍?|原所在|户籍|来源|派出)(?:地|所在地)?{_ORGANIZATION}(?:基本)?(?:情况|信息)?"
        rf"|(?:正式)?组织关系(?:所在|隶属|所属)?地?{_ORGANIZATION}(?:情况|信息)?|流出地?(?=负责人|联系人|联络|书记|党务|专人)"
    ),
    "CARD": re.compile(
        r"(?:中国共产党)?(?:流动党员)?(?:流动)?(?:党员)?(?:活动证|流动证|党员证)(?:发放|办理|持有)?(?:情况|信息)?"
    ),
    "DEPARTURE": re.compile(
        r"(?:流出|外出|流动|务工|离乡|就业)(?:务工|流动|就业|经商|党员)*(?:基本)?(?:情况|信息|去向|状况)"
    ),
    "ARRIVAL": re.compile(r"(?:流入|来本?地|迁入)(?:务工|流动|就业|经商|党员)*(?:基本)?(?:情况|信息|状况)"),
    "OTHERS": re.compile(
        r"(?:家庭(?:主要)?成员|(?:家庭|家中|在家|本村|村内|支部|党内)联系人|家属|亲属|紧急联系人?|联系人|联络员|帮扶人?|包联|包保|结对|联系领导|(?:党)?支部书记|书记|负责人|介绍人|入党介绍人|监护人|单位负责人|留守).*"
    ),
}
# A place written in several columns; they are joined where no column holds the whole.
_PLACE_PARTS = [
    ("province", r"省份?(?:自治区|直辖市|区|市)*"),
    ("city", r"城市|地?市(?:州|盟)*|州"),
    ("county", r"区?县(?:级)?(?:市|区|旗)*|区|市?区县"),
    ("town", r"(?:乡镇|镇乡|乡|镇)(?:街道)?|街道(?:乡镇)?"),
]
_SIDE_LEAVES: dict[str, list[tuple[str, str]]] = {
    # Several of these patterns accept the empty text: a flat head that is only 流入地党组织.
    "ORGANIZATION": [
        ("code", r"(?:党组织|党支部|支部|组织|单位)?(?:代码|编码|编号|代号)"),
        (
            "contact",
            r".*(?:人|书记|员|姓名).*(?:及|和|与|以及)?(?:联系)?(?:电话|方式|手机).*(?<!人电话)(?<!人联系电话)(?<!人联系方式)(?<!人手机)",
        ),
        ("phone", r".*(?:电话|手机|联系方式|联络方式|联系办法|号码)(?:号码?)?"),
        ("leader", r".*(?:负责人|书记|联系人|联络员|联络人|专干|专人|管理员|党务工作者|姓名).*"),
        ("name", r"(?:所在|隶属)?(?:的)?(?:党组织|党支部|支部|组织|单位|党委)?(?:全称|名称|名|单位|全名)?"),
    ],
    "CARD": [
        ("cardIssued", r"(?:是否|有无|已否).*|发放情况|办理情况|持有情况|发放与否|发放|持有|有否|办理"),
        ("cardNumber", r"(?:证件?)?(?:编号|号码|证号|号|编码)?"),
    ],
    "DEPARTURE": [
        ("departedOn", r"(?:起始|开始|何时)?(?:外出|流出|离开)?(?:的)?(?:时间|日期|年月)"),
        *_PLACE_PARTS,
        ("destination", r"(?:所在|具体|详细)?(?:地点|地区|去向|流向|目的地|省市县?.*|地方|何地|地)"),
        ("reason", r"(?:原因|事由|理由|缘由)"),
        ("workUnit", r"单位(?:名称)?|职业|行业|工种"),
        ("address", r"(?:居住|详细|联系)?(?:地址|住址)"),
    ],
    "ARRIVAL": [
        ("arrivedOn", r"(?:起始|开始|何时)?(?:流入|到达)?(?:的)?(?:时间|日期|年月)"),
        ("workUnit", r"单位(?:名称)?|职业|行业|工种"),
        ("address", r"(?:居住|详细|联系)?(?:地址|住址)"),
    ],
}
_SIDE_FIELDS = {
    (Kind.OUTFLOW, "INFLOW"): {
        "name": "inflowOrganization",
        "code": "inflowOrganizationCode",
        "leader": "inflowLeaderName",
        "phone": "inflowLeaderPhone",
        "contact": "inflowLeaderContact",
    },
    (Kind.OUTFLOW, "HOME"): {"name": "organization", "code": "organizationCode"},
    (Kind.INFLOW, "HOME"): {"name": "homeOrganization"},
    (Kind.INFLOW, "INFLOW"): {"name": "branch", "code": "branchCode"},
    (Kind.MEMBERS, "HOME"): {"name": "organization", "code": "organizationCode"},
    (Kind.ROLLCALL, "HOME"): {"name": "organization", "code": "organizationCode"},
    (Kind.PARTICIPATION, "HOME"): {"name": "organization", "code": "organizationCode"},
    (Kind.PARTICIPATION, "INFLOW"): {"name": "host"},
}

_DAY = r"(?:时间|日期|年月日?|年份|日)"
_PERSON = [
    (
        "name",
        r"(?:中共)?(?:流动|流出|流入|外出|预备|正式)?(?:党员)?(?:人员|本人)?(?:姓名|名字)(?:汉字)?",
        r"(?:流动|流出|流入|外出)?党员",
        r"用户(?:姓名)?",
    ),
    ("citizenId", r"(?!.*(?:是否|复印|有效|派出所|照片|住址|地址|性别)).*(?:身份证|公民身份|身份号码|居民身份|证件号).*"),
    ("gender", r"性别"),
    ("birthDate", rf"(?:党员)?出生{_DAY}?|生日|出生年月.*"),
    ("phone", r"(?:本人|党员|个人|现用|常用|联系)?(?:手机|移动电话|移动手机)(?:电话)?(?:号码?)?",
     (r"(?:本人|党员|个人|现用|常用|现)?(?:联系)?(?:电话|方式)(?:号码?)?(?:方式)?|通讯方式|通信方式|联络方式|联系号码|(?:本人)?联系(?:方式|电话).*手机.*"
     r"|电话手机|手机电话|手机及?电话|(?:与)?党组织联系方式|与党组织联系方式|tel|phone"),
     r"(?:固定|座机|家庭|住宅|办公)(?:电话)?(?:号码)?|(?:外出|流出|流入|现)地?(?:联系)?(?:电话|方式)(?:号码)?"),
]  # fmt: skip
_CATEGORY = [
    ("isFullMember", r"是否(?:为|是)?(?:中共)?正式(?:党员)?|正式党员"),
    ("isProbationary", r"是否(?:为|是)?(?:中共)?预备(?:党员)?|预备党员"),
    (
        "category",
        r"(?:人员|党员|党籍)?(?:类别|类型)|党员(?:身份|性质)|正式(?:或|及)?预备(?:党员)?|预备(?:或)?正式(?:党员)?",
        r"政治面貌|党员情况",
    ),
]
_BRANCH = (
    r"(?:党员)?(?:现|目前)?(?:所在|所属|隶属|归属|管理)(?:的)?(?:基层)?(?:单位)?(?:党支部|支部|党组织)(?:名称|全称)?|(?:党支部|支部)(?:名称|全称)?",
    (
        r"(?:正式)?组织关系所在(?:党)?(?:支部|组织)(?:名称)?|(?:基层)?党组织(?:名称|全称)?|(?:流出)(?:地)?(?:党支部|支部|党组织|单位)(?:名称)?|原(?:所在|所属)?(?:党)?支部(?:名称)?"
        r"|(?:所在|所属)?(?:党支部|支部|党组织)(?:名称)?(?:全称)?"
    ),
)
_PARENT = r"(?:所在|所属|上级|隶属|管理|接收)?(?:基层|分|二级|乡镇|镇|街道|社区|机关)?(?:党委|党工委|党总支|总支|总支部)(?:名称)?(?:总支)?(?:名称)?"
_BRANCH_CODE = r"(?:所在|所属|编入|接收|隶属)?(?:党组织|党支部|支部|组织)(?:代码|编码|编号|代号)"
_UNIT = (
    r"(?:现|目前|当前|流入|外出|流出后|务工)?(?:地)?(?:工作|务工|就业|从业|就读|用工|受雇)?(?:或|及|与)?(?:学习|经商|生活|就读|创业)?单位(?:全称|名称)?(?:及?职务|及?岗位|及?地址|及?工种|或?职业)?",
    r"(?:现|目前|外出|流出后?)?(?:从事|所从事)(?:的)?(?:职业|工作|行业|何种).*|(?:现|外出)?职业|(?:工作|就业|务工|从业)(?:情况|岗位|行业|场所|去处|企业)?|外出流动行业|打工单位|务工企业(?:名称)?",
)
_ADDRESS = r"(?:现|目前|外出|流入|务工|打工|经商)+(?:所在)?地?(?:地址|住址|住所)|(?:现|目前|当前|外出|流入|务工|详细)*(?:地)?(?:的)?(?:居住|暂住|常住|详细|通讯|通信|联系|现住|租住|住宿)(?:详细)?(?:地址|住址|地点|地|处|址)(?:及门牌)?|住址|现住址?|地址|住所"
_TO = r"(?!.*地区)(?:流入|外出|务工|去往|流向|现居住?|现所在)(?:地|所在地)?(?:的)?(?:所在)?"
_CARD = [
    ("cardIssued", r"(?:是否|有无)(?:已)?(?:持有?|发放?|办理?|领取?|有|具有)?.*(?:活动|流动|党员)证.*|是否(?:发放|持证|发证|办证|领证)|.*(?:活动证|流动证).*(?:发放|持有|办理|领取)(?:情况|与否)?|(?:持|发|办|领)证情况"),
    ("cardNumber", r"(?:中国共产党)?(?:流动党员)?(?:流动)?(?:党员)?(?:活动|流动)?证(?:件)?(?:的)?(?:编号|号码?|证号|编码)|证号", r"(?:中国共产党)?流动党员(?:活动)?证|活动证"),
]  # fmt: skip
_REMARK = [
    ("remark", r"备注(?:说明)?|备考|附注|注|备注栏", r"(?:其他|其它)?(?:情况)?说明|其他|其它|其他情况|其他需要说明.*"),
    ("status", r"(?:组织关系|流动|党员|目前|当前|现|外出|流出|联系|联络|在外)?(?:状态|状况|情况|动态)|现状|(?:取得)?联系情况"),
    ("returned", r"是否(?:已|已经)?(?:返乡|返回|回乡|回归|返村|回流)|(?:已)?返乡情况"),
    ("expectedReturn", rf"(?:预计|计划|预期|拟|估计|约定)(?:何时)?(?:的)?(?:返乡|返回|回乡|回归|归来|返|回|归|结束)(?:外出|流动)?(?:的)?{_DAY}?|预计外出至|外出截止{_DAY}"),
    ("returnedOn", rf"(?:实际)?(?:返乡|返回|回乡|回归|回流|返村|结束流动|结束外出){_DAY}"),
]  # fmt: skip

_PARTICIPANT = [
    *(rule for rule in _PERSON if rule[0] != "phone"),
    ("organizationCode", _BRANCH_CODE),
    ("organizationParent", _PARENT),
    ("organization", *_BRANCH, r"(?:党员)?(?:所在|所属|隶属)(?:的)?(?:党)?组织(?:名称|全称)?|(?:组织关系)?所在单位"),
]

_RULES: dict[Kind, list[tuple[str, ...]]] = {
    Kind.OUTFLOW: [
        *_PERSON,
        *_CATEGORY,
        ("departedOn", (rf"(?:何时)?(?:起始|开始)?(?:外出|流出|离开|离家|离乡|离村|离校|毕业离校|外流|流动|外出务工|外出流动)(?:务工|经商|就业|本地|家乡|党组织)?(?:的)?(?:起始|开始)?{_DAY}(?:起)?"
         r"|何时(?:外出|流出|离开|离乡).*|(?:外出|流出)年月日?.*|自何时(?:外出|流出)"), rf"离开.*{_DAY}|(?:流动|登记){_DAY}"),
        *_REMARK,
        *((part, _TO + f"(?:{words})") for part, words in _PLACE_PARTS),
        ("destination", (r"流入(?:地|地点|地区|省份|城市|所在地|何地|地方|省|市|县)(?:省|市|县|区|乡镇|街道|自治区|直辖市|及|具体)*|(?:外出|流出|流动|务工|人员|党员|现)?(?:去向|流向|目的地)(?:地)?(?:省|市|县|区)*"
         r"|(?:外出|流动|务工|打工|经商|现|去往|流往|前往)(?:务工|流动|所在|就业)?(?:地|地点|地区|地方|何地|城市|省份|省市|所在地)(?:省|市|县|区)*|流出地点|何地|地点|往何处|(?:去)?何处")),
        ("workUnit", *_UNIT),
        ("address", _ADDRESS),
        *_CARD,
        ("reason", r"(?:外出|流出|流动|外流)?(?:的)?(?:主要)?(?:原因|事由|理由|缘由|缘故|事因)", r"外出(?:类型|目的)|流动类型"),
        ("organizationCode", _BRANCH_CODE),
        ("organizationParent", _PARENT),
        ("organization", *_BRANCH),
    ],
    Kind.INFLOW: [
        *_PERSON,
        *_CATEGORY,
        ("arrivedOn", rf"(?:何时)?(?:流入|迁入|到达|进入|来)(?:本地|我..?|社区|街道|务工|居住|党组织)*(?:的)?{_DAY}|何时(?:流入|来|到|迁入).*|流入年月日?.*", rf"(?:报到|居住|入住|到岗|登记|接收){_DAY}"),
        ("homeOrganization", (r"(?:正式)?(?:党)?组织关系(?:现)?(?:所在|隶属|所属|归属)?(?:地|单位|处|于)?(?:的)?(?:党组织|党支部|支部|基层党委|单位)?(?:名称|全称)?"
         r"|原(?:所在|所属|隶属)?(?:单位)?(?:党组织|党支部|支部|党委|组织)(?:名称|全称)?|(?:正式)?隶属(?:党组织|支部)"), r"流出地(?:点|区|方|单位)?(?:省|市|县|区)*|原籍|来源地|来自何.*|从何.*流入|户籍(?:所在)?地|流入前所在(?:地|省份)"),
        *[rule for rule in _REMARK if rule[0] in {"remark", "status"}],
        ("workUnit", *_UNIT),
        ("address", _ADDRESS),
        *_CARD,
        ("registrarCode", r"(?:登记|报到)(?:的)?(?:党组织|党委|组织)(?:代码|编码|编号|代号)"),
        ("registrar", r"(?:登记|报到)(?:的)?(?:党组织|党委|组织)(?:名称|全称)?"),
        ("branchCode", _BRANCH_CODE),
        ("organizationParent", _PARENT),
        ("branch", r"(?:现)?(?:编入|纳入|接收|安排|接纳|落实|参加|流入|挂靠|分配|现属|加入)(?:到|至|的)?(?:所在|组织生活|活动)?(?:的)?(?:党支部|支部|党组织|党小组)(?:名称|全称)?|编入(?:何)?(?:党)?支部", *_BRANCH),
    ],
    Kind.MEMBERS: [
        *_PERSON,
        *_CATEGORY,
        ("ethnicity", r"民族|族别"),
        ("education", r"(?:最高)?(?:学历|文化程度|教育程度|文化水平)", r"全日制(?:学历|教育)|学历学位|在职学历"),
        ("joinedOn", rf"(?:何时)?(?:加)?入党(?:组织)?(?:的)?{_DAY}?|加入(?:中国共产党|中共|党)(?:的)?(?:组织)?(?:的)?{_DAY}?|(?:成为|吸收为|接收为|批准为|确定为)预备党员(?:的)?{_DAY}?|入党.*{_DAY}"),
        ("fullMemberOn", rf"(?:何时)?(?:按期)?(?:预备党员)?转(?:为)?正(?:式)?(?:党员)?(?:的)?{_DAY}?|(?:成为)?正式党员(?:的)?{_DAY}|转正.*{_DAY}"),
        ("duesPaidThrough", r"(?:党费)?(?:已)?(?:缴|交)(?:纳)?(?:至|到)(?:年月|何时|何月|月份|时间|几月)?|党费(?:已)?(?:缴|交)(?:纳|费)?(?:至|到|截止|止).*|党费(?:缴|交)纳截止.*"),
        ("occupation", r"(?:工作|现)?岗位|(?:现)?(?:从事)?职业|现从事(?:职业|工作)|工作岗位及?.*", r"(?:工作)?单位及?职务|职务|(?:工作|现工作)单位(?:名称)?|身份"),
        ("organizationCode", _BRANCH_CODE),
        ("organizationParent", _PARENT),
        ("organization", *_BRANCH),
        ("remark", r"备注(?:说明)?"),
    ],
    Kind.ROLLCALL: [
        ("name", r"(?:日期|时间|活动|会议|内容|项目|考勤|出勤|情况|月份|名称|类别)+(?:党员)?姓名|(?:党员)?姓名(?:日期|时间|活动|会议|内容|项目|考勤|出勤|情况|月份|名称|类别)+"),
        *_PARTICIPANT,
    ],
    Kind.PARTICIPATION: [*_PARTICIPANT, *PARTICIPATION],
    Kind.ORGANIZATIONS: [
        ("parentCode", r"(?:直接)?(?:上级|隶属|所属|主管|上一级|父级)(?:的)?(?:党)?(?:组织|党委|单位|机构)?(?:的)?(?:代码|编码|编号|代号)"),
        ("parent", r"(?:直接)?(?:上级|隶属|所属|主管|上一级|父级)(?:的)?(?:基层)?(?:党)?(?:组织|党委|单位|机构|隶属)?(?:的)?(?:名称|全称|简称)?|隶属于?(?:何)?党组织|组织关系隶属.*"),
        ("shortName", r"(?:党)?(?:组织|支部|单位|机构)?(?:的)?(?:简称|简名|短名|缩写)"),
        ("aliases", r"(?:党组织)?(?:曾用名称?|别名|又名|又称|其他名称|旧称|旧名|原名称?|曾用简称)"),
        ("successor", r"(?:撤销|撤并|合并)后?(?:的)?(?:并入|归入|划入|划归|承接|接收)(?:的)?(?:党组织|组织|单位|支部)?(?:名称|代码)?|(?:合并|并入|承接|后继|继任|接续|撤并|撤销)(?:后|至|到|入)?(?:的)?(?:承接|接收|归入)?(?:党)?(?:组织|党组织|单位)?(?:名称|代码)?(?:去向)?"),
        ("closedOn", rf"(?:撤销|停用|终止|注销|撤并|关闭)(?:的)?{_DAY}"),
        ("kind", r"(?:党)?(?:组织|支部|单位|机构)?(?:的)?(?:类别|类型|种类|性质)|组织层级|设置类型"),
        ("divisionCode", r"(?:所在|所属)?(?:地)?(?:行政)?区划(?:代码|编码|码)?|所在行政区划?(?:代码)?"),
        ("canIssueLetters", r".*(?:审批预备党员|预备党员(?:审批|接收)|开具.*介绍信|介绍信.*(?:权|资格)|出具.*介绍信|转接.*权限).*|(?:是否)?(?:可|能|有权)?开(?:具)?(?:组织关系)?介绍信"),
        ("officerPhone", r"(?:流动党员)?(?:工作)?(?:专职|党务)?(?:联系人|联络员|联络人|专干|专人|经办人|管理员)(?:的)?(?:联系)?(?:电话|手机|方式)(?:号码?)?", r"(?:联系|办公|固定|手机|移动)?(?:电话|方式|手机)(?:号码?)?"),
        ("officerName", r"(?:流动党员)?(?:党员)?(?:管理|服务|工作)*(?:专职|党务)?(?:联系人|联络员|联络人|专干|专人|经办人|管理员)(?:员)?(?:姓名|名字)?|(?:专人)?负责流动党员(?:工作)?.*"),
        ("code", r"(?:党组织|党支部|组织|机构|单位|统一)?(?:代码|编码|代号)|(?:党组织|党支部|组织|机构)编号"),
        ("name", r"(?:党组织|党支部|支部|组织|单位|机构)?(?:全称|名称|全名)(?:全称)?|党组织"),
    ],
}  # fmt: skip

_COMPILED: dict[Kind, list[tuple[str, list[re.Pattern[str]]]]] = {
    kind: [(field, [re.compile(pattern, re.IGNORECASE) for pattern in patterns]) for field, *patterns in rules]
    for kind, rules in _RULES.items()
}
_COMPILED_LEAVES = {
    side: [(field, re.compile(pattern)) for field, pattern in leaves] for side, leaves in _SIDE_LEAVES.items()
}
LAST_RANK = 9
"""The rank of a head that is only read where there is no better one."""
_COMPILED_PARTS = [(part, re.compile(words)) for part, words in _PLACE_PARTS]
PLACE_PARTS = tuple(part for part, _ in _PLACE_PARTS)
_ORGANIZATION_SIDES = {"INFLOW", "HOME"}
# An organizations ledger may also describe the unit that an organization belongs to.
_OTHER_UNIT = re.compile(r"(?:所在|依托|建立|隶属|法人)(?:的)?单位(?:基本)?(?:情况|信息)?")
# Leaves that say nothing by themselves; the others below somebody's head are not to be read into it.
_NEEDS_GROUP = re.compile(
    rf"(?:全?名称?|全称|代码|编码|编号|代号|号码?|时间|日期|年月日?)|{CONTACT_WORDS}(?:(?:及|和|与|以及)?{PHONE_WORDS})?"
)
# 联系人、电话 and 联系人/电话 say two things, 联系人电话 says one.
AND = re.compile(r"(?:(?<=[人员名])|(?<=书记))\s*[、,，/／+＋&＆]\s*(?=(?:联系)?(?:电话|方式|手机))")


def normal(cell: object) -> str:
    """Return a head without spaces, line breaks and marks, in normal width."""
    if not isinstance(cell, str) or len(cell) > _MAX_HEAD_LENGTH:
        return ""
    return _MARKS.sub("", _SPACES.sub("", unicodedata.normalize("NFKC", cell).translate(INVISIBLE)))


def head(kind: Kind, leaf: str, group: str = "") -> Head | None:
    """Return what a head stands for, given the heads merged above it; None where it has no field."""
    if len(leaf) > _MAX_HEAD_LENGTH or len(group) > _MAX_HEAD_LENGTH:
        return None
    return _head(kind, leaf, group)


@functools.lru_cache(maxsize=10_000)
def _head(kind: Kind, leaf: str, group: str) -> Head | None:
    above, leaf = normal(group), AND.sub("及", leaf)
    short = normal(_BRACKETED.sub("", unicodedata.normalize("NFKC", leaf)))
    for words in dict.fromkeys([short, normal(leaf)]):
        if not words:
            continue
        if kind is Kind.ORGANIZATIONS and above:
            if joined := _below(kind, above, words):
                return joined
            if _OTHER_UNIT.fullmatch(above):
                continue
        if above:
            side = next((side for side, pattern in _SIDES.items() if pattern.fullmatch(above)), None)
            if side:
                found = _of_side(kind, side, words)
                if found or side in {*_ORGANIZATION_SIDES, "OTHERS"}:
                    if found:
                        return found
                    continue  # a name or phone below somebody else's head is not the member's
        found = _part_of_place(kind, above, words) or _below(kind, above, words) or _alone(kind, words)
        if found:
            return found
    return None


def _part_of_place(kind: Kind, above: str, words: str) -> Head | None:
    """Judge 省, 市, 县（区） below 流入地."""
    place = _alone(kind, above) if kind is Kind.OUTFLOW and above else None
    if place is None or place.field != "destination":
        return None
    return next((Head(part, 0) for part, pattern in _COMPILED_PARTS if pattern.fullmatch(words)), None)


def _below(kind: Kind, above: str, words: str) -> Head | None:
    """Judge a head with what is merged above it as one: 代码 below 上级党组织, 手机 below 联络员, 时间 below 入党."""
    if not above or (kind is not Kind.ORGANIZATIONS and (_alone(kind, words) or not _NEEDS_GROUP.fullmatch(words))):
        return None
    return _alone(kind, above + words)


def is_group(text: str) -> bool:
    """Tell whether a text is known to stand above other heads: 流出情况, 流入地党组织."""
    return any(pattern.fullmatch(normal(text)) for pattern in _SIDES.values())


def speaks_of_others(text: str) -> bool:
    """Tell whether a head speaks of somebody who is not the person of the line: 家庭联系人, 支部书记."""
    return _SIDES["OTHERS"].fullmatch(normal(text)) is not None


def _alone(kind: Kind, words: str) -> Head | None:
    """Judge a head that stands alone: whole, or as the head of a side followed by a leaf (流入地党组织负责人)."""
    if kind is not Kind.ORGANIZATIONS:
        for side in ("INFLOW", "HOME"):
            match = _SIDES[side].match(words)
            if match and (found := _of_side(kind, side, words[match.end() :])):
                return found
            if match and words[match.end() :]:
                return None
        match = _SIDES["CARD"].match(words)
        if match and words[match.end() :] and (found := _of_side(kind, "CARD", words[match.end() :])):
            return found
    for field, patterns in _COMPILED[kind]:
        for rank, pattern in enumerate(patterns):
            if pattern.fullmatch(words):
                return Head(field, rank)
    return None


def _of_side(kind: Kind, side: str, leaf: str) -> Head | None:
    if side == "OTHERS":
        return None
    leaves = _COMPILED_LEAVES["ORGANIZATION" if side in _ORGANIZATION_SIDES else side]
    found = next((field for field, pattern in leaves if pattern.fullmatch(leaf)), None)
    if found is None:
        return None
    if side in _ORGANIZATION_SIDES:
        field = _SIDE_FIELDS.get((kind, side), {}).get(found)
        return Head(field, 0) if field else None
    known = {field for field, *_ in _RULES[kind]}
    return Head(found, 0) if found in known else None


_KINDS = [
    ("ORGANIZATION_DEPARTMENT", r".*组织部.*"),
    ("FLOATING_BRANCH", r".*流动党员.*支部.*|.*驻外.*支部.*"),
    ("WORK_COMMITTEE", r".*(?:党工委|工作委员会|工委).*"),
    ("TEMPORARY_BRANCH", r".*临时.*支部.*|931|932"),
    ("JOINT_BRANCH", r".*联合.*支部.*|632"),
    ("GENERAL_BRANCH", r".*总支.*|621|921"),
    ("PARTY_GROUP", r".*党小组.*|641|699"),
    ("BRANCH", r".*支部.*|支委会|631"),
    ("COMMITTEE", r".*(?:党委|委员会).*|611|911"),
]
_COMPILED_KINDS = [(kind, re.compile(pattern)) for kind, pattern in _KINDS]


def organization_kind(word: str | None, name: str) -> str:
    """Return the kind by its word or by the code of the national system, else by the organization's name.

    A committee called 工作委员会 is a work committee, also where the ledger says only 基层党委.
    """
    for text in (normal(word or ""), normal(name)):
        kind = next((kind for kind, pattern in _COMPILED_KINDS if text and pattern.fullmatch(text)), None)
        if kind == "COMMITTEE" and re.search(r"(?:党工委|工作委员会|工委)$", normal(name)):
            return "WORK_COMMITTEE"
        if kind:
            return kind
    return "OTHER"
