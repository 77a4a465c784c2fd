"""What marks mean: usual signs and words, notes beside them, and legends that give them other meanings."""

from __future__ import annotations

import pytest

from hub.sync.ledger import marks
from tests.sync.ledger.sheets import citizen_id, errors, rollcalls, warnings, xlsx

A, B, C = citizen_id(1), citizen_id(2), citizen_id(3)
HEAD = ["序号", "姓名", "身份证号", "9月9日 党课", "9月23日 党课", "10月9日 党课"]
LEGEND = "注：√到会 #迟到 O病假 ★公假 △事假 ×无故缺席"

WORDS = {
    "PRESENT": "√|✓|✔|☑|v|V|√√|到会|到|已到|出席|参加|按时参加|签到|是|列席|√ 14:30|√（补签）",
    "LATE": "#|＃|迟到|迟|迟到10分钟|迟到（堵车）",
    "SICK_LEAVE": "O|o|○|〇|◯|Ｏ|病假|病|请病假|住院|请假（病）|因病请假|O(住院)",
    "OFFICIAL_LEAVE": "★|☆|公假|公差|出差|公务|因公外出|请假（出差）|出差去县里",
    "PERSONAL_LEAVE": "△|▲|请假|事假|探亲|丧假|婚假|产假|事|假|回老家请假|家里有事请假|请假（探亲）|请假（未说明）|△探亲|产假中",
    "ABSENT_UNEXCUSED": "×|✗|✘|x|X|Ｘ|缺席|旷会|未到|无故缺席|未参加|缺|未到会|×（未说明）",
    "PRESENT ONLINE": "线上|网上|视频|腾讯会议|线上参加|√（线上）|√线上|线上√|到会（腾讯会议）|参加（视频）",
    "PRESENT SELF_STUDY": "补学|自学|补课|√（补学）|已补学",
    "PRESENT DELIVERED": "送学|送学上门|√（送学上门）",
    "PRESENT ON_SITE": "现场|现场参加",
}


@pytest.mark.parametrize(("meaning", "text"), [(meaning, text) for meaning, many in WORDS.items() for text in many.split("|")])  # fmt: skip
def test_usual_marks(meaning, text):
    attendance, _, mode = meaning.partition(" ")
    assert marks.read(text) == marks.Meaning(attendance, mode or None)


@pytest.mark.parametrize("text", ["", "-", "－", "/", "—", "——", "无", " ", "\\", "（ ）", "　", "□", "☐"])
def test_what_is_no_mark(text):
    assert marks.is_blank(text)


@pytest.mark.parametrize(
    "text",
    ["1", 1.0, "0", 0.0, "?", "●", "◎", "*", "√#", "√/×", "到外地出差", "参加其他会议", "未请假", "×（请假）", "未到（请假）", "半天", "A", False, "√" * 100],
)  # fmt: skip
def test_what_means_nothing_for_certain(text):
    assert not marks.is_blank(text)
    assert marks.read(text) == marks.UNKNOWN


LEGENDS = {
    LEGEND: "√ PRESENT|# LATE|O SICK_LEAVE|★ OFFICIAL_LEAVE|△ PERSONAL_LEAVE|× ABSENT_UNEXCUSED",
    "○到会 ×请假 △缺席 √迟到": "○ PRESENT|× PERSONAL_LEAVE|△ ABSENT_UNEXCUSED|√ LATE",
    "说明：到会√，迟到#，缺席×": "√ PRESENT|# LATE|× ABSENT_UNEXCUSED",
    "图例：出席打“√”，请假打“○”，缺席打“×”。": "√ PRESENT|○ PERSONAL_LEAVE|× ABSENT_UNEXCUSED",
    "备注：1、√为到会；2、×为请假": "√ PRESENT|× PERSONAL_LEAVE",
    "“√”表示到会，“×”代表病假；空白表示缺席": "√ PRESENT|× SICK_LEAVE",
    "到会（√）、事假（含探亲、婚、丧、产假）（○）": "√ PRESENT|○ PERSONAL_LEAVE",
    "√现场参加 ☆线上参加 ◎补学 ★优秀": "√ PRESENT ON_SITE|☆ PRESENT ONLINE|◎ PRESENT SELF_STUDY|★ ",
    "1=到会 0=缺席": "1 PRESENT|0 ABSENT_UNEXCUSED",
    "注：到会记1，缺席记0": "1 PRESENT|0 ABSENT_UNEXCUSED",
    "注：1—参加  0—未参加": "1 PRESENT|0 ABSENT_UNEXCUSED",
    "说明  1—参加  0—未参加": "1 PRESENT|0 ABSENT_UNEXCUSED",
    "1-到会；0-缺席": "1 PRESENT|0 ABSENT_UNEXCUSED",
    "应到—5  缺席—2  2—3月": "",
    "P：到会；L：迟到": "P PRESENT|L LATE",
    "●出席 ○缺席": "● PRESENT|○ ABSENT_UNEXCUSED",
    "“/”表示请假": "/ PERSONAL_LEAVE",
    "高坪村党支部点名册（√到会 ×缺席）": "√ PRESENT|× ABSENT_UNEXCUSED",
    "★ 无故缺席三次以上的党员由支部谈话": "",
    "★请假须提前向支部书记报告": "",
    "应到：30  实到：28  缺席：2  病假1  事假1": "",
    "※本表一式两份": "",
    "联系人：周洁 O": "",
}


@pytest.mark.parametrize("text", LEGENDS)
def test_legends(text):
    found = {sign: " ".join(filter(None, meaning)) for sign, meaning in marks.legend_of([text]).items()}
    assert found == dict(pair.split(" ", 1) for pair in LEGENDS[text].split("|") if pair)


def test_a_legend_holds_for_signs_that_look_alike():
    legend = marks.legend_of(["○到会 ×请假 △缺席"])
    read = {sign: marks.read(sign, legend).attendance for sign in ("O", "○", "x", "✗", "▲", "√", "★", "×（探亲）")}
    assert read == {
        "O": "PRESENT", "○": "PRESENT", "x": "PERSONAL_LEAVE", "✗": "PERSONAL_LEAVE", "▲": "ABSENT_UNEXCUSED", "√": "PRESENT",
        "★": "OFFICIAL_LEAVE", "×（探亲）": "PERSONAL_LEAVE",
    }  # fmt: skip


def test_a_legend_that_tells_two_such_signs_apart():
    legend = marks.legend_of(["▲迟到 △事假"])
    assert [marks.read(sign, legend).attendance for sign in ("▲", "△", "Δ")] == ["LATE", "PERSONAL_LEAVE", None]


def called(*rows, merged=(), year=2026, **options):
    tables = rollcalls(xlsx(("表", list(rows), list(merged))), year, default="V4", **options)
    return [[mark.attendance for mark in row.marks] for table in tables for row in table.rows]


OTHER = "○到会 ×请假 △缺席 √迟到"
READ = [["PRESENT", "PERSONAL_LEAVE", "LATE"]]
LINE = [1, "周洁", A, "○", "×", "√"]


@pytest.mark.parametrize(
    "rows",
    [
        [[OTHER], HEAD, LINE],
        [["点名册"], ["说明：" + OTHER], HEAD, LINE],
        [HEAD, LINE, ["注：" + OTHER]],
        [HEAD, LINE, ["", OTHER]],
        [HEAD, LINE, [], [], ["", "", "图例：○到会", "×请假"], ["", "", "△缺席", "√迟到"]],
        [HEAD, LINE, ["备注：", "", "", "○", "到会"], ["", "", "×", "请假"], ["", "", "", "√", "迟到"]],
        [HEAD, [1, "周洁", A, 1, 0, 2], ["注", "", "", "1—参加", "0—请假", "2—迟到"]],
        [["说明", "1—参加", "0—请假", "2—迟到"], HEAD, [1, "周洁", A, 1, 0, 2]],
        [HEAD, LINE, ["图例", "", "", "○", "到会", "×", "请假", "√", "迟到"]],
        [HEAD, [*LINE, "", "○到会 ×请假"], ["", "", "", "", "", "", "", "√迟到"]],
        [[*HEAD, "", "说明"], [*LINE, "", "○", "到会"], ["", "", "", "", "", "", "", "×", "请假"], ["", "", "", "", "", "", "", "√", "迟到"]],
    ],
)  # fmt: skip
def test_a_legend_above_below_or_beside_the_table(rows):
    assert called(*rows) == READ


NOTED = {
    "a tick and a remark": (["党费", "备注"], ["√", "缺席"], ["√", ""]),
    "a count and a remark": (["到会次数", "备注"], [1, "缺席"], [2, ""]),
    "a count of absences and why": (["缺席", "说明"], [1, "病假"], ["", ""]),
    "a sign in a remark": (["备注"], ["√病假"], [""]),
    "two columns of no activity": (["第一次", "第二次"], ["√", "缺席"], ["√", "√"]),
}


@pytest.mark.parametrize("name", NOTED)
def test_what_is_noted_of_somebody_beside_the_marks_is_no_legend(name):
    heads, first, second = NOTED[name]
    rows = [[*HEAD[:5], *heads], [1, "周洁", A, "√", 1, *first], [2, "吴江", B, "√", "√", *second]]
    assert called(["2026年"], *rows) == [["PRESENT", None], ["PRESENT", "PRESENT"]]


@pytest.mark.parametrize("head", ["", "说明", "图例", "符号", "备注"])
def test_a_legend_beside_the_marks_may_have_a_head(head):
    assert called(["2026年"], [*HEAD, head], [*LINE, OTHER]) == READ


@pytest.mark.parametrize("heads", [["符号", "含义"], ["图例", ""], ["△", "缺席"], ["缺席", "△"], ["", ""]])
def test_signs_in_cells_of_their_own_beside_the_marks_may_have_heads(heads):
    lines = [[*LINE, "○", "到会"], [2, "吴江", B, "", "", "", "×", "请假"], [3, "郑海", C, "", "", "", "√", "迟到"]]
    assert called(["2026年"], [*HEAD, *heads], *lines)[:1] == READ


@pytest.mark.parametrize("left", range(5))
@pytest.mark.parametrize(
    "lines",
    [
        [["○", "到会"], ["×", "请假"], ["△", "缺席"], ["√", "迟到"]],
        [["○", "到会", "×", "请假"], ["△", "缺席", "√", "迟到"]],
        [["○", "到会", "×", "请假", "△", "缺席", "√", "迟到"]],
        [["到会", "○"], ["请假", "×"], ["缺席", "△"], ["迟到", "√"]],
        [["图例", "○", "到会"], ["", "×", "请假"], ["", "√", "迟到"]],
        [["符号", "含义"], ["○", "表示到会"], ["×", "表示请假"], ["√", "为迟到"]],
        [["注：○", "到会"], ["×", "请假（含探亲）"], ["√", "迟到"]],
    ],
)
def test_a_legend_below_the_table_in_two_cells_is_no_people(lines, left):
    rows = [["2026年点名册"], HEAD, LINE, *([""] * left + line for line in lines)]
    (table,) = rollcalls(xlsx(("表", rows)), 2026, "V4")
    assert [(row.row, row.name) for row in table.rows] == [(3, "周洁")]
    assert [mark.attendance for mark in table.rows[0].marks] == READ[0]


def test_signs_of_two_cells_may_be_digits_where_both_say_so():
    assert called(HEAD, [1, "周洁", A, 1, 0, "1"], ["", "1", "到会"], ["", "0", "缺席"]) == [
        ["PRESENT", "ABSENT_UNEXCUSED", "PRESENT"]
    ]


DAYS = ["序号", "姓名", "身份证号", "9月8日", "9月9日"]
CALLED = [1, "周洁", A, 1, 0]
COUNTS = {
    "words and numbers": [["", "到会", 2, "缺席", 1]],
    "texts": [["", "到会", "2", "缺席", "1"]],
    "one": [["缺席", 1]],
    "one under the names": [["", "缺席", "1"]],
    "one for each": [["", "到会", 1], ["", "缺席", 0]],
    "nobody": [["", "到会", 1, "缺席", "/"], ["", "请假", "—"]],
    "numbers of two digits": [["", "到会", 12, "缺席", 3], ["应到", 15, "实到", 13]],
    "the number first": [["", 2, "到会", 1, "缺席"]],
    "the same number twice": [["", 1, "到会"], ["", 1, "缺席"], ["", 0, "请假"], ["", 0, "迟到"]],
}  # fmt: skip


@pytest.mark.parametrize("name", COUNTS)
def test_counts_below_the_table_explain_no_marks(name):
    assert called(["2026年"], DAYS, CALLED, *COUNTS[name]) == [[None, None]]
    written = called(["2026年"], DAYS, CALLED, ["注：1到会，0缺席"], *COUNTS[name])
    assert written == [["PRESENT", "ABSENT_UNEXCUSED"]]


def test_counts_leave_blank_cells_blank():
    assert called(["2026年"], DAYS, [1, "周洁", A, "/", "√"], ["", "到会", 1, "缺席", "/"]) == [["PRESENT"]]


@pytest.mark.parametrize("label", ["注", "图例："])
def test_signs_in_cells_of_one_row_may_be_digits_behind_a_label(label):
    legend = [label, 1, "到会", 0, "缺席"]
    assert called(["2026年"], DAYS, CALLED, legend) == [["PRESENT", "ABSENT_UNEXCUSED"]]


@pytest.mark.parametrize("cells", [["√", "缺席"], ["缺席", "√"], ["✓", "缺席"]])
@pytest.mark.parametrize("first", [True, False])
def test_a_legend_that_is_written_out_goes_before_signs_in_cells_of_their_own(cells, first):
    line, legends = [1, "周洁", A, "√", "✓"], [["注：√到会 ×请假"], ["", *cells]]
    assert called(["2026年"], DAYS, line, *(legends if first else legends[::-1])) == [["PRESENT", "PRESENT"]]


def test_people_are_people_though_their_line_looks_like_a_legend():
    (table,) = rollcalls(
        xlsx(("表", [["2026年"], HEAD, LINE, ["★", "吴江"], ["", "郑海", "", "√"], ["△", "", B, "√", "病假"]])),
        2026,
        "V4",
    )
    assert [(row.row, row.name, len(row.marks)) for row in table.rows] == [
        (3, "周洁", 3), (4, "吴江", 0), (5, "郑海", 1), (6, "", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ([2, "", "", "缺席"], [(4, "ABSENT_UNEXCUSED")]), (["2", "", "", "", "缺席"], [(5, "ABSENT_UNEXCUSED")]),
        ([2, "", "", "缺席", "缺席"], [(4, "ABSENT_UNEXCUSED"), (5, "ABSENT_UNEXCUSED")]), (["", "", "", "/", "缺席"], [(5, "ABSENT_UNEXCUSED")]),
        (["", "", "", 1, "缺席"], [(4, None), (5, "ABSENT_UNEXCUSED")]), ([2, "", "", "√"], [(4, "PRESENT")]),
    ],
)  # fmt: skip
def test_a_line_without_a_name_is_said_to_lack_it_though_it_looks_like_a_legend(line, said):
    (table,) = rollcalls(
        xlsx(("表", [["2026年"], DAYS, [1, "周洁", A, "√", "√"], line, [3, "吴江", B, 1, "√"]])), 2026, "V4"
    )
    assert errors(table.rows) == [(4, "name", "NAME_MISSING")]
    assert [[(mark.column, mark.attendance) for mark in row.marks] for row in table.rows] == [
        [(4, "PRESENT"), (5, "PRESENT")], said, [(4, None), (5, "PRESENT")],
    ]  # fmt: skip


def marks_of(source):
    return [[mark.attendance for mark in table.rows[0].marks] for table in rollcalls(source, 2026, "V4")]


def test_a_legend_holds_for_its_sheet_only():
    source = xlsx(("甲", [HEAD, LINE, ["注：" + OTHER]]), ("乙", [HEAD, LINE]))
    assert marks_of(source) == [*READ, ["SICK_LEAVE", "ABSENT_UNEXCUSED", "PRESENT"]]


LEGEND_SHEETS = {
    "a line": ("说明", [["注：" + OTHER]]),
    "a table of signs": ("图例", [["符号", "含义"], ["○", "到会"], ["×", "请假"], ["△", "缺席"], ["√", "迟到"]]),
    "words first": ("Sheet2", [["到会", "○"], ["请假", "×"], ["缺席", "△"], ["迟到", "√"]]),
    "among other notes": ("填表说明", [["填表说明"], ["一、本表由支部填写，每月一次。"], ["二、" + OTHER], ["三、身份证号码请填 18 位。"]]),
}  # fmt: skip


@pytest.mark.parametrize("name", LEGEND_SHEETS)
@pytest.mark.parametrize("first", [True, False])
def test_a_legend_on_a_sheet_of_its_own(name, first):
    sheets = [("甲", [HEAD, LINE]), ("乙", [HEAD, LINE])]
    sheets.insert(0 if first else 2, LEGEND_SHEETS[name])
    assert marks_of(xlsx(*sheets)) == READ * 2


def test_a_sheet_with_a_legend_goes_by_its_own():
    sheets = [("说明", [["注：" + OTHER]]), ("甲", [HEAD, LINE, [LEGEND]]), ("乙", [HEAD, LINE])]
    assert marks_of(xlsx(*sheets)) == [["SICK_LEAVE", "ABSENT_UNEXCUSED", "PRESENT"], *READ]


def test_two_sheets_that_explain_a_sign_differently():
    sheets = [("说明", [["○到会 ×请假"]]), ("图例", [["○病假 ×请假"]]), ("甲", [HEAD, LINE])]
    assert marks_of(xlsx(*sheets)) == [[None, "PERSONAL_LEAVE", "PRESENT"]]


@pytest.mark.parametrize(
    ("name", "rows"),
    [("统计", [["√ 到会"], ["9月", "3人"]]), ("名册", [["姓名", "电话"], ["周洁", "1"], [OTHER]]), ("说明", [["★请假须提前报告"]])],
)  # fmt: skip
def test_other_sheets_explain_nothing(name, rows):
    read = [["SICK_LEAVE", "ABSENT_UNEXCUSED", "PRESENT"]]
    assert marks_of(xlsx((name, rows), ("甲", [HEAD, LINE]))) == read


def test_a_legend_holds_for_each_table_of_the_sheet():
    assert called(HEAD, LINE, [], HEAD, LINE, ["注：" + OTHER]) == READ * 2


def test_each_table_of_a_sheet_may_have_its_own():
    usual = [["SICK_LEAVE", "ABSENT_UNEXCUSED", "PRESENT"]]
    assert called(HEAD, LINE, ["注：" + OTHER], [], HEAD, LINE, [LEGEND]) == READ + usual
    assert called(["注：" + OTHER], HEAD, LINE, [], [LEGEND], HEAD, LINE) == READ + usual


def test_numbers_are_marks_where_the_legend_says_so():
    assert called(HEAD, [1, "周洁", A, 1, 0, "1"], ["注：1到会 0缺席"]) == [["PRESENT", "ABSENT_UNEXCUSED", "PRESENT"]]
    assert called(HEAD, [1, "周洁", A, 1, 0, "√"]) == [[None, None, "PRESENT"]]


def test_an_unknown_mark_is_one_error_and_the_others_go_in():
    (table,) = rollcalls(xlsx(("表", [HEAD, [1, "周洁", A, "√", "●", "迟到10分钟"]])), 2026, "V4")
    (row,) = table.rows
    assert row.error is None
    assert [(mark.column, mark.activity, mark.attendance, mark.text) for mark in row.marks] == [
        (4, 0, "PRESENT", "√"), (5, 1, None, "●"), (6, 2, "LATE", "迟到10分钟"),
    ]  # fmt: skip
    assert [(mark.error.field, mark.error.code) if mark.error else None for mark in row.marks] == [None, ("attendance", "MARK_UNKNOWN"), None]  # fmt: skip


def test_blank_cells_give_no_mark():
    (table,) = rollcalls(
        xlsx(("表", [HEAD, [1, "周洁", A, "", "/", "无"], [2, "吴江", B, "—", "√", "缺"]])), 2026, "V4"
    )
    assert [[(mark.activity, mark.attendance) for mark in row.marks] for row in table.rows] == [
        [], [(1, "PRESENT"), (2, "ABSENT_UNEXCUSED")],
    ]  # fmt: skip


def test_merged_marks_hold_for_each_person_and_day():
    rows = [HEAD, [1, "周洁", A, "√", "#", "#"], [2, "吴江", B, "", "", "外出"], [3, "郑海", C, "×", "√", ""]]
    assert called(*rows, merged=["D2:D3", "E2:F2", "F3:F4"]) == [["PRESENT", "LATE", "LATE"], ["PRESENT", None], ["ABSENT_UNEXCUSED", "PRESENT"]]  # fmt: skip


def test_a_mark_repeats_the_one_above():
    assert called(HEAD, [1, "周洁", A, "√", "病假"], [2, "吴江", B, "〃", "同上", "同上"]) == [["PRESENT", "SICK_LEAVE"], ["PRESENT", "SICK_LEAVE"]]  # fmt: skip


def test_what_is_no_person():
    rows = [
        ["应到", "", "", 3, 3, 3], ["实到人数", "", "", 2, 2, 2], ["", "应到人数", "", 3, 3, 3], ["", "实到：2", "", 2, 2, 2], ["合计", "", "", 2, 2, 2],
        ["小计", "", "", "√", "", ""], ["", "到会率", "", "90%", "90%", "90%"], ["", "出勤率（%）", "", 0.9, 0.9, 0.9], ["", "缺席人数", "", 1, 1, 1],
        ["", "请假", "", 0, 0, 0], ["", "出勤", "", 2, 2, 2], ["", "党员总数", "", 3, 3, 3], ["", "缺席", "", 0, 0, 1],
        ["", "", "", 2, 2, 2], ["", "主持人", "", "周洁", "周洁", "吴江"], ["", "活动地点", "", "会议室", "会议室", "广场"], ["", "备注", "", "", "", ""],
        [LEGEND], ["", LEGEND], ["", "√到会 ×缺席"], ["记录人：吴江", "", "", "审核：周洁"], ["2026年10月9日"], ["", "考勤员签字", "", "周洁", "周洁", "吴江"],
    ]  # fmt: skip
    (table,) = rollcalls(
        xlsx(("表", [HEAD, [1, "周洁", A, "√", "√", "√"], *rows, [2, "吴江", B, "", "", ""]])), 2026, "V4"
    )
    assert [(row.row, row.name) for row in table.rows] == [(2, "周洁"), (26, "吴江")]


def test_the_rules_of_refusing_a_line():
    head = ["序号", "姓名", "身份证号", "所在组织", "9月9日 党课"]
    rows = [
        head, [1, "", A, "高坪村党支部", "√"], [2, "", "", "", "√"], [3, "周洁", "123", "高坪村党支部", "√"], [4, "吴江", "", "乌有村党支部", "√"],
        [5, "郑海", "", "高坪村党支部", "√"], ["", "钱进", "", "高坪村党支部", ""],
    ]  # fmt: skip
    (table,) = rollcalls(xlsx(("表", rows)), 2026)
    assert errors(table.rows) == [
        (2, "name", "NAME_MISSING"), (3, "name", "NAME_MISSING"), (4, "citizenId", "IDENTITY_LENGTH"), (5, "organization", "ORGANIZATION_UNKNOWN"),
    ]  # fmt: skip
    assert warnings(table.rows) == [(6, "citizenId", "IDENTITY_MISSING"), (7, "citizenId", "IDENTITY_MISSING")]
    assert [(row.organization, row.organization_from, len(row.marks)) for row in table.rows[4:]] == [("V4", "CELL", 1), ("V4", "CELL", 0)]  # fmt: skip


def test_names_alone_are_looked_for_in_the_organization_above_them():
    head = ["姓名", "9月9日 党课"]
    rows = [["党组织：石桥村党总支"], head, ["第一党支部"], ["周洁", "√"], ["第二党支部"], ["吴江", "×"], ["郑海"]]
    (table,) = rollcalls(xlsx(("表", rows)), 2026)
    assert table.organization == "V2"
    assert [(row.row, row.name, row.organization) for row in table.rows] == [(4, "周洁", "V21"), (6, "吴江", "V22"), (7, "郑海", "V22")]  # fmt: skip


def test_hidden_rows_are_read():
    source = xlsx(("表", [HEAD, LINE, [2, "吴江", B, "√", "√", "√"]]), hidden_rows=[1, 2])
    (table,) = rollcalls(source, 2026, "V4")
    assert [row.name for row in table.rows] == ["周洁", "吴江"]


def test_two_columns_of_one_activity_are_two_marks():
    head = ["姓名", "身份证号", "9月9日 党课", "9月9日 党课"]
    (table,) = rollcalls(xlsx(("表", [head, ["周洁", A, "√", "×"]])), 2026)
    assert [(one.kind, one.held_on) for one in table.activities] == [("PARTY_LECTURE", "2026-09-09")] * 2
    assert [mark.attendance for mark in table.rows[0].marks] == ["PRESENT", "ABSENT_UNEXCUSED"]


def test_columns_and_rows_are_those_of_excel():
    rows = [[], [], ["", "", *HEAD], ["", "", *LINE]]
    (table,) = rollcalls(xlsx(("表", rows)), 2026)
    assert [(one.row, one.column) for one in table.activities] == [(3, 6), (3, 7), (3, 8)]
    assert [(table.rows[0].row, mark.column) for mark in table.rows[0].marks] == [(4, 6), (4, 7), (4, 8)]


@pytest.mark.parametrize(
    ("mark", "attendance", "mode"),
    [
        ("√（请假）", None, None), ("√（病假）", None, None), ("√（缺席）", None, None),
        ("√迟到", "LATE", None), ("√（迟到10分钟）", "LATE", None), ("√（未迟到）", "PRESENT", None),
        ("#（线上）", "LATE", "ONLINE"), ("√（线上）", "PRESENT", "ONLINE"),
    ],
)  # fmt: skip
def test_a_sign_with_another_meaning_beside_it_is_no_attendance(mark, attendance, mode):
    found = marks.read(mark)
    assert (found.attendance, found.mode) == (attendance, mode)
