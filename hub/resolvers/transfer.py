"""Transfers: the list, and what hangs on one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import acceptance, page, transfer, transfer_record, transfer_request, transfer_steps
from hub.domain import letter as letters
from hub.domain.page import Page, Window
from hub.domain.viewer import Role, Viewer
from hub.models import LetterState, Side, Transfer, TransferState
from hub.resolvers.action import Action, Call
from hub.resolvers.connection import Connection, connect, ids
from hub.resolvers.context import Context
from hub.resolvers.relation import one


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt that is owed or was returned."""

    due_on: date
    returned_on: date | None
    returned_by: str | None
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class Step:
    """One step as a viewer may see it."""

    kind: str
    organization_id: UUID
    at: Any
    by: str | None
    reason: str | None
    note: str | None


async def _letters(connection: AsyncConnection, _viewer: Viewer, transfers: list[UUID]) -> Mapping[UUID, Any]:
    return await letters.letters(connection, transfers)


async def _steps(connection: AsyncConnection, viewer: Viewer, transfers: list[UUID]) -> Mapping[UUID, Any]:
    # Notes are of class NAME, which a partner lacks on every row; and it is never told who did something.
    told = viewer.role is not Role.PARTNER
    return {
        transfer: [
            Step(
                row.kind,
                row.organization_id,
                row.at,
                row.by if told else None,
                row.reason,
                row.note if told else None,
            )
            for row in rows
        ]
        for transfer, rows in (await transfer_record.steps(connection, transfers)).items()
    }


async def letter(row: Any, context: Context) -> Any:
    """Return the letter that counts."""
    return await context.load(_letters, row.id)


async def steps(row: Any, context: Context) -> Any:
    """Return the history, oldest first."""
    return await context.load(_steps, row.id) or []


async def turn(row: Any, context: Context) -> Side | None:
    """Return whose move it is; only a letter that has expired changes what the state alone tells."""
    present = await letter(row, context) if row.state == TransferState.LETTER_ISSUED else None
    return transfer_steps.turn(row, present.state if present else LetterState.ISSUED)


def receipt(row: Any, context: Context) -> Receipt | None:
    """Return the receipt, once it is owed."""
    if row.receipt_due_on is None:
        return None
    by = None if context.viewer.role is Role.PARTNER else row.receipt_returned_by
    return Receipt(row.receipt_due_on, row.receipt_returned_on, by, row.inflow_organization_id)


async def listed(
    context: Context, first: int | None, after: str | None, organization: UUID | None, **filters: Any
) -> Connection:
    """Return a page of transfers."""

    def find(connection: AsyncConnection, window: Window) -> Any:
        return page.transfers(connection, context.viewer, window, organization=organization, **filters)

    async def load(found: Page) -> Any:
        return await context.load_many(one(Transfer), ids(found))

    return await connect(context, "transfers", first, after, find, load)


def _step(domain_write: Callable[..., Awaitable[Any]]) -> Callable[[Call], Awaitable[Any]]:
    """Return the act of a step that takes the input's fields as they are; null says as little as leaving out."""

    async def act(call: Call) -> Any:
        said = {name: value for name, value in call.said.items() if value is not None}
        return await domain_write(call.connection, **call.by, **said)

    return act


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Transfer), identifier)


request = Action("requestTransfer", _step(transfer_request.request), _read)
confirm = Action("confirmTransfer", _step(transfer.confirm), _read)
approve = Action("approveTransfer", _step(transfer.approve), _read)
return_ = Action("returnTransfer", _step(transfer.return_), _read)
refuse = Action("refuseTransfer", _step(transfer.refuse), _read)
withdraw = Action("withdrawTransfer", _step(transfer.withdraw), _read)
reissue_letter = Action("reissueLetter", _step(transfer.reissue_letter), _read)
accept = Action("acceptTransfer", _step(acceptance.accept), _read)
reject = Action("rejectTransfer", _step(acceptance.reject), _read)
return_receipt = Action("returnReceipt", _step(acceptance.return_receipt), _read)
close = Action("closeTransfer", _step(transfer.close), _read)
record_national_system_date = Action("recordNationalSystemDate", _step(transfer.record_national_system_date), _read)
