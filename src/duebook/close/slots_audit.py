"""The slots of the auditor pack (see `close.slots`)."""

from __future__ import annotations

from duebook.close.slots import BUCKET_COLUMNS, Field, Table

YEARS = 6
"""Columns of the aging by year: up to one year … over five."""

_ID = Field("customer_id", "Customer ID", "客户编码", "id")
_NAME = Field("customer_name", "Customer", "客户名称")
_CURRENCY = Field("currency", "Currency", "币种")
_RELATION = Field("relation", "Relation", "关联关系")
_DOCUMENT = Field("document_id", "Document", "单据号", "id")
_KIND = Field("kind", "Kind", "类型")
_DATE = Field("document_date", "Document date", "单据日期", "date")
_SOURCE = (Field("file", "File", "文件"), Field("line", "Line", "行号", "count"))
_ITEMS = Field("items", "Items", "笔数", "count")
_BALANCE = Field("balance", "Balance", "余额", "money")
_SHARE = Field("share", "Share", "占比", "rate")
_LATER = (
    Field("receipts", "Receipts", "期后收款", "money"),
    Field("credit_notes", "Credit notes", "贷项通知", "money"),
    Field("bills", "Bills", "票据", "money"),
    Field("write_offs", "Write-offs", "核销坏账", "money"),
    Field("earlier", "Credits held before", "冲抵期前贷项", "money"),
    Field("other", "Other", "其他", "money"),
    Field("still_open", "Still open", "仍未收", "money"),
    Field("collected", "Collected", "收回比例", "rate"),
)
_YEARS = tuple(Field(f"year_{n}", f"Year {n}", f"第{n}年", "money") for n in range(1, YEARS + 1))
_BUCKETS = tuple(Field(f"bucket_{n}", f"Bucket {n}", f"账龄{n}", "money") for n in range(1, BUCKET_COLUMNS + 1))
_INPUT = (
    Field("contact", "Contact", "联系人"),
    Field("address", "Address", "地址"),
    Field("confirmed_amount", "Confirmed amount", "回函金额", "money"),
    Field("reply_date", "Reply date", "回函日期", "date"),
    Field("comment", "Remark", "备注"),
)

AUDIT_TABLES = (
    # One row per currency, sorted by code: every figure the summary shows.
    Table(
        "audit_figures",
        (
            _CURRENCY,
            Field("customers", "Customers", "客户数", "count"),
            _BALANCE,
            Field("debit", "Debit balances", "借方余额", "money"),
            Field("items", "Open items", "未清笔数", "count"),
            Field("open", "Open", "未清金额", "money"),
            Field("receipts", "Receipts after", "期后收款", "money"),
            Field("settled_otherwise", "Settled otherwise", "其他方式结清", "money"),
            Field("still_open", "Still open", "仍未收", "money"),
            Field("collected", "Collected", "收回比例", "rate"),
            Field("unapplied_later", "Receipts unapplied", "期后未核销收款", "money"),
            Field("chosen", "Customers chosen", "选中户数", "count"),
            Field("chosen_amount", "Amount chosen", "选中金额", "money"),
            Field("coverage", "Coverage, amount", "金额覆盖率", "rate"),
            Field("coverage_count", "Coverage, count", "户数覆盖率", "rate"),
            Field("replied", "Replies", "回函户数", "count"),
            Field("replied_amount", "Amount replied", "回函户余额", "money"),
            Field("differing", "Replies that differ", "不符回函户数", "count"),
            Field("unexplained", "Unexplained", "未解释差异", "money"),
            Field("unexplained_customers", "Replies unexplained", "未解释户数", "count"),
            Field("not_invoiced", "Delivered, not invoiced", "已发货未开票", "money"),
            Field("not_invoiced_count", "Deliveries not invoiced", "未开票笔数", "count"),
            Field("not_delivered", "Invoiced, not delivered", "已开票未发货", "money"),
            Field("not_delivered_count", "Invoices not delivered", "未发货笔数", "count"),
            Field("top_5", "Five largest", "前五大占比", "rate"),
            Field("top_5_amount", "Five largest, balance", "前五大余额", "money"),
            Field("related", "Related parties", "关联方余额", "money"),
            Field("related_share", "Related parties, share", "关联方占比", "rate"),
            Field("over_year", "Over one year", "一年以上", "money"),
            Field("over_year_share", "Over one year, share", "一年以上占比", "rate"),
            Field("credit_balances", "Credit balances", "贷方余额", "money"),
            Field("credit_customers", "Customers in credit", "贷方余额户数", "count"),
            Field("headline", "Headline", "摘要"),
        ),
    ),
    # Every item open on the as-of date, and what became of it afterward.
    Table(
        "subsequent_receipts",
        (
            _ID,
            _NAME,
            _DOCUMENT,
            _KIND,
            _DATE,
            Field("due_date", "Due date", "到期日", "date"),
            _CURRENCY,
            Field("open", "Open", "未清金额", "money"),
            *_LATER,
            Field("last_date", "Last receipt", "最近收款日", "date"),
            *_SOURCE,
        ),
    ),
    # The same by customer; receipts that no document has taken up yet stand apart.
    Table(
        "receipts_by_customer",
        (
            _ID,
            _NAME,
            _CURRENCY,
            _ITEMS,
            Field("open", "Open", "未清金额", "money"),
            *_LATER,
            Field("unapplied_later", "Receipts unapplied", "期后未核销收款", "money"),
        ),
    ),
    # Every customer with a balance, debit or credit, and whether and why it was chosen.
    Table(
        "confirmations",
        (
            _ID,
            _NAME,
            _CURRENCY,
            _ITEMS,
            Field("balance", "Balance to confirm", "函证余额", "money"),
            _SHARE,
            Field("bills", "Bills", "应收票据", "money"),
            Field("contract_assets", "Contract assets", "合同资产", "money"),
            Field("chosen", "Chosen", "是否选中"),
            Field("choice", "Reason of choice", "选取理由"),
            Field("cumulative", "Cumulative", "累计金额", "money"),
            Field("unit", "Unit hit", "命中货币单元", "money"),
            Field("hits", "Hits", "命中次数", "count"),
            Field("draw", "Random number", "随机数", "id"),
            _RELATION,
        ),
    ),
    # How many customers and how much each way of choosing took.
    Table(
        "sampling",
        (
            _CURRENCY,
            Field("step", "Step", "步骤"),
            Field("customers", "Customers", "客户数", "count"),
            Field("amount", "Amount", "金额", "money"),
            Field("share", "Of debit balances", "占借方余额", "rate"),
            Field("count_share", "Of customers", "占户数", "rate"),
            Field("action", "Rule", "规则"),
        ),
    ),
    # One row per letter and currency: the source of a mail merge. Blank columns are for the auditor to fill.
    Table(
        "confirmation_letters",
        (
            Field("letter", "Letter", "函证编号", "id"),
            _ID,
            _NAME,
            _CURRENCY,
            Field("as_of", "As of", "截止日", "date"),
            Field("balance", "Balance to confirm", "函证余额", "money"),
            _ITEMS,
            Field("bills", "Bills", "应收票据", "money"),
            Field("contract_assets", "Contract assets", "合同资产", "money"),
            *_INPUT,
        ),
    ),
    # Replies against the book; what may explain a difference is whole documents, named.
    Table(
        "replies",
        (
            Field("letter", "Letter", "函证编号", "id"),
            _ID,
            _NAME,
            _CURRENCY,
            Field("balance", "Book balance", "账面余额", "money"),
            Field("confirmed", "Per customer", "对方确认数", "money"),
            Field("difference", "Difference", "差异", "money", formula='IF({confirmed}="","",{balance}-{confirmed})'),
            Field("receipts_in_transit", "Receipts in transit", "在途收款", "money"),
            Field("goods_in_transit", "Invoices in transit", "在途发票", "money"),
            Field("disputed", "Disputed", "争议", "money"),
            Field("credit_notes", "Credit notes", "贷项通知", "money"),
            Field("invoiced_later", "Invoiced after", "期后发票", "money"),
            Field("unexplained", "Unexplained", "未解释", "money"),
            Field("status", "Status", "状态"),
            Field("documents", "Documents", "相关单据"),
            Field("reply_date", "Reply date", "回函日期", "date"),
            Field("receipts", "Receipts after", "期后收款", "money"),
            Field("covered", "Covered by receipts", "期后收款覆盖", "rate"),
            Field("comment", "Remark", "备注"),
        ),
    ),
    Table(
        "delivered_not_invoiced",
        (
            _ID,
            _NAME,
            _CURRENCY,
            Field("delivery_id", "Delivery", "发货单号", "id"),
            Field("delivery_date", "Delivered", "发货日期", "date"),
            Field("amount", "Amount", "金额", "money"),
            Field("document_id", "Invoice", "发票号", "id"),
            Field("document_date", "Invoiced", "开票日期", "date"),
            Field("gap", "Days between", "相隔天数", "days"),
            Field("why", "What is missing", "缺失情况"),
            *_SOURCE,
        ),
    ),
    Table(
        "invoiced_not_delivered",
        (
            _ID,
            _NAME,
            _CURRENCY,
            Field("delivery_id", "Delivery", "发货单号", "id"),
            Field("delivery_date", "Delivered", "发货日期", "date"),
            Field("amount", "Amount", "金额", "money"),
            Field("document_id", "Invoice", "发票号", "id"),
            Field("document_date", "Invoiced", "开票日期", "date"),
            Field("gap", "Days between", "相隔天数", "days"),
            Field("why", "What is missing", "缺失情况"),
            *_SOURCE,
        ),
    ),
    # The last documents before and the first after the as-of date, with their numbers in sequence.
    Table(
        "cutoff_documents",
        (
            Field("side", "Side", "期前/期后"),
            _KIND,
            _DOCUMENT,
            _DATE,
            _ID,
            _NAME,
            _CURRENCY,
            Field("amount", "Amount", "金额", "money"),
            Field("series", "Series", "号段", "id"),
            Field("sequence", "Sequence", "连号情况"),
            *_SOURCE,
        ),
    ),
    # Five per currency at most; `lookup` is "CUR|rank".
    Table(
        "top_five",
        (
            _CURRENCY,
            Field("rank", "Rank", "名次", "count"),
            _ID,
            _NAME,
            _BALANCE,
            _SHARE,
            *_BUCKETS,
            Field("disputed", "Disputed", "争议", "money"),
            Field("unapplied", "Unapplied", "未核销", "money"),
            Field("receipts", "Receipts after", "期后收款", "money"),
            Field("collected", "Collected", "收回比例", "rate"),
            Field("credit_limit", "Credit limit", "信用额度", "money"),
            _RELATION,
            Field("lookup", "Lookup", "查找键", "id"),
        ),
    ),
    # opening + invoiced + credit notes + cash + other = balance.
    Table(
        "related_parties",
        (
            _ID,
            _NAME,
            _CURRENCY,
            Field("opening", "Opening", "期初余额", "money"),
            Field("invoiced", "Invoiced", "本期开票", "money"),
            Field("credit_notes", "Credit notes", "贷项通知", "money"),
            Field("cash", "Cash", "本期收款", "money"),
            Field("other", "Other", "其他", "money"),
            _BALANCE,
            _SHARE,
            Field("sales_share", "Share of sales", "占销售额", "rate"),
            Field("bills", "Bills", "应收票据", "money"),
            Field("contract_assets", "Contract assets", "合同资产", "money"),
            _RELATION,
        ),
    ),
    Table(
        "aging_by_year",
        (
            _ID,
            _NAME,
            _CURRENCY,
            *_YEARS,
            Field("gross", "Receivables", "应收合计", "money"),
            Field("credits", "Credits", "贷项", "money"),
            Field("balance", "Balance", "余额", "money"),
            _RELATION,
        ),
    ),
    # The same receivables by column of the close's own scheme, and what that scheme shows.
    Table(
        "aging_bridge",
        (
            Field("bucket", "Column of the close", "月结账龄"),
            _CURRENCY,
            *_YEARS,
            Field("gross", "Receivables", "应收合计", "money"),
            Field("aged", "Aged in the close", "月结账龄金额", "money"),
            Field("difference", "Disputed, credits", "争议及贷项", "money", formula="{aged}-{gross}"),
        ),
    ),
    # Customers that hold a credit; what is net in credit belongs to contract liabilities.
    Table(
        "credit_balances",
        (
            _ID,
            _NAME,
            _CURRENCY,
            Field("debit", "Receivables", "应收合计", "money"),
            Field("credits", "Credits", "贷项", "money"),
            Field("advances", "Of it advances", "其中预收", "money"),
            _BALANCE,
            Field("reclassified", "To reclassify", "应重分类金额", "money"),
            _RELATION,
        ),
    ),
    Table(
        "unusual_items",
        (
            Field("item", "What", "事项"),
            _ID,
            _NAME,
            _KIND,
            _DOCUMENT,
            _DATE,
            _CURRENCY,
            Field("amount", "Amount", "金额", "money"),
            Field("other_document", "Related document", "相关单据", "id"),
            Field("other_date", "Its date", "其日期", "date"),
            *_SOURCE,
        ),
    ),
    Table("basis", (Field("name", "Basis", "口径"), Field("value", "Value", "内容"))),
)

AUDIT_CELLS = {
    "book_title": "text",
    "cover_line": "text",
    "as_of": "date",
    "receipts_to": "date: the last day of subsequent receipts",
    "sample_seed": "text: the seed that the random choices follow from",
    "selected_currency": "text",
    "policy_mark": "text",
    "receipts_words": "text: up to which day receipts were looked at, and how far the ledger reaches",
    "sample_words": "text: how customers were chosen, and how much of the balances that covers",
    "replies_words": "text: what the replies came to, or how to give them",
    "cutoff_words": "text: what the cut-off lists rest on",
    "receipts_detail_words": "text: blank, or that the detail is summarized because it exceeds a sheet's rows",
}
