"""A PostgreSQL cluster of its own for the tests: in a temporary folder, reached over a socket in it and loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "ledger_reader_7", "S3cret/@#?%:word"
"""The password holds every letter that has a meaning in an address."""


@dataclass(frozen=True)
class Cluster:
    """A running server with one superuser, who needs the password over both ways."""

    port: int
    folder: Path

    def run(self, sql: str) -> None:
        """Runs statements in the database `postgres`."""
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(sql)


def program(name: str) -> str | None:
    """A program of PostgreSQL, which Debian keeps outside of the search path."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)


def _user() -> str | None:
    """Whom the server runs as: never root. None is whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster as long as the context lasts."""
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="duebook-pg-"))
    try:
        (folder / "password").write_text(PASSWORD)
        if user:
            for path in (folder, folder / "password"):
                shutil.chown(path, user)
        data, port = folder / "data", _free_port()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": user, "cwd": folder}
        made = [program("initdb"), "-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", folder / "password"]
        subprocess.run([*map(str, made), "--no-sync", "-E", "UTF8", "--locale=C"], check=True, **quiet)  # type: ignore[call-overload]  # the same words for both
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "off"}
        server = subprocess.Popen(
            [str(program("postgres")), "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())],
            **quiet,  # type: ignore[call-overload]  # as above
        )
        try:
            yield _ready(Cluster(port, folder), server)
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _ready(cluster: Cluster, server: subprocess.Popen[bytes]) -> Cluster:
    import psycopg

    for _ in range(200):
        assert server.poll() is None, "the server did not start"
        try:
            cluster.run("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return cluster
    raise AssertionError("the server did not answer")
