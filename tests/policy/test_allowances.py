"""The policy's tables of the allowance and of related parties: what ships, what a firm may state, what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.refusals import changed, loaded, refused, shipped

from duebook.policy import allowances, closing
from duebook.policy.load import load

DAY = date(2026, 10, 31)


def test_what_ships() -> None:
    own = load().section(allowances.read)
    assert own.account_rates(DAY) == {
        "retention": Decimal("0.01"),
        "bank_acceptance": Decimal(0),
        "commercial_acceptance": Decimal("0.02"),
        "dishonored_bill": Decimal("0.5"),
        "contract_asset": Decimal("0.01"),
    }
    assert own.rules(DAY) == allowances.AllowanceRules("ignored", Decimal(1))
    assert own.relations(DAY) == allowances.RelationRules("all", "all", "third_party")  # insurers: no affiliates
    assert own.bank_acceptances(DAY) == "customer"
    assert load().close(DAY).loss_rates == "policy"
    assert load().illustrative(allowances) and load().illustrative(closing)


def test_whom_a_choice_leaves_out() -> None:
    assert allowances.LEFT_OUT == {
        "all": (),
        "without_intercompany": ("intercompany",),
        "third_party": ("intercompany", "related"),
    }
    assert set(allowances.LEFT_OUT) == set(allowances.PARTIES)


def test_a_firm_states_a_table_and_a_later_version_replaces_it(tmp_path: Path) -> None:
    text = """
[[relations]]
from = 2020-01-01
dso = "third_party"
allowance = "without_intercompany"
cover = "all"

[[relations]]
from = 2026-01-01
dso = "all"
allowance = "all"
cover = "all"

[[allowance]]
from = 2020-01-01
cover = "reduces_loss"
last_bucket_loss = "0.8"

[[bills]]
from = 2020-01-01
bank_acceptances = "acceptor"
"""
    own = loaded(tmp_path, text).section(allowances.read)
    assert own.relations(date(2025, 12, 31)) == allowances.RelationRules("third_party", "without_intercompany", "all")
    assert own.relations(date(2026, 1, 1)).dso == "all"
    assert own.rules(DAY) == allowances.AllowanceRules("reduces_loss", Decimal("0.8"))
    assert own.bank_acceptances(DAY) == "acceptor"
    assert own.account_rates(DAY)["bank_acceptance"] == 0  # Duebook's, which the firm does not state


def test_rates_for_a_class_of_customers(tmp_path: Path) -> None:
    text = """
[[loss_rates]]
from = 2020-01-01
scheme = "four_buckets"
rates = ["0.01", "0.02", "0.03", "0.04", "0.05"]

[[loss_rates]]
from = 2020-01-01
scheme = "four_buckets"
relation = "intercompany"
rates = ["0", "0", "0", "0", "0"]
"""
    policy = loaded(tmp_path, text)
    assert policy.loss_rates("four_buckets", DAY, "intercompany") == (Decimal(0),) * 5
    assert policy.loss_rates("four_buckets", DAY, "related") is None  # none of its own: the general pool's
    assert policy.loss_rates("four_buckets", DAY) == tuple(map(Decimal, ("0.01", "0.02", "0.03", "0.04", "0.05")))


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ('account = "retention"', 'account = "deposits"', "account_loss_rates 1, account", "retention"),
        ('rate = "0.5"', 'rate = "50"', "account_loss_rates 4, rate", "0 to 1"),
        ('cover = "ignored"', 'cover = "yes"', "allowance 1, cover", "reduces_loss"),
        ('last_bucket_loss = "1"', 'last_bucket_loss = "1.2"', "allowance 1, last_bucket_loss", "0 to 1"),
        ('dso = "all"', 'dso = "everybody"', "relations 1, dso", "without_intercompany"),
        ('"customer"', '"bank"', "bills 1, bank_acceptances", "acceptor"),
        ('account = "contract_asset"', 'account = "retention"', "account_loss_rates 5, account", "no other row"),
    ],
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, where: str, says: str) -> None:
    refused(tmp_path, changed("allowances", old, new), where, says)


def test_every_pool_needs_a_rate(tmp_path: Path) -> None:
    first = shipped("allowances").split("[[account_loss_rates]]")[1]
    refused(tmp_path, "[[account_loss_rates]]" + first, "account_loss_rates 1, account", "contract_asset")


def test_rates_of_nobody_are_refused(tmp_path: Path) -> None:
    text = '[[loss_rates]]\nfrom = 2020-01-01\nscheme = "four_buckets"\nrelation = "friends"\nrates = [0, 0, 0, 0, 0]\n'
    refused(tmp_path, text, "loss_rates 1, relation", "third_party")


def test_rates_of_nothing_are_refused(tmp_path: Path) -> None:
    text = (
        '[[close]]\nfrom = 2020-01-01\nscheme = "standard"\ndisputed = "open"\nunapplied = "age"\nperiod_months = 3\n'
    )
    refused(tmp_path, text + 'loss_rates = "history"\n', "close 1, loss_rates", "cohort")
