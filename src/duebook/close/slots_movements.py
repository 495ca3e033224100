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

MOVEMENTS_TABLES = (*ALLOWANCE_TABLES,)
MOVEMENTS_CELLS = {**ALLOWANCE_CELLS}
