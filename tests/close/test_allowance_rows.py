"""How the aging and exposure workbooks show the allowance and related parties: only where the ledger holds them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from duebook.close import allowance_rows, detail, seal
from duebook.close.aging_book import basis
from duebook.close.options import CloseOptions
from duebook.close.result import Close
from duebook.close.run import close_month, figured
from duebook.close.verify import verify
from duebook.core.engine import Engine
from duebook.core.messages import EDITIONS
from duebook.ledger.files import Source
from duebook.receivables.aging import bucket_labels
from tests.close.test_allowance import AS_OF, HEAD, LEDGER, PARTIES, RATES, table


def shown(
    folder: Path, engine: Engine, ledger: str, customers: str = "", policy: str = RATES, language: str = "en"
) -> Close:
    sources = [Source(table(folder / "ledger.csv", ledger))]
    if customers:
        sources.append(Source(table(folder / "customers.csv", customers), "customers"))
    (folder / "policy.toml").write_text(policy, "utf-8")
    options = CloseOptions(tuple(sources), AS_OF, folder / "out", policy=folder / "policy.toml", language=language)
    return figured(options, engine)


def provision(close: Close) -> list[tuple[object, ...]]:
    labels = bucket_labels(close.scheme, close.language)
    rows = allowance_rows.provision_rows(close, labels)
    return [(row["bucket"], row["amount"], row["rate"], row["allowance"]) for row in rows]


@pytest.fixture
def engine() -> object:
    with Engine(threads=1) as engine:
        yield engine


IFRS_9 = f"""
{HEAD}
C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 15000000.00 | EUR
C1 | I2 | Invoice | 2026-08-01 | 2026-10-11 | 7500000.00 | EUR
C2 | I3 | Invoice | 2026-08-01 | 2026-09-10 | 4000000.00 | EUR
C3 | I4 | Invoice | 2026-01-01 | 2026-08-15 | 2500000.00 | EUR
C4 | I5 | Invoice | 2026-01-01 | 2026-07-01 | 1000000.00 | EUR
"""


def test_the_worked_example_of_ifrs_9(tmp_path: Path, engine: Engine) -> None:
    """IFRS 9 IE74–IE77: 0.3, 1.6, 3.6, 6.6 and 10.6 % of 30 million are 580,000."""
    policy = RATES.replace("upper = [30, 60]", "upper = [30, 60, 90]").replace(
        'rates = ["0.01", "0.1", "0.2", "0.5"]', 'rates = ["0.003", "0.016", "0.036", "0.066", "0.106"]'
    )
    close = shown(tmp_path, engine, IFRS_9, policy=policy)
    assert [row[3] for row in provision(close)] == [45_000, 120_000, 144_000, 165_000, 106_000]
    assert close.figures[0].allowance == 580_000


def test_a_plain_ledger_shows_no_more_than_before(tmp_path: Path, engine: Engine) -> None:
    close = shown(tmp_path, engine, LEDGER)
    assert [row[0] for row in provision(close)] == ["Not due", "1–30 days", "31–60 days", ">60 days"]
    assert allowance_rows.basis_rows(close) == [] and allowance_rows.bank_acceptance_rows(close) == []


def test_what_stands_below_the_buckets_adds_up_to_the_allowance(tmp_path: Path, engine: Engine) -> None:
    own = '[[loss_rates]]\nfrom = 2000-01-01\nscheme = "three"\nrelation = "related"\nrates = [0, 0, "0.03", 0]\n'
    out = '[[relations]]\nfrom = 2000-01-01\ndso = "all"\nallowance = "without_intercompany"\ncover = "all"\n'
    ledger = LEDGER + "C1 | R1 | 质保金 | 2026-05-01 | 2027-05-01 | 70.00 | CNY\n"
    ledger += "C4 | I5 | Invoice | 2026-08-01 | 2026-09-10 | 90.00 | CNY\n"
    customers = PARTIES.replace("关联关系", "关联关系 | 单项计提金额").replace("\nC", "\nC")
    customers = "\n".join(line + (" |" if line.startswith("C") else "") for line in customers.strip().splitlines())
    customers += "\nC4 | 丁 | | 60.00"
    close = shown(tmp_path, engine, ledger, customers, RATES.replace("[[close]]", own + "\n[[close]]") + out)
    rows = provision(close)
    related = [row for row in rows if "Related party" in str(row[0])]
    assert related[2] == ("31–60 days · Related party", 200, Decimal("0.03"), Decimal("6.00"))
    assert rows[-3:] == [
        ("Retention before its release", 70, Decimal("0.01"), Decimal("0.70")),
        ("Assessed specifically", 90, None, Decimal("60.00")),
        ("Related parties, not provided for", 300, None, 0),
    ]
    # 1000 × 1 % + 500 × 10 % + 6 + 0.70 + 60
    assert sum(Decimal(str(row[3])) for row in rows) == Decimal("126.70") == close.figures[0].allowance
    # every receivable is in one of the rows
    assert sum(Decimal(str(row[1])) for row in rows) == close.figures[0].balance
    found = {(row["account"], row["pool"]): row["allowance"] for row in allowance_rows.rows(close)["allowance_pools"]}
    assert found[("Receivables", "Assessed specifically")] == 60
    assert sum(Decimal(str(amount)) for amount in found.values()) == Decimal("126.70")


@pytest.mark.parametrize("language", EDITIONS)
def test_the_basis_tells_of_related_parties(tmp_path: Path, engine: Engine, language: str) -> None:
    rule = '[[relations]]\nfrom = 2000-01-01\ndso = "third_party"\nallowance = "without_intercompany"\ncover = "all"\n'
    close = shown(tmp_path, engine, LEDGER, PARTIES, RATES + rule, language)
    said = {str(row["name"]): str(row["value"]) for row in basis(close)}
    if language == "zh":
        assert said["关联方"] == "DSO 计入第三方客户；坏账准备计入集团以外的客户；信用保险承保全部客户"
        assert said["关联方欠款"] == "集团内 CNY 300.00、关联方 CNY 200.00"
    elif language == "en":
        rules = "DSO counts third parties only; the provision counts all but the own group; "
        assert said["Related parties"] == rules + "credit insurance covers all customers"
        assert said["Owed by related parties"] == "Intercompany CNY 300.00, Related party CNY 200.00"
    else:
        whole = " ".join(f"{name} {value}" for name, value in said.items())
        assert "third parties only" in whole and "第三方客户" in whole and "CNY 300.00" in whole


def test_a_sales_file_that_tells_no_customers_is_said(tmp_path: Path, engine: Engine) -> None:
    rule = '[[relations]]\nfrom = 2000-01-01\ndso = "third_party"\nallowance = "all"\ncover = "all"\n'
    (tmp_path / "policy.toml").write_text(RATES + rule, "utf-8")
    files = (("ledger.csv", LEDGER, None), ("customers.csv", PARTIES, "customers"),
             ("sales.csv", "month | currency | amount\n2026-10 | CNY | 3000", "sales"))  # fmt: skip
    sources = tuple(Source(table(tmp_path / name, rows), role) for name, rows, role in files)  # type: ignore[arg-type]
    close = figured(CloseOptions(sources, AS_OF, tmp_path / "out", policy=tmp_path / "policy.toml"), engine)
    assert close.figures[0].sales.dso == Decimal("15.5")  # 1500 ÷ 3000 × 31
    assert any("tells no customers" in str(row["value"]) for row in allowance_rows.relation_rows(close))


def test_the_basis_tells_of_pools_specific_items_and_bank_acceptances(tmp_path: Path, engine: Engine) -> None:
    ledger = f"""
    {HEAD} | Specific rate
    C1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY | 50 %
    C1 | B1 | 银行承兑汇票 | 2026-09-01 | 2026-12-01 | 800.00 | CNY |
    """
    close = shown(tmp_path, engine, ledger)
    said = {str(row["name"]): str(row["value"]) for row in allowance_rows.basis_rows(close)}
    assert said["Specific items"].startswith("assessed by themselves, out of the pools: 1;")
    assert said["Provision beside the aging"] == "Bank acceptances 0.0% of the balance"
    assert "the customer who gave them" in str(allowance_rows.bank_acceptance_rows(close)[0]["value"])


@pytest.mark.parametrize(
    ("ledger", "limit", "says"),
    [
        ("C1 | I2 | Invoice | 2026-10-01 | 2026-11-30 | 10.00 | USD", "", "several currencies"),
        ("C2 | I2 | Invoice | 2026-10-01 | 2026-11-30 | 10.00 | CNY", "EUR", "nothing is open in EUR"),
    ],
)
def test_an_allowance_that_counts_nowhere_is_said(
    tmp_path: Path, engine: Engine, ledger: str, limit: str, says: str
) -> None:
    first = f"{HEAD}\nC1 | I1 | Invoice | 2026-10-01 | 2026-11-30 | 1000.00 | CNY\n"
    customers = f"Customer ID | Customer Name | Limit Currency | Specific allowance\nC1 | One | {limit} | 5.00\n"
    close = shown(tmp_path, engine, first + ledger, customers)
    (row,) = allowance_rows.rows(close)["specific_items"]
    assert says in str(row["remark"]) and row["allowance"] == 0
    assert any("C1" in str(row["value"]) for row in allowance_rows.basis_rows(close))


def test_a_close_with_history_verifies(tmp_path: Path) -> None:
    ledger = f"{HEAD}\nC1 | A | Invoice | 2026-06-01 | 2026-07-15 | 1000.00 | CNY\n"
    source = Source(table(tmp_path / "ledger.csv", ledger))
    (tmp_path / "policy.toml").write_text(RATES + 'loss_rates = "roll"\n', "utf-8")
    months = ("2026-07-31", "2026-08-31", "2026-09-30")
    for month in months:
        (tmp_path / "closes" / month).mkdir(parents=True)
        with Engine(threads=1) as engine:
            options = CloseOptions((source,), AS_OF.fromisoformat(month), tmp_path / "x", scheme="four_buckets")
            close = figured(options, engine)
            content = seal.seal(close, [], detail.write(close, tmp_path / "closes" / month))
            content["policy"]["scheme"] = "three"
            content["buckets"] = {cur: amounts[:4] for cur, amounts in content["buckets"].items()}
            seal.written(tmp_path / "closes" / month, content)
    history = tuple(tmp_path / "closes" / month for month in months)
    close_month(CloseOptions((source,), AS_OF, tmp_path / "out", policy=tmp_path / "policy.toml", history=history))
    assert verify(tmp_path / "out", [tmp_path]).missing == tuple(f"close.json (--history {n})" for n in (1, 2, 3))
    for places in ([tmp_path / "closes"], history):  # the folder they lie in, or each of them
        verdict = verify(tmp_path / "out", places)
        assert verdict.recomputed and verdict.findings == () and verdict.missing == ()
