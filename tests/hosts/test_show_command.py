"""`duebook show`: what it prints of one customer, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.close.sealed_closes import sealed, table
from tests.close.test_show import LEDGER, RECEIPTS, TERMS

from duebook.close import show
from duebook.hosts.cli import main


@pytest.fixture(scope="module")
def closes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    held = tmp_path_factory.mktemp("show")
    others = ("payments", table(held / "paid.csv", RECEIPTS)), ("customers", table(held / "terms.csv", TERMS))
    sealed(held / "duebook-close", "2026-10-31", table(held / "ledger.csv", LEDGER), *others)
    return held


@pytest.fixture(autouse=True)
def here(closes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(closes)
    return closes


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, columns one space apart."""
    lines = capsys.readouterr().out.splitlines(keepends=True)
    return "".join(re.sub(r"[ \t]+", " ", line).strip(" ").replace(" \n", "\n") for line in lines)


def test_a_customer_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "Blue Pine"]) == 0
    found = said(capsys)
    for line in (
        "C1 Blue Pine Trading, as of 2026-10-31",
        "Group: Pine Group",
        "CNY 1,440.00 open, 980.00 of it overdue, the oldest by 61 days",
        "Limit 2,000.00, exposure 1,680.00, headroom 320.00 (84.0% used)",
        "Cover: 900.00 of 1,000.00 insured at 90.0%",
        "Not due 1–30 days 31–60 days 61–90 days 91–120 days >120 days Disputed Unapplied\n"
        "380.00 330.00 0.00 650.00 0.00 0.00 120.00 -40.00",
        "I2 Invoice 2026-09-10 2026-10-10 21 500.00 450.00 120.00 short delivery ledger.csv:3",
        "Credits not applied",
        "N1 Credit note 2026-10-05 2026-10-05 – -40.00 -40.00 ledger.csv:5",
        "Bills",
        "2026-10-09 P3 CNY 50.00 I2 2026-10-10 -1 paid.csv:4",
    ):
        assert line in found, line


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("zh", ("CNY 未清 1,440.00，其中逾期 980.00，最长逾期 61 天", "未核销贷项", "N1 贷项通知单")),
        ("both", ("Open items 未清项目", "Not due 未到期")),
    ],
)
def test_in_the_users_language(capsys: pytest.CaptureFixture[str], language: str, lines: tuple[str, ...]) -> None:
    main(["show", "C1", "--language", language])
    found = said(capsys)
    for line in lines:
        assert line in found


def test_a_document_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "C1", "--document", "I1"]) == 0
    found = said(capsys)
    assert "I1 (Invoice) of 2026-08-01, due 2026-08-31" in found
    assert "Amount 2026-08-01 1,000.00 ledger.csv:2\nPayment, P1 2026-09-05 -250.00 paid.csv:2\n" in found
    assert "Payment, P4 (after 2026-10-31, does not count) 2026-11-03 -60.00 paid.csv:5\n" in found
    assert "Open on 2026-10-31 650.00" in found


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", "C1", "duebook-close", "--json", "--payments", "1"])
    found = json.loads(capsys.readouterr().out)
    assert found["standings"][0]["headroom"] == "320"
    assert [p["payment_id"] for p in found["payments"]] == ["P3"]
    assert {item["document_id"]: item["open"] for item in found["items"]}["I1"] == "650"


def test_several_that_fit_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "blue"]) == 1
    assert said(capsys) == "blue fits 2 customers. Give the id of one:\nC1 Blue Pine Trading\nC2 Blue Lake Trading\n"
    main(["show", "blue", "--json"])
    assert [c["customer_id"] for c in json.loads(capsys.readouterr().out)["candidates"]] == ["C1", "C2"]


def test_many_that_fit_are_listed_in_part(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "CANDIDATES", 1)
    assert main(["show", "blue"]) == 1
    assert said(capsys) == (
        "blue fits more than 1 customers; the first are listed. Give an id, or a longer part of the name:\n"
        "C1 Blue Pine Trading\n"
    )


def test_a_customer_that_owes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "C4"]) == 0
    assert said(capsys) == "C4 Green Hill, as of 2026-10-31\nNothing is open, and nothing was.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["grey"],
            "grey: no customer of duebook-close has this id, and no name holds it. Check it, or give a shorter part "
            "of the name.",
        ),
        (
            ["C1", "--document", "I9"],
            "I9: customer C1 has no document with this number in duebook-close. Check the number as the export writes "
            "it.",
        ),
        (["C1", "nowhere"], "nowhere: no close.json there, so it is no sealed close."),
    ],
)
def test_refusals(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert main(["show", *arguments]) == 2
    assert message in capsys.readouterr().err
