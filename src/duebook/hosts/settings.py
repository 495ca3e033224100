"""A user's settings for the hosts: language, policy, interpreter; one small file that the Excel add-in reads too.

The file is the one xlwings' custom add-ins read (`"KEY","value"` lines, as VBA writes them) in the user's own folder.
VBA reads it in the system's code page, so it is written in that.
"""

from __future__ import annotations

import csv
import io
import locale
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePath

from duebook.core.errors import DuebookError
from duebook.core.messages import BOTH, LANGUAGES

LANGUAGE, POLICY = "DUEBOOK_LANGUAGE", "DUEBOOK_POLICY"
_HOME_OF_EXCEL_FOR_MAC = "Library/Containers/com.microsoft.Excel/Data"


def place(home: PurePath, platform: str) -> PurePath:
    """Where the settings lie: in the user's folder, on a Mac in the only one that Excel may read."""
    return home / _HOME_OF_EXCEL_FOR_MAC / "duebook.conf" if platform == "darwin" else home / ".duebook/duebook.conf"


def path() -> Path:
    """Where the settings of this user lie."""
    return Path(place(Path.home(), sys.platform))


def read(file: Path | None = None) -> dict[str, str]:
    """Key → value. A missing or unreadable file is no settings."""
    try:
        return parsed((file or path()).read_bytes(), _encoding())
    except OSError:
        return {}


def parsed(data: bytes, encoding: str) -> dict[str, str]:
    """Key → value of a settings file; lines that are none are passed over."""
    lines = io.StringIO(data.decode(encoding, "replace"))
    return {row[0]: row[1] for row in csv.reader(lines) if len(row) == 2}


def encoded(values: Mapping[str, str | None], encoding: str) -> bytes:
    """A settings file; None leaves a key out. UnicodeEncodeError where VBA could not read a value."""
    return "".join(f'"{key}","{value}"\r\n' for key, value in values.items() if value is not None).encode(encoding)


def written(values: Mapping[str, str | None], file: Path | None = None) -> Path:
    """Sets keys (None takes one out), keeps the others, and replaces the file whole. OSError, UnicodeEncodeError."""
    file = file or path()
    data = encoded({**read(file), **values}, _encoding())
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return file


def _encoding() -> str:
    return "mbcs" if sys.platform == "win32" else "utf-8"


def language() -> str:
    """The language of ribbon, help and sentences: as set, else DUEBOOK_LANGUAGE, else the system's, else English."""
    return chosen_language() or system_language()


def chosen_language() -> str | None:
    """The language that the user has set, else that of DUEBOOK_LANGUAGE; None where neither says."""
    for told in (read().get(LANGUAGE), os.environ.get("DUEBOOK_LANGUAGE")):
        if told in LANGUAGES:
            return told
    return None


def both_asked() -> bool:
    """Whether somebody asks for the bilingual edition here: cells, ribbon and help speak one language, so it is not."""
    return BOTH in (read().get(LANGUAGE), os.environ.get("DUEBOOK_LANGUAGE"))


def known_language(told: str) -> str:
    """`told`, where Excel and Calc can speak it. DuebookError."""
    if told == BOTH:
        raise DuebookError("excel.one_language")
    if told not in LANGUAGES:
        raise DuebookError("excel.unknown_language", name=told, known=", ".join(LANGUAGES))
    return told


def system_language() -> str:
    """The user's own, where the system says so: `zh_CN`, or "Chinese (Simplified)_China" on Windows."""
    told = (locale.getlocale()[0] or "").lower()
    return "zh" if told.startswith(("zh", "chinese")) else "en"


def policy_file() -> Path | None:
    """The credit policy in use, where the user has chosen one."""
    told = read().get(POLICY)
    return Path(told) if told else None
