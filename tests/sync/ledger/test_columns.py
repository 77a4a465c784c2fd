from __future__ import annotations

import pytest

from hub.sync.ledger.columns import Kind, head, organization_kind

# field: heads; "group>leaf" is a leaf below a merged head.
HEADS = {
    Kind.OUTFLOW: {
        "name": "姓名|姓 名|党员姓名|流动党员姓名|流出党员姓名|姓  名（必填）|*姓名|外出党员姓名|名字|党员|人员姓名|党员基本情况>姓名|姓名：",
        "citizenId": "身份证号|身份证号码|公民身份证号|公民身份号码|居民身份证号码|身份证|证件号码|身份证号码（18位）|党员身份证号|公民身份\n号码",
        "phone": "手机号|手机号码|联系电话|电话号码|联系方式|电话|手机|本人电话|本人联系方式|移动电话|联系方式（手机）|联系电话（本人）|与党组织联系方式|手机/电话|党员联系电话|联系 电话|固定电话|基本信息>联系电话",
        "departedOn": "流出时间|流出日期|何时外出|外出时间|外出日期|离开时间|流出年月|外出务工时间|流出情况>流出时间|外出情况>时间|外出务工情况>何时外出|开始外出时间|离乡时间|外出起始时间|流动时间|流出时间（年月）|何时流出",
        "city": "流入城市|流入地>市",
        "destination": "流入地|流入地点|外出流向|去向|外出地点|务工地点|流向|流入地（省市县）|外出务工地点|外出地|流动去向|外出去向|现所在地|流出情况>流入地点|外出务工情况>地点|外出所在地|流入地区|地点",
        "workUnit": "工作单位|务工单位|工作（学习）单位|从事职业|现工作单位|工作学习单位|就业单位|从事职业及年收入|职业|外出从事职业|流入单位|单位名称|从事行业|流出情况>工作单位|工作单位及职务|现从事工作|务工（学习）单位",
        "address": "居住地址|现居住地|详细地址|现住址|住址|联系地址|现居住地址|流入地居住地址|通讯地址|暂住地址|外出居住地|流出情况>居住地址",
        "organization": "流出地单位|所在党支部|党支部名称|所在支部|党支部|支部|支部名称|所属党支部|所属支部|所在党组织|组织关系所在党支部|流出地党组织|流出地党支部|党组织名称|原所在党支部|流出地党组织>名称|所在党组织名称",
        "organizationParent": "所属党委|分党委名称|所在党委|乡镇党委|所属党总支|党委|上级党委",
        "organizationCode": "党支部代码|党组织代码|支部编码|组织编码",
        "inflowOrganization": "流入地党组织>名称|流入地党组织名称|流入地党组织|流入党组织|流入党支部|流入地党支部名称|接收党组织|接收地党组织名称|流入组织|流入地接收党组织|流入地党组织情况>党组织名称",
        "inflowOrganizationCode": "流入地党组织>代码|流入地党组织代码|流入地党组织编码",
        "inflowLeaderName": "流入地党组织>负责人姓名|流入地党组织负责人姓名|流入地党组织负责人|流入党支部联系人|流入地党组织>联系人|流入地联系人|流入地党组织书记|接收单位联系人|流入地党组织>负责人|流入地党组织>姓名",
        "inflowLeaderPhone": "接收单位联系人电话|流入地党组织>联系方式|流入地党组织联系方式|流入党支部联系方式|流入地党组织负责人电话|流入地党组织>联系电话|流入地党组织负责人联系方式|流入地党组织>电话",
        "inflowLeaderContact": "流入地党组织负责人及联系方式|流入地党组织>负责人及电话|流入地联系人及电话|流入地党组织联系人和联系方式|接收单位联系人及电话|接收单位联系人姓名及联系电话|接收方负责人和手机号码|接收党组织联系人及联系电话|流入地党组织联系人及电话|流入党组织负责人及电话|流入党支部书记、联系方式|流入地党组织联系人/电话|接收单位>联系人及电话|接纳单位联络员与联系方式",
        "cardIssued": "流动党员活动证>是否发放|是否持有《中国共产党流动党员活动证》|是否发放活动证|是否持证|有无流动党员活动证|活动证发放情况|是否办理流动党员活动证|是否持有活动证|是否已领取活动证",
        "cardNumber": "流动党员活动证>编号|流动证号|活动证号|活动证号码|《活动证》号码|流动党员活动证编号|活动证编号|流动党员活动证号|流动党员证号|流动党员活动证",
        "reason": "流出原因|外出原因|原因|外出事由|流动原因|流出理由",
        "remark": "备注|备 注|说明|情况说明",
        "expectedReturn": "预计返乡时间|预计返回时间|计划返回时间|预计回归日期",
        "returned": "是否返乡|是否已返乡",
        "returnedOn": "返乡时间|返回时间|回归时间",
        "gender": "性别",
        "birthDate": "出生日期|出生年月|出生时间",
        "-": "序号|书记|家属电话|家庭成员>姓名|家庭成员>电话|紧急联系人>电话|流出地党组织联系人|流出地党组织>联系电话|流出地党组织>负责人|年龄|是否参加组织生活|联系人电话|联系人|失去联系日期|户籍地址|党支部书记>姓名|负责人电话|年审情况|联系人及电话|家庭联系人及电话|工作单位联系人及电话|流入单位联系人及电话|家庭>联系人及电话|支部联系人及电话",
    },
    Kind.INFLOW: {
        "arrivedOn": "流入时间|何时流入|流入日期|来本地时间|到达时间|流入情况>时间|报到时间|流入务工情况>何时流入|流入年月|来我街道时间",
        "homeOrganization": "组织关系所在地|原党组织|原所在党组织|流出地党组织|流出地党支部|组织关系所在单位|组织关系所在党组织|原党支部|组织关系隶属|流出地|流出地党组织>名称|正式组织关系所在地|组织关系",
        "branch": "编入党支部|所在党支部|接收党支部|流入党支部|流入地党组织>名称|编入支部|纳入党支部|党支部|现编入党支部",
        "registrar": "登记党组织|登记党组织名称|报到党组织|登记党委",
        "registrarCode": "登记党组织代码|登记党组织编码",
        "branchCode": "党支部代码|流入地党组织>代码|编入党支部代码|支部编码",
        "workUnit": "工作（学习）单位|工作单位|现工作单位|从事职业",
        "isFullMember": "是否正式\n党员|是否为正式党员|正式党员",
        "category": "人员类别|党员类别|类别|党员类型|党员身份",
        "cardNumber": "《活动证》号码|活动证号",
        "-": "编号|流出地党组织>联系电话|流出地党组织负责人|流出地党组织>联系人|是否参加\n组织生活|流出地联系人",
        "phone": "手机号码|联系电话|与党组织联系方式",
        "address": "居住地址|现居住地|暂住地址|住址",
    },
    Kind.MEMBERS: {
        "name": "姓   名",
        "organization": "所在党支部|党支部名称|所属党支部|党支部",
        "category": "人员类别|党员类别",
        "joinedOn": "加入党组织日期|入党时间|入党日期|加入中国共产党时间|入党年月|何时入党|加入党组织时间",
        "fullMemberOn": "转为正式\n党员日期|转正时间|转正日期|转为正式党员时间|转正",
        "occupation": "工作岗位|职业|现从事职业",
        "phone": "手机号|联系电话|手机号码|固定电话",
        "education": "学历|文化程度|最高学历",
        "ethnicity": "民族",
        "duesPaidThrough": "党费交至|党费缴纳至年月|党费缴至|党费交至年月|党费已交至|党费缴纳截止月份",
        "-": "家庭住址|党籍状态|是否为失联党员|失去联系日期|是否为流动党员|外出流向|党龄",
        "citizenId": "公民身份证号",
    },
    Kind.ORGANIZATIONS: {
        "code": "党组织代码|代码|组织编码|党组织编码|组织代码",
        "name": "党组织全称|全称|名称|党组织名称|组织名称|党组织",
        "shortName": "党组织简称|简称",
        "kind": "党组织类别|类别|组织类别|类型|党组织类型",
        "parentCode": "上级党组织代码|上级代码|上级组织编码",
        "parent": "上级党组织|上级党组织名称|隶属党组织|所属党委|上级组织|上级党委",
        "divisionCode": "所在行政区划|行政区划代码|行政区划",
        "officerName": "流动党员工作联系人|联系人|联络员|流动党员联络员|流动党员管理联系人",
        "officerPhone": "联系电话|联系人电话|电话|联系方式|手机|联络员手机",
        "canIssueLetters": "是否具有审批预备党员权限|审批预备党员权限|是否可开具介绍信|预备党员审批权限",
        "aliases": "曾用名|别名",
        "-": "书记|书记电话|序号|书记姓名|党员人数",
        "closedOn": "撤销日期",
        "successor": "撤并后党组织|承接党组织|并入党组织",
    },
}


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        (kind, field, words)
        for kind, fields in HEADS.items()
        for field, many in fields.items()
        for words in many.split("|")
    ],
)
def test_heads_are_known_by_their_words(kind, field, words):
    group, _, leaf = words.rpartition(">")
    found = head(kind, leaf, group)
    assert (found.field if found else "-") == field


def test_the_member_s_own_mobile_goes_before_other_phones():
    ranks = [head(Kind.OUTFLOW, words) for words in ("手机号码", "联系电话", "固定电话")]
    assert [found.field for found in ranks if found] == ["phone"] * 3
    assert [found.rank for found in ranks if found] == [0, 1, 2]


def test_a_head_below_somebody_else_is_nobody_s():
    for group in ("家庭成员", "紧急联系人", "党支部书记", "流出地党组织"):
        for leaf in ("姓名", "联系电话", "手机"):
            found = head(Kind.OUTFLOW, leaf, group)
            assert found is None or found.field not in {"name", "phone"}


@pytest.mark.parametrize(
    ("word", "name", "kind"),
    [
        ("组织部", "中共临水县委员会组织部", "ORGANIZATION_DEPARTMENT"),
        ("基层党委", "中共临水县古渡镇委员会", "COMMITTEE"),
        ("基层党委", "中共海城区东湾街道工作委员会", "WORK_COMMITTEE"),
        ("党总支部", "石桥村党总支", "GENERAL_BRANCH"),
        ("党支部", "槐树村党支部", "BRANCH"),
        ("联合党支部", "x", "JOINT_BRANCH"),
        ("临时党支部", "x", "TEMPORARY_BRANCH"),
        ("流动党员党支部", "x", "FLOATING_BRANCH"),
        ("党小组", "x", "PARTY_GROUP"),
        ("611", "x", "COMMITTEE"),
        ("631", "x", "BRANCH"),
        (None, "中共临水县柏林乡高坪村支部委员会", "BRANCH"),
        ("其他", "某协会", "OTHER"),
    ],
)
def test_kinds_of_organization(word, name, kind):
    assert organization_kind(word, name) == kind
