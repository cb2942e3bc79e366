"""Refusals as a person without a handbook reads them."""

from collections.abc import Mapping
from typing import Final

from homeward.refusals import Refused

ZH: Final[Mapping[str, str]] = {
    "seen-in-future": "时间在将来,请检查日期和时间。",
    "seen-too-long-ago": "时间超过 30 天。请直接联系警方。",
    "age-contradicts-category": "年龄和“发生了什么”对不上,请改其中一个。",
    "place-impossible": "这个坐标不在地球上,请检查。",
    "form-stale": "页面打开太久了。内容还在,请再提交一次。",
    "too-many-reports": "这个网络一小时内的报告太多。请拨打 110。",
    "case-over": "已经结束,不能再改。",
    "case-verified": "报告已核实,不能撤回。请打电话告诉办案单位。",
    "alert-not-live": "警报已经不在进行中。",
    "watch-over": "留意任务已结束,谢谢。",
    "nothing-said": "请写点什么。",
    "store-unavailable": "系统暂时没有回应。请再提交一次,不会重复。",
    "too-busy": "系统正忙。请再提交一次,不会重复。",
    "custody-unanswered": "请回答“抚养争议”。",
    "protection-unanswered": "请回答“保护令”。",
    "time-unreadable": "请填日期和时间。",
    "place-unreadable": "看不懂这个地点。请写坐标(33.07, 115.28)或县名(临泉县)。",
    "number-unreadable": "年龄或身高不是合适的数字。",
    "text-too-long": "有一栏太长了。",
    "choice-unknown": "请从选项里选择。",
    "internal": "我们这边出了错。请拨打 110,稍后再试。",
}
EN: Final[Mapping[str, str]] = {
    "custody-unanswered": "Please answer whether custody is disputed.",
    "protection-unanswered": "Please answer whether there is a protection order.",
    "time-unreadable": "Please give date and time.",
    "place-unreadable": "Unclear place: give coordinates (33.07, 115.28) or a county (临泉).",
    "number-unreadable": "Age or height is no fitting number.",
    "text-too-long": "One field is too long.",
    "choice-unknown": "Please choose one of the answers.",
}


def in_words(refused: Refused, lang: str) -> str:
    """Return what a refusal says."""
    said = type(refused)
    return by_code(said.code, lang) or f"{said.message()} {said.mend}"


def by_code(code: str, lang: str) -> str | None:
    """Return what a code says; None when the refusal's own words are all there is."""
    return ZH.get(code, ZH["internal"]) if lang == "zh-Hans" else EN.get(code)
