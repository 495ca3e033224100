"""Writes the tables in docs/policy.md: every table of a credit policy with its keys, from `policy/tables.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duebook.policy import sections, tables

PAGE = Path(__file__).resolve().parent.parent / "docs" / "policy.md"
BEGIN, END = "<!-- tables: made by tools/policy_page.py -->\n", "<!-- end of tables -->"

TITLES = {
    "closing": "The close · 月末结账",
    "allowances": "Allowance and related parties · 坏账准备与关联方",
    "calendars": "Calendars · 日历",
    "grades": "Grades · 信用等级",
    "default_probability": "Default probabilities · 违约概率",
    "score_card": "Score cards · 评分卡",
    "limits": "Credit limits · 信用额度",
    "risk_amounts": "Risk amounts · 风险金额",
    "credit_terms": "Credit terms · 账期",
    "terms_law": "Laws on terms · 账期法规",
    "order_check": "Order check · 订单审核",
    "monitoring": "Monitoring · 风险监控",
    "reviews": "Reviews · 定期复核",
    "structure": "Customer structure · 客户结构",
    "cover": "Credit insurance · 信用保险",
    "late_payment": "Late payment · 逾期付款",
    "reminders": "Reminders · 催款",
    "disputes": "Disputes · 争议",
    "limitation": "Limitation · 诉讼时效",
    "audit": "Auditor pack · 审计资料包",
    "letterhead": "Statements of account · 对账单",
}
KINDS = {
    "text": "text · 文字",
    "flag": "TRUE or FALSE · 是否",
    "date": "date · 日期",
    "number": "number · 数字",
    "whole": "whole number · 整数",
    "days": "days · 天数",
    "months": "months · 月数",
    "years": "years · 年数",
    "amount": "amount · 金额",
    "share": "fraction · 小数",
    "rate": "rate, fraction · 利率（小数）",
    "ratio": "ratio · 倍数",
    "currency": "ISO 4217 code · 币种代码",
    "unit": "unit · 单位",
    "wholes": "list of whole numbers · 整数列表",
    "shares": "list of fractions · 小数列表",
    "dates": "list of dates and spans (first..last) · 日期或起止日期列表",
    "weekdays": "list of weekdays · 星期列表",
    "dimensions": "list of names of `score_dimension` · 维度列表",
    "events": "list of events · 事件列表",
    "scheme": "name of an `aging_scheme` · 账龄方案名称",
    "grade": "name of a `grade` · 等级名称",
    "card": "name of a `score_card` · 评分卡名称",
    "dimension": "`dimension` of a `score_dimension` · 维度代码",
    "mix": "name of a `mix` · 结构名称",
    "reference": "name of a `late_reference` · 基准名称",
    "regime": "name of a `late_regime` · 规则名称",
}
ADDS = " Adds to Duebook's own. · 在 Duebook 自带的行之外添加。"
HEAD = "| key · 列 | holds · 内容 | left out · 留空 | what it says | 说明 |\n|---|---|---|---|---|\n"
INTRODUCTION = """## All tables · 全部的表

*Required* keys must be filled in every row; for the others, *left out* says what counts instead ("–": nothing). Besides
the keys listed, every table has `note`, a text that nothing reads, and every table but `policy` and `aging_scheme` the
required date `from`.

标“必填”的列每行都要填；其余留空时以所示内容为准（“–”表示无）。此外每个表都可有 `note`（备注），除 `policy` 和
`aging_scheme` 外每个表都必须有日期 `from`。
"""


def made() -> str:
    """What stands between the markers of the page."""
    parts = [INTRODUCTION, "### The policy itself · 政策本身\n", _table("policy")]
    for section in sections.SECTIONS:
        parts.append(f"### {TITLES[section.__name__.rpartition('.')[2]]}\n")
        parts += map(_table, section.TABLES)
    return "\n".join(parts)


def page(content: str) -> str:
    """The page with its tables made anew."""
    before, rest = content.split(BEGIN)
    return before + BEGIN + made() + END + rest.partition(END)[2]


def _table(name: str) -> str:
    described = tables.described()[name]
    title = "[policy]" if name == "policy" else f"[[{name}]]"
    adds = ADDS if described.get("adds") else ""
    rows = "".join(_row(key, spec) for key, spec in described["keys"].items())
    return f"#### `{title}`\n\n{_sentence(described['en'])} {described['zh']}。{adds}\n\n{HEAD}{rows}"


def _row(key: str, spec: Mapping[str, Any]) -> str:
    blank = spec.get("blank")
    left_out = "required · 必填" if blank is None else blank
    return f"| `{key}` | {_holds(spec)} | {left_out} | {spec['en']} | {spec['zh']} |\n"


def _holds(spec: Mapping[str, Any]) -> str:
    if "one_of" in spec:
        return ", ".join(f"`{value}`" for value in spec["one_of"])
    kind, least, most = KINDS[spec["holds"]], spec.get("least"), spec.get("most")
    bounds = "" if least is most is None else f"≥ {least}" if most is None else f"≤ {most}"
    return kind + (f", {least}–{most}" if None not in (least, most) else f", {bounds}" if bounds else "")


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8", newline="\n")
