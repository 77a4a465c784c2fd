"""Runs of import: the upload lies sealed, the plan is shown, somebody applies it or lets it go."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.crypto import Vault
from hub.database.engine import transaction
from hub.domain.outcome import Changed
from hub.domain.scope import in_scope, require_organization
from hub.domain.viewer import NOBODY, Role, Viewer
from hub.errors import ChangedSincePlan, NotAllowed, NotFound, TooMany, UnreadableFile, WrongState
from hub.feed.append import Event, append
from hub.ids import random_id
from hub.models import Aggregate, EventKind, ImportState, LedgerKind, Topic
from hub.sync.ledger.apply import Applying, Progress, apply
from hub.sync.ledger.names import load_names
from hub.sync.ledger.plan import Plan, plan
from hub.sync.ledger.planned import Context, Outcome
from hub.sync.ledger.refused import write_refused
from hub.sync.ledger.report import Report
from hub.sync.ledger.workbook import UnreadableFile as CannotRead
from hub.sync.ledger.workbook import read_workbook

KEPT: Final = timedelta(days=7)
MANY_ARRIVALS: Final = 2_000
_log = structlog.get_logger("hub")
_INSERT: Final = text(
    """
    insert into import_run (id, kind, state, organization_id, file_name, upload_sealed, file_digest, plan_digest,
                            outcomes, report, total, year, errors_sealed, created_at, created_by, expires_at)
    values (:id, :kind, 'PLANNED', :organization, :name, :upload, :digest, :plan_digest, :outcomes,
            cast(:report as jsonb), :total, :year, :errors, :now, :by, :expires)
    """
)
_LOCK: Final = text("select * from import_run where id = :id for update")


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file to read: what it lists, whose it is, and its content. `year`: of days that name none."""

    kind: LedgerKind
    organization: UUID | None
    content: bytes
    name: str = ""
    year: int | None = None


async def make_plan(
    connection: AsyncConnection, *, viewer: Viewer, vault: Vault, now: datetime, system: str, given: Import
) -> Plan:
    """Read and judge a file; writes nothing. Raises the reader's `UnreadableFile` with one line for people."""
    sheets = await asyncio.to_thread(read_workbook, given.content)
    context = Context(
        connection=connection,
        viewer=viewer,
        vault=vault,
        now=now,
        names=await load_names(connection),
        organization=given.organization,
        system=system,
    )
    return await plan(context, given.kind, sheets, given.year)


async def start(
    connection: AsyncConnection, *, viewer: Viewer, vault: Vault, now: datetime, system: str, given: Import
) -> Changed:
    """Read a file into a run in state PLANNED. Nothing else is written; the upload lies sealed for 7 days."""
    require_organization(viewer)
    if given.kind is LedgerKind.ORGANIZATIONS and not viewer.is_operator and viewer.role is not Role.DEPARTMENT:
        raise NotAllowed("kind")
    if given.organization is not None and given.organization not in await in_scope(
        connection, viewer, [given.organization]
    ):
        raise NotFound("organizationId")
    if given.organization is None and not viewer.is_operator:
        given = replace(given, organization=viewer.organization)
    try:
        made = await make_plan(connection, viewer=viewer, vault=vault, now=now, system=system, given=given)
    except CannotRead as reason:
        raise UnreadableFile("file", message=str(reason)) from None
    identifier = random_id()
    await keep(connection, identifier, viewer=viewer, vault=vault, now=now, given=given, made=made)
    return Changed(identifier, 1, new=True)


async def keep(
    connection: AsyncConnection,
    identifier: UUID,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    given: Import,
    made: Plan,
) -> None:
    """Keep a plan as a run."""
    refused = made.refused()
    errors = write_refused(refused) if refused else None
    await connection.execute(
        _INSERT,
        {
            "id": identifier,
            "kind": given.kind.value,
            "organization": given.organization,
            "name": given.name[:200],
            "upload": vault.seal_bytes("upload", identifier, given.content),
            "digest": hashlib.sha256(given.content).digest(),
            "plan_digest": made.digest,
            "outcomes": made.outcomes,
            "report": _json(made.report),
            "total": len(made.rows),
            "year": given.year,
            "errors": vault.seal_bytes("errors", identifier, errors) if errors else None,
            "now": now,
            "by": viewer.actor,
            "expires": now + KEPT,
        },
    )


def _json(made: Report) -> str:
    return orjson.dumps(made.as_json()).decode()


class AnotherApplies(TooMany):
    """同一组织的同类台账正在导入。请稍候再试。 A ledger of this kind is being applied for this organization. Try again soon."""


def _key(organization: UUID | None, kind: LedgerKind) -> int:
    return zlib.crc32((organization or NOBODY).bytes + kind.value.encode()) + 7_000_000_000


@asynccontextmanager
async def alone(engine: AsyncEngine, organization: UUID | None, kind: LedgerKind) -> AsyncIterator[None]:
    """Hold the right to apply for one organization and kind. It ends with the connection, also after a kill."""
    key = {"key": _key(organization, kind)}
    async with engine.connect() as opened:
        # The lock belongs to the connection, not to a transaction, which would stay open for as long as the run takes.
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        if not (await connection.execute(text("select pg_try_advisory_lock(:key)"), key)).scalar_one():
            raise AnotherApplies
        try:
            yield
        finally:
            await connection.execute(text("select pg_advisory_unlock(:key)"), key)


async def begin(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, run_id: UUID, plan_digest: str
) -> Changed:
    """Accept that a plan, as it was shown, is applied; whoever works on it calls `carry_out`.

    A run that was killed may be begun again. Raises NotFound, WrongState, ChangedSincePlan, AnotherApplies.
    """
    row = await _own(connection, viewer, run_id)
    if row["state"] not in (ImportState.PLANNED, ImportState.RUNNING):
        raise WrongState(state=row["state"])
    if row["plan_digest"] != plan_digest:
        raise ChangedSincePlan("planDigest")
    if row["upload_sealed"] is None or row["expires_at"] <= now:
        raise WrongState(state=row["state"])
    key = {"key": _key(row["organization_id"], LedgerKind(row["kind"]))}
    if not (await connection.execute(text("select pg_try_advisory_xact_lock(:key)"), key)).scalar_one():
        raise AnotherApplies
    await _mark_running(connection, LedgerKind(row["kind"]), row["organization_id"], run_id)
    return Changed(run_id, 1)


async def _own(connection: AsyncConnection, viewer: Viewer, run_id: UUID) -> Any:
    require_organization(viewer)
    row = (await connection.execute(_LOCK, {"id": run_id})).mappings().one_or_none()
    if row is None or not await in_scope(connection, viewer, [row["organization_id"] or NOBODY]):
        raise NotFound("importRunId")
    return row


async def cancel(connection: AsyncConnection, *, viewer: Viewer, now: datetime, run_id: UUID) -> Changed:
    """Let a run go: the upload is forgotten, what was applied stays."""
    row = await _own(connection, viewer, run_id)
    if row["state"] not in (ImportState.PLANNED, ImportState.FAILED):
        raise WrongState(state=row["state"])
    await connection.execute(
        text(
            "update import_run set state = 'CANCELLED', upload_sealed = null, errors_sealed = null, expires_at = :now"
            " where id = :id"
        ),
        {"id": run_id, "now": now},
    )
    return Changed(run_id, 1)


async def expire(connection: AsyncConnection, *, now: datetime) -> int:
    """Forget uploads that nobody applied within 7 days, or that were killed half-way. Twice changes nothing.

    One that is being applied at this moment has its content in memory, and is DONE when it is done.
    """
    gone = await connection.execute(
        text(
            "update import_run set upload_sealed = null, errors_sealed = null,"
            " state = case state when 'PLANNED' then 'CANCELLED' when 'RUNNING' then 'FAILED' else state end"
            " where expires_at <= :now and (upload_sealed is not null or errors_sealed is not null)"
        ),
        {"now": now},
    )
    return int(gone.rowcount)


async def carry_out(
    engine: AsyncEngine,
    *,
    viewer: Viewer,
    vault: Vault,
    now: datetime,
    system: str,
    run_id: UUID,
    progress: Progress | None = None,
) -> Report:
    """Apply a kept run. Its rows are planned anew: one whose kind of outcome changed since is left out.

    Raises AnotherApplies. A run that was killed is carried out again; what it did already is unchanged.
    """
    async with engine.connect() as connection:
        row = (
            (await connection.execute(text("select * from import_run where id = :id"), {"id": run_id})).mappings().one()
        )
    given = Import(
        kind=LedgerKind(row["kind"]),
        organization=row["organization_id"],
        content=vault.unseal_bytes("upload", run_id, row["upload_sealed"]),
        year=row["year"],
    )
    async with alone(engine, given.organization, given.kind):
        await claim(engine, given, run_id)
        async with engine.connect() as connection:
            made = await make_plan(connection, viewer=viewer, vault=vault, now=now, system=system, given=given)
        leave_out_changed(made, row["outcomes"])
        return await finish(Applying(engine, viewer, vault, now), run_id, given, made, progress)


async def claim(engine: AsyncEngine, given: Import, run_id: UUID) -> None:
    """Mark the run as RUNNING. Another that says so was killed: whoever runs holds the lock that we hold."""
    async with transaction(engine) as connection:
        await _mark_running(connection, given.kind, given.organization, run_id)


async def _mark_running(connection: AsyncConnection, kind: LedgerKind, organization: UUID | None, run_id: UUID) -> None:
    await connection.execute(
        text(
            "update import_run set state = 'FAILED' where state = 'RUNNING' and kind = :kind and id <> :id"
            " and organization_id is not distinct from :organization"
        ),
        {"kind": kind.value, "organization": organization, "id": run_id},
    )
    await connection.execute(
        text("update import_run set state = 'RUNNING' where id = :id and state in ('PLANNED', 'RUNNING')"),
        {"id": run_id},
    )


def leave_out_changed(made: Plan, shown: str) -> None:
    """Leave out rows whose kind of outcome is another than was shown; what is done already is done."""
    for row, letter in zip(made.rows, shown, strict=False):
        if row.outcome.value[0] != letter and row.outcome is not Outcome.UNCHANGED:
            if row.outcome is not Outcome.REFUSED:
                row.refuse("name", "CHANGED_SINCE_PLAN")
            elif row.error is not None:
                row.refuse(row.error.field, "CHANGED_SINCE_PLAN")


async def finish(
    applying: Applying, run_id: UUID, given: Import, made: Plan, progress: Progress | None = None
) -> Report:
    """Apply a plan, and note in the run how far it is and what became of it."""

    async def note(done: int, total: int) -> None:
        async with transaction(applying.engine) as connection:
            await connection.execute(
                text("update import_run set done = :done, total = :total where id = :id"),
                {"done": done, "total": total, "id": run_id},
            )
        if progress is not None:
            await progress(done, total)

    try:
        made_report = await apply(applying, made, note)
    except BaseException:
        async with transaction(applying.engine) as connection:
            await connection.execute(
                text("update import_run set state = 'FAILED' where id = :id and state = 'RUNNING'"), {"id": run_id}
            )
        raise
    refused = made.refused()
    errors = write_refused(refused) if refused else None
    organization = given.organization
    async with transaction(applying.engine) as connection:
        await connection.execute(
            text(
                "update import_run set state = 'DONE', report = cast(:report as jsonb), upload_sealed = null,"
                " errors_sealed = :errors, done = :total, total = :total where id = :id"
            ),
            {
                "id": run_id,
                "report": _json(made_report),
                "total": len(made.rows),
                "errors": applying.vault.seal_bytes("errors", run_id, errors) if errors else None,
            },
        )
        if organization is not None:
            await append(connection, [_imported(run_id, organization, applying.now)], at=applying.now)
    if given.kind is LedgerKind.INFLOW and made_report.new > MANY_ARRIVALS:
        # Nothing is refused (domain 0.11), but somebody should know who asks about so many, and how often in vain.
        _log.warning(
            "many arrivals registered by a ledger",
            organization=str(organization),
            new=made_report.new,
            unmatched=made_report.unmatched,
        )
    return made_report


def _imported(run_id: UUID, organization: UUID, now: datetime) -> Event:
    return Event(
        topic=Topic.LEDGER,
        kind=EventKind.LEDGER_IMPORTED,
        aggregate=Aggregate.IMPORT_RUN,
        aggregate_id=run_id,
        aggregate_version=1,
        audience=[organization],
        organization=organization,
        occurred_at=now,
    )
