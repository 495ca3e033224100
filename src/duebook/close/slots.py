"""The slots of the standard workbooks: which tables and cells they have, and what each column is called.

One declaration serves the template builder (`tools/templates`), the close that fills them and the README's list.
Table names are the same in every edition; header texts are per language. Money columns hold the row's currency.
"""

from __future__ import annotations

from dataclasses import dataclass

from duebook.books.plan import Column, Kind
from duebook.core.messages import EDITIONS, as_header, said

BUCKET_COLUMNS = 6
"""Aging columns of the standard workbooks, "not due" included. Unused ones are hidden, more need another template."""


@dataclass(frozen=True)
class Field:
    """A column. `unit`: text, id, date, count, days, decimal (one place), money, fx (an exchange
    rate), rate (0.25 = 25 %), flag."""

    key: str
    en: str
    zh: str
    unit: str = "text"
    formula: str | None = None
    """An A1 formula for the body rows with `{key}` for the cell of another column in the same row."""

    @property
    def kind(self) -> Kind:
        kinds: dict[str, Kind] = {"date": "date", "flag": "flag", "text": "text", "id": "text"}
        return kinds.get(self.unit, "number")

    def label(self, language: str) -> str:
        """The header of the column; in the bilingual edition on two lines."""
        return as_header(said(self.en, self.zh, language))

    def column(self) -> Column:
        return Column(self.key, tuple(map(self.label, EDITIONS)), self.kind)


@dataclass(frozen=True)
class Table:
    """A table slot: an Excel table of this name in the template."""

    name: str
    fields: tuple[Field, ...]

    def columns(self) -> tuple[Column, ...]:
        return tuple(f.column() for f in self.fields)


_ID = Field("customer_id", "Customer ID", "客户编码", "id")
_NAME = Field("customer_name", "Customer", "客户名称")
_PARENT = Field("parent_id", "Group", "集团")
_UNIT = Field("sales_unit", "Sales unit", "销售部门")
_CURRENCY = Field("currency", "Currency", "币种")
_BUCKETS = tuple(Field(f"bucket_{n}", f"Bucket {n}", f"账龄{n}", "money") for n in range(1, BUCKET_COLUMNS + 1))
_AGED = (
    *_BUCKETS,
    Field("aged", "Aged total", "账龄合计", "money"),
    Field("disputed", "Disputed", "争议", "money"),
    Field("unapplied", "Unapplied", "未核销", "money"),
    Field("balance", "Balance", "余额", "money"),
    Field("overdue", "Overdue", "逾期", "money"),
)
_SOURCE = (Field("file", "File", "文件"), Field("line", "Line", "行号", "count"))
_DOCUMENT = Field("document_id", "Document", "单据号", "id")
_KIND = Field("kind", "Kind", "类型")
_DATE = Field("document_date", "Document date", "单据日期", "date")
_DUE = Field("due_date", "Due date", "到期日", "date")
_DAYS = Field("days_past_due", "Days past due", "逾期天数", "days")
_KEY = Field("lookup", "Lookup", "查找键", "id")
_RANK = Field("rank", "Rank", "名次", "count")

AGING_TABLES = (
    # One row per currency, sorted by code: every figure the summary shows, looked up by the selected currency.
    Table(
        "figures",
        (
            _CURRENCY,
            Field("items", "Open items", "未清笔数", "count"),
            Field("customers", "Customers", "客户数", "count"),
            Field("balance", "Balance", "余额", "money"),
            Field("aged", "Aged total", "账龄合计", "money"),
            Field("overdue", "Overdue", "逾期", "money"),
            Field("overdue_share", "Overdue share", "逾期占比", "rate"),
            Field("disputed", "Disputed", "争议", "money"),
            Field("unapplied", "Unapplied", "未核销", "money"),
            Field("excluded", "Disputes left out", "剔除的争议", "money"),
            Field("allowance", "Allowance", "坏账准备", "money"),
            Field("period", "Period", "期间"),
            Field("period_days", "Days in period", "期间天数", "days"),
            Field("sales", "Credit sales", "赊销额", "money"),
            Field("dso", "DSO", "应收周转天数", "decimal"),
            Field("dso_with_bills", "DSO, bills included", "含票据DSO", "decimal"),
            Field("dso_average", "DSO, average balance", "平均余额DSO", "decimal"),
            Field("dso_countback", "DSO, count-back", "倒推法DSO", "decimal"),
            Field("dso_best", "DSO, best possible", "最佳DSO", "decimal"),
            Field("average_days_delinquent", "Average days delinquent", "平均逾期天数", "decimal"),
            Field("collection_effectiveness", "Collection effectiveness", "收款效率", "rate"),
            Field("turnover", "Turnover", "周转率", "decimal"),
            Field("top_1", "Largest customer", "最大客户占比", "rate"),
            Field("top_5", "Five largest", "前五大占比", "rate"),
            Field("top_10", "Ten largest", "前十大占比", "rate"),
            Field("hhi", "HHI", "HHI指数", "count"),
            Field("previous_balance", "Balance before", "上期余额", "money"),
            Field("previous_overdue", "Overdue before", "上期逾期", "money"),
            Field("previous_overdue_share", "Overdue share before", "上期逾期占比", "rate"),
            Field("previous_disputed", "Disputed before", "上期争议", "money"),
            Field("previous_unapplied", "Unapplied before", "上期未核销", "money"),
            Field("previous_allowance", "Allowance before", "上期坏账准备", "money"),
            Field("previous_dso", "DSO before", "上期DSO", "decimal"),
            Field("previous_average_days_delinquent", "Average days delinquent before", "上期平均逾期天数", "decimal"),
            Field("previous_collection_effectiveness", "Collection effectiveness before", "上期收款效率", "rate"),
            Field("previous_turnover", "Turnover before", "上期周转率", "decimal"),
            Field("headline", "Headline", "摘要"),
            Field("chart_title", "Chart title", "图表标题"),
            Field("remark", "Remark", "说明"),
        ),
    ),
    # One row per currency and aging column; `lookup` is "CUR|n".
    Table(
        "bucket_totals",
        (
            _CURRENCY,
            Field("bucket", "Bucket", "账龄"),
            Field("items", "Items", "笔数", "count"),
            Field("amount", "Amount", "金额", "money"),
            Field("share", "Share", "占比", "rate"),
            Field("previous", "Amount before", "上期金额", "money"),
            _KEY,
        ),
    ),
    # Ten rows at most per currency; `lookup` is "CUR|rank".
    Table(
        "ten_largest",
        (
            _CURRENCY,
            _RANK,
            _ID,
            _NAME,
            Field("balance", "Balance", "余额", "money"),
            Field("share", "Share", "占比", "rate"),
            Field("overdue", "Overdue", "逾期", "money"),
            Field("oldest_days", "Oldest, days", "最长逾期天数", "days"),
            _KEY,
        ),
    ),
    # What moved most since the previous close, ten per currency at most; `lookup` is "CUR|rank".
    Table(
        "changes",
        (
            _CURRENCY,
            _RANK,
            _ID,
            _NAME,
            Field("previous", "Balance before", "上期余额", "money"),
            Field("balance", "Balance", "余额", "money"),
            Field("change", "Change", "变动", "money"),
            _KEY,
        ),
    ),
    Table(
        "aged_balance",
        (_ID, _NAME, _CURRENCY, *_AGED, Field("oldest_days", "Oldest, days", "最长逾期天数", "days"), _PARENT, _UNIT),
    ),
    Table("aged_groups", (_PARENT, _CURRENCY, Field("customers", "Customers", "客户数", "count"), *_AGED)),
    Table("aged_units", (_UNIT, _CURRENCY, Field("customers", "Customers", "客户数", "count"), *_AGED)),
    Table(
        "open_items",
        (
            _ID,
            _NAME,
            _DOCUMENT,
            _KIND,
            _DATE,
            _DUE,
            _CURRENCY,
            Field("amount", "Amount", "原始金额", "money"),
            Field("open", "Open", "未清金额", "money"),
            Field("disputed", "Of it disputed", "其中争议", "money"),
            _DAYS,
            Field("bucket", "Bucket", "账龄"),
            *_SOURCE,
        ),
    ),
    Table(
        "disputed_items",
        (
            _ID,
            _NAME,
            _DOCUMENT,
            _DUE,
            _CURRENCY,
            Field("open", "Open", "未清金额", "money"),
            Field("disputed", "Disputed", "争议金额", "money"),
            Field("dispute_reason", "Reason", "争议原因"),
            Field("dispute_opened", "Opened", "提出日期", "date"),
            Field("dispute_days", "Days in dispute", "争议天数", "days"),
            _DAYS,
            *_SOURCE,
        ),
    ),
    Table(
        "unapplied_items",
        (
            _ID,
            _NAME,
            _DOCUMENT,
            _KIND,
            _DATE,
            _CURRENCY,
            Field("amount", "Amount", "原始金额", "money"),
            Field("open", "Unapplied", "未核销金额", "money"),
            *_SOURCE,
        ),
    ),
    Table(
        "provision_matrix",
        (
            _CURRENCY,
            Field("bucket", "Bucket", "账龄"),
            Field("amount", "Balance", "余额", "money"),
            Field("rate", "Loss rate", "损失率", "rate"),
            Field("allowance", "Allowance", "坏账准备", "money"),
        ),
    ),
    Table(
        "problems",
        (
            Field("number", "No.", "序号", "count"),
            Field("file", "File", "文件"),
            Field("sheet", "Sheet", "工作表"),
            Field("line", "Line", "行号", "count"),
            Field("column", "Column", "列"),
            Field("value", "Value", "值"),
            Field("reason", "What is wrong and what to do", "问题与处理办法"),
            Field("treatment", "Treatment", "处理方式"),
            _DOCUMENT,
            _CURRENCY,
            Field("amount", "Amount", "金额", "money"),
        ),
    ),
    # One row per currency.
    Table(
        "tie_out",
        (
            _CURRENCY,
            Field("not_due", "Not due", "未到期", "money"),
            Field("buckets", "Overdue buckets", "各逾期账龄", "money"),
            Field("disputed", "Disputed", "争议", "money"),
            Field("unapplied", "Unapplied", "未核销", "money"),
            Field("reconciling", "Reconciling items", "调节项", "money"),
            Field(
                "total", "Total", "合计", "money", formula="{not_due}+{buckets}+{disputed}+{unapplied}+{reconciling}"
            ),
            Field("control", "Control account", "总账科目", "money"),
            Field(
                "difference", "Difference", "差异", "money", formula='IF({control}="","",ROUND({total}-{control},4))'
            ),
            Field("ties", "Ties out", "是否相符", "text"),
        ),
    ),
    # Each reconciling item by name and currency.
    Table(
        "reconciling_items",
        (
            Field("item", "Reconciling item", "调节项"),
            _CURRENCY,
            Field("count", "Rows", "行数", "count"),
            Field("amount", "Amount", "金额", "money"),
        ),
    ),
    # Convention, policy entry, input file: name and value.
    Table("basis", (Field("name", "Basis", "口径"), Field("value", "Value", "内容"))),
)

EXPOSURE_TABLES = (
    Table(
        "exposure_figures",
        (
            _CURRENCY,
            Field("customers", "Customers", "客户数", "count"),
            Field("exposure", "Exposure", "敞口", "money"),
            Field("credit_limit", "Limits", "信用额度", "money"),
            Field("headroom", "Headroom", "可用额度", "money"),
            Field("over_limit", "Over limit", "超额金额", "money"),
            Field("over_limit_customers", "Customers over limit", "超额客户数", "count"),
            Field("no_limit", "Without limit", "无额度敞口", "money"),
            Field("no_limit_customers", "Customers without limit", "无额度客户数", "count"),
            Field("covered", "Covered", "承保金额", "money"),
            Field("uncovered", "Uncovered", "未承保金额", "money"),
            Field("top_1", "Largest group", "最大集团占比", "rate"),
            Field("top_5", "Five largest", "前五大占比", "rate"),
            Field("top_10", "Ten largest", "前十大占比", "rate"),
            Field("hhi", "HHI", "HHI指数", "count"),
            Field("effective_customers", "Effective customers", "有效客户数", "decimal"),
            Field("headline", "Headline", "摘要"),
            Field("chart_title", "Chart title", "图表标题"),
            Field("remark", "Remark", "说明"),
        ),
    ),
    # Gross exposure by customer and currency, credits shown apart; headroom and use are formulas.
    Table(
        "exposure",
        (
            _ID,
            _NAME,
            _CURRENCY,
            Field("open", "Open items", "未清应收", "money"),
            Field("unapplied", "Unapplied", "未核销", "money"),
            Field("bills", "Bills", "应收票据", "money"),
            Field("contract_assets", "Contract assets", "合同资产", "money"),
            Field("exposure", "Exposure", "敞口", "money"),
            Field("credit_limit", "Credit limit", "信用额度", "money"),
            Field(
                "headroom",
                "Headroom",
                "可用额度",
                "money",
                formula='IF({credit_limit}="","",{credit_limit}-{exposure})',
            ),
            Field(
                "use", "Limit use", "额度使用率", "rate", formula='IF(N({credit_limit})=0,"",{exposure}/{credit_limit})'
            ),
            Field("insured_limit", "Insured limit", "保险限额", "money"),
            Field("cover_ratio", "Cover", "赔付比例", "rate"),
            Field("covered", "Covered", "承保金额", "money"),
            Field("uncovered", "Uncovered", "未承保金额", "money"),
            Field("overdue", "Overdue", "逾期", "money"),
            Field("oldest_days", "Oldest, days", "最长逾期天数", "days"),
            Field("status", "Status", "状态"),
            Field("relation", "Relation", "关联关系"),
            _PARENT,
        ),
    ),
    # Groups (parents, else the customer itself), ten largest per currency; `lookup` is "CUR|rank".
    Table(
        "concentration",
        (
            _CURRENCY,
            _RANK,
            Field("group", "Group or customer", "集团或客户"),
            Field("customers", "Customers", "客户数", "count"),
            Field("exposure", "Exposure", "敞口", "money"),
            Field("credit_limit", "Credit limit", "信用额度", "money"),
            Field("share", "Share", "占比", "rate"),
            Field("cumulative", "Cumulative", "累计占比", "rate"),
            _KEY,
        ),
    ),
    Table(
        "watch_list",
        (
            Field("number", "No.", "序号", "count"),
            _ID,
            _NAME,
            _CURRENCY,
            Field("exposure", "Exposure", "敞口", "money"),
            Field("credit_limit", "Credit limit", "信用额度", "money"),
            Field("over_limit", "Over limit", "超额", "money"),
            Field("overdue", "Overdue", "逾期", "money"),
            Field("oldest_days", "Oldest, days", "最长逾期天数", "days"),
            Field("reason", "Why it is watched", "关注原因"),
            Field("action", "Next step", "下一步"),
        ),
    ),
    Table("basis", (Field("name", "Basis", "口径"), Field("value", "Value", "内容"))),
)

AGING_CELLS = {
    # defined name → what it holds; all on the summary sheet
    "book_title": "text: title of the workbook",
    "cover_line": "text: as-of date, ledger, policy version, program version, in one line",
    "as_of": "date",
    "previous_as_of": "date or blank: as-of date of the previous close",
    "tie_out_words": "text: whether it ties out, in words",
    "selected_currency": "text: the currency shown; the user picks another from the list of `figures`",
    "policy_mark": "text: 'illustrative until adopted', or blank",
    "previous_words": "text: which close is compared with, or how to get a comparison",
    "open_items_words": "text: blank, or that the detail is summarized because it exceeds a sheet's rows",
}
EXPOSURE_CELLS = {
    "book_title": "text",
    "cover_line": "text",
    "as_of": "date",
    "selected_currency": "text",
    "policy_mark": "text",
    "limits_words": "text: where the limits come from, or how to give them",
}


def table(tables: tuple[Table, ...], name: str) -> Table:
    return next(t for t in tables if t.name == name)
