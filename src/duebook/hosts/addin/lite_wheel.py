"""The part of Duebook that runs in xlwings Lite, as a wheel: same input, same bytes.

What goes in is found by following imports from the functions and from Lite's scripts, so nothing is listed twice. The
macros of the ribbon are not in it: they read formulas at once, to explain them or to undo, and Lite cannot.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from functools import cache
from importlib.metadata import version

from duebook.core import resources
from duebook.core.version import VERSION
from duebook.hosts.addin.subset import subset, text_of

PLUGIN = "duebook_lite"
"""The module that registers everything when it is imported: `addin/lite/duebook_lite.py`."""
NEEDS = ("holidays", "python-stdnum")
"""What must be installed beside it, pinned at the version that Duebook itself runs with here."""
_ROOTS = ("duebook.hosts.lite.bindings", "duebook.hosts.lite.scripts")
_DATE = (1980, 1, 1, 0, 0, 0)


def name() -> str:
    """The wheel's file name."""
    return f"{PLUGIN}-{VERSION}-py3-none-any.whl"


def requirements() -> tuple[str, ...]:
    """`holidays==…` and the others, exactly."""
    return tuple(f"{package}=={version(package)}" for package in NEEDS)


@cache
def wheel() -> bytes:
    """The wheel's bytes."""
    files = contents()
    info = f"{PLUGIN}-{VERSION}.dist-info"
    needs = "".join(f"Requires-Dist: {need}\n" for need in requirements())
    files = {
        **files,
        f"{info}/METADATA": (
            "Metadata-Version: 2.1\nName: duebook-lite\n"
            f"Version: {VERSION}\nSummary: Duebook, trade credit management inside Excel, for xlwings Lite\n"
            f"License: MIT\nRequires-Python: >=3.11\n{needs}"
        ).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: duebook\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD"
    files[record] = "".join([*(_recorded(path, data) for path, data in files.items()), f"{record},,\n"]).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _DATE)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()


def _recorded(path: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}\n"


def contents() -> dict[str, bytes]:
    """Path in the wheel → bytes: the modules, the tables and sentences beside them, the plugin's own module."""
    found = subset(_ROOTS)
    found[f"{PLUGIN}.py"] = text_of(resources.addin() / "lite" / f"{PLUGIN}.py")
    return dict(sorted(found.items()))
