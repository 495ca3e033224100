"""The command line: `duebook close | verify | inspect | policy | addin …`. Thin: reads arguments, prints results."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duebook.core.errors import DuebookError
from duebook.core.messages import EDITIONS, text
from duebook.core.version import VERSION
from duebook.hosts.command_words import REFUSED, Parser, speaking, wrong

if TYPE_CHECKING:
    from duebook.close.options import AuditRequest, CloseOptions, Period
    from duebook.ledger.files import Source

DONE, PROBLEMS, INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0 done, 1 done with problems or differences, 2 refused."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = _language(given)
    _speak_utf8()
    try:
        with speaking(language):
            chosen = _parser(language).parse_args(given)
        chosen.language_asked = any(word.partition("=")[0] == "--language" for word in given)
        return _command(chosen)(chosen)
    except DuebookError as error:
        if "--json" in given:
            print(json.dumps({"error": error.key, "message": error.text(language)}, ensure_ascii=False))
        print(text("cli.error", language, message=error.text(language)), file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print(text("cli.interrupted", language), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (a pager) has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _command(chosen: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    """What carries a command out; each room is imported only for its own commands."""
    if chosen.command == "addin":
        from duebook.hosts.addin import commands as addin

        return {
            "install": addin.install,
            "uninstall": addin.uninstall,
            "doctor": addin.doctor,
            "build": addin.build,
            "lite": addin.lite,
        }[chosen.action]
    if chosen.command in ("freeze", "rebind"):
        from duebook.hosts.sharing import commands as sharing

        return sharing.freeze if chosen.command == "freeze" else sharing.rebind
    if chosen.command == "compare":
        from duebook.hosts import compare_command

        return compare_command.run
    if chosen.command == "show":
        from duebook.hosts import show_command

        return show_command.run
    if chosen.command == "statement":
        from duebook.hosts import statement_command

        return statement_command.run
    from duebook.hosts import commands

    return {
        "close": commands.close,
        "verify": commands.verify,
        "inspect": commands.inspect,
        "policy": commands.check_policy,
        "sample": commands.sample,
    }[chosen.command]


def _language(given: Sequence[str]) -> str:
    """The language asked for, known before the arguments are parsed so that their errors speak it too."""
    for place, word in enumerate(given):
        if word.startswith("--language="):
            return word.partition("=")[2] if word.partition("=")[2] in EDITIONS else "en"
        if word == "--language" and place + 1 < len(given) and given[place + 1] in EDITIONS:
            return given[place + 1]
    told = os.environ.get("DUEBOOK_LANGUAGE", "en")
    return told if told in EDITIONS else "en"


def _speak_utf8() -> None:
    """Windows consoles and C locales would otherwise stumble over Chinese names."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


class _InOrder(argparse.Action):
    """Gathers files and addresses by their role, and `written`: what is written before what, over all roles."""

    def __call__(
        self, parser: argparse.ArgumentParser, chosen: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        words = values if isinstance(values, list) else [values]
        setattr(chosen, self.dest, [*(getattr(chosen, self.dest, None) or []), *words])
        chosen.written = [*getattr(chosen, "written", []), *((self.dest, word) for word in words)]


def _parser(language: str) -> argparse.ArgumentParser:
    def say(key: str) -> str:
        return text(f"cli.{key}", language)

    common = Parser(add_help=False)
    common.add_argument("--language", choices=EDITIONS, default=language, help=say("language"))
    common.add_argument("--json", action="store_true", help=say("json"))
    common.add_argument("--quiet", action="store_true", help=say("quiet"))
    parser = Parser(prog="duebook", description=say("about"), epilog=say("exit_codes"))
    parser.add_argument("--version", action="version", version=f"Duebook {VERSION}", help=say("version"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    reading = Parser(add_help=False)
    reading.add_argument("ledger", nargs="+", action=_InOrder, metavar="LEDGER", help=say("ledger"))
    for role in ("customers", "payments", "limits", "sales"):
        reading.add_argument(f"--{role}", action=_InOrder, default=[], metavar="FILE", help=say(f"{role}_file"))
    reading.add_argument("--query", action=_InOrder, default=[], metavar="SELECT|FILE", help=say("query"))
    reading.add_argument("--sheet", metavar="NAME", help=say("sheet"))
    reading.add_argument("--encoding", metavar="NAME", help=say("encoding"))
    reading.add_argument("--currency", type=_currency, metavar="CODE", help=say("currency"))
    reading.add_argument("--dates", choices=("auto", "dmy", "mdy", "ymd"), default="auto", help=say("dates"))
    reading.add_argument("--delimiter", metavar="CHARACTER", help=say("delimiter"))
    reading.add_argument("--columns", action="append", default=[], metavar="FILE|FIELD=HEADER", help=say("columns"))
    reading.add_argument("--preset", metavar="NAME", help=say("preset"))

    close = commands.add_parser("close", parents=[common, reading], help=say("close"), description=say("close"))
    close.add_argument("--as-of", type=_date, required=True, metavar="DATE", help=say("as_of"))
    close.add_argument("--known-at", type=_date, metavar="DATE", help=say("known_at"))
    close.add_argument("--out", type=Path, default=Path("duebook-close"), metavar="DIR", help=say("out"))
    close.add_argument("--policy", type=Path, metavar="FILE", help=say("policy"))
    close.add_argument("--scheme", metavar="NAME", help=say("scheme"))
    close.add_argument("--disputed", choices=("open", "separate", "exclude"), help=say("disputed"))
    close.add_argument("--unapplied", choices=("separate", "fold", "age"), help=say("unapplied"))
    close.add_argument("--period", type=_period, metavar="FROM..TO", help=say("period"))
    close.add_argument(
        "--control-total",
        type=_total,
        action="append",
        default=[],
        metavar="[ACCOUNT:]CUR=AMOUNT",
        help=say("control_total"),
    )
    close.add_argument("--rates", type=Path, metavar="FILE", help=say("rates"))
    close.add_argument("--functional", type=_currency, metavar="CODE", help=say("functional"))
    close.add_argument(
        "--vat-rate", type=_vat_rate, action="append", default=[], metavar="[CUR=]RATE", help=say("vat_rate")
    )
    close.add_argument("--history", type=Path, action="append", default=[], metavar="DIR", help=say("history"))
    close.add_argument("--template", type=Path, action="append", default=[], metavar="FILE", help=say("template"))
    close.add_argument("--previous", type=Path, metavar="DIR", help=say("previous"))
    close.add_argument("--accept-problems", action="store_true", help=say("accept_problems"))
    _audit_arguments(close, say)

    inspect = commands.add_parser("inspect", parents=[common, reading], help=say("inspect"), description=say("inspect"))
    inspect.add_argument("--as-of", type=_date, metavar="DATE", help=say("as_of"))

    verify = commands.add_parser("verify", parents=[common], help=say("verify"), description=say("verify"))
    verify.add_argument("folder", type=Path, metavar="DIR", help=say("verify_folder"))
    verify.add_argument("search", nargs="*", type=Path, metavar="WHERE", help=say("verify_search"))

    about = say("policy_command")
    actions = commands.add_parser("policy", help=about, description=about).add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=Parser
    )
    about = say("policy_check")
    check = actions.add_parser("check", parents=[common], help=about, description=about)
    check.add_argument("file", type=Path, metavar="FILE", help=say("policy_file"))

    _sealed_parsers(commands, common, language)
    _addin_parsers(commands, common, say)
    sample = commands.add_parser("sample", parents=[common], help=say("sample"), description=say("sample"))
    sample.add_argument("folder", type=Path, metavar="DIR", help=say("sample_folder"))
    return parser


def _audit_arguments(close: argparse.ArgumentParser, say: Callable[[str], str]) -> None:
    """What the auditor pack is asked for; any of these asks for the pack."""
    close.add_argument("--audit", action="store_true", help=say("audit"))
    close.add_argument("--receipts-to", type=_date, metavar="DATE", help=say("receipts_to"))
    close.add_argument("--sample", type=_count, metavar="N", help=say("audit_sample"))
    close.add_argument("--sample-seed", metavar="TEXT", help=say("sample_seed"))
    close.add_argument(
        "--sample-over", type=_over, action="append", default=[], metavar="[CUR=]AMOUNT", help=say("sample_over")
    )
    close.add_argument("--replies", type=Path, metavar="FILE", help=say("replies_file"))
    close.add_argument("--deliveries", type=Path, metavar="FILE", help=say("deliveries_file"))


def _sealed_parsers(commands: Any, common: argparse.ArgumentParser, language: str) -> None:
    """What looks into sealed closes and needs no ledger."""
    about = text("compare.about", language)
    compare = commands.add_parser("compare", parents=[common], help=about, description=about)
    for side in ("old", "new"):
        compare.add_argument(side, type=Path, metavar=side.upper(), help=text(f"compare.{side}_folder", language))
    compare.add_argument("--out", type=Path, metavar="FILE", help=text("compare.out", language))
    compare.add_argument("--customer", metavar="ID", help=text("compare.customer", language))
    about = text("show.about", language)
    show = commands.add_parser("show", parents=[common], help=about, description=about)
    show.add_argument("customer", metavar="CUSTOMER", help=text("show.customer", language))
    folder = text("show.folder", language)
    show.add_argument("folder", nargs="?", type=Path, default=Path("duebook-close"), metavar="DIR", help=folder)
    show.add_argument("--document", metavar="ID", help=text("show.document", language))
    show.add_argument("--payments", type=int, default=10, metavar="COUNT", help=text("show.payments", language))
    _statement_parser(commands, common, lambda key: text(f"statement.{key}", language))


def _statement_parser(commands: Any, common: argparse.ArgumentParser, say: Callable[[str], str]) -> None:
    about = say("about")
    statement = commands.add_parser("statement", parents=[common], help=about, description=about)
    statement.add_argument("customers", nargs="*", metavar="CUSTOMER", help=say("customers"))
    statement.add_argument("--all", action="store_true", help=say("all"))
    statement.add_argument("--overdue", action="store_true", help=say("only_overdue"))
    statement.add_argument("--from", dest="since", type=_date, metavar="DATE", help=say("since"))
    folder, out = Path("duebook-close"), Path("duebook-statements")
    statement.add_argument("--folder", type=Path, default=folder, metavar="DIR", help=say("folder"))
    statement.add_argument("--out", type=Path, default=out, metavar="DIR", help=say("out"))
    statement.add_argument("--policy", type=Path, metavar="FILE", help=say("policy"))
    statement.add_argument("--template", type=Path, metavar="FILE", help=say("template"))


def _addin_parsers(commands: Any, common: argparse.ArgumentParser, say: Callable[[str], str]) -> None:
    """What concerns the add-in, and workbooks on their way to other people."""
    about = say("addin_command")
    actions = commands.add_parser("addin", help=about, description=about).add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=Parser
    )
    for name in ("install", "uninstall", "doctor", "build", "lite"):
        about = say(f"addin_{name}")
        action = actions.add_parser(name, parents=[common], help=about, description=about)
        if name in ("install", "uninstall"):
            action.add_argument("--dry-run", action="store_true", help=say("addin_dry_run"))
        if name in ("install", "uninstall", "doctor"):
            action.add_argument("--libreoffice", action="store_true", help=say("addin_libreoffice"))
        if name == "build":
            action.add_argument("--out", type=Path, metavar="DIR", help=say("addin_out"))
        if name == "lite":
            action.add_argument("workbook", type=Path, metavar="WORKBOOK", help=say("addin_workbook"))
            action.add_argument("--out", type=Path, metavar="FILE", help=say("copy_out"))
    for name in ("freeze", "rebind"):
        about = say(name)
        action = commands.add_parser(name, parents=[common], help=about, description=about)
        action.add_argument("workbook", type=Path, metavar="WORKBOOK", help=say("shared_workbook"))
        action.add_argument("--out", type=Path, metavar="FILE", help=say("copy_out"))
        if name == "rebind":
            action.add_argument("--to", choices=("bare", "lite", "addin"), required=True, help=say("rebind_to"))


def _date(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise wrong("date_form", value=word) from None


def _currency(word: str) -> str:
    from duebook.core.money import minor_units

    code = word.strip().upper()
    if code not in minor_units():
        raise wrong("currency_form", value=word)
    return code


def _period(word: str) -> Period:
    from duebook.close.options import Period

    first, dots, last = word.partition("..")
    if not dots:
        raise wrong("period_form", value=word)
    found = Period(_date(first), _date(last))
    if found.days < 1:
        raise wrong("period_backwards", value=word)
    return found


def _total(word: str) -> tuple[str, str, Decimal]:
    """A control total: its account (blank: the receivables of one currency), currency and amount."""
    from duebook.close.account_ties import ACCOUNTS

    name, equals, amount = word.partition("=")
    account, colon, code = name.rpartition(":")
    account = account.strip().lower()
    try:
        total = Decimal(amount.replace(",", "").strip())
    except InvalidOperation:
        total = Decimal("NaN")
    if not equals or not total.is_finite():
        raise wrong("control_total_form", value=word)
    if colon and account not in ACCOUNTS:
        raise wrong("control_total_account", value=word, accounts=", ".join(ACCOUNTS))
    return account, _currency(code), total


def _vat_rate(word: str) -> tuple[str, Decimal]:
    """A VAT rate as a fraction, of one currency or (blank) of all others; 13% is 0.13."""
    code, equals, share = word.rpartition("=")
    plain = share.strip()
    try:
        rate = Decimal(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite() or not 0 <= rate < 1:
        raise wrong("vat_rate_form", value=word)
    return _currency(code) if equals else "", rate


def _over(word: str) -> tuple[str, Decimal]:
    """An amount from which on all balances are chosen, of one currency or (blank) of the only one there is."""
    code, equals, amount = word.rpartition("=")
    try:
        least = Decimal(amount.replace(",", "").strip())
    except InvalidOperation:
        least = Decimal("NaN")
    if not least.is_finite() or least <= 0:
        raise wrong("sample_over_form", value=word)
    return _currency(code) if equals else "", least


def _count(word: str) -> int:
    if not word.isascii() or not word.isdigit() or int(word) > 10_000:
        raise wrong("count_form", value=word)
    return int(word)


def options_of(chosen: argparse.Namespace) -> CloseOptions:
    """The close that the arguments describe."""
    from duebook.close.options import CloseOptions

    return CloseOptions(
        sources=sources_of(chosen),
        as_of=chosen.as_of,
        out=chosen.out,
        currency=chosen.currency,
        dates=chosen.dates,
        columns=columns_of(chosen),
        preset=chosen.preset,
        policy=chosen.policy,
        control_totals={code: total for account, code, total in chosen.control_total if not account},
        account_controls={(account, code): total for account, code, total in chosen.control_total if account},
        templates=tuple(chosen.template),
        previous=chosen.previous,
        disputed=chosen.disputed,
        unapplied=chosen.unapplied,
        scheme=chosen.scheme,
        period=chosen.period,
        language=chosen.language,
        known_at=chosen.known_at,
        functional=chosen.functional,
        rates=chosen.rates,
        vat_rates=dict(chosen.vat_rate),
        history=tuple(chosen.history),
        audit=_audit_of(chosen),
    )


def _audit_of(chosen: argparse.Namespace) -> AuditRequest | None:
    """The auditor pack that the arguments describe; None where none of them asks for it."""
    from duebook.close.options import AuditRequest

    asked = AuditRequest(
        receipts_to=chosen.receipts_to,
        sample=chosen.sample,
        seed=chosen.sample_seed,
        over=dict(chosen.sample_over),
        replies=chosen.replies,
        deliveries=chosen.deliveries,
    )
    return asked if chosen.audit or asked != AuditRequest() else None


def sources_of(chosen: argparse.Namespace) -> tuple[Source, ...]:
    """Files and database queries by role: the ledger first. The first address has the first query, and so on."""
    from duebook.ledger.database import named
    from duebook.ledger.database import source as of_database
    from duebook.ledger.database_address import is_address
    from duebook.ledger.files import Source

    queries = [word for place, word in chosen.written if place == "query"]
    addresses = [word for place, word in chosen.written if place != "query" and is_address(word)]
    if len(queries) > len(addresses) or 0 < len(queries) < len(addresses):
        raise DuebookError("cli.query_count", queries=len(queries), addresses=len(addresses))
    asked = iter([_query(word) for word in queries])
    found: dict[str, list[Source]] = {place: [] for place in ("ledger", "payments", "customers", "limits", "sales")}
    for place, word in chosen.written:
        role = None if place == "ledger" else place
        if place == "query":
            continue
        if is_address(word):
            found[place].append(of_database(word, next(asked, None), role))
        elif role:
            found[place].append(Source(Path(word), role))
        else:
            found[place].append(Source(Path(word), None, chosen.sheet, chosen.encoding, chosen.delimiter))
    return named([source for own in found.values() for source in own])


def _query(word: str) -> str:
    """A query, or the text of the .sql file that holds it."""
    path = Path(word)
    if not word.lower().endswith(".sql"):
        return word
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise DuebookError("file.not_found", path=path.name) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DuebookError("cli.query_file", path=path.name) from error


def columns_of(chosen: argparse.Namespace) -> dict[str, str]:
    """What --columns says: FIELD=HEADER, or a file with a `[columns]` table (canonical name = "header")."""
    found: dict[str, str] = {}
    for word in chosen.columns:
        field, equals, header = word.partition("=")
        if equals and not Path(word).is_file():
            found[field.strip()] = header.strip().strip("\"'")
        else:
            found |= _columns_file(Path(word))
    return found


def _columns_file(path: Path) -> dict[str, str]:
    import tomllib

    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))["columns"]
        return {str(name): str(header) for name, header in table.items()}
    except OSError as error:
        raise DuebookError("file.not_found", path=path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, AttributeError) as error:
        raise DuebookError("cli.columns_file", path=path.name, detail=str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
