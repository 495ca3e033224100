"""Adding and removing the extension with LibreOffice's own program, in a home folder that is thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from tests.hosts.addin.made_up_machine import chosen

from duebook.hosts.addin import calc, doctor, install
from duebook.hosts.addin.machine import Answer, ThisMachine
from duebook.hosts.addin.oxt import IDENTIFIER

pytestmark = pytest.mark.office
NOBODY = 65534


class OtherUser(ThisMachine):
    """This computer for a user who is not root (to whom unopkg says no) and has an empty home."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.home = home

    def _started(self, command: Sequence[str], given: str, longest: float) -> Answer:
        other = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home)}
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, cwd=self.home, env=environment, timeout=120, **other
        )
        return Answer(done.returncode, done.stdout + done.stderr)


def older(version: str) -> calc.Extension:
    """One of the same name with nothing in it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(
            "META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest"/>'
        )
        package.writestr(
            "description.xml",
            '<description xmlns="http://openoffice.org/extensions/description/2006">'
            f'<identifier value="{IDENTIFIER}"/><version value="{version}"/></description>',
        )
    return calc.Extension(IDENTIFIER, version, out.getvalue())


@pytest.fixture
def machine(soffice: str) -> Iterator[OtherUser]:
    assert soffice
    home = Path(tempfile.mkdtemp(prefix="duebook"))  # pytest's own folders are closed to other users
    home.chmod(0o777)
    yield OtherUser(home)
    shutil.rmtree(home, ignore_errors=True)


def test_an_extension_is_added_replaced_found_and_removed(
    machine: OtherUser, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faults() -> list[str]:
        return [one.key for one in calc.findings(machine) if one.state == "fault"]

    assert faults() == ["extension_missing"]
    with monkeypatch.context() as earlier:
        earlier.setattr(calc, "shipped_extension", lambda: older("0.0.9"))
        install.run_install(chosen(libreoffice=True), machine)
    assert faults() == ["extension_stale"]
    install.run_install(chosen(libreoffice=True), machine)
    assert doctor.run_doctor(chosen(libreoffice=True), machine) == 0
    assert not (machine.home / ".duebook").exists()
    capsys.readouterr()
    install.run_uninstall(chosen(libreoffice=True), machine)
    assert "has been removed from LibreOffice" in capsys.readouterr().out
    assert faults() == ["extension_missing"]
