"""The command line as a user types it: messages, exit codes, JSON, both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from duebook.hosts.cli import main

LEDGER = """客户编码,客户名称,发票号码,开票日期,到期日,应收金额,币种
000123,Blue Pine Trading,INV-1,2026-08-01,2026-08-31,1000.00,EUR
000123,Blue Pine Trading,INV-2,2026-10-15,2026-11-14,250.50,EUR
000456,青松贸易,INV-3,2026-09-20,2026-10-31,99.99,EUR
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER, "utf-8")
    return path


def test_a_close_says_what_it_found(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    status = main(["close", str(ledger), "--as-of", "2026-10-31", "--control-total", "EUR=1350.49", "--out", str(out)])
    said = capsys.readouterr().out
    assert status == 0
    assert "EUR 1,350.49 receivable from 2 customers" in said
    assert "Ties out: EUR." in said
    books = {"aging.xlsx", "exposure.xlsx", "movements.xlsx"}
    assert {path.name for path in out.iterdir()} == {*books, "close.json", "detail"}


def test_a_difference_is_said_and_is_the_exit_status(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["close", str(ledger), "--as-of", "2026-10-31", "--out", str(tmp_path / "out")]
    assert main([*words, "--control-total", "EUR=1350.48"]) == 1
    assert "Does NOT tie out: EUR 0.01" in capsys.readouterr().out
    assert main([*words, "--control-total", "EUR=1350.48", "--accept-problems"]) == 1, "a difference is no problem row"


def test_replacing_another_month_is_said(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for day in ("2026-09-30", "2026-10-31", "2026-10-31"):
        main(["close", str(ledger), "--as-of", day, "--out", str(tmp_path / "out")])
    assert capsys.readouterr().out.count("replaced the close of 2026-09-30") == 1


def test_json_is_the_seal(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["close", str(ledger), "--as-of", "2026-10-31", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((out / "close.json").read_text("utf-8"))


def test_a_missing_file_is_refused_in_the_users_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["close", str(tmp_path / "nowhere.csv"), "--as-of", "2026-10-31", "--out", str(tmp_path / "out")]
    assert main([*words, "--language", "zh"]) == 2
    captured = capsys.readouterr()
    assert "nowhere.csv：找不到该文件" in captured.err and captured.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--as-of", "31.10.2026"], "write dates as 2026-10-31"),
        (["--as-of", "2026-10-31", "--currency", "YUAN"], "not an ISO 4217 currency code"),
        (["--as-of", "2026-10-31", "--control-total", "EUR:5"], "write a control total as USD=1234567.89"),
        (["--as-of", "2026-10-31", "--control-total", "EUR=inf"], "write a control total as USD=1234567.89"),
        (["--as-of", "2026-10-31", "--period", "2026-10"], "write a period as"),
        (["--as-of", "2026-10-31", "--period", "2026-10-02..2026-10-01"], "ends before it begins"),
    ],
)
def test_a_wrong_argument_shows_a_right_one(
    ledger: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["close", str(ledger), *words])
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_verify_passes_then_finds_an_edit(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    main(["close", str(ledger), "--as-of", "2026-10-31", "--out", str(out)])
    assert main(["verify", str(out), str(tmp_path)]) == 0
    import zipfile

    book = out / "aging.xlsx"
    with zipfile.ZipFile(book) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    sheet = next(name for name in contents if name.startswith("xl/worksheets/sheet") and b"1350.49" in contents[name])
    contents[sheet] = contents[sheet].replace(b"1350.49", b"1350.94")
    with zipfile.ZipFile(book, "w") as new:
        for name, content in contents.items():
            new.writestr(name, content)
    capsys.readouterr()
    assert main(["verify", str(out), str(tmp_path)]) == 1
    assert f"aging.xlsx: {sheet} is not as sealed" in capsys.readouterr().out


def test_verify_finds_a_changed_ledger(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    main(["close", str(ledger), "--as-of", "2026-10-31", "--out", str(out)])
    ledger.write_text(LEDGER.replace("99.99", "98.99"), "utf-8")
    assert main(["verify", str(out), str(tmp_path)]) == 1
    assert "ledger.csv not found" in capsys.readouterr().out, "the same name with other content is not the input"


def test_verify_names_the_version_that_can_run_the_close_again(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not the policy or template of that version, which lie in no folder."""
    out = tmp_path / "out"
    main(["close", str(ledger), "--as-of", "2026-10-31", "--out", str(out)])
    seal = out / "close.json"
    sealed = json.loads(seal.read_text("utf-8"))
    policy = next(entry for entry in sealed["inputs"] if entry["use"] == "policy")
    seal.write_text(json.dumps({**sealed, "duebook": "0.0.9", "inputs": [{**policy, "sha256": "0" * 64}]}), "utf-8")
    capsys.readouterr()
    assert main(["verify", str(out), str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("Sealed with Duebook 0.0.9, this is") and "not found" not in said


def test_the_sample_says_how_to_close_it_and_overwrites_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sample", "month"]) == 0
    command = capsys.readouterr().out.splitlines()[-1].split()
    assert command[:2] == ["duebook", "close"]
    assert main([*command[1:], "--accept-problems"]) == 0, "the printed command ties out"
    assert main(["sample", "month"]) == 0, "the same files again are no loss"
    (tmp_path / "month" / "payments.csv").write_text("my own work")
    assert main(["sample", "month"]) == 2
    assert (tmp_path / "month" / "payments.csv").read_text() == "my own work"


POLICY = """[policy]
name = "House"
version = "3"
adopted = true

[[close]]
from = 2026-01-01
scheme = "standard"
disputed = "open"
unapplied = "age"
period_months = 12
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "house.toml"
    path.write_text(POLICY, "utf-8")
    return path


def test_a_policy_is_checked(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(policy)]) == 0
    head, adopted, states, others, last = capsys.readouterr().out.splitlines()
    assert head == "house.toml: credit policy House, version 3." and adopted.startswith("Adopted")
    assert states == "States itself: close." and "loss_rates, watch, account_loss_rates" in others
    assert last == "No faults in what it states."
    policy.write_text(POLICY.replace("true", "false"), "utf-8")
    assert main(["policy", "check", str(policy), "--language", "zh"]) == 0
    assert "未采用" in capsys.readouterr().out
    assert main(["policy", "check", str(policy), "--quiet"]) == 0 and capsys.readouterr().out == ""


def test_a_checked_policy_as_json(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(policy), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["name"], found["adopted"], found["states"], found["unusable"]) == ("House", True, ["close"], [])
    assert len(found["sha256"]) == 64 and "grade" in found["from_duebook"]


def test_a_fault_of_a_policy_is_refused_with_its_line(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(POLICY.replace('"open"', '"ignore"'), "utf-8")
    assert main(["policy", "check", str(policy), "--language", "zh"]) == 2
    said = capsys.readouterr()
    assert "house.toml 第 9 行：close 1, disputed 的值为 ignore，应为：以下之一：open" in said.err and said.out == ""
    assert main(["policy", "check", str(policy.with_name("nowhere.toml")), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "file.not_found"


def test_own_grades_say_which_tables_they_need(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grades = [("good", "low = 50"), ("bad", "high = 50")]
    policy.write_text("".join(f'[[grade]]\nfrom = 2026-01-01\ngrade = "{n}"\n{b}\n' for n, b in grades), "utf-8")
    assert main(["policy", "check", str(policy)]) == 0
    said = capsys.readouterr().out
    assert "Not usable yet: limits.toml, line " in said and "so state [[limit_grade]] in it too" in said


def test_inspect_names_the_columns(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(ledger), "--as-of", "2026-10-31"]) == 0
    said = capsys.readouterr().out
    assert "3 records" in said
    assert "发票号码 → document_id" in said and "到期日 → due_date" in said


def test_the_installed_command_answers_without_loading_the_engine() -> None:
    code = "import sys; from duebook.hosts.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass\n"
    code += "assert not {'duckdb', 'numpy', 'pandas', 'openpyxl', 'lxml', 'rich'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Duebook ")
