"""The fixed words of the movements workbook, English and Chinese side by side."""

from __future__ import annotations

MOVEMENTS_TEXTS: dict[str, tuple[str, str]] = {
    "movements_title": ("Movements and balance sheet", "变动与列报"),
    "movements_subject": (
        "Roll-forward, bills, retention, balance sheet, allowance",
        "变动表、票据、质保金、列报、准备",
    ),
    # sheet names
    "rolling": ("Roll-forward", "变动表"),
    "bills": ("Bills", "应收票据"),
    "retained": ("Retention and factoring", "质保金与保理"),
    "presented": ("Balance sheet", "资产负债表列报"),
    "currencies": ("Currencies", "币种与汇兑"),
    "provided": ("Allowance", "坏账准备变动"),
    "assessed": ("Specific and own rates", "单项与自有损失率"),
    "parties": ("Relations", "关联往来"),
    # what each sheet is for
    "rolling_note": (
        "Each customer's receivables from the opening to the closing balance; totals in the currency chosen.",
        "各客户应收账款由期初至期末；合计为所选币种。",
    ),
    "bills_note": (
        "Bills by time to maturity, then one by one. ▲ past maturity or dishonored.",
        "票据按到期时间汇总，其下逐张列示。▲ 已过到期日或拒付。",
    ),
    "retained_note": (
        "Retention until it is billed and paid; below it, invoices sold with recourse.",
        "质保金直至开票收讫；其下为附追索权保理的发票。",
    ),
    "presented_note": (
        "What the balance sheet shows: credits and advances apart, nothing netted.",
        "资产负债表列报口径：预收及贷项单列，不作抵减。",
    ),
    "currencies_note": (
        "All currencies in the functional one; exchange differences on lines of their own.",
        "全部币种折合记账本位币；汇兑差额单列。",
    ),
    "provided_note": (
        "How the allowance moved, and what it consists of.",
        "坏账准备如何变动、由何构成。",
    ),
    "assessed_note": (
        "What is assessed by itself, and what own earlier closes say of the loss rates (--history DIR).",
        "单项计提的款项，以及自有历史月结所示损失率（--history DIR）。",
    ),
    "parties_note": ("What related parties and companies of the own group owe.", "关联方及集团内公司的往来余额。"),
    # headings and labels
    "opening_day": ("Opening of", "期初日"),
    "roll_heading": ("From opening to closing", "由期初至期末"),
    "maturity_heading": ("By maturity", "按到期时间"),
    "bills_heading": ("Each bill", "逐张列示"),
    "retention_heading": ("Retention", "质保金"),
    "factored_heading": ("Sold with recourse", "附追索权保理"),
    "presented_heading": ("By currency", "按币种"),
    "net_credit_heading": ("Customers in credit", "贷方余额客户"),
    "currencies_heading": ("By currency and account", "按币种与科目"),
    "account_tie_out_heading": ("Control accounts", "总账科目核对"),
    "functional_customers_heading": ("Customers over all currencies", "客户（全部币种折合）"),
    "exchange_differences_heading": ("Exchange differences by customer", "按客户列示的汇兑差额"),
    "net_of_tax_heading": ("With and without tax", "含税与不含税"),
    "allowance_movement_heading": ("Movement of the allowance", "坏账准备变动"),
    "allowance_pools_heading": ("Pools", "组合"),
    "specific_heading": ("Specific items", "单项计提"),
    "own_rates_heading": ("Rates of own closes", "自有历史损失率"),
    "bad_debt_heading": ("Bad-debt rate", "坏账率"),
    "movement": ("Line", "项目"),
    "col_receivable": ("Receivables", "应收账款"),
    "col_bill": ("Bills", "应收票据"),
    "col_contract_asset": ("Contract assets", "合同资产"),
    "kpi_roll_opening": ("Opening", "期初"),
    "kpi_invoiced": ("Invoiced", "开票"),
    "kpi_cash": ("Cash", "收款"),
    "kpi_credit_notes": ("Credit notes", "贷项通知单"),
    "kpi_closing": ("Closing", "期末"),
    "kpi_gross": ("Receivables", "应收账款"),
    "kpi_liabilities": ("Contract liabilities", "合同负债"),
    "kpi_notes": ("Notes receivable", "应收票据"),
    "kpi_contract_assets": ("Contract assets", "合同资产"),
    "kpi_allowance_now": ("Allowance", "坏账准备"),
    # checks
    "check_roll": ("Opening + movements = closing, all customers", "期初 + 变动 = 期末（全部客户）"),
    "check_closing": ("Closing = aged balance and disputes left out", "期末 = 账龄余额及剔除的争议"),
    "check_bills": ("Bills by maturity = bills one by one", "按到期时间 = 逐张合计"),
    "check_notes": ("Notes receivable = bills one by one", "应收票据 = 逐张合计"),
    "check_presented": ("Receivables + liabilities + credits = closing", "应收 + 合同负债 + 贷项 = 期末"),
    "check_allowance_moved": ("Opening + movement = closing allowance", "准备期初 + 变动 = 期末"),
}
