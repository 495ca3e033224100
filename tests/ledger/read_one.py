"""Reads one file in a process of its own and says as JSON what came of it, and what it cost."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger.files import Source, read_raw


def main(path: str) -> None:
    began = time.monotonic()
    found: dict[str, object] = {}
    with Engine() as engine:
        try:
            tables = read_raw(Source(Path(path)), engine)
            found["tables"] = [
                {
                    "file": table.file,
                    "headers": table.headers,
                    "records": table.records,
                    "rejected": len(table.rejected),
                    "rows": engine.rows(f"SELECT * FROM {table.name} ORDER BY record"),
                }
                for table in tables
            ]
        except DuebookError as error:
            found["refused"] = error.key
            found["sentences"] = [error.text("en"), error.text("zh")]
        found["left"] = [entry.name for entry in engine.spill_folder.iterdir()]
    found["seconds"] = time.monotonic() - began
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found["megabytes"] = peak / 1024
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
