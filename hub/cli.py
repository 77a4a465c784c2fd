"""The command `hub`: what it takes, and which part of the hub answers.

Each command imports what it needs when it runs, so that `hub --help` answers at once. Every command but `schema` finds
the database or starts it, and migrates it. Exit status 2 means that the command could not begin: one line on stderr
says why.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from uuid import UUID

from hub.operating import OperatorError, tell

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from hub.settings import Settings

_COULD_NOT_BEGIN = 2
_INTERRUPTED = 130


class UnknownOrganization(OperatorError):
    """No organization has this code."""


class UnknownMember(OperatorError):
    """No member has this id."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit status."""
    given = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = given.command
    try:
        status = command(given)
        sys.stdout.flush()
    except OperatorError as error:
        tell(f"hub: {error}")
        status = _COULD_NOT_BEGIN
    except KeyboardInterrupt:
        status = _INTERRUPTED
    sys.exit(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hub",
        description="流动党员双向联络枢纽 / one shared record per member who lives away from their branch. "
        "Settings are HUB_* variables: see docs/operating.md.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="网页、接口和后台任务 / the web and, unless told otherwise, the jobs")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--no-worker", action="store_true", help="only the web; `hub worker` runs elsewhere")
    serve.set_defaults(command=_serve)

    worker = commands.add_parser("worker", help="后台任务 / the jobs without the web")
    worker.set_defaults(command=_worker)

    demo = commands.add_parser("demo", help="演示 / a county and a district, four ledgers, one transfer")
    demo.add_argument("--once", action="store_true", help="end when shown, instead of serving on")
    demo.set_defaults(command=_demo)

    importing = commands.add_parser(
        "import", help="导入台账，默认只显示计划 / read a ledger; shows the plan unless --apply"
    )
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument(
        "--kind",
        required=True,
        choices=("organizations", "members", "outflow", "inflow", "rollcall", "participation"),
    )
    importing.add_argument("--year", type=int, metavar="YYYY", help="of days in a roll call that name none")
    importing.add_argument("--organization", metavar="[SYSTEM:]CODE", help="whose ledger it is")
    importing.add_argument("--apply", action="store_true", help="write; without it nothing is written")
    importing.add_argument("--format", choices=("text", "json"), default="text", help="form of the report on stdout")
    importing.add_argument("--errors-to", type=Path, metavar="FILE", help="xlsx for refused rows, with the reasons")
    importing.set_defaults(command=_import)

    exporting = commands.add_parser("export", help="导出台账 / write a ledger that can be imported back")
    exporting.add_argument("file", type=Path, metavar="FILE.xlsx")
    exporting.add_argument("--kind", required=True, choices=("outflow", "inflow", "rollcall", "participation"))
    exporting.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="roll calls and reports from this day on")
    exporting.add_argument("--until", type=_day, metavar="YYYY-MM-DD", help="and up to this one")
    exporting.add_argument("--organization", required=True, metavar="[SYSTEM:]CODE")
    exporting.set_defaults(command=_export)

    certifying = commands.add_parser("certificate", help="出具参加组织生活证明 / write a certificate of participation")
    certifying.add_argument("file", type=Path, metavar="FILE.xlsx")
    certifying.add_argument("--organization", required=True, metavar="[SYSTEM:]CODE", help="who issues it")
    certifying.add_argument("--member", required=True, metavar="ID", help="whose participation")
    certifying.add_argument("--since", required=True, type=_day, metavar="YYYY-MM-DD")
    certifying.add_argument("--until", required=True, type=_day, metavar="YYYY-MM-DD")
    certifying.set_defaults(command=_certificate)

    token = commands.add_parser("token", help="签发令牌 / issue a token; prints the token alone")
    token.add_argument("--organization", required=True, metavar="[SYSTEM:]CODE")
    token.add_argument("--role", required=True, choices=("branch", "committee", "department", "partner", "member"))
    token.add_argument("--member", metavar="ID", help="for the role member: their id")
    token.add_argument("--actor", metavar="NAME", help="who will use it; stands in the records")
    token.add_argument("--days", type=_days, default=1, help="how long it is good for (1)")
    token.set_defaults(command=_token, refuse=token.error)

    schema = commands.add_parser("schema", help="接口定义 / print the GraphQL schema")
    schema.set_defaults(command=_schema)

    migrate = commands.add_parser("migrate", help="升级数据库表 / bring the database to the tables of this version")
    migrate.add_argument("--write", metavar="TITLE", help=argparse.SUPPRESS)  # for developers: `make migration`
    migrate.set_defaults(command=_migrate)

    reconcile = commands.add_parser("reconcile", help="对账 / compare both sides' statements now")
    reconcile.set_defaults(command=_reconcile)
    return parser


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 366:
        raise argparse.ArgumentTypeError("1 to 366")
    return days


def _settings() -> "Settings":
    from hub.settings import Settings

    return Settings.read()


def _serve(given: argparse.Namespace) -> int:
    from hub import app

    app.serve(_settings(), host=given.host, port=given.port, worker=not given.no_worker)
    return 0


def _worker(_given: argparse.Namespace) -> int:
    from hub import app

    app.work(_settings())
    return 0


def _demo(given: argparse.Namespace) -> int:
    from hub import demo

    demo.run(_settings(), once=given.once)
    return 0


def _import(given: argparse.Namespace) -> int:
    from hub.sync.ledger.command import run_import

    return run_import(
        _settings(),
        file=given.file,
        kind=given.kind,
        organization=given.organization,
        apply=given.apply,
        report_format=given.format,
        year=given.year,
        errors_to=given.errors_to,
    )


def _export(given: argparse.Namespace) -> int:
    from hub.sync.ledger.command import run_export

    return run_export(
        _settings(),
        file=given.file,
        kind=given.kind,
        organization=given.organization,
        since=given.since,
        until=given.until,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: not a day such as 2026-11-25") from None


def _certificate(given: argparse.Namespace) -> int:
    from hub.sync.ledger.command import run_certificate

    return run_certificate(
        _settings(),
        file=given.file,
        organization=given.organization,
        member=given.member,
        since=given.since,
        until=given.until,
    )


def _schema(_given: argparse.Namespace) -> int:
    from hub.schema.server import print_sdl

    sys.stdout.write(print_sdl())
    return 0


def _reconcile(_given: argparse.Namespace) -> int:
    from hub.sync.reconcile.command import run

    run(_settings())
    return 0


def _migrate(given: argparse.Namespace) -> int:
    import asyncio

    from hub.database.engine import open_database
    from hub.database.migrate import current, write_revision

    async def migrate(settings: "Settings") -> None:
        async with open_database(settings) as engine:
            if given.write:
                from hub.models import Base

                tell(str(await write_revision(engine, given.write, Base.metadata)))
            else:
                tell(f"数据库版本 / the database is at revision {await current(engine)}")

    asyncio.run(migrate(_settings()))
    return 0


def _token(given: argparse.Namespace) -> int:
    if (given.member is None) == (given.role == "member"):
        given.refuse("--member ID goes with --role member, and with no other role")
    import asyncio

    sys.stdout.write(asyncio.run(_issue(_settings(), given)) + "\n")
    return 0


async def _issue(settings: "Settings", given: argparse.Namespace) -> str:
    from datetime import UTC, datetime, timedelta

    from hub.auth import Claims, Role, Tokens
    from hub.database.engine import open_database

    async with open_database(settings) as engine, engine.connect() as connection:
        organization = await _find_organization(connection, settings.system, given.organization)
        member = await _find_member(connection, given.member) if given.member else None
    return Tokens.open(settings).issue(
        Claims(
            actor=given.actor or f"{given.role} {given.organization}",
            organization=organization,
            role=Role(given.role.upper()),
            member=member,
            client="hub token",
            expires_at=datetime.now(UTC) + timedelta(days=given.days),
        )
    )


async def _find_organization(connection: "AsyncConnection", own_system: str, reference: str) -> UUID:
    """The organization of `[SYSTEM:]CODE`."""
    from sqlalchemy import text

    system, colon, code = reference.partition(":")
    found: UUID | None = await connection.scalar(
        text("select id from organization where system = :system and code = :code"),
        {"system": system, "code": code} if colon else {"system": own_system, "code": reference},
    )
    if found is None:
        raise UnknownOrganization(
            f"没有代码为 {reference} 的组织：请先导入组织台账（hub import --kind organizations） / no organization has the "
            f"code {reference}: import the organizations first"
        )
    return found


async def _find_member(connection: "AsyncConnection", reference: str) -> UUID:
    """The member of an id as GraphQL shows it to the hub's own clients, or of the plain UUID."""
    from sqlalchemy import text

    from hub.crypto import IdCodec

    decoded = IdCodec(b"").decode(reference)
    try:
        member = decoded[1] if decoded else UUID(reference)
    except ValueError:
        member = None
    found: UUID | None = await connection.scalar(text("select id from member where id = :id"), {"id": member})
    if found is None:
        raise UnknownMember(f"没有编号为 {reference} 的党员 / no member has the id {reference}")
    return found
