"""A database's address (URL): taken apart by one strict rule, so that no piece of a password is mistaken for a name.

`kind[+driver]://[user[:password]@][host[:port]]/database[?option=value]`, for a file `sqlite:///FILE`,
`duckdb:///FILE`. Whatever is shown of it has neither user nor password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from duebook.core.errors import DuebookError

FILES = ("sqlite", "duckdb")
"""Kinds whose database is a file, which Python or Duebook's engine reads without more."""
_URL = re.compile(r"([A-Za-z][A-Za-z0-9]*)(?:\+([A-Za-z0-9_]+))?://(.*)", re.DOTALL)
_SECRET = re.compile(r"pass|pwd|secret|token|key|credential", re.IGNORECASE)
_WRITTEN = re.compile(r"([A-Za-z][A-Za-z0-9+_]*://)[^\s/?#'\"]*(?:[/?#][^\s'\"]*)?@")
_SHORTEST = 3
HIDDEN = "***"
_MOST = 300


@dataclass(frozen=True)
class Address:
    """Where a database is. `options` are those of the driver."""

    kind: str
    driver: str | None
    user: str | None = field(repr=False)
    password: str | None = field(repr=False)
    host: str | None
    port: int | None
    database: str
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def shown(self) -> str:
        """Kind, host and name alone: `postgresql://db.example.com/erp`; of a file its name without folder."""
        if self.kind in FILES:
            return f"{self.kind}:///{_file(self.database)}"
        port = f":{self.port}" if self.port else ""
        return f"{self.kind}://{self.host or ''}{port}/{self.database}"

    @property
    def stem(self) -> str:
        """A file name for what is read from it: the database's name."""
        name = _file(self.database).rpartition(".")[0] or _file(self.database) if self.kind in FILES else self.database
        return re.sub(r"[^\w-]+", "_", name).strip("_") or self.kind

    def clean(self, text: str) -> str:
        """A driver's words in one line, short, and without the password in any spelling."""
        secrets = [self.password, *(value for name, value in self.options if _SECRET.search(name))]
        shown = " ".join(text.split())
        for secret in filter(None, secrets):
            if len(secret) < _SHORTEST and secret in shown:
                return ""  # too short to be cut out of a sentence
            for spelling in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]):
                shown = shown.replace(spelling, HIDDEN)
        shown = without_secrets(shown)
        return shown if len(shown) <= _MOST else shown[:_MOST] + "…"


def is_address(word: str) -> bool:
    """Whether a word on the command line is an address rather than a file."""
    return bool(_URL.match(word))


def without_secrets(text: str) -> str:
    """The text with user and password cut out of every address in it."""
    return _WRITTEN.sub(rf"\1{HIDDEN}@", text)


def parsed(url: str) -> Address:
    """The address of a URL. DuebookError, which shows nothing of it but its kind, where it is unclear."""
    found = _URL.fullmatch(url.strip())
    if not found:
        raise DuebookError("database.address_unclear", kind="…")
    kind = {"postgres": "postgresql"}.get(found[1].lower(), found[1].lower())
    if kind in FILES:
        if not found[3].startswith("/") or len(found[3]) < 2 or found[3] == "/:memory:":
            raise DuebookError("database.address_file", kind=kind)
        return Address(kind, None, None, None, None, None, found[3][1:])
    rest = re.match(r"([^/?#]*)(?:/([^?#]*))?(?:\?(.*))?$", found[3], re.DOTALL)
    # A "/", "?" or "#" in a password ends the part it stands in; then an "@" stands behind it.
    if not rest or "@" in (rest[2] or "") or "@" in (rest[3] or "").partition("=")[0]:
        raise DuebookError("database.address_unclear", kind=kind)
    login, at, place = rest[1].rpartition("@")
    user, colon, password = login.partition(":")
    host = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]@]*)(?::([0-9]{1,5}))?", place)
    if not host:
        raise DuebookError("database.address_unclear", kind=kind)
    return Address(
        kind,
        found[2],
        unquote(user) if at and user else None,
        unquote(password) if colon else None,
        host[1].strip("[]") or None,
        int(host[2]) if host[2] else None,
        unquote(rest[2] or ""),
        tuple(parse_qsl(rest[3] or "", keep_blank_values=True)),
    )


def _file(path: str) -> str:
    return PureWindowsPath(PurePosixPath(path).name).name
