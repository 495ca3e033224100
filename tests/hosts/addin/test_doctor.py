"""The doctor: a healthy computer has no fault; each broken link is named with its remedy, alone and with others."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from tests.hosts.addin.made_up_machine import MadeUpMachine, chosen, mac, program, windows
from tests.hosts.addin.test_install import ADDIN, EXTENSION, OLD_ADDIN, USERS, shipped, with_libreoffice, xlstart

from duebook.core.messages import catalogue, text
from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.addin import calc, doctor, environment, install, office
from duebook.hosts.addin.bridge import libraries, pinned_version
from duebook.hosts.addin.machine import Running
from duebook.hosts.cli import main

__all__ = ["shipped"]  # the fixture that stands for the built add-in works here too

SECURITY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
OWN = r"Software\Microsoft\Office\16.0\Excel\Security"
PACKAGES = (
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages"
    r"\Microsoft.Office.Desktop.Excel_16051.18129.20158.0_x86__8wekyb3d8bbwe"
)
APP_PATH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
HOME = PurePosixPath("/home/fang")
Injury = Callable[[MadeUpMachine], object]


def installed(user: str = "Fang") -> MadeUpMachine:
    machine = windows(user, code_page="gbk")
    install.run_install(chosen(quiet=True), machine)
    return machine


def scripts(machine: MadeUpMachine) -> PureWindowsPath:
    path = environment.own(machine) / "Scripts"
    assert isinstance(path, PureWindowsPath)
    return path


def differing(**facts: object) -> Injury:
    """The Python that Excel starts says something else of itself."""
    return lambda machine: [machine.pythons[scripts(machine) / n].update(facts) for n in ("python.exe", "pythonw.exe")]


def without_python(machine: MadeUpMachine) -> None:
    for name in ("python.exe", "pythonw.exe"):
        del machine.files[scripts(machine) / name]


def dead(machine: MadeUpMachine) -> None:
    machine.pythons.clear()


def told(key: str, value: str) -> Injury:
    """The settings say something else."""

    def change(machine: MadeUpMachine) -> None:
        file = settings.place(machine.home, "win32")
        values = settings.parsed(machine.files[file], machine.code_page)
        machine.files[file] = settings.encoded({**values, key: value}, machine.code_page)

    return change


def without_settings(machine: MadeUpMachine) -> None:
    del machine.files[settings.place(machine.home, "win32")]


def without_interpreter(machine: MadeUpMachine) -> None:
    machine.files[settings.place(machine.home, "win32")] = b'"DUEBOOK_LANGUAGE","en"\r\n'


def damaged_path(machine: MadeUpMachine) -> None:
    """As VBA or an editor of another code page leaves it."""
    told("INTERPRETER_WIN", r"C:\Users\??\AppData\Local\Duebook\env\Scripts\pythonw.exe")(machine)
    machine.put_python(PureWindowsPath(r"C:\Users\??\AppData\Local\Duebook\env\Scripts\pythonw.exe"))
    for number, name in ((0x8664, "library64"), (0x14C, "library32")):
        machine.put(
            PureWindowsPath(r"C:\Users\??\AppData\Local\Duebook\env") / libraries(pinned_version())[name],
            program(number),
        )


def library(data: bytes | None) -> Injury:
    def change(machine: MadeUpMachine) -> None:
        path = environment.own(machine) / libraries(pinned_version())["library64"]
        machine.files.pop(path)
        if data is not None:
            machine.put(path, data)

    return change


def addin(data: bytes | None) -> Injury:
    def change(machine: MadeUpMachine) -> None:
        machine.files.pop(xlstart(machine))
        if data is not None:
            machine.put(xlstart(machine), data)

    return change


def marked(machine: MadeUpMachine) -> None:
    machine.put(xlstart(machine).with_name("duebook.xlam:Zone.Identifier"), b"[ZoneTransfer]\r\nZoneId=3\r\n")


def values(hive: str, key: str, **given: str | int | bytes) -> Injury:
    return lambda machine: machine.put_values(hive, key, **given)


def second_copy(machine: MadeUpMachine) -> None:
    machine.put(machine.home / "AppData/Roaming/Microsoft/AddIns/duebook.xlam", OLD_ADDIN)


def shared_copy(machine: MadeUpMachine) -> None:
    machine.put_values("HKCU", office.OPTIONS, AltStartup=r"\\server\office\start")
    machine.put(PureWindowsPath(r"\\server\office\start\duebook.xlam"), ADDIN)


def without_excel(machine: MadeUpMachine) -> None:
    machine.registry = {key: found for key, found in machine.registry.items() if key[0] == "HKCU"}


def from_store(machine: MadeUpMachine) -> None:
    without_excel(machine)
    machine.put_values("HKCU", PACKAGES, PackageID="Microsoft.Office.Desktop.Excel")
    place = r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel_16051_x86__8wekyb3d8bbwe\Office16\EXCEL.EXE"
    machine.put_values("HKLM", APP_PATH, **{"": place})


def old_excel(machine: MadeUpMachine) -> None:
    without_excel(machine)
    machine.put_values("HKLM", r"SOFTWARE\WOW6432Node\Microsoft\Office\14.0\Excel\InstallRoot", Path="C:\\Office14\\")


def in_onedrive(machine: MadeUpMachine) -> None:
    machine.environment = {**machine.environment, "OneDriveCommercial": str(machine.home / "AppData" / "Local")}


def on_network(machine: MadeUpMachine) -> None:
    machine.environment = {**machine.environment, "APPDATA": r"\\server\profiles\Fang"}
    machine.put(PureWindowsPath(r"\\server\profiles\Fang\Microsoft\Excel\XLSTART\duebook.xlam"), ADDIN)


DISABLED = "C:\\Users\\Fang\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART\\duebook.xlam\0".encode("utf-16-le")
FAULTS: dict[str, Injury] = {
    "excel_none": without_excel,
    "excel_store": from_store,
    "excel_old": old_excel,
    "policy_no_vba": values("HKLM", r"Software\Policies\Microsoft\Office\16.0\Common", VBAOff=1),
    "policy_no_addins": values("HKCU", SECURITY, DisableAllAddins=1),
    "own_no_addins": values("HKCU", OWN, DisableAllAddins=1),
    "policy_signed_addins": values("HKLM", SECURITY, RequireAddinSig=1),
    "own_signed_addins": values("HKCU", OWN, RequireAddinSig=1),
    "policy_listed_addins": values(
        "HKCU", r"Software\Policies\Microsoft\Office\16.0\Excel\Resiliency", RestrictToList=1
    ),
    "policy_no_trusted_places": values("HKLM", rf"{SECURITY}\Trusted Locations", AllLocationsDisabled=1),
    "own_no_trusted_places": values("HKCU", rf"{OWN}\Trusted Locations", AllLocationsDisabled=1),
    "policy_no_own_places": values(
        "HKCU",
        r"Software\Policies\Microsoft\Office\16.0\Common\Security\Trusted Locations",
        **{"allow user locations": 0},
    ),
    "addin_missing": addin(None),
    "addin_stale": addin(OLD_ADDIN),
    "addin_changed": addin(ADDIN[:-40]),
    "addin_marked": marked,
    "addin_network": on_network,
    "twice_found": second_copy,
    "disabled_item": values("HKCU", office.DISABLED_ITEMS, A1=DISABLED),
    "settings_missing": without_settings,
    "settings_without_python": without_interpreter,
    "settings_relative": told("INTERPRETER_WIN", "pythonw.exe"),
    "settings_unreadable": damaged_path,
    "interpreter_missing": without_python,
    "interpreter_dead": dead,
    "interpreter_old": differing(python=[3, 9, 13]),
    "interpreter_32": differing(bits=32),
    "interpreter_store": differing(base=r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.11_3.11.9"),
    "interpreter_onedrive": in_onedrive,
    "duebook_missing": differing(duebook=None),
    "duebook_version": differing(duebook="0.0.9"),
    "xlwings_missing": differing(xlwings=None),
    "xlwings_version": differing(xlwings="0.30.1"),
    "pywin32_missing": differing(pywin32=False),
    "library_missing": library(None),
    "library_foreign": library(program(0x14C)),
}
"""A fault's key → how to bring it about on a healthy Windows."""
NOTES: dict[str, Injury] = {
    "excel_several": values("HKLM", r"SOFTWARE\Microsoft\Office\15.0\Excel\InstallRoot", Path="C:\\Office15\\"),
    "excel_bits": lambda machine: (
        machine.files.pop(PureWindowsPath("C:/Program Files/Microsoft Office/root/Office16/EXCEL.EXE")),
        machine.put_values("HKLM", r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", Platform=""),
    ),
    "policy_macros": values("HKCU", SECURITY, VBAWarnings=4),
    "policy_internet": values("HKLM", SECURITY, BlockContentExecutionFromInternet=1),
}
ON_MAC: dict[str, Callable[[MadeUpMachine], object]] = {
    "excel_none_mac": lambda machine: machine.folders.discard(PurePosixPath("/Applications/Microsoft Excel.app")),
    "script_missing": lambda machine: [machine.files.pop(f) for f in list(machine.files) if f.suffix == ".applescript"],
    "addin_missing": lambda machine: machine.files.pop(machine.home / install.MAC_START / office.ADDIN),
    "addin_changed": lambda machine: machine.put(machine.home / install.MAC_START / office.ADDIN, OLD_ADDIN),
    "settings_missing": lambda machine: machine.files.pop(settings.place(machine.home, "darwin")),
    "settings_without_python": lambda machine: machine.put(settings.place(machine.home, "darwin"), b'"A","b"\r\n'),
    "settings_relative": lambda machine: machine.put(
        settings.place(machine.home, "darwin"), b'"INTERPRETER_MAC","python"\r\n'
    ),
    "interpreter_odd": lambda machine: machine.put(
        settings.place(machine.home, "darwin"), b'"INTERPRETER_MAC","/Users/o\'neil/python"\r\n'
    ),
    "interpreter_missing": lambda machine: machine.files.pop(environment.own(machine) / "bin/python"),
    "interpreter_dead": lambda machine: machine.pythons.clear(),
    "interpreter_old": lambda machine: machine.pythons[environment.own(machine) / "bin/python"].update(python=[3, 9]),
    "duebook_version": lambda machine: machine.pythons[environment.own(machine) / "bin/python"].update(duebook="0.9"),
}


def keys(machine: MadeUpMachine, state: str = "fault") -> list[str]:
    return [one.key for one in doctor.findings(machine, ADDIN) if one.state == state]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("user", USERS)
def test_a_healthy_computer(user: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine = installed(user)
    before, done = machine.state(), len(machine.log)
    assert doctor.run_doctor(chosen(language=language), machine) == 0
    assert machine.state() == before and len(machine.log) == done
    said = capsys.readouterr().out
    assert "✗" not in said and "!" not in said and "→" not in said and "{" not in said
    assert text("doctor.well", language, version=VERSION) in said and "AppLocker" in said
    assert {one.state for one in doctor.findings(machine, ADDIN)} == {"well"}


def test_a_language_that_excel_does_not_speak_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "both")
    assert doctor.run_doctor(chosen(language="both"), installed()) == 0
    said = capsys.readouterr().out
    assert text("excel.one_language", "en") in said and text("excel.one_language", "zh") in said
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "zh")
    doctor.run_doctor(chosen(), installed())
    assert text("excel.one_language", "en") not in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", FAULTS)
def test_each_fault_alone_is_named_with_its_remedy(key: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine = installed()
    FAULTS[key](machine)
    assert keys(machine) == [key] and keys(machine, "note") == []
    assert doctor.run_doctor(chosen(language=language), machine) == 1
    said = capsys.readouterr().out
    assert said.count("✗") == 1 and said.count("→") == 1 and "{" not in said
    (fault,) = (one for one in doctor.findings(machine, ADDIN) if one.state == "fault")
    assert fault.said(language) in said and fault.remedy(language) in said


@pytest.mark.parametrize("key", NOTES)
def test_what_may_be_in_the_way_is_a_note_and_no_fault(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine = installed()
    NOTES[key](machine)
    assert keys(machine) == [] and keys(machine, "note") == [key]
    for language in ("en", "zh"):
        assert doctor.run_doctor(chosen(language=language), machine) == 0
        said = capsys.readouterr().out
        assert said.count("→") == 1 and "! " in said and "{" not in said


INDEPENDENT = ["policy_no_addins", "addin_stale", "disabled_item", "twice_found", "pywin32_missing", "library_foreign"]


@pytest.mark.parametrize("pair", list(itertools.combinations(INDEPENDENT, 2)))
def test_two_at_once(pair: tuple[str, str]) -> None:
    machine = installed("王 芳")
    for key in pair:
        FAULTS[key](machine)
    assert sorted(keys(machine)) == sorted(pair)


def test_what_hangs_on_a_broken_link_is_not_known() -> None:
    machine = installed()
    without_settings(machine)
    assert {one.link for one in doctor.findings(machine, ADDIN) if one.state == "unknown"} == {
        *("interpreter", "duebook", "xlwings", "pywin32", "library")
    }


def mended_by_installing() -> list[str]:
    """The faults whose remedy is just that; where Python itself is at fault, the user has to bring another first."""
    said = catalogue("en")
    others = ("excel_none", "interpreter_old", "interpreter_32", "interpreter_store", "interpreter_onedrive")
    alone = {key for key in FAULTS if "duebook addin install" in said[f"doctor.{key}_remedy"]}
    return sorted(alone - {*others, "settings_unreadable"})


@pytest.mark.parametrize("key", mended_by_installing())
def test_installing_again_mends_what_it_is_said_to(key: str) -> None:
    machine = installed()
    FAULTS[key](machine)
    install.run_install(chosen(quiet=True), machine)
    assert keys(machine) == []


def test_a_copy_in_a_shared_start_folder_is_named_and_left_alone() -> None:
    machine = installed()
    shared_copy(machine)
    assert keys(machine) == ["twice_found"]
    install.run_install(chosen(quiet=True), machine)
    assert PureWindowsPath(r"\\server\office\start\duebook.xlam") in machine.files


def test_an_allowed_network_and_a_listed_addin_are_well() -> None:
    machine = installed()
    on_network(machine)
    machine.put_values("HKCU", rf"{OWN}\Trusted Locations", AllowNetworkLocations=1)
    FAULTS["policy_listed_addins"](machine)
    machine.put_values(
        "HKLM", r"Software\Policies\Microsoft\Office\16.0\Excel\Resiliency\AddinList", **{"Duebook.xlam": "1"}
    )
    assert keys(machine) == []


@pytest.mark.parametrize(
    ("platform", "outlook", "bits"), [("x86", "", 32), ("", "x86", 32), ("x64", "", 64), ("", "x64", 64)]
)
def test_the_bits_of_excel(platform: str, outlook: str, bits: int) -> None:
    machine = windows()
    NOTES["excel_bits"](machine)
    machine.put_values("HKLM", r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", Platform=platform)
    machine.put_values("HKLM", r"SOFTWARE\WOW6432Node\Microsoft\Office\16.0\Outlook", Bitness=outlook)
    assert office.excel(machine).bits == bits


def test_a_32_bit_excel_beside_a_64_bit_python_is_well() -> None:
    machine = windows()
    machine.put(PureWindowsPath("C:/Program Files/Microsoft Office/root/Office16/EXCEL.EXE"), program(0x14C))
    install.run_install(chosen(quiet=True), machine)
    assert keys(machine) == []
    library32 = environment.own(machine) / libraries(pinned_version())["library32"]
    del machine.files[library32]
    assert keys(machine) == ["library_missing"]


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    machine = installed()
    FAULTS["library_missing"](machine)
    assert doctor.run_doctor(chosen(json=True), machine) == 1
    found = json.loads(capsys.readouterr().out)
    faults = [link for link in found["links"] if link["state"] == "fault"]
    assert found["ok"] is False and [link["found"] for link in faults] == ["library_missing"]
    assert "run duebook addin install" in faults[0]["remedy"]


def test_quiet_says_nothing_when_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run_doctor(chosen(quiet=True), installed()) == 0
    assert capsys.readouterr().out == ""


# --- macOS, Linux, LibreOffice ----------------------------------------------------------------------------------------


def installed_mac() -> MadeUpMachine:
    machine = mac()
    install.run_install(chosen(quiet=True), machine)
    return machine


def test_a_healthy_mac(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run_doctor(chosen(), installed_mac()) == 0
    assert "duebook addin lite WORKBOOK" in capsys.readouterr().out


@pytest.mark.parametrize("key", ON_MAC)
def test_each_fault_of_a_mac(key: str) -> None:
    machine = installed_mac()
    ON_MAC[key](machine)
    assert keys(machine) == [key]


def test_linux(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert main(["addin", "doctor"]) == 1
    assert keys(MadeUpMachine("linux", HOME, Running(HOME / "python", HOME, HOME, None))) == ["excel_none_here"]
    said = capsys.readouterr().out
    assert "Excel does not exist on this system" in said and "--libreoffice" in said


def libreoffice_keys(machine: MadeUpMachine) -> list[str]:
    return [one.key for one in calc.findings(machine, EXTENSION) if one.state == "fault"]


def test_libreoffice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(calc, "shipped_extension", lambda: EXTENSION)
    machine = with_libreoffice()
    assert libreoffice_keys(machine) == ["extension_missing"]
    machine.extensions[EXTENSION.identifier] = "0.0.9"
    assert libreoffice_keys(machine) == ["extension_stale"]
    assert doctor.run_doctor(chosen(libreoffice=True, language="zh"), machine) == 1
    assert "LibreOffice 中的扩展版本为 0.0.9" in capsys.readouterr().out
    install.run_install(chosen(libreoffice=True, quiet=True), machine)
    assert libreoffice_keys(machine) == []
    assert doctor.run_doctor(chosen(libreoffice=True), machine) == 0


def test_a_libreoffice_that_cannot_use_duebook() -> None:
    for python, key in ((b"libpython3.8.so", "libreoffice_python_old"), (b"", "libreoffice_python_none")):
        machine = with_libreoffice(python)
        machine.extensions[EXTENSION.identifier] = VERSION
        assert libreoffice_keys(machine) == [key]
    machine = MadeUpMachine("linux", HOME, Running(HOME / "python", HOME, HOME, None))
    assert libreoffice_keys(machine) == ["libreoffice_none"]
    machine.put(PurePosixPath("/var/lib/flatpak/exports/bin/org.libreoffice.LibreOffice"), b"")
    assert libreoffice_keys(machine) == ["libreoffice_sandboxed"]


# --- the sentences ----------------------------------------------------------------------------------------------------


def test_every_fault_that_can_be_said_is_brought_about_here() -> None:
    remedies = {
        key.removeprefix("doctor.").removesuffix("_remedy") for key in catalogue("en") if key.endswith("_remedy")
    }
    source = Path(__file__).read_text("utf-8")
    elsewhere = {key for key in remedies if f'"{key}"' in source}
    assert remedies - {*FAULTS, *NOTES, *ON_MAC} - elsewhere == set()


def test_the_page_on_installing_names_every_fault() -> None:
    page = (Path(__file__).parents[3] / "docs/install.md").read_text("utf-8")
    keys = {key.removeprefix("doctor.").removesuffix("_remedy") for key in catalogue("en") if key.endswith("_remedy")}
    assert {key for key in keys - {"excel_none_here"} if f"`{key}`" not in page} == set()


def test_every_sentence_of_an_installation_is_provoked() -> None:
    source = Path(__file__).with_name("test_install.py").read_text("utf-8")
    said = {key.removeprefix("install.") for key in catalogue("en") if key.startswith("install.")}
    refusals = {key for key in said if not key.startswith("do_")} - {
        *("done", "done_mac", "done_libreoffice", "already", "removed", "removed_libreoffice"),
        *("nothing_to_remove", "rehearsal", "rehearsal_nothing", "attention", "own_environment_stays"),
        *("excel_open", "libreoffice_open"),
    }
    assert {key for key in refusals if f"install.{key}" not in source} == set()
