"""The fixed words of the comparison workbook, English and Chinese side by side."""

from __future__ import annotations

COMPARE_TEXTS: dict[str, tuple[str, str]] = {
    "compare_title": ("Comparison of two closes", "两次结账的比较"),
    "compare_subject": ("Roll-forward and what changed in the past", "变动表与以前期间变动"),
    # sheet names
    "compare_roll": ("Roll-forward", "变动表"),
    "compare_changes": ("Changes in the past", "以前期间变动"),
    "compare_movements": ("Movements", "发生额"),
    "compare_lists": ("Lists", "列表"),
    # what each sheet is for
    "compare_roll_note": (
        "Each customer and account from the sealed opening to the closing balance; the totals are on the summary.",
        "各客户、各科目从封存的期初到期末；合计见摘要页。",
    ),
    "compare_changes_note": (
        "What the later ledger shows otherwise than was sealed, one document or allocation per row, with both sources.",
        "较晚的台账与封存内容的不同之处，每行一张单据或一笔核销，并列出前后来源。",
    ),
    "compare_movements_note": (
        "What moved after the earlier close, one document or allocation per row.",
        "较早结账之后的发生额，每行一张单据或一笔核销。",
    ),
    "compare_lists_note": (
        "Lines of the roll-forward and largest changes of every currency, looked up by the summary.",
        "各币种的变动表项目与最大变动，供摘要页查找。",
    ),
    # labels of the summary
    "compare_since": ("Earlier close", "较早结账"),
    "compare_until": ("Later close", "较晚结账"),
    "compare_block": ("Roll-forward of all customers", "全部客户变动表"),
    "compare_line": ("Line", "项目"),
    "compare_receivable": ("Receivables", "应收账款"),
    "compare_bill": ("Bills", "应收票据"),
    "compare_contract_asset": ("Contract assets", "合同资产"),
    "compare_financing": ("Recourse", "附追索权"),
    "compare_revaluation": ("Exchange", "汇兑差额"),
    "compare_largest": ("Ten largest changes in the past", "以前期间十项最大变动"),
    "compare_document": ("Document", "单据"),
    "compare_what": ("What changed", "变动内容"),
    "compare_effect": ("Effect", "影响"),
    "compare_lines_heading": ("Lines of the roll-forward", "变动表项目"),
    # key figures
    "kpi_opening": ("Opening, as sealed", "期初（封存数）"),
    "kpi_changed": ("Changed in the past", "以前期间变动"),
    "kpi_moved": ("Moved since", "其后发生"),
    "kpi_closing": ("Closing", "期末"),
    "kpi_unexplained_rest": ("Unexplained", "未能说明"),
    "f_changes": ('#,##0" changes";;"no change"', '#,##0" 项变动";;"无变动"'),
    "f_movements": ('#,##0" movements";;"no movement"', '#,##0" 笔发生额";;"无发生额"'),
    # checks
    "check_rolls": ("Opening + every line = closing of all customers", "期初 + 各项目 = 全部客户期末"),
    "check_past": ("Changes by row = changed in the past of all customers", "变动逐行合计 = 全部客户以前期间变动"),
    "check_moved": ("Movements by row = lines of all customers", "发生额逐行合计 = 全部客户各项目"),
    "check_rest": ("Nothing is left unexplained in any currency", "各币种均无未能说明的差额"),
}
