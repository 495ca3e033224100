"""The fixed words of the auditor pack, English and Chinese side by side."""

from __future__ import annotations

AUDIT_TEXTS: dict[str, tuple[str, str]] = {
    "audit_title": ("Auditor pack", "审计资料包"),
    "audit_subject": ("Subsequent receipts, confirmations, cut-off", "期后收款、函证、截止测试"),
    # sheet names
    "receipts": ("Subsequent receipts", "期后收款"),
    "receipts_customers": ("Receipts by customer", "期后收款（按客户）"),
    "confirmations": ("Confirmations", "函证"),
    "sampling": ("Sampling", "抽样"),
    "letters": ("Letters", "函证清单"),
    "replies": ("Replies", "回函"),
    "cutoff": ("Cut-off", "截止测试"),
    "sequence": ("Sequence", "连号"),
    "top_five": ("Five largest", "前五大"),
    "related": ("Related parties", "关联方"),
    "by_year": ("Aging by year", "按年账龄"),
    "bridge": ("Year bridge", "账龄对照"),
    "credits": ("Credit balances", "贷方余额"),
    "unusual": ("Unusual items", "异常项目"),
    # what each sheet is for
    "receipts_note": (
        "Every item open on the as-of date and what became of it afterward; totals in the currency chosen.",
        "截止日每一笔未清项目及其期后情况；合计为所选币种。",
    ),
    "receipts_customers_note": (
        "The same by customer. Receipts that no document has taken up yet stand in the last column.",
        "按客户汇总。尚未核销到单据的期后收款列于最后一列。",
    ),
    "confirmations_note": (
        "Every customer with a balance, debit or credit; ✓ marks who is asked and why. The rules are on Sampling.",
        "全部有余额（借方或贷方）的客户；✓ 为选中并注明理由。规则见“抽样”。",
    ),
    "sampling_note": (
        "How customers are chosen and how much that covers; each rule can be repeated by hand.",
        "客户如何选取、覆盖多少；每条规则都可手工重做。",
    ),
    "letters_note": (
        "One line per letter and currency, for a mail merge; the yellow columns are for you to fill.",
        "每份询证函、每个币种一行，供邮件合并；黄色列由您填写。",
    ),
    "replies_note": (
        "Book against reply; a difference is explained by whole documents, as far as any fit.",
        "账面与回函对照；差异以整份单据解释。",
    ),
    "cutoff_note": (
        "Goods and invoices on two sides of the as-of date.",
        "发货与开票分处截止日两侧的情况。",
    ),
    "sequence_note": (
        "The last documents before and the first after the as-of date, number by number; ▲ marks what is missing.",
        "截止日前最后及其后最初的单据，按号码排列；▲ 为缺号。",
    ),
    "top_five_note": ("The five largest balances of each currency.", "各币种余额前五大客户。"),
    "related_note": (
        "Related parties and intercompany: movements of the period up to the balance.",
        "关联方及集团内客户：本期变动至余额。",
    ),
    "by_year_note": (
        "Receivables by age in years, whatever scheme the close uses; credits stand apart.",
        "不论月结方案，按年列示账龄；贷项单列。",
    ),
    "bridge_note": (
        "The same receivables by column of the close: how its aging turns into the aging by year.",
        "同一应收按月结账龄与按年账龄对照。",
    ),
    "credits_note": (
        "Who holds credits; what is net in credit belongs among the liabilities.",
        "持有贷项的客户；净额为贷方者应列为负债。",
    ),
    "unusual_note": ("What an auditor looks at one by one.", "需逐笔查看的事项。"),
    # headings and labels
    "receipts_to": ("Receipts to", "收款截至"),
    "sample_seed": ("Seed", "种子"),
    "delivered_heading": ("Delivered, not invoiced", "已发货未开票"),
    "invoiced_heading": ("Invoiced, not delivered", "已开票未发货"),
    "five_heading": ("Five largest customers", "前五大客户"),
    "index_heading": ("What is in this book", "目录"),
    "kpi_open": ("Open on the as-of date", "截止日未清"),
    "kpi_received": ("Received afterward", "期后收款"),
    "kpi_otherwise": ("Settled otherwise", "其他方式结清"),
    "kpi_still": ("Still open", "仍未收"),
    "kpi_unapplied_later": ("Receipts unapplied", "期后未核销收款"),
    "kpi_chosen": ("Asked to confirm", "函证金额"),
    "kpi_replied": ("Replied", "已回函"),
    "kpi_unexplained": ("Unexplained", "未解释差异"),
    "kpi_not_invoiced": ("Delivered, not invoiced", "已发货未开票"),
    "kpi_not_delivered": ("Invoiced, not delivered", "已开票未发货"),
    "kpi_five": ("Five largest", "前五大"),
    "kpi_related": ("Related parties", "关联方"),
    "kpi_over_year": ("Over one year", "一年以上"),
    "kpi_credits": ("Credit balances", "贷方余额"),
    "kpi_customers": ("Net balance", "净余额"),
    "received": ("Received after", "期后收款"),
    "collected": ("Collected", "收回比例"),
    "f_of_open": ('0.0%" of open"', '"占未清 "0.0%'),
    "f_of_debit": ('0.0%" of debit balances"', '"占借方余额 "0.0%'),
    "f_replies": ('#,##0" replies"', '#,##0" 户回函"'),
    "f_deliveries": ('#,##0" deliveries"', '#,##0" 笔发货"'),
    "f_invoices": ('#,##0" invoices"', '#,##0" 张发票"'),
    # checks
    "check_receipts": ("Receipts by customer, open = subsequent receipts, open", "按客户未清 = 期后收款未清"),
    "check_later": (
        "Receipts + everything else that settles + still open = open",
        "期后收款 + 其他结清 + 仍未收 = 未清",
    ),
    "check_confirmations": ("Balances to confirm = balance on the summary", "函证余额 = 摘要余额"),
    "check_letters": ("Letters = balances marked chosen", "函证清单 = 选中余额"),
    "check_by_year": ("Aging by year, balance = balances to confirm", "按年账龄余额 = 函证余额"),
    "check_years": ("Years of all customers = receivables of all customers", "各年合计 = 应收合计"),
    "check_year_bridge": ("Year bridge = aging by year", "账龄对照 = 按年账龄"),
    "check_reclassified": ("To reclassify = credit balances on the summary", "应重分类 = 摘要贷方余额"),
    "check_related": ("Opening + movements of related parties = balance", "关联方期初 + 变动 = 余额"),
    "check_replies": ("Differences = explained + unexplained", "差异 = 已解释 + 未解释"),
}
