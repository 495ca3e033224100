"""Workbooks for other people in a real spreadsheet program: frozen ones without Duebook, rebound ones with it.

The gallery of all functions is computed by LibreOffice through the functions under test and saved by it; that file is
frozen and opened in a LibreOffice that knows no Duebook and computes everything anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from calc import Calc
from office import ERRORS, Book, Office, read

from duebook.core.declare import GROUPS
from duebook.hosts.catalogue import functions
from duebook.hosts.cli import main
from duebook.hosts.sharing.formulas import Finder

GALLERY = Path(__file__).resolve().parents[2] / "xlsx_templates" / "functions.xlsx"


@pytest.fixture(scope="module")
def live(calc: Calc, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery as computed and saved where Duebook works."""
    path = tmp_path_factory.mktemp("live") / "functions.xlsx"
    document = calc.open(GALLERY)
    document.recalculate()
    document.save_as(path)
    document.close()
    return path


@pytest.fixture(scope="module")
def frozen(live: Path) -> Path:
    assert main(["freeze", str(live)]) == 0
    return live.with_name("functions.values.xlsx")


@pytest.fixture(scope="module")
def without_duebook(live: Path, frozen: Path, office: Office) -> dict[Path, Book]:
    return office.recalculated([live, frozen])


@pytest.mark.office
def test_frozen_values_are_the_live_ones(live: Path, frozen: Path, without_duebook: dict[Path, Book]) -> None:
    ours = Finder(functions(), (), {})
    before, after = read(live), without_duebook[frozen]
    calling = [at for at, formula in before.formulas.items() if any(ours.uses(formula.lstrip("=")))]
    assert len(calling) > 450
    # Calc has no constants for errors and flags: it keeps frozen ones as formulas, `=#N/A` and `=TRUE()`
    constants = ERRORS | {"TRUE()", "FALSE()"}
    formulas = {at: text for at, text in after.formulas.items() if text.removeprefix("=") not in constants}
    assert not set(calling) & set(formulas)
    values = {at: value for at, value in before.values.items() if at not in formulas and value != ""}
    assert len(values) > 4_000
    assert [(at, value, after.values.get(at)) for at, value in values.items() if after.values.get(at) != value] == []


@pytest.mark.office
def test_the_checks_still_hold_without_duebook(live: Path, frozen: Path, without_duebook: dict[Path, Book]) -> None:
    """And would not have held unfrozen: there the functions are unknown."""
    assert str(without_duebook[frozen].values["Start", 2, 1]).startswith("All ")
    assert not str(without_duebook[live].values["Start", 2, 1]).startswith("All ")
    assert "#NAME?" in without_duebook[live].values.values()
    assert "#NAME?" not in without_duebook[frozen].values.values()


@pytest.mark.office
def test_notes_can_be_read(calc: Calc, live: Path, frozen: Path) -> None:
    formulas, kept = read(live).formulas, read(frozen).formulas
    document = calc.open(frozen)
    try:
        count = 0
        for label in GROUPS.values():
            for note in document.component.Sheets.getByName(str(label)).Annotations:
                count += 1
                at = (str(label), note.Position.Row + 1, note.Position.Column + 1)
                assert note.String.startswith(f"Formula: {formulas[at]} · "), at
                assert not note.IsVisible
                size = note.AnnotationShape.Size
                assert size.Width > 3_000 and size.Height > 800, "hundredths of a millimeter"
        assert count == len(set(formulas) - set(kept))
    finally:
        document.close()


@pytest.mark.office
def test_rebound_from_the_add_in_it_computes_again(calc: Calc, tmp_path: Path) -> None:
    addin, bare = tmp_path / "addin.xlsx", tmp_path / "bare.xlsx"
    assert main(["rebind", str(GALLERY), "--to", "addin", "--out", str(addin)]) == 0
    assert main(["rebind", str(addin), "--to", "bare", "--out", str(bare)]) == 0
    document = calc.open(bare)
    try:
        document.recalculate()
        assert str(document.value("Start", "A2")).startswith("All ")
    finally:
        document.close()
