"""Runs a case of the gallery: writes its small files, calls `duebook`, gives the lines it says."""

from __future__ import annotations

import csv
import json
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from duebook.hosts.cli import main
from duebook.hosts.commands import problem_line

HERE = Path(__file__).parent
HEADER = "Customer ID | Invoice No | Invoice Date | Due Date | Amount | Currency"
BESIDE = ("payments", "customers", "limits", "sales", "replies", "deliveries", "rates")

Case = Mapping[str, Any]


def cases() -> dict[str, Case]:
    """Message key → its case, over all rooms."""
    return {
        f"{path.stem}.{name}": case
        for path in sorted(HERE.glob("*.toml"))
        for name, case in tomllib.loads(path.read_text("utf-8")).items()
    }


def table(path: Path, text: str) -> None:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def written(folder: Path, case: Case) -> list[str]:
    """Writes the files of a case; the arguments that name them."""
    ledger = folder / "ledger.csv"
    if "rows" in case:
        table(ledger, HEADER + "\n" + case["rows"].strip("\n"))
    elif "ledger" in case:
        table(ledger, case["ledger"])
    elif "text" in case:
        ledger.write_text(case["text"].lstrip("\n"), "utf-8")
    elif "bytes" in case:
        ledger.write_bytes(bytes.fromhex(case["bytes"]))
    elif "zip" in case:
        with zipfile.ZipFile(ledger, "w") as packed:
            for name, content in case["zip"].items():
                packed.writestr(name, content)
    elif "folder" in case:
        ledger.mkdir()
    arguments = ["ledger.csv", *case.get("args", "").split()]
    for name in BESIDE:
        if name in case:
            table(folder / f"{name}.csv", case[name])
            arguments += [f"--{name}", f"{name}.csv"]
    if "columns" in case:
        (folder / "columns.toml").write_text(f"[columns]\n{case['columns']}\n", "utf-8")
        arguments += ["--columns", "columns.toml"]
    if "policy" in case:
        (folder / "policy.toml").write_text(case["policy"], "utf-8")
        arguments += ["--policy", "policy.toml"]
    return arguments


def said(
    folder: Path, case: Case, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, list[str]]:
    """Exit status, and each problem or refusal as `duebook` prints it."""
    monkeypatch.chdir(folder)
    arguments = [case.get("command", "close"), *written(folder, case), "--as-of", "2026-10-31", "--json"]
    status = main(arguments)
    captured = capsys.readouterr()
    if status == 2:
        assert not (folder / "duebook-close").exists(), "refused, so nothing is written"
        return status, [captured.err.strip()]
    return status, [problem_line(problem, "en") for problem in json.loads(captured.out)["problems"]]
