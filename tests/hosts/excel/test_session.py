"""The session that serves Excel: both date systems, language and policy as the user set them, at once when changed."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.excel import session

POLICY = """
[policy]
name = "House policy"
version = "7"
adopted = true
[[grade]]
from = 2020-01-01
grade = "GOOD"
low = 50
high = 100
[[grade]]
from = 2020-01-01
grade = "POOR"
low = 0
high = 50
"""
FAULTY = [
    None,
    "no [ toml",
    "[policy]\nadopted = 'perhaps'",
    "[[no_such_table]]\na = 1",
    "a=" + "[" * 9999,
]
"""What cannot be used as a policy; the last takes TOML's reader to its end."""
AT = "[Book.xlsx]Sheet1!$B$2"


def answered(name: str, *values: object, at: str = "") -> object:
    rows = session.answer(name, at, False, *values)
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def policy(folder: Path, content: str = POLICY) -> Path:
    file = folder / "house.toml"
    file.write_text(content, "utf-8")
    return file


def test_the_session_speaks_the_language_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.hello() == f"{VERSION}|{importlib.metadata.version('xlwings')}|en"
    settings.written({settings.LANGUAGE: "zh"})
    monkeypatch.setattr(session, "_session", None)
    assert session.hello().endswith("|zh")
    rows = session.answer("PAYMENT_PLAN", "", False, 100.0, 2.0, 46000.0)
    assert rows[0][0] == "期数"


def test_another_language_counts_at_once_and_is_kept() -> None:
    answered("DSO", "x", 1.0, 30.0, at=AT)
    assert "is not a number" in str(answered("WHY", AT))
    session.set_language("zh")
    assert "数字" in str(answered("WHY", AT))
    assert settings.read()[settings.LANGUAGE] == "zh"
    with pytest.raises(DuebookError) as refused:
        session.set_language("fr")
    assert session.session().language == "zh"
    with pytest.raises(DuebookError) as one:
        session.set_language("both")
    assert one.value.key == "excel.one_language" and session.session().language == "zh"
    assert "not a language of Duebook" in refused.value.text("en") and "没有“fr”这种语言" in refused.value.text("zh")


def test_the_policy_of_the_settings_is_in_use(home: Path) -> None:
    settings.written({settings.POLICY: str(policy(home))})
    assert answered("CREDIT_GRADE", 60.0) == "GOOD"
    assert session.session().policy.name == "House policy"
    assert session.warm() == ""


def test_another_policy_counts_at_once_in_both_date_systems_and_is_kept(home: Path) -> None:
    before = answered("CREDIT_GRADE", 60.0)
    assert before != "GOOD"
    assert session.set_policy(policy(home)).version == "7"
    for system in (False, True):
        assert session.answer("CREDIT_GRADE", "", system, 60.0) == [["GOOD"]]
    assert settings.read()[settings.POLICY] == str(home / "house.toml")
    session.set_policy(None)
    assert answered("CREDIT_GRADE", 60.0) == before and settings.POLICY not in settings.read()


def test_a_policy_file_that_changes_counts_when_it_is_read_again(home: Path) -> None:
    session.set_policy(policy(home))
    policy(home, POLICY.replace("GOOD", "FINE"))
    assert answered("CREDIT_GRADE", 60.0) == "GOOD", "never between two cells of one sheet"
    session.reread_policy()
    assert answered("CREDIT_GRADE", 60.0) == "FINE"


@pytest.mark.parametrize("content", FAULTY, ids=["gone", "no TOML", "no flag", "no table", "too deep"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_faulty_policy_kills_no_cell_and_is_said(home: Path, content: str | None, language: str) -> None:
    file = policy(home, content or "")
    if content is None:
        file.unlink()
    settings.written({settings.POLICY: str(file), settings.LANGUAGE: language})
    warning = session.warm()
    assert "house.toml" in warning and ("own stands in" in warning or "自带政策" in warning)
    assert answered("DSO", 15000.0, 10000.0, 30.0, at=AT) == 45.0
    assert warning not in str(answered("WHY", AT)), "this one follows no policy"
    grade = answered("CREDIT_GRADE", 60.0, at=AT)
    assert isinstance(grade, str) and not grade.startswith("\x01")
    assert str(answered("WHY", AT, at=AT.replace("B", "C"))).endswith(warning)
    assert session.session().why(AT).endswith(warning)
    session.set_policy(policy(home))
    assert answered("CREDIT_GRADE", 60.0, at=AT) == "GOOD" and session.warm() == ""
    assert warning not in str(answered("WHY", AT))


def test_a_faulty_policy_is_not_taken_and_the_one_before_stays(home: Path) -> None:
    session.set_policy(policy(home))
    bad = home / "bad.toml"
    bad.write_text("[[grade]]\nx = 1", "utf-8")
    with pytest.raises(DuebookError):
        session.set_policy(bad)
    assert answered("CREDIT_GRADE", 60.0) == "GOOD" and settings.read()[settings.POLICY].endswith("house.toml")
    policy(home, "no [ toml")
    with pytest.raises(DuebookError):
        session.reread_policy()
    assert answered("CREDIT_GRADE", 60.0) == "GOOD"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_settings_that_cannot_be_kept_change_nothing(
    home: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".duebook").write_text("a file where the folder should be")
    with pytest.raises(DuebookError) as refused:
        session.set_language("zh")
    assert "duebook.conf" in refused.value.text(language) and session.session().language == "en"

    def ansi(values: object) -> Path:
        "信用.toml".encode("ascii")
        raise AssertionError

    monkeypatch.setattr(settings, "written", ansi)
    with pytest.raises(DuebookError) as refused:
        session.set_policy(policy(home))
    assert "(信用)" in refused.value.text(language).translate({0xFF08: "(", 0xFF09: ")"})
    assert session.session().policy.name != "House policy"


def test_what_is_known_of_a_cell_can_be_asked_without_a_formula() -> None:
    answered("DSO", 1.0, 0.0, 30.0, at=AT)
    assert session.session().why("[Book.xlsx]Sheet1!B2").startswith("#DIV/0!")
    with pytest.raises(CellError):
        session.session().why("[Book.xlsx]Sheet1!B3")


def test_the_session_asks_no_clock_and_changes_no_folder(home: Path) -> None:
    where = Path.cwd()
    session.warm()
    assert Path.cwd() == where and not list(home.iterdir()), "nothing is written by looking"
