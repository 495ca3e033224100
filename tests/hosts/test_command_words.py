"""The command line's own words in English, Chinese and both: usage, help, wrong arguments, what was recognized."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from pathlib import Path

import pytest

from duebook.core.messages import EDITIONS, catalogue, said, width
from duebook.hosts.cli import main
from duebook.hosts.command_words import Parser, speaking, wrapped

FAULTS_OF_THE_PROGRAM = re.compile(
    r"conflicting|not defined|for positionals|must be optional|not callable|can't open|cannot merge|must start with"
    r"|dest=|conflict_resolution|multiple subparser|prog\)s: error|with mode"
)
"""What argparse says to programmers; no command line brings it up."""
LEDGER = "Customer No,Invoice No,Invoice date,Due date,Amount,Currency\nC1,I1,2026-10-01,2026-10-31,ten,EUR\n"


def spoken_by_argparse() -> set[str]:
    """Every sentence that this Python's argparse looks up."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(argparse))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            found |= {
                word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)
            }
    return found


def test_all_that_argparse_says_to_users_is_known() -> None:
    known = {sentence for key, sentence in catalogue("en").items() if key.startswith("argparse.")}
    to_users = {sentence for sentence in spoken_by_argparse() if not FAULTS_OF_THE_PROGRAM.search(sentence)}
    assert len(to_users) > 12
    assert to_users - known <= {"%(heading)s:"}


@pytest.mark.parametrize("key", [key for key in catalogue("en") if key.startswith("argparse.")])
def test_the_places_for_facts_are_the_same(key: str) -> None:
    places = [sorted(re.findall(r"%(?:\(\w+\))?[sr]", catalogue(language)[key])) for language in ("en", "zh")]
    assert places[0] == places[1]


@pytest.mark.parametrize(
    ("words", "chinese"),
    [
        (["close"], "缺少必需的参数：LEDGER, --as-of"),
        (["close", "x.csv", "--as-of", "31.10.2026"], "参数 --as-of：31.10.2026：日期请写成 2026-10-31"),
        (
            ["close", "x.csv", "--as-of", "2026-10-31", "--currency", "YUAN"],
            "参数 --currency：YUAN：不是 ISO 4217 币种代码",
        ),
        (["close", "x.csv", "--as-of", "2026-10-31", "--dates", "abc"], "参数 --dates：没有 'abc' 这个选择"),
        (["close", "x.csv", "--as-of", "2026-10-31", "--period", "2026-10"], "期间请写成 2026-08-01..2026-10-31"),
        (["close", "x.csv", "--as-of"], "参数 --as-of：需要一个值"),
        (["close", "x.csv", "--as-of", "2026-10-31", "--nothing"], "无法识别的参数：--nothing"),
        (["close", "x.csv", "--as-of", "2026-10-31", "--co", "x"], "选项 --co 不明确"),
        (["close", "x.csv", "--as-of", "2026-10-31", "--json=yes"], "该选项不带值，多余的值：'yes'"),
        (["verfy"], "没有 'verfy' 这个选择"),
    ],
)
def test_a_wrong_argument_is_told_in_each_edition(
    words: list[str], chinese: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {}
    for language in EDITIONS:
        monkeypatch.setenv("DUEBOOK_LANGUAGE", language)
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == 2
        told[language] = capsys.readouterr().err
    assert chinese in told["zh"] and "用法见 duebook" in told["zh"] and told["zh"].startswith("用法: ")
    assert not re.search(r"[\u4e00-\u9fff]", told["en"]) and told["en"].startswith("usage: ")
    for language in ("en", "zh"):
        sentences = told[language].splitlines()[-2:]
        assert all(line in told["both"].splitlines() for line in sentences), sentences
    assert told["both"].startswith("usage 用法: ")


@pytest.mark.parametrize("words", [["--help"], ["close", "--help"], ["policy", "check", "--help"], ["addin", "--help"]])
def test_help_in_chinese_has_no_english_sentence_and_fits_the_screen(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "zh")
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(words)
    told = capsys.readouterr().out
    assert "位置参数" in told and "选项" in told and "显示本帮助后退出" in told
    assert (
        "show this" not in told and "show program" not in told and "positional" not in told and "options:" not in told
    )
    for line in told.splitlines():
        assert width(line) <= 80, line


def test_a_bilingual_help_says_each_sentence_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["close", "--language", "both", "--help"])
    told = capsys.readouterr().out
    assert "positional arguments 位置参数:" in told
    assert re.search(r"show this help message and exit\n +显示本帮助后退出", told)
    assert re.search(r"the day to look from, for example 2026-10-31\n +截止日，例如 2026-10-31", told)


def test_argparse_is_left_as_it_was() -> None:
    before = (argparse._, argparse.ngettext)  # type: ignore[attr-defined]  # imported there, not published
    with speaking("zh"):
        assert argparse._("options") == "选项"  # type: ignore[attr-defined]
        assert argparse._("a sentence of a later Python") == "a sentence of a later Python"  # type: ignore[attr-defined]
    assert (argparse._, argparse.ngettext) == before  # type: ignore[attr-defined]
    assert Parser(prog="x").format_help().startswith("usage: ")


def test_lines_end_between_characters_and_never_before_what_closes_a_sentence() -> None:
    """Ten columns hold five Chinese characters; the full stop stays with the last of them."""
    assert wrapped("一二三四五六七八。", 10) == ["一二三四五", "六七八。"]
    assert wrapped("一二三四五。", 10) == ["一二三四", "五。"]
    assert wrapped("aa bb cc", 5) == ["aa bb", "cc"]
    assert wrapped("用 --out 指定", 8) == ["用 --out", "指定"]
    assert wrapped(said("one", "一", "both"), 8) == ["one", "一"]
    assert wrapped("", 8) == [""]


def test_what_is_recognized_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER, "utf-8-sig")
    told = {}
    for language in EDITIONS:
        assert main(["inspect", str(path), "--as-of", "2026-10-31", "--language", language]) == 1
        told[language] = capsys.readouterr().out
    assert "  encoding: UTF-8 with byte order mark\n" in told["en"]
    assert "  编码：UTF-8，带字节顺序标记\n" in told["zh"] and "  分隔符：逗号\n" in told["zh"]
    assert "Due date → due_date  (无歧义)" in told["zh"]
    assert "ledger.csv，第 2 行、Amount = ten：" in told["zh"] or "ledger.csv，第 2 行, Amount = ten：" in told["zh"]
    lines = told["both"].splitlines()
    assert any("Amount = ten: " in line and "line 2" in line for line in lines)
    assert any("Amount = ten：" in line and "第 2 行" in line for line in lines)
    assert all(line.startswith("  ") or "Amount = ten" not in line for line in lines)


def test_a_refusal_comes_in_both_languages_of_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["close", str(tmp_path / "no.csv"), "--as-of", "2026-10-31", "--language", "both"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "duebook: no.csv: no such file. Check the name and the folder.",
        "duebook：no.csv：找不到该文件。请检查文件名和所在文件夹。",
    ]
