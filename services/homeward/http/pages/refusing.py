"""Refusals as a person without a handbook reads them."""

from collections.abc import Mapping
from typing import Final

from homeward.refusals import Refused

ZH: Final[Mapping[str, str]] = {
    "seen-in-future": "时间在将来，请检查日期和时间。",
    "seen-too-long-ago": "时间超过 30 天。请直接联系警方。",
    "age-contradicts-category": "年龄和“发生了什么”对不上，请改其中一个。",
    "place-impossible": "这个坐标不在地球上，请检查。",
    "form-stale": "页面打开太久了，已经更新，写的内容还在。请再试一次。",
    "too-many-reports": "这个网络一小时内的报告太多。请拨打 110。",
    "case-over": "已经结束，不能再改。",
    "case-verified": "报告已核实，不能撤回。请打电话告诉办案单位。",
    "case-not-found": "没有给您发过这条消息。",
    "watch-not-found": "没有给您发过这条消息。",
    "role-not-allowed": "这个链接不能做这件事。",
    "not-your-report": "这个链接不能做这件事。",
    "link-unknown": "请完整地打开收到的链接。",
    "link-expired": "这个链接已经过期。请再取一个新的。",
    "too-many-pictures": "这个账号一小时内看的地图太多。请稍后再看；案件和时间线照常。",
    "not-found": "这里没有页面。请完整地打开收到的链接。",
    "method-not-allowed": "这里没有页面。请从收到的链接重新打开。",
    "request-invalid": "没有看懂。请从收到的链接重新打开，再试一次。",
    "body-broken": "没有看懂。请从收到的链接重新打开，再试一次。",
    "body-too-large": "内容太多了。请写短一点，再提交一次。",
    "deadline-passed": "系统太慢，不知道收到没有。请再提交一次，不会重复。",
    "alert-not-live": "警报已经不在进行中。",
    "watch-over": "留意任务已结束，谢谢。",
    "nothing-said": "请写点什么。",
    "store-unavailable": "系统暂时没有回应。请再试一次，不会重复。",
    "too-busy": "系统正忙。请再试一次，不会重复。",
    "custody-unanswered": "请回答“抚养争议”。",
    "protection-unanswered": "请回答“保护令”。",
    "time-unreadable": "请填日期和时间。",
    "place-unreadable": "看不懂这个地点。请写坐标（33.07, 115.28）或县名（临泉县）。",
    "number-unreadable": "这个数字不合适。",
    "text-too-long": "这一栏太长了。",
    "choice-unknown": "请从选项里选择。",
    "place-ambiguous": "同名的地方不止一个，请选择。",
    "internal": "我们这边出了错。请拨打 110,稍后再试。",
}
EN: Final[Mapping[str, str]] = {
    "seen-in-future": "That time is in the future; please check date and time.",
    "seen-too-long-ago": "That is more than 30 days ago. Please call the police directly.",
    "age-contradicts-category": "The age does not fit “What happened”; please change one of them.",
    "place-impossible": "These coordinates are not on Earth; please check them.",
    "form-stale": "The page was open too long. It is fresh now, with what you wrote; try again.",
    "too-many-reports": "Too many reports came from this network within an hour. Call 110.",
    "case-over": "It is over and cannot be changed any more.",
    "case-verified": "The report is verified and cannot be withdrawn. Please call who has it.",
    "case-not-found": "That message was not sent to you.",
    "watch-not-found": "That message was not sent to you.",
    "role-not-allowed": "This link cannot do that.",
    "not-your-report": "This link cannot do that.",
    "link-unknown": "Open the whole link as it was sent to you.",
    "link-expired": "This link was good for a while and has expired. Ask for a new one.",
    "too-many-pictures": "This account drew too many maps within an hour. Try again later.",
    "not-found": "There is no page here. Open the whole link as it was sent to you.",
    "method-not-allowed": "There is no page here. Open the link that was sent to you again.",
    "request-invalid": "That was not understood. Open the link again and try once more.",
    "body-broken": "That was not understood. Open the link again and try once more.",
    "body-too-large": "That is too much. Please write less and send it again.",
    "deadline-passed": "It took too long, and may have arrived. Send it again: it counts once.",
    "alert-not-live": "The alert is not live any more.",
    "watch-over": "The watch is over. Thank you.",
    "nothing-said": "Please write something.",
    "store-unavailable": "There is no answer just now. Try again: it counts once.",
    "too-busy": "The system is busy. Try again: it counts once.",
    "custody-unanswered": "Please answer whether custody is disputed.",
    "protection-unanswered": "Please answer whether there is a protection order.",
    "time-unreadable": "Please give date and time.",
    "place-unreadable": "Unclear place: give coordinates (33.07, 115.28) or a county (临泉).",
    "number-unreadable": "That is no fitting number.",
    "text-too-long": "That is too long.",
    "choice-unknown": "Please choose one of the answers.",
    "place-ambiguous": "More than one place has that name; please choose.",
    "internal": "Something broke on our side. Call 110, and try again later.",
}


def in_words(refused: Refused, lang: str) -> str:
    """Return what a refusal says."""
    return by_code(type(refused).code, lang)


def by_code(code: str, lang: str) -> str:
    """Return what a code says: a person is told nothing of keys, bodies and headers."""
    said = ZH if lang == "zh-Hans" else EN
    return said.get(code, said["internal"])
