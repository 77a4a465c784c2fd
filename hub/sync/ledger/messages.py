"""What the codes of rows mean, for the person who has to put it right. No message holds anything personal."""

from __future__ import annotations

_MESSAGES = {
    "IDENTITY_DIGITS_LOST": "身份证号码被 Excel 当作数字，末几位已丢失：请把单元格设为“文本”后重新填写"
    " / digits were lost in a number cell: make it a text cell and type the number again",
    "IDENTITY_CHECKSUM": "身份证号码的校验位或出生日期不对：请对照身份证核实后改正"
    " / check digit or birth date is wrong: compare with the identity card",
    "IDENTITY_LENGTH": "身份证号码不是 15 位或 18 位：请对照身份证补全"
    " / the number has neither 15 nor 18 characters: complete it",
    "IDENTITY_MISSING": "没有身份证号码，已按支部内唯一的姓名认定：请补填"
    " / no identity number; taken by a name that is unique in its branch: please add the number",
    "NAME_MISSING": "没有姓名：请补填 / the name is missing: please fill it in",
    "NAME_MISMATCH": "姓名与身份证号码不是同一人：请核实是姓名写错还是号码写错"
    " / name and number are of different people: check which is wrong",
    "PERSON_UNKNOWN": "本组织没有这名党员：请核对姓名、号码，或先导入党员名册"
    " / no such member here: check name and number, or import the members first",
    "PERSON_AMBIGUOUS": "支部内有同名党员：请补填身份证号码 / several members have this name: add the identity number",
    "ORGANIZATION_UNKNOWN": "认不出是哪个党组织（查无此名，或不止一个）：请写全称或党组织代码"
    " / no organization, or more than one, goes by this name: give its full name or code",
    "DUPLICATE_IN_FILE": "与本文件前面的一行重复：请删去一行 / repeats an earlier line of this file: delete one of them",
    "DATE_INVALID": "日期认不出或不存在，未采用：请写成 2026-05-01、2026-05 或 2026（活动日期要写到月，点名册要能看出年份）"
    " / not a date that can be read; not taken: write 2026-05-01, 2026-05 or 2026 (activities need the month)",
    "DATE_IN_FUTURE": "日期晚于今天，未采用：请核实 / the date lies in the future; not taken: please check",
    "MARK_UNKNOWN": "考勤符号认不出，这一格未导入：请改写为到会、迟到、病假、公假、事假或缺席，或在表下注明符号含义"
    " / the mark means nothing known; this cell was left out: write it in words, or explain the marks below the table",
    "ACTIVITY_UNKNOWN": "这一列填的是考勤符号，表头却看不出是哪一天的什么活动，整列未导入：请在表头写明，如“9月9日 主题党日”；不是考勤的请改写表头"
    " / marks below a head that names neither day nor activity; the column was left out: write both into its head",
    "ACTIVITY_MISSING": "没有活动类别或名称：请补填 / neither kind nor name of the activity is given: please fill it in",
    "PHONE_INVALID": "电话号码位数不对，已保留原文：请填 11 位手机号或带区号的固定电话"
    " / not a complete phone number; the text is kept: give 11 digits, or area code and number",
    "PHONE_MISSING": "没有联系电话：请补填 / no phone number: please add one",
    "VALUE_UNREADABLE": "内容认不出，已保留原文：请按表头要求填写 / the entry cannot be read; the text is kept: please rewrite it",
    "NOT_IN_FORCE": "该党员党籍不在有效状态，本行未导入：请先核实党籍"
    " / the membership is not in force; not imported: find out how it stands",
    "CODE_MISSING": "新的党组织没有代码：请补填党组织代码 / a new organization needs its official code: please add it",
    "ORGANIZATION_DIFFERS": "党员的组织关系在另一个党组织：如已变动，请办理转接或支部间调动"
    " / the member belongs to another organization: if that changed, it takes a transfer or a move of branch",
    "NAME_DIFFERS": "号码相同而姓名与已登记的不同：请核实，需要时办理身份信息更正"
    " / same number, another name than registered: check, and correct the identity if need be",
    "LIAISON_ENDED": "这次外出已办结，本行没有重新登记：如再次外出，请更新流出时间"
    " / this departure was ended; not opened again: if the member left anew, give the new date",
    "ACTIVITY_OUTSIDE_STAY": "活动日期在报到之前或离开之后：请核对日期；线上参加请写明“线上”"
    " / the activity lies before the arrival or after the stay: check the day, or write that it was online",
    "HOURS_NOT_COUNTED": "没有参加的活动不计学时，学时未采用：请核对参加情况"
    " / hours of an activity that was not attended; not taken: check whether the member was there",
    "PLACE_TOO_EXACT": "地点写到乡镇、街道即可：门牌号未保留 / the town or the street is enough: the number of the house was not kept",
    "CORRECTED_SINCE": "这一项此后已更正（或异议、差异已处理），未按本表改回：如更正有误，请直接更正该记录"
    " / corrected, answered or settled since this list was made; left as it is: if that is wrong, correct the record",
    "RECORD_DISPUTED": "党员对这条记录有异议，请先答复异议，再更正 / the member disputes this record: answer that first",
    "CHANGED_SINCE_PLAN": "核对之后记录有了变化，本行未导入：请重新导入"
    " / the record changed after the plan was made; not imported: run the import again",
}


def message(code: str) -> str:
    """Return what a code means and what to do, Chinese first."""
    return _MESSAGES[code]
