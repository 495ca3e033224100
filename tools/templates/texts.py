"""The fixed words of the standard workbooks, English and Chinese side by side. Table headers live in `close.slots`.

The bilingual edition shows both by the rule of `core.messages.together`; number formats that carry words (keys
beginning with `f_`) put the Chinese words after the English ones. `BOTH_TEXTS` holds what reads better otherwise.
"""

from __future__ import annotations

import re

from tools.templates.texts_audit import AUDIT_TEXTS
from tools.templates.texts_compare import COMPARE_TEXTS
from tools.templates.texts_movements import MOVEMENTS_TEXTS
from tools.templates.texts_statement import STATEMENT_BOTH, STATEMENT_TEXTS

from duebook.core.messages import BOTH, said, together

TEXTS: dict[str, tuple[str, str]] = {
    # document properties and footers
    "aging_title": ("Receivables aging", "应收账款账龄分析"),
    "exposure_title": ("Credit exposure", "信用敞口"),
    "aging_subject": ("Month-end aging of trade receivables", "应收账款月末账龄"),
    "exposure_subject": ("Exposure against limits, cover and concentration", "敞口、额度、承保与集中度"),
    "footer": ("&L&8Duebook · &A&R&8Page &P of &N", "&L&8Duebook · &A&R&8第 &P 页，共 &N 页"),
    # sheet names
    "summary": ("Summary", "摘要"),
    "aged_balance": ("Aged balance", "账龄余额"),
    "groups": ("Groups and units", "集团与部门"),
    "open_items": ("Open items", "未清项目"),
    "disputed": ("Disputed", "争议"),
    "unapplied": ("Unapplied", "未核销"),
    "provision": ("Provision", "坏账准备"),
    "problems": ("Problems", "问题"),
    "tie_out": ("Tie-out", "总账勾稽"),
    "figures": ("Figures", "数据"),
    "lists": ("Lists", "列表"),
    "exposure": ("Exposure", "敞口"),
    "concentration": ("Concentration", "集中度"),
    "watch_list": ("Watch list", "关注名单"),
    "basis": ("Checks and basis", "核对与口径"),
    # what each sheet is for, one line under its title
    "aged_balance_note": (
        "Each customer's receivables by age; totals are in the currency chosen on the summary.",
        "按客户列示的账龄余额；合计为摘要页所选币种。",
    ),
    "groups_note": (
        "The same balances by customer group and by sales unit; totals in the currency chosen on the summary.",
        "同一余额按集团和销售部门汇总；合计为摘要页所选币种。",
    ),
    "open_items_note": (
        "Every open document with its age and the row of the export it comes from.",
        "每一笔未清单据、其账龄及在导出文件中的行号。",
    ),
    "disputed_note": (
        "The disputed part of a document; the undisputed part stays due.",
        "单据中有争议的部分；无争议部分仍按期应收。",
    ),
    "unapplied_note": (
        "Credit notes, advances and payments that no document has taken up yet.",
        "尚未核销到单据的贷项、预收与收款。",
    ),
    "provision_note": ("Allowance by provision matrix: balance × loss rate.", "按准备矩阵计提：余额 × 损失率。"),
    "problems_note": (
        "Rows of the export that need a person's eye; none is dropped without being named here.",
        "导出文件中需要人工处理的行；没有任何行被无声丢弃。",
    ),
    "tie_out_note": (
        "From the aged balance to the control account, one line per currency; what stands between them, by name.",
        "由账龄余额勾稽至总账科目，每币种一行；其间差额逐项列示。",
    ),
    "figures_note": (
        "What the summary looks up, one block per table. Change nothing here; choose the currency on the summary.",
        "摘要页查找的数据，每表一块。请勿改动；币种在摘要页选择。",
    ),
    "lists_note": (
        "Aging columns, largest customers and largest changes of every currency, looked up by the summary.",
        "各币种的账龄分段、最大客户与最大变动，供摘要页查找。",
    ),
    "exposure_note": (
        "Each customer against limit and cover. ▲ over limit, ● near the limit; the threshold is on the summary.",
        "各客户的额度与承保情况。▲ 超额，● 接近额度；提示线在摘要页。",
    ),
    "concentration_note": (
        "Groups (customers without a group stand alone) by exposure, the largest of each currency.",
        "按敞口排列的集团（无集团的客户单列），每币种列最大者。",
    ),
    "watch_list_note": ("Who needs attention, why, and what to do next.", "需要关注的客户、原因与下一步。"),
    "basis_note": ("Checks first, then the rules used.", "先列核对结果，再列所用口径。"),
    # headings and labels
    "back": ("← Summary", "← 摘要"),
    "total_in": ("Total in ", "合计："),
    "as_of": ("As of", "截止日"),
    "previous_as_of": ("Previous close", "上期截止日"),
    "currency": ("Currency", "币种"),
    "flag_days": ("Flag overdue above", "逾期提示线"),
    "near_limit": ("Flag use from", "额度提示线"),
    "by_group": ("By customer group", "按集团"),
    "by_unit": ("By sales unit", "按销售部门"),
    "ten_heading": ("Ten largest customers", "前十大客户"),
    "changes_heading": ("What changed most since the previous close", "较上期变动最大"),
    "concentration_heading": ("Ten largest groups", "前十大集团"),
    "checks_heading": ("Checks", "核对项"),
    "bridge_heading": ("Bridge to the control account", "与总账的勾稽"),
    "reconciling_heading": ("Reconciling items", "调节项"),
    "basis_heading": ("Basis: conventions, policy and inputs", "口径：约定、政策与输入"),
    "figures_heading": ("Figures by currency", "各币种数据"),
    "bucket_heading": ("Aging columns", "账龄分段"),
    "selected_row": ("Row of the chosen currency", "所选币种所在行"),
    "selected_title": ("Chart title in that currency", "该币种的图表标题"),
    "change": ("Change", "变动"),
    "bucket": ("Age", "账龄"),
    "items": ("Items", "笔数"),
    "amount": ("Amount", "金额"),
    "share": ("Share", "占比"),
    "previous": ("Before", "上期"),
    "rank": ("#", "#"),
    "id": ("Customer ID", "客户编码"),
    "name": ("Customer", "客户名称"),
    "balance": ("Balance", "余额"),
    "overdue": ("Overdue", "逾期"),
    "oldest": ("Oldest", "最长"),
    "group": ("Group or customer", "集团或客户"),
    "customers": ("Customers", "客户数"),
    "limit": ("Limit", "额度"),
    "use": ("Use", "使用率"),
    "cumulative": ("Cumulative", "累计"),
    "aged_total": ("Aged total", "账龄合计"),
    "chart_key": ("dark: this close · light: previous close", "深色：本期 · 浅色：上期"),
    "exposure_key": (
        "bar: exposure · frame: credit limit (no frame: no limit set)",
        "实条：敞口 · 框：信用额度（无框：未设额度）",
    ),
    "legend_input": ("input", "输入"),
    "legend_formula": ("formula", "公式"),
    "legend_check": ("✓ check", "✓ 核对"),
    "legend_link": ("link", "链接"),
    "legend": ("Legend", "图例"),
    # key figures of the aging summary
    "kpi_balance": ("Receivables", "应收余额"),
    "kpi_overdue": ("Overdue", "逾期"),
    "kpi_disputed": ("Disputed", "争议"),
    "kpi_unapplied": ("Unapplied", "未核销"),
    "kpi_allowance": ("Allowance", "坏账准备"),
    "kpi_dso": ("DSO, days", "应收周转天数 DSO"),
    "kpi_dso_other": ("DSO by other methods", "其他方法的 DSO"),
    "kpi_average": ("average balance", "平均余额法"),
    "kpi_countback": ("count-back", "倒推法"),
    "kpi_best": ("best possible", "最佳"),
    "kpi_add": ("Average days delinquent", "平均逾期天数"),
    "kpi_cei": ("Collection effectiveness", "收款效率 CEI"),
    "kpi_turnover": ("Turnover, times", "周转率（次）"),
    # key figures of the exposure summary
    "kpi_exposure": ("Exposure", "敞口"),
    "kpi_limit": ("Credit limits", "信用额度"),
    "kpi_headroom": ("Headroom", "可用额度"),
    "kpi_over": ("Over limit", "超额金额"),
    "kpi_none": ("Without limit", "无额度敞口"),
    "kpi_covered": ("Covered", "承保金额"),
    "kpi_uncovered": ("Uncovered", "未承保金额"),
    "kpi_top_1": ("Largest group", "最大集团"),
    "kpi_top_10": ("Ten largest", "前十大"),
    "kpi_hhi": ("HHI", "HHI 指数"),
    "no_cover": ("no cover on file", "无承保资料"),
    "no_limits": ("no limits on file", "无额度资料"),
    # number formats that carry words
    "f_items": ('#,##0" open items"', '#,##0" 笔未清"'),
    "f_customers": ('#,##0" customers"', '#,##0" 户"'),
    "f_share": ('0.0%" of aged total";(0.0%)" of aged total"', '"占账龄合计 "0.0%;"占账龄合计 "(0.0%)'),
    "f_of_balance": ('0.0%" of balance";(0.0%)" of balance"', '"占余额 "0.0%;"占余额 "(0.0%)'),
    "f_of_exposure": ('0.0%" of exposure";(0.0%)" of exposure"', '"占敞口 "0.0%;"占敞口 "(0.0%)'),
    "f_free": ('0.0%" free";(0.0%)" free"', '"剩余 "0.0%;"剩余 "(0.0%)'),
    "f_effective": ('0.0" effective customers"', '"有效客户数 "0.0'),
    "f_five": ('0.0%" the five largest"', '"前五大 "0.0%'),
    "f_was_money": ('"was "#,##0;"was "(#,##0);"was –"', '"上期 "#,##0;"上期 "(#,##0);"上期 –"'),
    "f_was_decimal": ('"was "0.0;"was "(0.0);"was –"', '"上期 "0.0;"上期 "(0.0);"上期 –"'),
    "f_was_percent": ('"was "0.0%', '"上期 "0.0%'),
    "f_change_money": ('"▲ "#,##0;"▼ "#,##0;"="', '"▲ "#,##0;"▼ "#,##0;"="'),
    "f_change_decimal": ('"▲ "0.0;"▼ "0.0;"="', '"▲ "0.0;"▼ "0.0;"="'),
    "f_change_points": ('"▲ "0.0%" pts";"▼ "0.0%" pts";"="', '"▲ "0.0%" 点差";"▼ "0.0%" 点差";"="'),
    "f_checks": ('"✗ "0" fail";;"✓ all hold"', '"✗ "0" 项不符";;"✓ 全部相符"'),
    "f_days": ('0" days"', '0" 天"'),
    # checks
    "check": ("Check (control sums over all currencies, not amounts)", "核对项（各币种控制数之和，并非金额）"),
    "left": ("One side", "一方"),
    "right": ("Other side", "另一方"),
    "difference": ("Difference", "差异"),
    "holds": ("Holds", "是否相符"),
    "holds_yes": ("✓ TRUE", "✓ 相符"),
    "holds_no": ("✗ FALSE", "✗ 不符"),
    "checks_failed": ("Checks that fail", "不符的核对项"),
    "check_items": (
        "Open items = balance of all customers + disputes left out",
        "未清项目 = 全部客户余额 + 剔除的争议",
    ),
    "check_unapplied": ("Unapplied items = unapplied of all customers", "未核销项目 = 全部客户未核销"),
    "check_disputed": ("Disputed items = disputed part of the open items", "争议项目 = 未清项目中的争议部分"),
    "check_parts": (
        "Aged total + disputed + unapplied = balance of all customers",
        "账龄合计 + 争议 + 未核销 = 全部客户余额",
    ),
    "check_groups": ("Balance of all groups = balance of all customers", "全部集团余额 = 全部客户余额"),
    "check_units": ("Balance of all sales units = balance of all customers", "全部销售部门余额 = 全部客户余额"),
    "check_buckets": ("Aging columns on the summary = aged total of all customers", "摘要账龄分段 = 全部客户账龄合计"),
    "check_bridge": (
        "Bridge before reconciling items = balance of all customers",
        "勾稽表（调节项前）= 全部客户余额",
    ),
    "check_reconciling": ("Reconciling items by name = the bridge's column", "调节项明细 = 勾稽表调节项"),
    "check_allowance": ("Allowance of the matrix = allowance on the summary", "准备矩阵合计 = 摘要坏账准备"),
    "check_control": ("Currencies that miss their control account = none", "与总账不符的币种数 = 零"),
    "check_exposure": ("Exposure of all customers = exposure on the summary", "全部客户敞口 = 摘要敞口"),
    "check_cover": ("Covered of all customers = covered on the summary", "全部客户承保金额 = 摘要承保金额"),
    "check_limits": ("Limits of all customers = limits on the summary", "全部客户额度 = 摘要额度"),
    "check_over": ("Over limit on the summary = negative headroom of all customers", "摘要超额 = 全部客户负可用额度"),
    # validation messages
    "pick_title": ("Currency", "币种"),
    "pick_currency": ("Choose the currency to show.", "选择要显示的币种。"),
    "wrong_currency": (
        "This book has no figures in that currency. Pick one from the list.",
        "本簿没有该币种的数据，请从列表中选择。",
    ),
    "pick_days": ("Overdue above this many days is marked ▲.", "逾期超过此天数标记 ▲。"),
    "wrong_days": ("Type a whole number of days, 0 to 3650.", "请输入 0 至 3650 的整数天数。"),
    "pick_use": ("Use of the limit from this share on is marked ●.", "额度使用率达到此比例标记 ●。"),
    "wrong_use": ("Type a share between 0 % and 100 %.", "请输入 0% 至 100% 之间的比例。"),
    "alt_aging": ("Column chart: amounts by age, this close and the previous one", "柱形图：各账龄金额，本期与上期"),
    "alt_exposure": (
        "Bar chart: exposure of the ten largest groups against their limits",
        "条形图：前十大集团敞口与额度",
    ),
}


TEXTS |= AUDIT_TEXTS | MOVEMENTS_TEXTS | COMPARE_TEXTS | STATEMENT_TEXTS

BOTH_TEXTS: dict[str, str] = {
    "footer": "&L&8Duebook · &A&R&8Page &P of &N · 第 &P 页，共 &N 页",
    "total_in": "Total 合计 ",
    "chart_key": "dark 深色: this close 本期 · light 浅色: previous close 上期",
    "exposure_key": "bar 实条: exposure 敞口 · frame 框: credit limit 信用额度 (no frame 无框: no limit set 未设额度)",
    "kpi_dso": "DSO, days 应收周转天数",
    "kpi_dso_other": "DSO, other methods 其他方法",
    "kpi_average": "average 平均余额法",
    "f_was_money": '"was 上期 "#,##0;"was 上期 "(#,##0);"was 上期 –"',
    "f_was_decimal": '"was 上期 "0.0;"was 上期 "(0.0);"was 上期 –"',
    "kpi_cei": "Collection effectiveness 收款效率",
    **STATEMENT_BOTH,
}
_QUOTED = re.compile(r'"([^"]*)"')


def text(key: str, language: str) -> str:
    """The words `key` in an edition: "en", "zh" or "both"."""
    english, chinese = TEXTS[key]
    if language != BOTH:
        return said(english, chinese, language)
    if key in BOTH_TEXTS:
        return BOTH_TEXTS[key]
    return _format(english, chinese) if key.startswith("f_") else said(english, chinese, language)


def _format(english: str, chinese: str) -> str:
    """A number format with the words of both languages, where the English ones stand, section by section."""
    sections = []
    for one, other in zip(english.split(";"), chinese.split(";"), strict=True):
        words = [_QUOTED.findall(section) for section in (one, other)]
        if len(words[0]) != len(words[1]):
            raise ValueError(f"{one} and {other} quote different numbers of words: write the format into BOTH_TEXTS")
        added = iter(words[1])
        sections.append(_QUOTED.sub(lambda found: f'"{_words(found[1], next(added))}"', one))  # noqa: B023  # used at once
    return ";".join(sections)


def _words(english: str, chinese: str) -> str:
    """ " open items" and " 笔未清": the space at either end is that of the English."""
    before, after = (" " if english[at : at + 1] == " " else "" for at in (0, len(english) - 1))
    return before + together(english.strip(), chinese.strip()) + after
