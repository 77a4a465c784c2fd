"""The enumerations of organizational life as words of the schema, each value with its meaning."""

from hub.models import (
    ActivityKind,
    Attendance,
    CardState,
    Component,
    ContactManner,
    DisputeState,
    EvidenceKind,
    ExemptionReason,
    Grade,
    InquiryState,
    ParticipationMode,
    ParticipationRole,
    ParticipationSource,
    ParticipationState,
)
from hub.schema.words import enum

enum(
    ActivityKind,
    "三会一课 and the other forms of organizational life.",
    MEMBER_CONGRESS="支部党员大会.",
    BRANCH_COMMITTEE="支部委员会会议.",
    GROUP_MEETING="党小组会.",
    PARTY_LECTURE="党课.",
    THEME_DAY="主题党日.",
    ORG_LIFE_MEETING="组织生活会.",
    DEMOCRATIC_APPRAISAL="民主评议党员.",
    TRAINING="集中培训.",
    ONLINE_EXCHANGE="网上学习交流.",
    THOUGHT_REPORT="思想汇报、心得体会.",
    VOLUNTEER="志愿服务、实践.",
    TALK="谈心谈话: contact, never attendance.",
    OTHER="Anything else; the title says what.",
)
enum(
    ParticipationMode,
    "How somebody takes part.",
    ON_SITE="现场.",
    ONLINE="线上.",
    SELF_STUDY="补学、自学.",
    DELIVERED="送学: brought or sent to the member.",
)
enum(
    Component,
    "The parts of a theme day (一月一课一片一实践).",
    LECTURE="一课.",
    FILM="一片.",
    PRACTICE="一实践.",
)
enum(
    Attendance,
    "The marks of a sign-in sheet. Only ABSENT_UNEXCUSED is without cause.",
    PRESENT="√ 到会.",
    LATE="# 迟到: attended.",
    SICK_LEAVE="O 病假.",
    OFFICIAL_LEAVE="★ 公假.",
    PERSONAL_LEAVE="△ 事假.",
    ABSENT_UNEXCUSED="× 无故缺席; from the inflow side it is information, until the home branch has heard the member.",
)
enum(
    ParticipationSource,
    "Who tells it.",
    ROLL_CALL="The host's own roll call.",
    SELF_REPORT="The member, to the home branch.",
)
enum(
    ParticipationState,
    "How far a record is. Confirmed counts, acknowledged or not.",
    RECORDED="Told, and neither confirmed nor accepted yet.",
    CONFIRMED="The host says so.",
    ACKNOWLEDGED="The formal organization has taken note, or accepted it on evidence.",
)
enum(
    DisputeState,
    "What became of the member's objection.",
    DISPUTED="Waits for the recorder's answer.",
    CORRECTED="The recorder corrected the record.",
    UPHELD="The recorder stands by it, with a reason.",
)
enum(
    ParticipationRole,
    "As what somebody took part.",
    PARTICIPANT="参加.",
    CHAIR="主持.",
    SPEAKER="主讲.",
    OBSERVER="列席: no vote, and no absence.",
)
enum(
    EvidenceKind,
    "What shows it; the picture itself stays where it is.",
    SIGN_IN_SHEET="签到表.",
    PHOTO="照片.",
    SCREENSHOT="截图.",
    VIDEO="视频.",
    QR_CODE="扫码签到.",
    CERTIFICATE="证明.",
    CARD_ENTRY="活动证记载.",
    OTHER="其他.",
)
enum(
    ExemptionReason,
    "Who is held to no hard attendance (条例 Art 23).",
    OLD_AGE="年老.",
    ILLNESS="体弱多病.",
    DISABILITY="行动不便.",
    OTHER="其他: say what in the note.",
)
enum(
    InquiryState,
    "Where an inquiry (协查函) stands.",
    ASKED="Waits for the inflow side; nothing adverse about its period can be recorded.",
    ANSWERED="Answered.",
    WITHDRAWN="Taken back by the outflow side.",
)
enum(
    ContactManner,
    "How somebody was reached or looked for.",
    PHONE="电话.",
    MESSAGE="微信、短信等.",
    MEETING="见面.",
    LETTER="信函.",
    REPORT="本人汇报.",
    DUES="本人交纳党费.",
    FAMILY="通过家属; never contact by itself.",
    ADDRESS="走访住处.",
    WORK_UNIT="通过工作单位.",
    POLICE="通过公安等部门.",
    NOTICE="公告.",
)
enum(
    CardState,
    "Where an activity card (流动党员活动证) stands.",
    ISSUED="已发.",
    PRESENTED="已向流入地出示.",
    CHECKED="已查验.",
    RETURNED="已交回.",
    VOID="已作废.",
    REPLACED="已换发.",
)
enum(
    Grade,
    "The grade of a year's appraisal (民主评议).",
    EXCELLENT="优秀.",
    QUALIFIED="合格.",
    BASICALLY_QUALIFIED="基本合格.",
    UNQUALIFIED="不合格: cannot be recorded while evidence from the inflow side is open.",
)
