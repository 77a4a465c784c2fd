"""`hub import` and `hub export`."""

from __future__ import annotations

import asyncio
import gc
import sys
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.crypto import IdCodec, Vault, read_or_create_master_key
from hub.database.engine import open_database, transaction
from hub.domain import visibility
from hub.domain.dates import utc_now
from hub.domain.directory import organization as find_organization
from hub.domain.vault import open_vault
from hub.domain.viewer import Role, Viewer, operator
from hub.errors import Refused
from hub.feed.number import number_all
from hub.ids import random_id
from hub.models import LedgerKind, Member
from hub.operating import OperatorError
from hub.settings import Settings
from hub.sync.ledger import run as runs
from hub.sync.ledger.apply import Applying
from hub.sync.ledger.export import export
from hub.sync.ledger.export_participation import certificate, export_participation
from hub.sync.ledger.plan import Plan
from hub.sync.ledger.refused import write_refused
from hub.sync.ledger.report import Report, in_words
from hub.sync.ledger.workbook import MAX_FILE_BYTES, UnreadableFile, unreadable
from hub.sync.reconcile import ask_candidates

ACTOR = "hub import"


class OrganizationUnknown(OperatorError):
    """没有这个党组织代码 / no organization has this code"""


def run_import(
    settings: Settings,
    *,
    file: Path,
    kind: str,
    organization: str | None,
    apply: bool,
    report_format: str,
    errors_to: Path | None,
    year: int | None = None,
) -> int:
    """Read a ledger, show the plan, and with `apply` do it. Returns 0 all good, 1 some rows refused, 2 unreadable."""
    # A ledger makes hundreds of thousands of objects that all live to the end: looking among them for garbage again
    # and again costs a quarter of the time, and finds none.
    gc.set_threshold(50_000, 20, 20)
    try:
        content = _read(file)
        made, report = asyncio.run(
            _import(settings, content, file.name, LedgerKind(kind.upper()), organization, apply, year)
        )
    except (UnreadableFile, Refused) as reason:
        sys.stderr.write(f"{reason.message if isinstance(reason, Refused) else reason}\n")
        return 2
    if report_format == "json":
        sys.stdout.write(orjson.dumps(report.as_json()).decode() + "\n")
    else:
        sys.stdout.write(in_words(report, applied=apply) + "\n")
    refused = made.refused()
    if errors_to is not None and refused:
        _write(errors_to, write_refused(refused))
    return 1 if refused else 0


class CannotWrite(OperatorError):
    """无法写入文件 / the file cannot be written"""


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        reason = f"（{error.strerror}）"
        raise CannotWrite(
            f"无法写入 {file}{reason}：请核对文件夹和权限 / cannot write there: check folder and rights"
        ) from None


def _read(file: Path) -> bytes:
    if file.is_dir():
        raise unreadable("DIRECTORY")
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise unreadable("SIZE")
        return file.read_bytes()
    except FileNotFoundError:
        raise unreadable("MISSING") from None
    except PermissionError:
        raise unreadable("DENIED") from None


async def _import(
    settings: Settings,
    content: bytes,
    name: str,
    kind: LedgerKind,
    organization: str | None,
    apply: bool,
    year: int | None,
) -> tuple[Plan, Report]:
    now = utc_now()
    async with open_database(settings) as engine:
        async with transaction(engine) as connection:
            vault = await open_vault(connection, read_or_create_master_key(settings.key_file), now)
            named = await named_organization(connection, settings, organization)
        viewer = operator(ACTOR)
        if named is not None and kind is not LedgerKind.ORGANIZATIONS:
            viewer = Viewer(named, Role.DEPARTMENT, ACTOR, "hub")
        given = runs.Import(kind=kind, organization=named, content=content, name=name, year=year)
        if not apply:
            async with engine.connect() as connection:
                made = await runs.make_plan(
                    connection, viewer=viewer, vault=vault, now=now, system=settings.system, given=given
                )
            return made, made.report
        return await apply_file(engine, settings, vault, viewer, given, now)


async def apply_file(
    engine: AsyncEngine, settings: Settings, vault: Vault, viewer: Viewer, given: runs.Import, now: datetime
) -> tuple[Plan, Report]:
    """Plan a file and apply the plan, with a progress bar; then ask about matches and number the events."""
    run_id = random_id()
    async with runs.alone(engine, given.organization, given.kind):
        async with transaction(engine) as connection:
            made = await runs.make_plan(
                connection, viewer=viewer, vault=vault, now=now, system=settings.system, given=given
            )
            await runs.keep(connection, run_id, viewer=viewer, vault=vault, now=now, given=given, made=made)
        await runs.claim(engine, given, run_id)
        report = await runs.finish(Applying(engine, viewer, vault, now), run_id, given, made, _bar)
    if given.kind in (LedgerKind.MEMBERS, LedgerKind.OUTFLOW, LedgerKind.INFLOW):
        await ask_candidates(engine, now=now)
    await number_all(engine)
    return made, report


async def named_organization(connection: AsyncConnection, settings: Settings, organization: str | None) -> UUID | None:
    """Return the organization that [SYSTEM:]CODE names. Raises OrganizationUnknown."""
    if organization is None:
        return None
    system, _, code = organization.rpartition(":")
    found = await find_organization(connection, system or settings.system, code)
    if found is None:
        raise OrganizationUnknown(f"没有代码为 {organization} 的党组织 / no organization has the code {organization}")
    return found


async def _bar(done: int, total: int) -> None:
    """Draw how far it is, on stderr, where a person watches."""
    if not sys.stderr.isatty() and done < total:
        return
    width = 30
    filled = width * done // max(total, 1)
    end = "\n" if done >= total else ""
    sys.stderr.write(f"\r  [{'█' * filled}{'·' * (width - filled)}] {done}/{total}{end}")
    sys.stderr.flush()


def run_export(
    settings: Settings,
    *,
    file: Path,
    kind: str,
    organization: str,
    since: date | None = None,
    until: date | None = None,
) -> int:
    """Write a ledger of one organization that imports back without loss. The days bound what was held, for roll calls and
    reports."""
    period = (since or date(1921, 7, 1), until or date(9999, 12, 31))
    content, rows = asyncio.run(_export(settings, LedgerKind(kind.upper()), organization, period))
    _write(file, content)
    sys.stdout.write(f"{file}：{rows} 行 / {rows} rows\n")
    return 0


async def _export(
    settings: Settings, kind: LedgerKind, organization: str, period: tuple[date, date]
) -> tuple[bytes, int]:
    now = utc_now()
    async with open_database(settings) as engine, transaction(engine) as connection:
        vault = await open_vault(connection, read_or_create_master_key(settings.key_file), now)
        named = await named_organization(connection, settings, organization)
        assert named is not None
        if kind in (LedgerKind.ROLLCALL, LedgerKind.PARTICIPATION):
            since, until = period
            return await export_participation(
                connection, vault=vault, now=now, kind=kind, organization=named, since=since, until=until
            )
        return await export(connection, vault=vault, now=now, kind=kind, organization=named)


def run_certificate(settings: Settings, *, file: Path, organization: str, member: str, since: date, until: date) -> int:
    """Write a certificate of participation for one member of an organization's own, or matched with an arrival there."""
    content = asyncio.run(_certificate(settings, organization, member, since, until))
    _write(file, content)
    sys.stdout.write(f"{file}：参加组织生活证明 / certificate of participation\n")
    return 0


class NotTheirMember(OperatorError):
    """这名党员与该党组织没有关系 / this member has nothing to do with that organization"""


async def _certificate(settings: Settings, organization: str, member: str, since: date, until: date) -> bytes:
    now = utc_now()
    decoded = IdCodec(b"").decode(member)
    try:
        whose = decoded[1] if decoded else UUID(member)
    except ValueError:
        raise NotTheirMember(f"没有编号为 {member} 的党员 / no member has the id {member}") from None
    async with open_database(settings) as engine, transaction(engine) as connection:
        named = await named_organization(connection, settings, organization)
        assert named is not None
        viewer = Viewer(named, Role.COMMITTEE, "hub export", "hub")
        if await visibility.row(connection, viewer, Member, whose) is None:
            raise NotTheirMember(
                f"{organization} 与这名党员没有关系 / this member has nothing to do with {organization}"
            )
        name = await connection.scalar(text("select name from organization where id = :id"), {"id": named})
        return await certificate(
            connection,
            viewer=viewer,
            now=now,
            issued_by=str(name),
            member_id=whose,
            since=since,
            until=until,
        )
