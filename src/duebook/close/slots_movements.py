"""The slots of the movements workbook (see `close.slots`)."""

from __future__ import annotations

from duebook.close.slots import Field, Table

_CURRENCY = Field("currency", "Currency", "币种")
_ID = Field("customer_id", "Customer ID", "客户编码", "id")
_NAME = Field("customer_name", "Customer", "客户名称")
_ACCOUNT = Field("account", "Account", "科目")
_BALANCE = Field("balance", "Balance", "余额", "money")
_ALLOWANCE = Field("allowance", "Allowance", "坏账准备", "money")
_REMARK = Field("remark", "Remark", "说明")
_MOVED = "{opening}+{charge}+{reversal}+{write_offs}+{recoveries}+{fx}"

ALLOWANCE_TABLES = (
    # By currency, account and part (specific items, pools), with signs: reversals and write-offs are negative. All but
    # the closing are blank where no earlier close is given.
    Table(
        "allowance_movement",
        (
            _CURRENCY,
            _ACCOUNT,
            Field("part", "Part", "计提方式"),
            Field("opening", "Opening", "期初准备", "money"),
            Field("charge", "Charge", "本期计提", "money"),
            Field("reversal", "Reversal", "本期转回", "money"),
            Field("write_offs", "Write-offs", "本期核销", "money"),
            Field("recoveries", "Recoveries", "收回已核销", "money"),
            Field("fx", "Exchange differences", "汇兑差额", "money"),
            Field("closing", "Closing", "期末准备", "money"),
            Field("booked", "To book", "应入账", "money", formula='IF({opening}="","",{charge}+{reversal})'),
            Field(
                "difference",
                "Difference",
                "差异",
                "money",
                formula=f'IF({{opening}}="","",ROUND({{closing}}-({_MOVED}),4))',
            ),
        ),
    ),
    # What the allowance consists of: each pool, and specific items, by account.
    Table(
        "allowance_pools",
        (_CURRENCY, _ACCOUNT, Field("pool", "Pool", "组合"), _BALANCE, _ALLOWANCE),
    ),
    # Documents, or all that a customer owes in an account, that are assessed by themselves.
    Table(
        "specific_items",
        (
            _CURRENCY,
            _ID,
            _NAME,
            Field("document_id", "Document", "单据号", "id"),
            _ACCOUNT,
            _BALANCE,
            Field("rate", "Share lost", "计提比例", "rate"),
            _ALLOWANCE,
            _REMARK,
        ),
    ),
    # The policy's rates by bucket beside those that own earlier closes propose; no rows without `--history`.
    Table(
        "own_loss_rates",
        (
            _CURRENCY,
            Field("bucket", "Bucket", "账龄"),
            Field("policy_rate", "Policy", "政策损失率", "rate"),
            Field("roll", "Average roll", "平均迁徙率", "rate"),
            Field("roll_rate", "By roll rates", "迁徙率法损失率", "rate"),
            Field("reached", "Reached", "到达金额", "money"),
            Field("cohort_rate", "By cohorts", "批次法损失率", "rate"),
            Field("used_rate", "Rate in use", "采用的损失率", "rate"),
            Field("source", "Taken from", "来源"),
            _REMARK,
        ),
    ),
    # Net write-offs of the period by what they are measured against; no rows where nothing was written off.
    Table(
        "bad_debt_rates",
        (
            _CURRENCY,
            Field("period", "Period", "期间"),
            Field("basis", "Measured against", "基数"),
            Field("write_offs", "Write-offs", "核销额", "money"),
            Field("recoveries", "Recoveries", "收回已核销", "money"),
            Field("base", "Base", "基数金额", "money"),
            Field("rate", "Bad-debt rate", "坏账率", "rate"),
        ),
    ),
)
ALLOWANCE_CELLS = {
    "allowance_words": "text: that rates are illustrative, that no earlier close is given; blank if neither",
}

_RELATION = Field("relation", "Relation", "关联关系")
_DOCUMENT = Field("document_id", "Document", "单据号", "id")
_OPEN = Field("open", "Open", "未清金额", "money")
_SOURCE = (Field("file", "File", "文件"), Field("line", "Line", "行号", "count"))
_KEY = Field("lookup", "Lookup", "查找键", "id")
ROLL_FIELDS = (
    Field("opening", "Opening", "期初", "money"),
    Field("changed", "Changed in the past", "以前期间变动", "money"),
    Field("invoiced", "Invoiced", "开票", "money"),
    Field("credit_notes", "Credit notes", "贷项通知单", "money"),
    Field("cash", "Cash", "收款", "money"),
    Field("write_offs", "Write-offs", "坏账核销", "money"),
    Field("bills", "Bills", "票据", "money"),
    Field("netting", "Netting", "抵销", "money"),
    Field("factoring", "Factoring", "保理", "money"),
    Field("retention", "Retention", "质保金", "money"),
    Field("journals", "Journals", "手工凭证", "money"),
    Field("fx", "Exchange differences", "汇兑差额", "money"),
    Field("undated", "Settled, not told when", "已结清，日期不明", "money"),
    Field("closing", "Closing", "期末", "money"),
)

BARS = 6
"""Bars of the summary's chart: opening, invoiced, credit notes, cash, everything else, closing."""

ROLL_TABLES = (
    # One row per currency, sorted by code: what the summary shows, looked up by the selected currency.
    Table(
        "movements_figures",
        (
            _CURRENCY,
            *ROLL_FIELDS,
            Field("balance", "Aged balance", "账龄余额", "money"),
            Field("gross", "Receivables", "应收账款", "money"),
            Field("retained", "Of it retention", "其中质保金", "money"),
            Field("contract_liabilities", "Contract liabilities", "合同负债", "money"),
            Field("other_credits", "Other credits", "其他贷项", "money"),
            Field("notes", "Notes receivable", "应收票据", "money"),
            Field("contract_assets", "Contract assets", "合同资产", "money"),
            Field("allowance", "Allowance", "坏账准备", "money"),
            Field("customers", "Customers", "客户数", "count"),
            Field("headline", "Headline", "摘要"),
            Field("chart_title", "Chart title", "图表标题"),
            *(Field(f"bar_{n}", f"Bar {n}", f"柱{n}") for n in range(1, BARS + 1)),
            Field("remark", "Remark", "说明"),
        ),
    ),
    # The roll-forward of all customers: one row per currency and line that moved; `lookup` is "CUR|n".
    Table(
        "roll_lines",
        (
            _CURRENCY,
            Field("movement", "Line", "项目"),
            Field("receivable", "Receivables", "应收账款", "money"),
            Field("bill", "Bills", "应收票据", "money"),
            Field("contract_asset", "Contract assets", "合同资产", "money"),
            _KEY,
        ),
    ),
    # Receivables by customer, largest closing balance first; lines that no customer has are hidden.
    Table("roll_forward", (_ID, _NAME, _CURRENCY, *ROLL_FIELDS)),
)
ACCOUNT_TABLES = (
    # Bills by the time left to maturity.
    Table(
        "bill_maturities",
        (_CURRENCY, Field("span", "Matures in", "到期时间"), Field("items", "Bills", "张数", "count"), _OPEN),
    ),
    # Bills by what became of them.
    Table(
        "bill_states",
        (
            _CURRENCY,
            Field("status", "Status", "状态"),
            Field("recourse", "Recourse", "追索权"),
            Field("items", "Bills", "张数", "count"),
            _OPEN,
        ),
    ),
    Table(
        "bills",
        (
            _ID,
            _NAME,
            _DOCUMENT,
            Field("bill_kind", "Kind", "票据类型"),
            Field("acceptor", "Acceptor", "承兑人"),
            Field("received", "Received", "收票日期", "date"),
            Field("maturity", "Maturity", "到期日", "date"),
            Field("days_left", "Days left", "距到期天数", "days"),
            _CURRENCY,
            Field("amount", "Amount", "票面金额", "money"),
            _OPEN,
            Field("status", "Status", "状态"),
            Field("recourse", "Recourse", "追索权"),
            *_SOURCE,
        ),
    ),
    Table(
        "retention_items",
        (
            _ID,
            _NAME,
            _DOCUMENT,
            Field("contract_id", "Contract", "合同号", "id"),
            Field("document_date", "Document date", "单据日期", "date"),
            Field("release", "Release", "释放日期", "date"),
            Field("status", "Status", "状态"),
            _ACCOUNT,
            _CURRENCY,
            _OPEN,
            *_SOURCE,
        ),
    ),
    # Invoices sold with recourse, which stay.
    Table(
        "factored_items",
        (
            _ID,
            _NAME,
            _DOCUMENT,
            Field("due_date", "Due date", "到期日", "date"),
            _CURRENCY,
            _OPEN,
            Field("days_past_due", "Days past due", "逾期天数", "days"),
            *_SOURCE,
        ),
    ),
    # What was set off against payables in the period, and on which agreement.
    Table(
        "netting_items",
        (
            _ID,
            _NAME,
            _DOCUMENT,
            Field("day", "Day", "日期", "date"),
            Field("agreement_id", "Agreement", "抵销协议号", "id"),
            Field("settles", "Settles", "冲抵单据", "id"),
            _CURRENCY,
            Field("amount", "Amount", "金额", "money"),
            *_SOURCE,
        ),
    ),
    # For the balance sheet: credits and advances apart, nothing netted. receivables + liabilities + credits = balance.
    Table(
        "balance_sheet",
        (
            _CURRENCY,
            Field("gross", "Receivables", "应收账款", "money"),
            Field("retained", "Of it retention", "其中质保金", "money"),
            Field("contract_liabilities", "Contract liabilities", "合同负债", "money"),
            Field("other_credits", "Other credits", "其他贷项", "money"),
            Field("balance", "Balance", "余额", "money", formula="{gross}+{contract_liabilities}+{other_credits}"),
            Field("notes", "Notes receivable", "应收票据", "money"),
            Field("contract_assets", "Contract assets", "合同资产", "money"),
            _ALLOWANCE,
            Field(
                "carrying",
                "Carrying amount",
                "账面价值",
                "money",
                formula="{gross}+{notes}+{contract_assets}-N({allowance})",
            ),
        ),
    ),
    # Customers whose credits exceed what they owe: what would otherwise be netted away.
    Table(
        "net_credit_customers",
        (
            _ID,
            _NAME,
            _CURRENCY,
            Field("gross", "Receivables", "应收账款", "money"),
            Field("contract_liabilities", "Contract liabilities", "合同负债", "money"),
            Field("other_credits", "Other credits", "其他贷项", "money"),
            _BALANCE,
        ),
    ),
    Table(
        "related_balances",
        (
            _ID,
            _NAME,
            _CURRENCY,
            _RELATION,
            _BALANCE,
            Field("share", "Share", "占比", "rate"),
            Field("overdue", "Overdue", "逾期", "money"),
            Field("notes", "Bills", "应收票据", "money"),
            Field("contract_assets", "Contract assets", "合同资产", "money"),
        ),
    ),
)

_ORIGINAL = Field("original", "Currency", "币种")
_FX = (
    Field("functional", "At closing rate", "期末折算额", "money"),
    Field("booked", "As booked", "入账金额", "money"),
    Field("not_revalued", "Not revalued", "不作折算", "money"),
    Field(
        "unrealized",
        "Unrealized",
        "未实现汇兑损益",
        "money",
        formula='IF({booked}="","",{functional}-{booked}-{not_revalued})',
    ),
    Field("realized", "Realized", "已实现汇兑损益", "money"),
)
FUNCTIONAL_TABLES = (
    # Per currency and account, then all currencies together. Amounts right of the source are in the functional
    # currency; its code stands in `original` of the rows that add all up ("CNY Σ").
    Table(
        "currencies",
        (
            _ORIGINAL,
            _ACCOUNT,
            _BALANCE,
            Field("rate", "Closing rate", "期末汇率", "fx"),
            Field("rate_date", "Rate of", "汇率日期", "date"),
            Field("source", "Source", "汇率来源"),
            *_FX,
        ),
    ),
    # All currencies together, in the functional currency: buckets, what stands beside them, the balance; then what
    # else is known of the whole. Shares are of the balance, where the item is a part of it.
    Table(
        "functional_totals",
        (
            Field("item", "Item", "项目"),
            Field("amount", "Amount", "金额", "money"),
            Field("share", "Share", "占比", "rate"),
        ),
    ),
    # Control accounts beside the receivables of one currency: named lines, their total, the control total.
    Table(
        "account_tie_out",
        (
            _ACCOUNT,
            _ORIGINAL,
            Field("item", "Item", "项目"),
            Field("amount", "Amount", "金额", "money"),
        ),
    ),
    # Customers over all currencies, largest exposure first, in the functional currency.
    Table(
        "functional_customers",
        (
            _ID,
            _NAME,
            Field("exposure", "Exposure", "敞口", "money"),
            Field("limit", "Credit limit", "信用额度", "money"),
            Field("headroom", "Headroom", "可用额度", "money", formula='IF({limit}="","",{limit}-{exposure})'),
            Field("share", "Share", "占比", "rate"),
            Field("balance", "Balance", "余额", "money"),
            Field("overdue", "Overdue", "逾期", "money"),
            Field("unrealized", "Unrealized", "未实现汇兑损益", "money"),
            Field("realized", "Realized", "已实现汇兑损益", "money"),
        ),
    ),
    # Exchange differences by customer, currency and account; the functional currency has none.
    Table("exchange_differences", (_ID, _NAME, _ORIGINAL, _ACCOUNT, _BALANCE, *_FX)),
    # Open receivables with and without their tax, where documents tell it.
    Table(
        "net_of_tax",
        (
            _CURRENCY,
            Field("gross", "With tax", "含税金额", "money"),
            Field("net", "Without tax", "不含税金额", "money"),
            Field("tax", "Tax", "税额", "money", formula="{gross}-{net}"),
            Field("untold", "Tax not told", "未说明税额", "money"),
            Field("open", "Open items", "未清应收", "money", formula="{gross}+{untold}"),
        ),
    ),
)

MOVEMENTS_TABLES = (
    *ROLL_TABLES,
    *ACCOUNT_TABLES,
    *FUNCTIONAL_TABLES,
    *ALLOWANCE_TABLES,
    Table("basis", (Field("name", "Basis", "口径"), Field("value", "Value", "内容"))),
)
MOVEMENTS_CELLS = {
    "book_title": "text",
    "cover_line": "text",
    "as_of": "date",
    "opening_day": "date: the day of the opening balances",
    "selected_currency": "text",
    "policy_mark": "text: 'illustrative until adopted', or blank",
    "roll_words": "text: what the opening is, and what the ledger does not tell",
    "bills_words": "text: blank, or that the ledger holds no bills and how to give them",
    "retention_words": "text: the same for retention and factoring",
    "related_words": "text: the same for related parties",
    "currencies_words": "text: the functional currency and since when differences count, or how to give rates",
    **ALLOWANCE_CELLS,
}
