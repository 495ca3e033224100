"""Installing and removing on computers made up for it: what is done, what is told, what is undone."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from openpyxl import Workbook
from tests.hosts.addin.made_up_machine import MadeUpMachine, chosen, mac, program, windows

from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.addin import calc, environment, install, office
from duebook.hosts.addin.addin_file import version_of
from duebook.hosts.addin.bridge import libraries, pinned_version
from duebook.hosts.addin.machine import Running
from duebook.hosts.cli import main

USERS = ["Fang", "王 芳", "Kim & Co", "O'Neil Jr"]
OPTIONS = office.OPTIONS


def workbook(version: str) -> bytes:
    """An add-in as far as installation looks into it: the very hidden sheet of texts."""
    book = Workbook()
    sheet = book.create_sheet("duebook.texts")
    sheet.append(["kind", "key", "en", "zh"])
    sheet.append(["function", "DSO", "Days sales outstanding", "应收账款周转天数"])
    sheet.append(["fact", "version", version, version])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


ADDIN, OLD_ADDIN = workbook(VERSION), workbook("0.0.9")


@pytest.fixture(autouse=True)
def shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("addin")
    (folder / office.ADDIN).write_bytes(ADDIN)
    monkeypatch.setattr(resources, "addin", lambda: folder)
    return folder


def xlstart(machine: MadeUpMachine) -> PurePath:
    return machine.home / "AppData/Roaming/Microsoft/Excel/XLSTART/duebook.xlam"


def kept(machine: MadeUpMachine) -> dict[str, str]:
    return settings.parsed(machine.files[settings.place(machine.home, machine.platform)], machine.code_page)


# --- Windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", USERS)
def test_a_new_computer(user: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine = windows(user, code_page="gbk")
    assert install.run_install(chosen(), machine) == 0
    own = machine.home / "AppData/Local/Duebook/env"
    assert machine.files[xlstart(machine)] == ADDIN
    assert kept(machine) == {
        "INTERPRETER_WIN": str(own / "Scripts/pythonw.exe"),
        "DUEBOOK_LANGUAGE": "en",
        "DUEBOOK_VERSION": VERSION,
    }
    assert machine.files[own / libraries(pinned_version())["library64"]] == program(0x8664)
    assert not any("HKLM" in word for entry in machine.log for word in entry)
    said = capsys.readouterr().out
    assert f"Duebook {VERSION} is installed for you. Start Excel anew" in said and "Please note" not in said


def test_pip_takes_the_wheel_at_hand_and_looks_beside_it() -> None:
    machine = windows()
    install.run_install(chosen(quiet=True), machine)
    (pip,) = (entry for entry in machine.log if "pip" in entry)
    wheel = machine.running.origin
    assert isinstance(wheel, PurePath) and pip[-1] == str(wheel)
    assert pip[pip.index("--find-links") + 1] == str(wheel.parent)
    assert pip[pip.index("--constraint") + 1] == str(resources.constraints())
    assert pip[1] == str(machine.home / "AppData/Local/Duebook/env/Scripts/python.exe")


def test_a_folder_with_all_wheels_needs_no_internet() -> None:
    for other, offline in (("xlwings-0.0.1-py3-none-any.whl", False), (f"xlwings-{pinned_version()}-cp311.whl", True)):
        machine = windows()
        assert isinstance(machine.running.origin, PurePath)
        machine.put(machine.running.origin.with_name(other), b"")
        install.run_install(chosen(quiet=True), machine)
        (pip,) = (entry for entry in machine.log if "pip" in entry)
        assert ("--no-index" in pip) == offline and ("--constraint" in pip) != offline


def test_a_wheel_that_is_gone_is_not_looked_for_on_the_internet() -> None:
    """A package of that name there may be a stranger's."""
    machine = windows()
    assert isinstance(machine.running.origin, PurePath)
    del machine.files[machine.running.origin]
    assert str(machine.running.origin) in str(refused(machine, "install.origin_gone"))
    assert not machine.log


@pytest.mark.parametrize(
    ("origin", "requirement"),
    [
        (PureWindowsPath("D:/duebook"), r"D:\duebook"),
        ("https://example.com/duebook.whl", "duebook @ https://example.com/duebook.whl"),
        (None, f"duebook=={VERSION}"),
    ],
)
def test_pip_takes_a_checkout_an_address_or_the_index(origin: PurePath | str | None, requirement: str) -> None:
    machine = windows()
    machine.running = Running(machine.running.executable, machine.running.prefix, machine.running.prefix, origin)
    if isinstance(origin, PurePath):
        machine.put_folder(origin)
    install.run_install(chosen(quiet=True), machine)
    (pip,) = (entry for entry in machine.log if "pip" in entry)
    assert pip[-1] == requirement and "--find-links" not in pip


def test_a_second_time_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    machine = windows()
    install.run_install(chosen(quiet=True), machine)
    before, done = machine.state(), len(machine.log)
    assert install.run_install(chosen(), machine) == 0
    assert machine.state() == before and len(machine.log) == done
    assert "is installed already" in capsys.readouterr().out


def test_the_environment_it_runs_in_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    machine = in_environment(windows(), PureWindowsPath("D:/duebook/.venv"))
    install.run_install(chosen(), machine)
    assert kept(machine)["INTERPRETER_WIN"] == r"D:\duebook\.venv\Scripts\pythonw.exe"
    assert not any(entry[0] == "run" for entry in machine.log)
    assert "check that Excel can use" in capsys.readouterr().out


def in_environment(machine: MadeUpMachine, prefix: PurePath) -> MadeUpMachine:
    """As if Duebook ran in that virtual environment."""
    for name in ("python.exe", "pythonw.exe"):
        machine.put_python(prefix / "Scripts" / name)
    for number, name in ((0x8664, "library64"), (0x14C, "library32")):
        machine.put(prefix / libraries(pinned_version())[name], program(number))
    executable = prefix / "Scripts/python.exe"
    machine.running = Running(executable, prefix, machine.running.base_prefix, machine.running.origin)
    return machine


@pytest.mark.parametrize("unsafe", ["OneDrive/duebook/.venv", r"\\server\share\.venv"])
def test_one_in_onedrive_or_on_the_network_is_not(unsafe: str) -> None:
    machine = windows()
    prefix = machine.home / unsafe  # a network path stands for itself
    install.run_install(chosen(quiet=True), in_environment(machine, prefix))
    assert kept(machine)["INTERPRETER_WIN"] == str(machine.home / "AppData/Local/Duebook/env/Scripts/pythonw.exe")


def test_python_from_the_store_is_refused() -> None:
    machine = windows()
    base = PureWindowsPath(
        "C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.11_3.11.9_x64__qbz5n2kfra8p0"
    )
    machine.running = Running(base / "python.exe", base, base, None)
    refused(machine, "install.store_python")


def test_an_older_version_is_replaced() -> None:
    machine = windows()
    own = machine.home / "AppData/Local/Duebook/env"
    for name in ("python.exe", "pythonw.exe"):
        machine.put_python(own / "Scripts" / name, duebook="0.0.9", digest="old", xlwings="0.30.0")
    machine.put(xlstart(machine), OLD_ADDIN)
    machine.put(
        settings.place(machine.home, "win32"), b'"DUEBOOK_POLICY","D:\\our.toml"\r\n"DUEBOOK_LANGUAGE","zh"\r\n'
    )
    install.run_install(chosen(quiet=True), machine)
    assert machine.files[xlstart(machine)] == ADDIN
    assert machine.pythons[own / "Scripts/pythonw.exe"]["duebook"] == VERSION
    assert not machine.is_folder(own.with_name("env.old"))
    assert kept(machine)["DUEBOOK_POLICY"] == r"D:\our.toml" and kept(machine)["DUEBOOK_LANGUAGE"] == "zh"


def test_another_build_of_the_same_version_is_installed_too() -> None:
    machine = windows()
    install.run_install(chosen(quiet=True), machine)
    own = machine.home / "AppData/Local/Duebook/env"
    for name in ("python.exe", "pythonw.exe"):
        machine.pythons[own / "Scripts" / name]["digest"] = "of another build"
    done = len(machine.log)
    install.run_install(chosen(quiet=True), machine)
    assert any("pip" in entry for entry in machine.log[done:])


def test_excel_speaks_one_language() -> None:
    """`--language both` asks for what no ribbon shows: refused, nothing done."""
    machine = windows()
    before = machine.state()
    with pytest.raises(DuebookError) as refused:
        install.run_install(chosen(language="both", language_asked=True, quiet=True), machine)
    assert refused.value.key == "excel.one_language" and machine.state() == before
    assert "duebook close --language both" in refused.value.text("both")


@pytest.mark.parametrize(
    ("system", "asked", "before", "spoken"),
    [("zh", None, None, "zh"), ("zh", "en", None, "en"), ("en", None, "zh", "zh"), ("zh", "en", "zh", "en")],
)
def test_the_language(system: str, asked: str | None, before: str | None, spoken: str) -> None:
    machine = windows(language=system)
    if before:
        machine.put(settings.place(machine.home, "win32"), f'"DUEBOOK_LANGUAGE","{before}"\r\n'.encode())
    install.run_install(chosen(language=asked or "en", language_asked=bool(asked), quiet=True), machine)
    assert kept(machine)["DUEBOOK_LANGUAGE"] == spoken


def test_what_excels_own_dialog_left_is_removed_and_others_close_up() -> None:
    machine = windows()
    copy = machine.home / "AppData/Roaming/Microsoft/AddIns/duebook.xlam"
    machine.put(copy, OLD_ADDIN)
    machine.put_values(
        "HKCU",
        OPTIONS,
        OPEN='"C:\\tools\\solver.xlam"',
        OPEN1=f'"{copy}"',
        OPEN2='/R "C:\\tools\\our duebook.xlam"',
        Font="Calibri",
    )
    machine.put_values("HKCU", office.ADDIN_MANAGER, **{str(copy): "", r"C:\tools\solver.xlam": ""})
    named = "\1\2C:\\Users\\Fang\\DUEBOOK.xlam\0".encode("utf-16-le")
    machine.put_values("HKCU", office.DISABLED_ITEMS, A1=named, B2=b"another add-in")
    install.run_install(chosen(quiet=True), machine)
    assert copy not in machine.files
    assert machine.values("HKCU", OPTIONS) == {
        "OPEN": '"C:\\tools\\solver.xlam"',
        "OPEN1": '/R "C:\\tools\\our duebook.xlam"',
        "Font": "Calibri",
    }
    assert machine.values("HKCU", office.ADDIN_MANAGER) == {r"C:\tools\solver.xlam": ""}
    assert machine.values("HKCU", office.DISABLED_ITEMS) == {"B2": b"another add-in"}


def test_a_mark_of_the_internet_goes() -> None:
    machine = windows()
    install.run_install(chosen(quiet=True), machine)
    mark = xlstart(machine).with_name("duebook.xlam:Zone.Identifier")
    machine.put(mark, b"[ZoneTransfer]\r\nZoneId=3\r\n")
    install.run_install(chosen(quiet=True), machine)
    assert mark not in machine.files and machine.files[xlstart(machine)] == ADDIN


def test_an_open_addin_is_refused_before_anything_is_done() -> None:
    machine = windows()
    machine.put(xlstart(machine), OLD_ADDIN)
    machine.open_files.add(xlstart(machine))
    before = machine.state()
    for run in (install.run_install, install.run_uninstall):
        with pytest.raises(DuebookError, match=r"duebook\.xlam is open in Excel\. Close all windows") as error:
            run(chosen(), machine)
        assert "正在 Excel 中打开" in error.value.text("zh")
    assert machine.state() == before and not machine.log


def test_a_user_name_outside_the_code_page_is_refused() -> None:
    refused(windows("王芳", code_page="cp1252"), "install.wide_path")
    elsewhere = in_environment(windows("王芳", code_page="cp1252"), PureWindowsPath("D:/duebook/.venv"))
    refused(elsewhere, "install.wide_path")  # the settings themselves could not be found


def refused(machine: MadeUpMachine, key: str, run: Callable[..., int] = install.run_install) -> DuebookError:
    """Refused with this sentence, in both languages, and nothing is changed."""
    before = machine.state()
    with pytest.raises(DuebookError) as error:
        run(chosen(), machine)
    assert error.value.key == key
    assert "{" not in error.value.text("en") + error.value.text("zh")
    assert machine.state() == before
    return error.value


@pytest.mark.parametrize(
    ("differing", "key"),
    [
        ({"duebook": "0.0.8"}, "install.environment_duebook"),
        ({"xlwings": "0.36.0"}, "install.environment_xlwings"),
        ({"pywin32": False}, "install.environment_pywin32"),
    ],
)
def test_what_pip_installed_is_checked_and_undone(differing: dict[str, object], key: str) -> None:
    machine = windows()
    machine.installed |= differing
    refused(machine, key)
    assert any("pip" in entry for entry in machine.log)


def test_a_missing_or_foreign_library_is_refused() -> None:
    for data in (None, program(0x14C), b"quarantined"):
        machine = in_environment(windows(), PureWindowsPath("D:/duebook/.venv"))
        path = PureWindowsPath("D:/duebook/.venv") / libraries(pinned_version())["library64"]
        machine.files.pop(path)
        if data is not None:
            machine.put(path, data)
        refused(machine, "install.environment_dll")


def test_programs_that_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from duebook.hosts.addin.machine import Answer

    said = "Collecting duckdb\nERROR: Could not find a version that satisfies the requirement duckdb\n"
    for word, key in (("venv", "install.environment_failed"), ("pip", "install.pip_failed")):
        machine = windows()
        run = machine.run
        monkeypatch.setattr(machine, "run", lambda c, w=word, r=run: Answer(1, said) if w in c else r(c))
        assert "ERROR: Could not find a version" in str(refused(machine, key))
    machine = in_environment(windows(), PureWindowsPath("D:/duebook/.venv"))
    machine.pythons[PureWindowsPath("D:/duebook/.venv/Scripts/python.exe")] = {}
    assert "no encodings" in str(refused(machine, "install.environment_dead"))


# --- all or nothing ---------------------------------------------------------------------------------------------------


def crowded() -> MadeUpMachine:
    """A computer on which an installation has every kind of thing to do: an old version, leftovers, other settings."""
    machine = windows("王 芳 & Co")
    own = machine.home / "AppData/Local/Duebook/env"
    for name in ("python.exe", "pythonw.exe"):
        machine.put_python(own / "Scripts" / name, duebook="0.0.9", digest="old")
    machine.put(xlstart(machine), OLD_ADDIN)
    machine.put(machine.home / "AppData/Roaming/Microsoft/AddIns/duebook.xlam", OLD_ADDIN)
    machine.put_values("HKCU", OPTIONS, OPEN=r"C:\x\duebook.xlam", OPEN1="other.xlam")
    machine.put_values("HKCU", office.DISABLED_ITEMS, A1="duebook.xlam".encode("utf-16-le"))
    machine.put(settings.place(machine.home, "win32"), b'"DUEBOOK_POLICY","D:\\our.toml"\r\n')
    machine.put(machine.home / "Documents/month end.xlsx", b"a workbook")
    return machine


@pytest.mark.parametrize("prepared", [windows, crowded, mac])
@pytest.mark.parametrize("failure", [OSError(28, "No space left"), PermissionError(13, "no"), KeyboardInterrupt()])
def test_a_failure_at_any_step_of_installing_leaves_all_as_before(
    prepared: Callable[[], MadeUpMachine], failure: BaseException
) -> None:
    steps = done_by(prepared, install.run_install)
    last = len(steps) - (prepared is crowded)  # sweeping the old environment away may fail: see below
    assert last >= 6
    for step in range(last):
        fails(prepared, install.run_install, step, failure)


@pytest.mark.parametrize("prepared", [windows, crowded, mac])
@pytest.mark.parametrize("failure", [OSError(28, "No space left"), PermissionError(13, "no"), KeyboardInterrupt()])
def test_a_failure_at_any_step_of_removing_leaves_all_as_before(
    prepared: Callable[[], MadeUpMachine], failure: BaseException
) -> None:
    def installed() -> MadeUpMachine:
        machine = prepared()
        install.run_install(chosen(quiet=True), machine)
        machine.log.clear()
        return machine

    steps = done_by(installed, install.run_uninstall)
    swept = next(place for place, entry in enumerate(steps) if entry[0] == "remove_folder" and "env.old" in entry[1])
    for step in range(swept):
        fails(installed, install.run_uninstall, step, failure)


def done_by(prepared: Callable[[], MadeUpMachine], run: Callable[..., int]) -> list[tuple[str, ...]]:
    machine = prepared()
    run(chosen(quiet=True), machine)
    return machine.log


def fails(prepared: Callable[[], MadeUpMachine], run: Callable[..., int], step: int, failure: BaseException) -> None:
    machine = prepared()
    before = machine.state()
    machine.fails_at, machine.failure = step, failure
    with pytest.raises(KeyboardInterrupt if isinstance(failure, KeyboardInterrupt) else DuebookError) as error:
        run(chosen(quiet=True), machine)
    assert machine.state() == before, (step, machine.log)
    if isinstance(error.value, DuebookError):
        assert error.value.key in ("install.failed", "install.denied")
        assert "undone" in error.value.text("en") and "撤销" in error.value.text("zh")


def test_what_cannot_be_swept_away_stays_until_the_next_time() -> None:
    machine = crowded()
    machine.fails_at = len(done_by(crowded, install.run_install)) - 1
    assert install.run_install(chosen(quiet=True), machine) == 0
    old = machine.home / "AppData/Local/Duebook/env.old"
    assert machine.is_folder(old)
    install.run_install(chosen(quiet=True), machine)
    assert not machine.is_folder(old)


def test_an_undoing_that_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = windows()
    machine.fails_at = 4
    monkeypatch.setattr(machine, "remove_folder", lambda path: (_ for _ in ()).throw(PermissionError(13, "in use")))
    with pytest.raises(DuebookError, match="not all that had been done before could be undone") as error:
        install.run_install(chosen(quiet=True), machine)
    assert error.value.key == "install.stuck" and "未能全部撤销" in error.value.text("zh")


# --- rehearsal --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("run", [install.run_install, install.run_uninstall])
@pytest.mark.parametrize("prepared", [windows, crowded, mac])
def test_a_rehearsal_does_nothing_and_tells_what_the_real_run_then_does(
    prepared: Callable[[], MadeUpMachine],
    run: Callable[..., int],
    language: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    machine = prepared()
    if run is install.run_uninstall:
        install.run_install(chosen(quiet=True), machine)
    before, done = machine.state(), len(machine.log)
    assert run(chosen(dry_run=True, language=language), machine) == 0
    assert machine.state() == before and len(machine.log) == done
    rehearsed = [line.strip() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert run(chosen(language=language), machine) == 0
    told = [line.strip() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert told and rehearsed == told
    effects = [line for line in told if "check" not in line and "检查" not in line]
    folders = sum(entry[0] == "make_folder" for entry in machine.log[done:])
    assert len(effects) - sum("folder" in line or "文件夹" in line for line in effects) <= len(machine.log) - done
    assert folders == 0 or any("make the folder" in line or "建立文件夹" in line for line in effects)


def test_each_effect_of_the_log_was_told() -> None:
    """Nothing reaches the computer that the list does not name: each path and value of the log is in a line."""
    machine = crowded()
    plan = install.windows_plan(machine, ADDIN, None)
    said = " ".join(effect.said("en") for effect in plan.effects)
    install.run_install(chosen(quiet=True), machine)
    for what, *names in machine.log:
        if what == "run":
            assert "make a Python environment" in said if "venv" in names else "(pip)" in said
        else:
            assert all(name in said for name in names[: 2 if what.endswith("value") else 1]), (what, names)


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    machine = windows()
    install.run_install(chosen(json=True, dry_run=True), machine)
    told = json.loads(capsys.readouterr().out)
    assert told["dry_run"] is True and told["version"] == VERSION and len(told["effects"]) >= 6
    install.run_install(chosen(json=True), machine)
    assert json.loads(capsys.readouterr().out)["effects"] == told["effects"]


# --- what is said besides ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "word"), [("en", "Ask IT to sign"), ("zh", "签名")])
def test_policies_in_the_way_are_said_at_once(language: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine = windows()
    machine.put_values("HKLM", r"Software\Policies\Microsoft\Office\16.0\Excel\Security", RequireAddinSig=1)
    assert install.run_install(chosen(language=language), machine) == 0
    assert word in capsys.readouterr().out


# --- removing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prepared", [windows, mac])
def test_removing_leaves_the_computer_as_it_was(prepared: Callable[[], MadeUpMachine]) -> None:
    machine = prepared()
    machine.put(machine.home / "Documents/month end.xlsx", b"a workbook")
    machine.put(xlstart(machine).with_name("personal.xlsb"), b"somebody's macros")
    before = set(machine.files)
    install.run_install(chosen(quiet=True), machine)
    assert install.run_uninstall(chosen(quiet=True), machine) == 0
    left = set(machine.files) - before
    assert {path.suffix for path in left} <= {".applescript"} and before <= set(machine.files)
    assert not machine.is_folder(environment.own(machine))


def test_settings_of_others_stay(capsys: pytest.CaptureFixture[str]) -> None:
    machine = crowded()
    machine.put_values("HKCU", OPTIONS, OPEN2="third.xlam")
    install.run_install(chosen(quiet=True), machine)
    install.run_uninstall(chosen(), machine)
    assert kept(machine) == {"DUEBOOK_POLICY": r"D:\our.toml"}
    assert machine.values("HKCU", OPTIONS) == {"OPEN": "other.xlam", "OPEN1": "third.xlam"}
    assert "has been removed. Your workbooks, policies and other add-ins are as before" in capsys.readouterr().out


def test_nothing_to_remove(capsys: pytest.CaptureFixture[str]) -> None:
    assert install.run_uninstall(chosen(), windows()) == 0
    assert "Nothing to remove" in capsys.readouterr().out


def test_the_environment_cannot_remove_itself(capsys: pytest.CaptureFixture[str]) -> None:
    machine = windows()
    install.run_install(chosen(quiet=True), machine)
    own = environment.own(machine)
    in_environment(machine, own)
    install.run_uninstall(chosen(), machine)
    assert machine.is_folder(own) and xlstart(machine) not in machine.files
    assert f"cannot remove itself. Delete the folder by hand: {own}" in capsys.readouterr().out


# --- macOS, Linux, this computer --------------------------------------------------------------------------------------


def test_a_mac(capsys: pytest.CaptureFixture[str]) -> None:
    machine = mac()
    assert install.run_install(chosen(), machine) == 0
    name = f"xlwings-{pinned_version()}.applescript"
    script = machine.files[machine.home / install.MAC_SCRIPTS / name]
    assert b"on VbaHandler(ParameterString)" in script
    assert machine.files[machine.home / install.MAC_START / "duebook.xlam"] == ADDIN
    assert kept(machine)["INTERPRETER_MAC"] == "/Users/fang/.duebook/env/bin/python"
    assert "xlwings Lite on a Mac: duebook addin lite WORKBOOK" in capsys.readouterr().out


def test_excel_for_mac_must_have_been_started_once() -> None:
    machine = mac()
    machine.folders.remove(machine.home / "Library/Containers/com.microsoft.Excel/Data")
    refused(machine, "install.excel_first")


def test_a_mac_whose_home_has_a_quote_is_refused_but_not_one_with_a_space() -> None:
    refused(mac("o'neil"), "install.odd_home")
    assert install.run_install(chosen(quiet=True), mac("王 芳")) == 0


def test_a_missing_applescript_or_addin_is_refused(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install.util, "find_spec", lambda name: None)
    refused(mac(), "install.no_applescript")
    (shipped / office.ADDIN).unlink()
    refused(windows(), "install.not_built")


def test_linux_points_to_what_works_there(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    home = PurePosixPath("/home/fang")
    machine = MadeUpMachine("linux", home, Running(home / "python", home, home, None))
    for run in (install.run_install, install.run_uninstall):
        refused(machine, "install.no_excel_here", run)
    monkeypatch.setattr("sys.platform", "linux")
    assert main(["addin", "install"]) == 2
    said = capsys.readouterr().err
    assert "--libreoffice" in said and "freeze" in said and "addin lite" in said


# --- LibreOffice ------------------------------------------------------------------------------------------------------

EXTENSION = calc.Extension("org.duebook.calc", VERSION, b"an extension")


def with_libreoffice(python: bytes = b"\0libpython3.11.so.1.0\0") -> MadeUpMachine:
    home = PurePosixPath("/home/fang")
    machine = MadeUpMachine("linux", home, Running(home / "python", home, home, None))
    program_folder = PurePosixPath("/usr/lib/libreoffice/program")
    machine.put(program_folder / "unopkg", b"#!/bin/sh")
    if python:
        machine.put(program_folder / "libpyuno.so", python)
    return machine


@pytest.fixture
def extension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calc, "shipped_extension", lambda: EXTENSION)


@pytest.mark.usefixtures("extension")
def test_the_extension_comes_and_goes(capsys: pytest.CaptureFixture[str]) -> None:
    machine = with_libreoffice()
    before = set(machine.files)
    assert install.run_install(chosen(libreoffice=True), machine) == 0
    assert machine.extensions == {"org.duebook.calc": VERSION} and set(machine.files) == before
    assert "Start LibreOffice Calc anew" in capsys.readouterr().out
    assert install.run_uninstall(chosen(libreoffice=True), machine) == 0
    assert machine.extensions == {}
    assert install.run_uninstall(chosen(libreoffice=True), machine) == 0
    assert "Nothing to remove" in capsys.readouterr().out


@pytest.mark.usefixtures("extension")
def test_an_open_libreoffice_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    machine = with_libreoffice()
    machine.put(machine.home / ".config/libreoffice/4/.lock", b"")
    install.run_install(chosen(libreoffice=True), machine)
    assert "LibreOffice is open. Close all its windows" in capsys.readouterr().out


@pytest.mark.usefixtures("extension")
def test_a_failure_leaves_libreoffice_as_before() -> None:
    for step in range(len(done_with_libreoffice())):
        machine = with_libreoffice()
        before = machine.state()
        machine.fails_at = step
        with pytest.raises(DuebookError):
            install.run_install(chosen(libreoffice=True, quiet=True), machine)
        assert machine.state() == before


def done_with_libreoffice() -> list[tuple[str, ...]]:
    machine = with_libreoffice()
    install.run_install(chosen(libreoffice=True, quiet=True), machine)
    return machine.log


@pytest.mark.usefixtures("extension")
@pytest.mark.parametrize(
    ("python", "key"),
    [(b"libpython3.9.so.1.0", "install.libreoffice_python"), (b"", "install.libreoffice_no_python")],
)
def test_a_libreoffice_without_a_fitting_python_is_refused(python: bytes, key: str) -> None:
    refused_by_calc(with_libreoffice(python), key)


def refused_by_calc(machine: MadeUpMachine, key: str) -> None:
    refused(machine, key, lambda options, machine: install.run_install(chosen(libreoffice=True), machine))


@pytest.mark.usefixtures("extension")
def test_no_libreoffice_or_one_in_a_sandbox_is_refused() -> None:
    home = PurePosixPath("/home/fang")
    machine = MadeUpMachine("linux", home, Running(home / "python", home, home, None))
    refused_by_calc(machine, "install.no_libreoffice")
    machine.put(PurePosixPath("/snap/bin/libreoffice"), b"")
    refused_by_calc(machine, "install.libreoffice_sandboxed")


@pytest.mark.usefixtures("extension")
def test_unopkg_that_refuses_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    from duebook.hosts.addin.machine import Answer

    machine = with_libreoffice()
    monkeypatch.setattr(machine, "run", lambda command: Answer(1, "ERROR: unopkg is already running\n"))
    with pytest.raises(DuebookError, match=r"unopkg is already running.*Close all windows of LibreOffice") as error:
        install.run_install(chosen(libreoffice=True), machine)
    assert error.value.key == "install.unopkg_failed"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["python-core-3.11.13/bin/python"], (3, 11)),
        (["../Frameworks/LibreOfficePython.framework/Versions/3.10/x"], (3, 10)),
        (["nothing"], ()),
    ],
)
def test_the_python_of_libreoffice(files: list[str], found: tuple[int, ...]) -> None:
    machine = mac()
    program_folder = PurePosixPath("/Applications/LibreOffice.app/Contents/MacOS")
    machine.put(program_folder / "unopkg", b"")
    for name in files:
        up = name.startswith("../")
        machine.put((program_folder.parent if up else program_folder) / name.removeprefix("../"), b"")
    office_found = calc.found(machine)
    assert office_found and office_found.python == found


def test_libreoffice_on_windows() -> None:
    machine = windows()
    folder = PureWindowsPath("C:/Program Files/LibreOffice/program")
    machine.put_values("HKLM", r"SOFTWARE\LibreOffice\UNO\InstallPath", **{"": str(folder)})
    machine.put(folder / "unopkg.com", b"")
    machine.put(folder / "pyuno.pyd", b"\0python312.dll\0")
    office_found = calc.found(machine)
    assert office_found and office_found.python == (3, 12)


# --- the version in a file --------------------------------------------------------------------------------------------


def test_the_version_is_read_of_any_file_at_all() -> None:
    assert version_of(ADDIN) == VERSION and version_of(OLD_ADDIN) == "0.0.9"
    other = BytesIO()
    Workbook().save(other)
    for data in (b"", b"PK", ADDIN[:-30], other.getvalue(), ADDIN.replace(b"PK\1\2", b"PK\1\3")):
        assert version_of(data) is None
