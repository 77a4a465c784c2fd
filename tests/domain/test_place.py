"""Places at town level: doors are found, and names that hold a number are not taken for one."""

from __future__ import annotations

import pytest

from hub.domain.place import at_town_level, refusal

NAMES = (
    "三号桥社区", "八号桥街道", "一号公路服务区", "一号路社区", "十号村", "四号镇", "九幢村", "红星二号社区", "2号会议室",
    "三楼3号会议室", "八一村", "地铁10号线工地", "八一小学", "G15高速出口", "十堰市", "三里屯街道", "百户村", "千户苗寨", "七里河区",
    "九座楼村", "文化站二楼", "第2党支部活动室", "新港街道（望江社区）", "A区", "C座会议厅", "12路公交站", "三座店镇",
)  # fmt: skip
DOORS = {
    "滨江区新港街道工业路12号": "滨江区新港街道", "新港街道灯塔社区3栋2单元": "新港街道灯塔社区", "工业路五号院": None,
    "南京市鼓楼区广州路12号": "南京市鼓楼区", "苏州街12号": None, "市民中心3号楼": None, "中关村大街27号": None,
    "工业路1201房": None, "幸福小区5-2-301": None, "A座1201": None, "工业路12-3": None, "白杨村三组15户": "白杨村", "建设路No12": None,
    "工业路12號": None, "工业路壹拾贰号": None, "新港街道工业路１２号": "新港街道", "张江镇科苑路88号2幢301室": "张江镇",
    "柳河镇白杨村3组12号（自家）": "柳河镇白杨村", "某某自治区喀什市人民路12号": "某某自治区喀什市", "朝阳区建国路甲12号": "朝阳区",
    "科技园区3号楼": None, "中山路100": None, "12号": None,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_with_a_number_is_no_door(name: str) -> None:
    assert (at_town_level(name), refusal(name)) == (name, None)


@pytest.mark.parametrize("text", list(DOORS))
def test_a_door_is_refused_and_a_ledger_keeps_the_town(text: str) -> None:
    assert at_town_level(text) == DOORS[text]
    found = refusal(text)
    assert found is not None
    assert found.field == "place"


def test_nothing_and_too_much() -> None:
    assert refusal(None) is None
    assert refusal("滨" * 501) is not None
