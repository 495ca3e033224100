"""LibreOffice opens the Excel add-in: its sheets, its texts, and the source of its VBA modules."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from calc import Calc
from office import Office, opened

from duebook.hosts.addin import build, modules, texts
from duebook.hosts.addin.vba_project import Kind

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("addin") / build.ADDIN
    path.write_bytes(build.addin())
    return path


def test_it_loads_as_an_excel_add_in_with_all_its_texts(addin: Path, office: Office, tmp_path: Path) -> None:
    """Converted by the filter for macro workbooks; the very hidden sheet comes out as it went in."""
    made = tmp_path / "out"
    said = office._run(
        ["--infilter=Calc MS Excel 2007 VBA XML", "--convert-to", "xlsx", "--outdir", str(made), str(addin)], 120
    )
    assert (made / "duebook.xlsx").is_file(), said
    book = opened(made / "duebook.xlsx", values=True)
    assert book.sheetnames == ["Duebook", texts.SHEET]
    rows = [tuple(cell.value for cell in row[:4]) for row in book[texts.SHEET].iter_rows()]
    assert rows[0] == texts.HEADINGS
    said_of = {row[:2]: row[2:] for row in rows}
    assert said_of[("category", "DSO")] == ("Duebook · Receivables", "Duebook · 应收账款")
    assert len(rows) > 800


def test_its_modules_are_read(addin: Path, calc: Calc) -> None:
    """LibreOffice's own reader of VBA projects unpacks every module; it keeps the text as comments and code."""
    arguments = (
        calc.property("Hidden", True),
        calc.property("FilterName", "Calc MS Excel 2007 VBA XML"),
        calc.property("MacroExecutionMode", 0),
    )
    with calc.patient():
        component = calc.desktop.loadComponentFromURL(addin.resolve().as_uri(), "_blank", 0, arguments)
        assert component is not None
        try:
            libraries = component.BasicLibraries
            assert "Duebook" in libraries.ElementNames, libraries.ElementNames
            libraries.loadLibrary("Duebook")
            library = libraries.getByName("Duebook")
            found = {name: library.getByName(name) for name in library.ElementNames}
        finally:
            component.close(True)
    wanted = modules.modules()
    assert set(found) == {module.name for module in wanted}
    for module in wanted:
        if module.kind is Kind.STANDARD:
            name = re.search(r"^(?:Public )?(?:Function|Sub) (\w+)\(", module.text, re.MULTILINE)
            assert name and f"{name[1]}(" in found[module.name], module.name


def test_the_visible_sheet_looks_like_a_page(addin: Path, office: Office, tmp_path: Path) -> None:
    pdf = tmp_path / "out"
    office._run(["--infilter=Calc MS Excel 2007 VBA XML", "--convert-to", "pdf", "--outdir", str(pdf), str(addin)], 120)
    told = subprocess.run(["pdftotext", "-layout", str(pdf / "duebook.pdf"), "-"], capture_output=True, text=True)
    assert told.stdout.startswith("Duebook, the Excel add-in"), told
    assert "BSD 3-clause" in told.stdout and "Duebook Excel 加载项" in told.stdout
