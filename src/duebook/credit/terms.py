"""Payment terms: the days that the policy gives a grade in a sector, and the clause for the contract or the invoice."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Annotated

from duebook.core import messages, money
from duebook.core.arguments import ExactRate, Money, Number, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode
from duebook.policy import credit_terms as terms_policy
from duebook.policy import terms_law
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.credit_terms import LONGEST
from duebook.policy.grades import GRADE_ERRORS
from duebook.policy.late_payment import say_if_daily
from duebook.policy.said import say_policy

_DISCOUNT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%?\s*/\s*(\d{1,4})")


@worksheet(
    "CREDIT_TERMS",
    group="credit",
    help="Days of credit that the policy gives a grade, by sector; 0 = in advance or on delivery.",
    zh="信用政策按等级与行业给予的账期天数；0 表示预付或货到付款。",
    result=Result("days", "Days from the invoice date.", "自发票日起的天数。"),
    equation="the policy's days for the grade and sector",
    equation_zh="政策中该等级与行业的账期天数",
    source="The credit policy's [[credit_terms]] table; the law: [[terms_law]] (State Council decree 802, 2011/7/EU)",
    examples=[Example(("A",), 60), Example(("A", "retail"), 45), Example(("E",), 0), Example(("Z",), "#VALUE!")],
    conventions=[
        Label(
            "A sector without rows of its own has the terms of all other sectors; WHY says so.",
            "政策未单列的行业采用其他行业的账期；WHY 会注明。",
        ),
        Label(
            "Terms that a law may forbid are said: in China a large enterprise pays an SME within 60 days of delivery.",
            "可能违反法规的账期会提示：在中国，大型企业应自交付之日起 60 日内向中小企业付款。",
        ),
    ],
    errors=GRADE_ERRORS,
)
def credit_terms(
    grade: Annotated[str, Text("Credit grade, as the policy names it (A, B …).", "信用等级，按政策命名（A、B…）。")],
    sector: Annotated[
        str,
        Text("Sector as the policy names it. Blank: all other sectors.", "行业，按政策命名；空白为其他行业。"),
    ] = "",
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> int:
    """Days of credit. Notes a sector without own rows, laws that the days may break, and the policy.

    CellError (#VALUE!) for a grade that the policy does not have.
    """
    policy = in_use(policy)
    found = policy.section(terms_policy.read).row(grade, sector, as_of)
    if sector and not found.sector:
        note("limits.other_sector", sector=sector[:60])
    if found.days == 0:
        note("limits.no_credit_days")
    for law in policy.section(terms_law.read).broken_by(found.days, as_of):
        note("limits.terms_law", law=law.text)
    say_policy(policy, terms_policy)
    return found.days


@worksheet(
    "TERMS_TEXT",
    group="credit",
    help="The payment clause in full sentences, to paste into a contract, an order confirmation or an invoice.",
    zh="付款条款的完整文字，可粘贴到合同、订单确认书或发票。",
    result=Result(
        "text", "The clause, in the language asked for or the reader's.", "条款文字，按指定语言或使用者语言。"
    ),
    equation="a sentence each on deposit, due date, discount and late interest, as far as they are given",
    equation_zh="预付款、到期日、现金折扣与逾期利息各一句，按所填参数",
    source="Duebook's wording of common trade terms; have your own counsel check it",
    examples=[
        Example((0,), "Payment is due on receipt of the invoice."),
        Example((30,), "Payment is due within 30 days of the invoice date."),
        Example((30, None, None, None, "zh"), "买方应自发票日起 30 天内付款。"),
        Example((10, None, "2/10"), "#VALUE!"),
    ],
    conventions=[
        Label(
            "deposit: a share below 1, an amount above 1; exactly 1 is refused, since it can be read both ways.",
            "deposit：小于 1 为比例，大于 1 为金额；恰为 1 时含义不明，予以拒绝。",
        ),
        Label(
            "Days run from the invoice date; late interest by the day on 365 days, from the day after the due date.",
            "天数自发票日起算；逾期利息自到期日次日起按 365 天逐日计算。",
        ),
    ],
    errors={
        "limits.not_a_discount": "#VALUE!",
        "limits.discount_percent": "#VALUE!",
        "limits.discount_days": "#VALUE!",
        "limits.deposit_one": "#NUM!",
    },
)
def terms_text(
    days: Annotated[
        int,
        Number(
            "Days from the invoice date; 0 = on receipt.",
            "自发票日起的天数；0 为收到发票即付。",
            unit="days",
            whole=True,
            least=0,
            most=LONGEST,
        ),
    ],
    deposit: Annotated[
        Decimal | None,
        Money(
            "Deposit before delivery: a share below 1 (0.30) or an amount. Default: none.",
            "发货前预付款：小于 1 为比例（0.30），大于 1 为金额；默认无。",
            least=0,
        ),
    ] = None,
    discount: Annotated[
        str,
        Text(
            'Discount for early payment as text: "2/10" = 2 % within 10 days. Default: none.',
            "现金折扣（文本）：“2/10”表示 10 天内付款折扣 2%；默认无。",
        ),
    ] = "",
    late_rate: Annotated[
        Decimal | None,
        ExactRate(
            "Yearly rate of interest on overdue amounts (0.18 = 18 %). Default: none.",
            "逾期款项的年利率（0.18 = 18%）；默认无。",
        ),
    ] = None,
    language: Annotated[
        str,
        Text(
            "en or zh. Default: the reader's language.",
            "en（英文）或 zh（中文）；默认为使用者语言。",
            choices=("en", "zh"),
            zh_choices=("英文", "中文"),
        ),
    ] = "",
    currency: CurrencyCode = "",
) -> str:
    """The clause; a `Label` in both languages where no `language` is asked for.

    CellError for a discount that cannot be read or ends on or after the due date, and for a deposit of exactly 1.
    """
    sentences: list[tuple[str, dict[str, object]]] = []
    if deposit:
        sentences.append(_deposit(money.exact(deposit), currency))
    after = "_after_deposit" if sentences else ""
    sentences.append((f"limits.clause_net{after}", {"days": days}) if days else (f"limits.clause_receipt{after}", {}))
    if discount:
        sentences.append(("limits.clause_discount", _discount(discount, days)))
    if late_rate:
        say_if_daily("late_rate", money.exact(late_rate))
        sentences.append(("limits.clause_late", {"percent": money.in_percent(money.exact(late_rate))}))
    english, chinese = (
        joint.join(messages.text(key, tongue, **facts) for key, facts in sentences)
        for tongue, joint in (("en", " "), ("zh", ""))
    )
    return {"en": english, "zh": chinese}.get(language, Label(english, chinese))


def _deposit(deposit: Decimal, currency: str) -> tuple[str, dict[str, object]]:
    if deposit == 1:
        raise CellError("#NUM!", "limits.deposit_one")
    if deposit < 1:
        return "limits.clause_deposit_share", {"percent": money.in_percent(deposit)}
    amount = f"{money.rounded(deposit, money.decimals(currency)):,f}"
    return "limits.clause_deposit_amount", {"amount": f"{currency} {amount}".strip()}


def _discount(text: str, days: int) -> dict[str, object]:
    """Percent and days of "2/10"."""
    found = _DISCOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise CellError("#VALUE!", "limits.not_a_discount", value=text[:60])
    percent, within = Decimal(found[1]), int(found[2])
    if not 0 < percent < 100:
        raise CellError("#VALUE!", "limits.discount_percent", value=text[:60])
    if within >= days:
        raise CellError("#VALUE!", "limits.discount_days", value=text[:60], found=within, days=days)
    return {"percent": f"{percent.normalize():f}", "days": within}
