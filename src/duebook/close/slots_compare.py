"""The slots of the comparison workbook (`duebook compare --out`), declared as those of `close.slots`."""

from __future__ import annotations

from dataclasses import replace

from duebook.close.slots import Field, Table
from duebook.close.slots_movements import ROLL_FIELDS

_ID = Field("customer_id", "Customer ID", "客户编码", "id")
_NAME = Field("customer_name", "Customer", "客户名称")
_CURRENCY = Field("currency", "Currency", "币种")
_ACCOUNT = Field("account", "Account", "科目")
_DOCUMENT = Field("document_id", "Document", "单据号", "id")
_KIND = Field("kind", "Kind", "类型")
_OTHER = Field("other_id", "Other document", "对方单据号", "id")
_RANK = Field("rank", "Rank", "名次", "count")
_KEY = Field("lookup", "Lookup", "查找键", "id")
_LINES = (replace(ROLL_FIELDS[0], en="Opening, as sealed", zh="期初（封存数）"), *ROLL_FIELDS[1:])

COMPARE_TABLES = (
    # One row per currency, sorted by code: what the summary shows of the receivables, looked up by the chosen currency.
    Table(
        "compare_figures",
        (
            _CURRENCY,
            Field("opening", "Opening", "期初", "money"),
            Field("changed", "Changed in the past", "以前期间变动", "money"),
            Field("moved", "Moved since", "其后发生", "money"),
            Field("closing", "Closing", "期末", "money"),
            Field("customers", "Customers", "客户数", "count"),
            Field("changes", "Changes in the past", "以前期间变动项数", "count"),
            Field("movements", "Movements", "发生笔数", "count"),
            Field("unexplained", "Unexplained", "未能说明", "money"),
            Field("headline", "Headline", "摘要"),
            Field("remark", "Remark", "说明"),
        ),
    ),
    # The roll-forward of all customers: one row per currency and line; `lookup` is "CUR|n".
    Table(
        "compare_lines",
        (
            _CURRENCY,
            Field("movement", "Line", "项目"),
            Field("receivable", "Receivables", "应收账款", "money"),
            Field("bill", "Bills", "应收票据", "money"),
            Field("contract_asset", "Contract assets", "合同资产", "money"),
            Field("financing", "Factored with recourse", "附追索权保理", "money"),
            Field("revaluation", "Exchange differences", "汇兑差额", "money"),
            _KEY,
        ),
    ),
    # The largest changes in the past, ten per currency at most; `lookup` is "CUR|rank".
    Table(
        "compare_largest",
        (
            _CURRENCY,
            _RANK,
            _ID,
            _NAME,
            _DOCUMENT,
            Field("what", "What changed", "变动内容"),
            Field("effect", "Effect", "影响", "money"),
            _KEY,
        ),
    ),
    Table("compare_customers", (_ID, _NAME, _CURRENCY, _ACCOUNT, *_LINES)),
    # One row per document or allocation that is not as it was sealed.
    Table(
        "compare_changes",
        (
            _ID,
            _NAME,
            _CURRENCY,
            _ACCOUNT,
            _DOCUMENT,
            _KIND,
            Field("what", "What changed", "变动内容"),
            _OTHER,
            Field("old_amount", "Amount then", "原金额", "money"),
            Field("new_amount", "Amount now", "现金额", "money"),
            Field("effect", "Effect", "影响", "money"),
            Field("old_date", "Date then", "原日期", "date"),
            Field("new_date", "Date now", "现日期", "date"),
            Field("old_due", "Due then", "原到期日", "date"),
            Field("new_due", "Due now", "现到期日", "date"),
            Field("old_customer", "Customer then", "原客户", "id"),
            Field("new_customer", "Customer now", "现客户", "id"),
            Field("old_file", "File then", "原文件"),
            Field("old_line", "Line then", "原行号", "count"),
            Field("new_file", "File now", "现文件"),
            Field("new_line", "Line now", "现行号", "count"),
        ),
    ),
    # What moved between the two closes, one row per document or allocation.
    Table(
        "compare_movements",
        (
            _ID,
            _NAME,
            _CURRENCY,
            _ACCOUNT,
            Field("movement", "Movement", "发生类型"),
            Field("day", "Date", "日期", "date"),
            _DOCUMENT,
            _KIND,
            _OTHER,
            Field("amount", "Amount", "金额", "money"),
            Field("file", "File", "文件"),
            Field("line", "Line", "行号", "count"),
        ),
    ),
    Table("basis", (Field("name", "Basis", "口径"), Field("value", "Value", "内容"))),
)

COMPARE_CELLS = {
    "book_title": "text",
    "cover_line": "text: both as-of dates and folders, program version",
    "as_of": "date of the later close",
    "previous_as_of": "date of the earlier close",
    "selected_currency": "text",
    "policy_mark": "text: blank",
    "compare_words": "text: whether the later close lists open items only, and in how many settings the two differ",
    "changes_words": "text: blank, or that the changes exceed a sheet's rows",
    "movements_words": "text: blank, or that the movements are summarized because they exceed a sheet's rows",
}
