"""Run by another Python, through its input: says as JSON what that Python is and which Duebook it would give Excel.

Standard library only, nothing newer than Python 3.6: that Python may be an old one, and may hold no Duebook at all.
"""

import hashlib
import json
import struct
import sys
from pathlib import Path


def version(name: str) -> object:
    try:
        from importlib import metadata

        return metadata.version(name)
    except Exception:
        return None


def importable(name: str) -> bool:
    try:
        __import__(name)
    except Exception:
        return False
    return True


def duebook() -> "tuple[object, object]":
    """Its version, and a digest of its files: two builds of one version differ in it."""
    try:
        from duebook.core import version as told
        from duebook.hosts.catalogue import functions

        functions()  # all that a cell can call is loaded, with the packages that takes
    except Exception:
        return None, None
    root = Path(told.__file__).parent.parent
    files = sorted(path for path in root.rglob("*") if path.suffix in (".py", ".toml", ".sql"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return told.VERSION, digest.hexdigest()


if __name__ == "__main__":
    number, digest = duebook()
    found = {
        "python": list(sys.version_info[:3]),
        "bits": struct.calcsize("P") * 8,
        "base": sys.base_prefix,
        "duebook": number,
        "digest": digest,
        "xlwings": version("xlwings"),
        "pywin32": sys.platform != "win32" or importable("pythoncom"),
    }
    print(json.dumps(found))
