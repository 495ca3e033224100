"""Every worksheet function as xlwings' `call_udf` finds it. Made by `hosts/addin/udfs_file.py`, not by hand.

VBA calls `XLPy.CallUDF("duebook.hosts.excel.udfs", NAME, Array(at, since_1904, …), Nothing, …)`. What comes back:

- one cell: that cell, not an array;
- one row: an array of one dimension, from 0 (xlwings takes the row out of its block);
- all else, a single column too: an array of two dimensions, from 0.

Cells are numbers (Double), flags (Boolean) and texts; blanks come as "", never as Empty or Null. A text that begins
with Chr(1) is an error by its name, or with two of them a text that begins with one. No error is ever raised.
Importing this loads neither xlwings nor the finance rooms: the first call does, or `session.warm`.
"""

from __future__ import annotations

from duebook.hosts.excel.xlfunc import xlfunc

AGED_PROVISION = xlfunc("AGED_PROVISION", "balances rates opening write_offs recoveries fx currency headers")
AGING = xlfunc("AGING", "customer date amount as_of scheme currency unapplied policy headers")
AGING_BUCKET = xlfunc("AGING_BUCKET", "date as_of scheme policy")
ALLOWANCE_MOVEMENT = xlfunc("ALLOWANCE_MOVEMENT", "opening required write_offs recoveries fx headers")
AVERAGE_DAYS_DELINQUENT = xlfunc("AVERAGE_DAYS_DELINQUENT", "dso best_possible")
BAD_DEBT_RATE = xlfunc("BAD_DEBT_RATE", "write_offs recoveries base basis")
BILL_DISCOUNT = xlfunc("BILL_DISCOUNT", "face discount_date maturity rate day_count extra_days currency")
CASH_CONVERSION_CYCLE = xlfunc("CASH_CONVERSION_CYCLE", "days_inventory dso days_payable")
COLLECTION_EFFECTIVENESS = xlfunc(
    "COLLECTION_EFFECTIVENESS",
    "opening credit_sales closing closing_current convention months vat_rate",
)
DAYS_BEYOND_TERMS = xlfunc("DAYS_BEYOND_TERMS", "amount due_date paid_date as_of early")
DAYS_INVENTORY = xlfunc("DAYS_INVENTORY", "inventory cogs days")
DAYS_PAST_DUE = xlfunc("DAYS_PAST_DUE", "due_date as_of")
DAYS_PAYABLE = xlfunc("DAYS_PAYABLE", "payables base days basis")
DAYS_TO_PAY = xlfunc("DAYS_TO_PAY", "amount invoice_date paid_date as_of")
DISCOUNT_YIELD = xlfunc("DISCOUNT_YIELD", "terms basis compound")
DISPUTE_CLOCK = xlfunc("DISPUTE_CLOCK", "opened as_of clock closed policy")
DISPUTE_DAYS = xlfunc("DISPUTE_DAYS", "opened as_of closed clock policy")
DSO = xlfunc("DSO", "receivables credit_sales days vat_rate")
DSO_AVERAGE = xlfunc("DSO_AVERAGE", "opening closing credit_sales days vat_rate")
DSO_BEST_POSSIBLE = xlfunc("DSO_BEST_POSSIBLE", "current_receivables credit_sales days vat_rate")
DSO_COUNTBACK = xlfunc("DSO_COUNTBACK", "receivables sales_newest_first days_in_month vat_rate month")
DUE_DATE = xlfunc("DUE_DATE", "base_date terms calendar convention policy")
DUE_SCHEDULE = xlfunc("DUE_SCHEDULE", "base_date amount terms milestones currency calendar convention policy headers")
EARLY_PAYMENT = xlfunc("EARLY_PAYMENT", "amount terms base_date paid_date currency")
LATE_FEE = xlfunc("LATE_FEE", "amount regime as_of policy")
LATE_INTEREST = xlfunc("LATE_INTEREST", "amount due_date paid_date regime rate day_count as_of currency policy")
LATE_INTEREST_DETAIL = xlfunc(
    "LATE_INTEREST_DETAIL",
    "amount due_date as_of regime paid_amounts paid_dates rate day_count allocation costs currency policy headers",
)
LIMITATION_DATE = xlfunc("LIMITATION_DATE", "last_event event regime policy")
LOSS_RATES = xlfunc("LOSS_RATES", "cohort_flow headers")
OPEN_AMOUNT = xlfunc(
    "OPEN_AMOUNT",
    "document amount document_date allocation_document allocation_amount allocation_date as_of headers",
)
POLICY_LOSS_RATES = xlfunc("POLICY_LOSS_RATES", "scheme as_of policy headers")
PROVISION = xlfunc(
    "PROVISION",
    "balances loss_rates forward_factor covered specific_balances specific_allowance currency",
)
RECEIVABLES_TURNOVER = xlfunc("RECEIVABLES_TURNOVER", "credit_sales average_receivables vat_rate")
REMINDER_DATE = xlfunc("REMINDER_DATE", "due_date level ladder as_of policy")
REMINDER_FEE = xlfunc("REMINDER_FEE", "level ladder as_of policy")
REMINDER_LEVEL = xlfunc(
    "REMINDER_LEVEL",
    "due_date as_of last_level last_sent disputed_share blocked_until ladder mode open_amount policy",
)
REVALUATION = xlfunc("REVALUATION", "amount booked_rate closing_rate currency")
ROLL_RATES = xlfunc("ROLL_RATES", "balances_by_month write_offs last_loss_rate last_bucket headers")
TURNOVER_DAYS = xlfunc("TURNOVER_DAYS", "turnover days")
ALTMAN_Z = xlfunc(
    "ALTMAN_Z",
    "model working_capital retained_earnings ebit equity total_assets total_liabilities sales",
)
ALTMAN_ZONE = xlfunc("ALTMAN_ZONE", "model z")
BANKRUPTCY_PROBABILITY = xlfunc("BANKRUPTCY_PROBABILITY", "model value")
CASH_FLOW_TO_DEBT = xlfunc("CASH_FLOW_TO_DEBT", "operating_cash_flow debt")
CASH_RATIO = xlfunc("CASH_RATIO", "cash current_liabilities securities restricted_cash definition")
CASH_RATIO_WITH_COVER = xlfunc(
    "CASH_RATIO_WITH_COVER",
    "cash current_liabilities expected_claims_paid securities restricted_cash definition",
)
CHECK_REASON = xlfunc(
    "CHECK_REASON",
    "limit exposure_before order oldest_overdue_days overdue_share signal policy as_of",
)
COMPANY_ID_CHECK = xlfunc("COMPANY_ID_CHECK", "id scheme")
CREDIT_CHECK = xlfunc(
    "CREDIT_CHECK",
    "limit exposure_before order oldest_overdue_days overdue_share signal policy as_of",
)
CREDIT_GRADE = xlfunc("CREDIT_GRADE", "score policy as_of")
CREDIT_LIMIT = xlfunc(
    "CREDIT_LIMIT",
    "grade expected_monthly_purchases terms_days equity working_capital reference insurer_limit policy currency "
    "net_margin as_of",
)
CREDIT_SCORE = xlfunc("CREDIT_SCORE", "dimensions values policy card as_of")
CREDIT_SCORES = xlfunc("CREDIT_SCORES", "customers dimensions values policy card as_of headers")
CREDIT_TERMS = xlfunc("CREDIT_TERMS", "grade sector policy as_of")
CURRENT_RATIO = xlfunc("CURRENT_RATIO", "current_assets current_liabilities")
DEBT_TO_ASSETS = xlfunc("DEBT_TO_ASSETS", "total_liabilities total_assets")
DEBT_TO_EQUITY = xlfunc("DEBT_TO_EQUITY", "total_liabilities equity")
DEFAULT_PROBABILITY = xlfunc("DEFAULT_PROBABILITY", "kind value policy as_of")
DISTRESS_ZONE = xlfunc("DISTRESS_ZONE", "model value")
EQUITY_RATIO = xlfunc("EQUITY_RATIO", "equity total_assets")
GROVER = xlfunc("GROVER", "working_capital ebit net_income total_assets")
INTEREST_COVER = xlfunc("INTEREST_COVER", "ebit interest")
LIMIT_DETAIL = xlfunc(
    "LIMIT_DETAIL",
    "grade expected_monthly_purchases terms_days equity working_capital reference insurer_limit policy currency "
    "net_margin as_of headers",
)
NET_MARGIN = xlfunc("NET_MARGIN", "net_income sales")
ODDS_PROBABILITY = xlfunc("ODDS_PROBABILITY", "odds")
OHLSON_O = xlfunc(
    "OHLSON_O",
    "total_assets total_liabilities current_assets current_liabilities net_income net_income_before "
    "funds_from_operations deflator",
)
POINTS_SCORE = xlfunc("POINTS_SCORE", "odds base_score base_odds pdo")
PROBABILITY_ODDS = xlfunc("PROBABILITY_ODDS", "probability")
QUICK_RATIO = xlfunc("QUICK_RATIO", "current_assets inventory current_liabilities prepaid other method")
RETURN_ON_ASSETS = xlfunc("RETURN_ON_ASSETS", "net_income total_assets")
REVIEW_DUE = xlfunc("REVIEW_DUE", "last_review grade exposure policy as_of")
RISK_SIGNAL = xlfunc("RISK_SIGNAL", "kind events window_days baseline policy as_of")
RISK_TIER = xlfunc("RISK_TIER", "signals policy as_of")
SCORE_AUC = xlfunc("SCORE_AUC", "score bad_flag")
SCORE_DETAIL = xlfunc("SCORE_DETAIL", "dimensions values policy card as_of headers")
SCORE_KS = xlfunc("SCORE_KS", "score bad_flag")
SCORE_ODDS = xlfunc("SCORE_ODDS", "score base_score base_odds pdo")
SCORE_STABILITY = xlfunc("SCORE_STABILITY", "expected actual")
SPRINGATE = xlfunc("SPRINGATE", "working_capital ebit profit_before_tax sales total_assets current_liabilities")
TAFFLER = xlfunc(
    "TAFFLER",
    "coefficients profit_before_tax current_assets current_liabilities total_liabilities total_assets sales "
    "quick_assets depreciation",
)
TERMS_TEXT = xlfunc("TERMS_TEXT", "days deposit discount late_rate language currency")
TIER_ACTION = xlfunc("TIER_ACTION", "tier policy as_of")
WEIGHT_OF_EVIDENCE = xlfunc("WEIGHT_OF_EVIDENCE", "value bad_flag cuts headers")
ZMIJEWSKI = xlfunc(
    "ZMIJEWSKI",
    "coefficients net_income total_liabilities total_assets current_assets current_liabilities",
)
INSTALLMENT = xlfunc("INSTALLMENT", "amount installments annual_rate every_months currency")
INSTALLMENT_INTEREST = xlfunc("INSTALLMENT_INTEREST", "amount installments annual_rate from_no to_no every_months")
IS_BUSINESS_DAY = xlfunc("IS_BUSINESS_DAY", "date calendar policy")
NEXT_BUSINESS_DAY = xlfunc("NEXT_BUSINESS_DAY", "date calendar convention policy")
PAYMENT_PLAN = xlfunc(
    "PAYMENT_PLAN",
    "amount installments first_date annual_rate method start_date deposit every_months balloon grace_periods "
    "calendar day_count currency convention policy headers",
)
PAYMENT_PLAN_FIXED = xlfunc(
    "PAYMENT_PLAN_FIXED",
    "amount installment first_date annual_rate every_months installments start_date deposit calendar day_count "
    "currency convention policy headers",
)
PAYMENT_PLAN_SHARES = xlfunc(
    "PAYMENT_PLAN_SHARES",
    "amount shares dates annual_rate start_date day_count calendar currency convention policy headers",
)
PLAN_AFFORDABLE = xlfunc("PLAN_AFFORDABLE", "plan monthly_free_cash max_share")
PLAN_COST = xlfunc("PLAN_COST", "plan annual_rate as_share effective from_date amount")
PLAN_PRESENT_VALUE = xlfunc("PLAN_PRESENT_VALUE", "plan annual_rate effective from_date")
PLAN_RATE = xlfunc("PLAN_RATE", "plan amount effective from_date")
PLAN_STATUS = xlfunc("PLAN_STATUS", "plan paid_amount paid_date as_of headers")
REPLAN = xlfunc(
    "REPLAN",
    "plan paid_amount paid_date as_of installments annual_rate late_rate capitalize first_date every_months method "
    "calendar currency convention policy headers",
)
SPLIT_CENTS = xlfunc("SPLIT_CENTS", "amount parts_or_shares currency residue headers")
COVER_DATES = xlfunc("COVER_DATES", "due_date cover_policy policy as_of headers")
COVER_PERILS = xlfunc("COVER_PERILS", "kind policy as_of headers")
CUSTOMER_MIX = xlfunc("CUSTOMER_MIX", "amounts customers basis classes first_sale margin as_of target policy headers")
EFFECTIVE_CUSTOMERS = xlfunc("EFFECTIVE_CUSTOMERS", "amounts customers")
ELIGIBLE_AMOUNT = xlfunc("ELIGIBLE_AMOUNT", "open vat_rate disputed affiliate terms_days maximum_terms_days currency")
EXPOSURE = xlfunc("EXPOSURE", "open_items orders_not_delivered delivered_not_invoiced bills_not_matured")
GINI = xlfunc("GINI", "amounts customers")
HEADROOM = xlfunc("HEADROOM", "limit exposure")
HHI = xlfunc("HHI", "amounts customers scale")
INSURANCE_CLAIM = xlfunc(
    "INSURANCE_CLAIM",
    "loss limit cover deductible order minimum_retention threshold aggregate_left maximum_left recoveries currency",
)
INSURANCE_PREMIUM = xlfunc("INSURANCE_PREMIUM", "basis_amount rate basis minimum currency")
INSURANCE_VALUE = xlfunc(
    "INSURANCE_VALUE",
    "exposures pd cover premium measure loss_given_default limits other_costs currency",
)
INSURED_AMOUNT = xlfunc("INSURED_AMOUNT", "open due_date limit cover eligible currency headers")
LIMIT_IN_FORCE = xlfunc("LIMIT_IN_FORCE", "limit temporary_limit valid_until as_of kind valid_from")
LIMIT_USE = xlfunc("LIMIT_USE", "limit exposure")
NET_EXPOSURE = xlfunc("NET_EXPOSURE", "exposure guarantees covered")
ORDER_IN_HORIZON = xlfunc("ORDER_IN_HORIZON", "amount delivery_date as_of horizon_days")
TOP_SHARE = xlfunc("TOP_SHARE", "amounts customers n")
WHY = xlfunc("WHY", "cell")
