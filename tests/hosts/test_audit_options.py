"""What the command line makes of the options of the auditor pack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.close.options import AuditRequest
from duebook.hosts import cli


def asked(*words: str) -> AuditRequest | None:
    given = ["close", "ledger.csv", "--as-of", "2026-10-31", *words]
    return cli.options_of(cli._parser("en").parse_args(given)).audit


def test_without_any_of_them_there_is_no_pack() -> None:
    assert asked() is None
    assert asked("--audit") == AuditRequest()


def test_each_option_asks_for_the_pack() -> None:
    assert asked("--receipts-to", "2026-12-15") == AuditRequest(receipts_to=date(2026, 12, 15))
    assert asked("--sample", "0") == AuditRequest(sample=0)
    assert asked("--sample-seed", "=2026|x") == AuditRequest(seed="=2026|x")
    assert asked("--sample-over", "1,000.50") == AuditRequest(over={"": Decimal("1000.50")})
    assert asked("--sample-over", "usd=5", "--sample-over", "CNY=7") == AuditRequest(
        over={"USD": Decimal(5), "CNY": Decimal(7)}
    )
    assert asked("--replies", "r.csv") == AuditRequest(replies=Path("r.csv"))
    assert asked("--deliveries", "d.xlsx") == AuditRequest(deliveries=Path("d.xlsx"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--sample-over", "0"), "above zero"),
        (("--sample-over", "USD=much"), "USD=1000000"),
        (("--sample-over", "XXQ=5"), "XXQ"),
        (("--sample", "-1"), "0 to 10000"),
        (("--sample", "10001"), "0 to 10000"),
        (("--sample", "²"), "0 to 10000"),
        (("--receipts-to", "15.12.2026"), "2026-10-31"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        asked(*words)
    assert says in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.csv").write_text("Customer ID,Invoice No,Invoice Date,Due Date,Amount,Currency\n", "utf-8")
    given = ["close", "ledger.csv", "--as-of", "2026-10-31", "--replies", "answers.csv"]
    assert cli.main(given) == 2
    assert "answers.csv" in capsys.readouterr().err
    assert not (tmp_path / "duebook-close").exists()
