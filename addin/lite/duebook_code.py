# Duebook for xlwings Lite. Made by `duebook addin lite`: run that again to replace this file; changes here are lost.
# 由 `duebook addin lite` 生成的 Duebook 代码。请勿修改：再次运行该命令会替换本文件。
"""The code of Duebook, packed as text, and `start`, which unpacks it so that `duebook_lite` can be imported.

The text is a Python wheel (a zip of plain Python files, MIT license) in Base64; its check sum is compared.
"""

import base64
import hashlib
import importlib
import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path


def start(language="en", since_1904=False):
    """Makes Duebook importable. `language`: "en" or "zh"; the environment variable DUEBOOK_LANGUAGE goes before it."""
    os.environ.setdefault("DUEBOOK_LANGUAGE", language)
    os.environ["DUEBOOK_SINCE_1904"] = "1" if since_1904 else "0"
    folder = Path(tempfile.gettempdir()) / f"duebook-{DIGEST[:16]}"
    complete = folder / "complete"
    if not complete.is_file():
        wheel = base64.b64decode(CODE)
        if hashlib.sha256(wheel).hexdigest() != DIGEST:
            raise ImportError("duebook_code.py is damaged: run `duebook addin lite` on the workbook again")
        with zipfile.ZipFile(io.BytesIO(wheel)) as packed:
            packed.extractall(folder)
        complete.touch()
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()


DIGEST = ""
CODE = ""
