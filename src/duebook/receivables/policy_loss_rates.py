"""The credit policy's loss rates, spilled beside their buckets, so that a sheet need not copy them."""

from __future__ import annotations

from datetime import date

from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.policy import closing
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.said import say_policy
from duebook.receivables.aging import SchemeName, labels, scheme_in_use

COLUMNS = (Field("Bucket", "账龄段", "text"), Field("Loss rate", "损失率", "rate"))
NEWEST = Label("any day", "任何日期")


@worksheet(
    "POLICY_LOSS_RATES",
    group="receivables",
    help="The credit policy's loss rate of each aging bucket, for PROVISION and AGED_PROVISION, so that none "
    "need be copied.",
    zh="信用政策中各账龄段的损失率，供 PROVISION 与 AGED_PROVISION 引用，无需抄录。",
    result=Spill(COLUMNS, help="One row per bucket of the scheme, the first bucket first.", zh="每段一行，首段在前。"),
    equation="the loss rates of the scheme that the policy has in force on as_of",
    equation_zh="政策中该方案在 as_of 生效的损失率",
    source="The credit policy's [[loss_rates]] table; Duebook's own: IFRS 9 IE74–IE77, the oldest bucket illustrative",
    examples=[
        Example(("four_buckets",), 0.106, at=(6, 2), source="IFRS 9 IE75"),
        Example(("cn_annual",), "1–2 years", at=(3, 1)),
    ],
    conventions=[
        Label(
            'Into PROVISION: =PROVISION(B5:B10, INDEX(POLICY_LOSS_RATES("standard", "", "", FALSE), 0, 2)); FALSE '
            "leaves the header out. Or let it spill and select its second column.",
            '在 PROVISION 中引用：=PROVISION(B5:B10, INDEX(POLICY_LOSS_RATES("standard", "", "", FALSE), 0, 2))，FALSE '
            "表示不含标题行；也可先溢出到单元格，再选取第二列。",
        ),
        Label(
            "The balances must stand in the buckets of the same scheme, as AGING gives them.",
            "余额须按同一方案分段，如 AGING 的结果。",
        ),
        Label(
            "Duebook's own rates are illustrative until the firm adopts a policy; WHY says so.",
            "Duebook 自带的损失率在企业采用自己的政策前仅供示例；WHY 会注明。",
        ),
    ],
    errors={"provision.no_policy_rates": "#N/A", "policy.unknown_scheme": "#VALUE!"},
)
def policy_loss_rates(scheme: SchemeName = "", as_of: PolicyDay = None, policy: PolicyArgument = None) -> Table:
    """Labels and fractions, first bucket first. CellError (#N/A) where the policy has no rates for the scheme then.

    DuebookError (#VALUE!) names the known schemes where `scheme` is none of them.
    """
    own = in_use(policy)
    rule = scheme_in_use(own, scheme, as_of)
    rates = own.loss_rates(rule.name, as_of or date.max)
    if rates is None:
        on = as_of.isoformat() if as_of else NEWEST
        raise CellError("#N/A", "provision.no_policy_rates", scheme=rule.name, on=on)
    adopted = own.adopted and "loss_rates" in own.own
    say_policy(own, None if adopted else closing)
    return Table([column.label for column in COLUMNS], list(zip(labels(rule), rates, strict=True)))
