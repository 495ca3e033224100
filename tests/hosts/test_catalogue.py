"""The catalogue: every declaration keeps the rules, every example and every worked case holds."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections import Counter
from typing import Annotated

import pytest
from tests.cases.functions import Case, agrees, cases, result

from duebook.core.arguments import Argument, Column, Number, Text
from duebook.core.declare import Declaration, Example, Field, Result, Spill, faults, quick_faults
from duebook.core.messages import catalogue as sentences
from duebook.hosts import catalogue
from duebook.hosts.call import Door

FUNCTIONS = catalogue.functions()
DOOR = Door()
EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name, declaration in FUNCTIONS.items()
    for number, example in enumerate(declaration.examples, start=1)
]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_declaration_keeps_the_rules(name: str) -> None:
    declaration = FUNCTIONS[name]
    assert faults(declaration) == []
    assert declaration.function.__name__.upper() == name
    assert declaration.function.__doc__, "a docstring gives units, errors, source"
    for key, code in declaration.errors.items():
        assert key in sentences("en"), key
        assert code in ("#N/A", "#VALUE!", "#NUM!", "#DIV/0!")


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_holds(name: str, example: Example) -> None:
    found = result(DOOR.call(name, list(example.arguments)), example.at)
    assert agrees(found, example.gives, example.within), (found, getattr(found, "text", str)())


@pytest.mark.parametrize("case", [pytest.param(c, id=c.id) for c in cases()])
def test_a_worked_case_holds(case: Case) -> None:
    if case.asks:
        DOOR.call(case.asks["function"], case.asks["args"], cell=case.args[0])
    found = result(DOOR.call(case.function, case.args), case.at)
    assert agrees(found, case.gives, case.within), (found, getattr(found, "text", str)())
    if case.wrong_print is not None:
        assert not agrees(found, case.wrong_print, case.within), "the source's own print is wrong"


def test_every_function_has_a_worked_case_and_every_id_is_used_once() -> None:
    assert set(FUNCTIONS) - {case.function for case in cases()} == set()
    assert [name for name, count in Counter(case.id for case in cases()).items() if count > 1] == []


def test_python_and_cell_are_the_same_code() -> None:
    import duebook

    for name, declaration in FUNCTIONS.items():
        assert getattr(duebook, name.lower()) is declaration.function
        assert name.lower() in dir(duebook)
    assert not hasattr(duebook, "no_such_function")


SYMBOLS = {"min", "max", "ln", "round", "TRUE", "HHI", "WOE", "TA", "TL", "CA", "CL", "NI", "FFO", "PBT"}
"""What an equation may call by its international sign in every language; so may single letters."""


def words(rule: str, declaration: Declaration) -> set[str]:
    """The English words of a rule: what is no argument, no named value, no function and no symbol."""
    kinds = [p.kind.of if isinstance(p.kind, Column) else p.kind for p in declaration.parameters]
    codes = {choice for kind in kinds if isinstance(kind, Text) for choice in kind.choices}
    named = {p.name for p in declaration.parameters} | codes | set(FUNCTIONS) | SYMBOLS
    return {word for word in re.findall("[A-Za-z_0-9]*[A-Za-z]{2}[A-Za-z_0-9]*", rule) if word not in named}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_rule_in_words_is_said_in_chinese_too(name: str) -> None:
    """`WHY` shows it. Columns too have Chinese names, and those are what a Chinese reader sees in the sheet."""
    declaration = FUNCTIONS[name]
    if words(declaration.equation, declaration):
        assert declaration.equation_zh != declaration.equation
        assert re.search("[一-鿿]", declaration.equation_zh), "no Chinese in the Chinese rule"
    codes = "release|[a-z]+_[a-z_]+"  # a decision that stays English in every language; columns of a policy table
    left = {word for word in words(declaration.equation_zh, declaration) if not re.fullmatch(codes, word)}
    assert left == set(), "English words in the Chinese rule"
    for rule in (declaration.equation, declaration.equation_zh):
        assert not rule.endswith((".", "。", ";", "；")), "WHY ends the sentence"


def test_nothing_heavy_is_loaded() -> None:
    """`import duebook`, the catalogue and a first call stay quick: no numpy, pandas, engine or workbook library."""
    code = (
        "import sys, duebook; from duebook.hosts.call import Door; assert Door().call('DSO', [9, 6, 30]) == 45; "
        "print([m for m in ('numpy', 'pandas', 'duckdb', 'openpyxl', 'sqlglot', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def declared(**changes: object) -> Declaration:
    facts: dict[str, object] = {
        "name": "GOOD_NAME", "function": len, "group": "credit", "help": "h", "zh": "z", "result": Result("days"),
        "equation": "", "source": "s", "examples": (Example((1,), 1),),
    }  # fmt: skip
    return Declaration(**{**facts, **changes})  # type: ignore[arg-type]  # the faults are the point


def of_arguments(*kinds: Argument, **changes: object) -> Declaration:
    """A declaration whose function has these arguments, required but for the kinds that follow a None."""

    def function() -> None: ...

    names = [f"a{number}" for number in range(len(kinds))]
    function.__annotations__ = {name: Annotated[float, kind] for name, kind in zip(names, kinds, strict=True)}
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect reads first
    return declared(function=function, **changes)


def test_faulty_arguments_are_refused() -> None:
    good = Number("A figure.", "数值。", unit="money")
    assert faults(of_arguments(good)) == []
    assert faults(of_arguments(*[good] * 60)) == []
    assert "more than 60 arguments" in faults(of_arguments(*[good] * 61))
    table = Spill((Field("a", "b", "money"),))
    assert "more than 60 arguments" in faults(of_arguments(*[good] * 60, result=table)), "headers counts too"
    for wrong in (Number("x" * 256, "数值。"), Number("A figure.", ""), Number("", "数值。")):
        assert any("at most 255" in fault for fault in faults(of_arguments(wrong)))
    assert any("unknown unit" in fault for fault in faults(of_arguments(Number("A figure.", "数值。", unit=""))))
    with pytest.raises(ValueError, match="needs one kind"):
        assert declared(function=lambda plain: plain).parameters


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "DSO1"}, "cell"),
        ({"name": "XFD1048576"}, "cell"),
        ({"name": "R1C1"}, "cell"),
        ({"name": "CREDIT.SCORE"}, "dots"),
        ({"name": "credit"}, "capital"),
        ({"group": "misc"}, "group"),
        ({"help": "x" * 256}, "255"),
        ({"zh": ""}, "both languages"),
        ({"source": ""}, "source"),
        ({"examples": ()}, "example"),
        ({"result": Result("furlongs")}, "furlongs"),
        ({"result": Spill((Field("a", "b", "parsecs"),))}, "parsecs"),
    ],
)
def test_a_faulty_declaration_is_refused(changes: dict[str, object], says: str) -> None:
    assert quick_faults(declared()) == []
    assert any(re.search(says, fault) for fault in quick_faults(declared(**changes)))
