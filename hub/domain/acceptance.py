"""What the accepting committee (基层党委) does with a transfer: accept, reject, return the receipt."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, committee, departure, letter, national_system, transfer_record
from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.rule import rule
from hub.domain.transfer_record import Change, Held, StepInput, hold, only, reasoned, said
from hub.domain.transfer_steps import Step, offered
from hub.domain.viewer import Viewer
from hub.errors import BranchRequired, ChecklistIncomplete, InvalidInput, NotFound, NotInForce, SameOrganization
from hub.models import EndReason, ReasonCode, RuleCode, Side, TransferState

# The order of locks everywhere: organization, member, departure, arrival, match, transfer.
_PLACES = text("select member_id, issuer_id, inflow_organization_id from transfer where id = :id")
_WITHDRAWN_AT = text("select max(at) from transfer_step where transfer_id = :id and kind = 'TRANSFER_WITHDRAWN'")
_PEOPLE = (
    text("select id from departure where member_id = :member and ended_on is null order by id for update"),
    text(
        """
        select id from arrival where id in (select arrival_id from match
                                             where member_id = :member and state = 'CONFIRMED' and ended_at is null)
         order by id for update
        """
    ),
    text("select id from match where member_id = :member and ended_at is null order by id for update"),
)


async def accept(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    accepted_on: date,
    branch_id: UUID,
    letter_number: str | None = None,
    phoned_on: date | None = None,
    unit_looked_up_on: date | None = None,
    talked_on: date | None = None,
    national_system_on: date | None = None,
    note: str | None = None,
) -> Changed:
    """Accept a member into a branch, on a day on which the letter was valid. It binds the outflow side (domain 0.1).

    Where the outflow side had withdrawn over silence, an acceptance on an earlier day moves nobody: it is noted on the
    transfer, which stays WITHDRAWN, as a case for both (`late_accepted_on`, decision 0006).

    Within one hub the release falls into the same transaction: the affiliation moves, valid from `accepted_on`, the
    letter is used, the receipt is owed (rule RECEIPT), the member's open departure ends as TRANSFERRED. Category and
    the dates of membership stay as they are (domain 0.8). Raises the refusals of a step, CannotIssueLetters,
    ChecklistIncomplete, BranchRequired, OrganizationClosed, SameOrganization, InvalidInput, LetterExpired, NotInForce.
    """
    known = (await connection.execute(_PLACES, {"id": transfer_id})).one_or_none()
    if known is None:
        raise NotFound
    await committee.hold(connection, [known.issuer_id, known.inflow_organization_id, branch_id])
    await affiliation.lock_member(connection, known.member_id)
    for statement in _PEOPLE:
        await connection.execute(statement, {"member": known.member_id})
    held = await hold(connection, viewer, transfer_id)
    late = await _is_late(connection, held, accepted_on)
    line = held.take(Step.ACCEPT_LATE if late else Step.ACCEPT, version)
    checklist = {"phoned_on": phoned_on, "unit_looked_up_on": unit_looked_up_on, "talked_on": talked_on}
    _complete(checklist, accepted_on)
    await _placeable(connection, held, branch_id)
    if accepted_on > today(now):
        raise InvalidInput("acceptedOn")
    used = await letter.accepted_on(connection, held.id, letter_number, accepted_on)
    link = await affiliation.last(connection, known.member_id)
    if link is None or link.ends is not None:
        raise NotInForce
    if late:
        change = Change({"late_accepted_on": accepted_on}, note=note)
        return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)
    if accepted_on <= link.starts:
        raise InvalidInput("acceptedOn")
    receipt = await rule(connection, RuleCode.RECEIPT, accepted_on, held.places["inflow_organization_id"])
    values: dict[str, Any] = {
        **checklist,
        **national_system.said(Side.INFLOW, national_system_on, today(now)),
        "accepted_on": accepted_on,
        "accepted_at": now,
        "placed_in_id": branch_id,
        "receipt_due_on": receipt.due(accepted_on),
        "withdrawal_asked_on": None,
    }
    await letter.use(connection, held.id, used.id)
    await affiliation.move(
        connection,
        member_id=known.member_id,
        to_organization=branch_id,
        on=accepted_on,
        now=now,
        by=viewer.actor,
    )
    release = offered(Step.RELEASE, Side.OUTFLOW)
    assert release is not None
    change = Change(values, note=note)
    changed = await transfer_record.write(
        connection, held, viewer=viewer, now=now, lines=[line, release], change=change
    )
    # Wherever the member was away to: the branch that said so no longer holds the membership.
    await departure.close_for_member(
        connection,
        viewer=viewer,
        now=now,
        member_id=known.member_id,
        on=accepted_on,
        reason=EndReason.TRANSFERRED,
    )
    return changed


async def _is_late(connection: AsyncConnection, held: Held, accepted_on: date) -> bool:
    """Tell whether an acceptance fell before the day on which silence let the outflow side withdraw, and is told after.

    Only that withdrawal leaves the question standing: granting it, or a new letter, takes the question back.
    """
    row = held.row
    if held.state is not TransferState.WITHDRAWN or row.withdrawal_asked_on is None or row.late_accepted_on is not None:
        return False
    withdrawn_at = (await connection.execute(_WITHDRAWN_AT, {"id": held.id})).scalar_one()
    return accepted_on < today(withdrawn_at)


def _complete(checklist: dict[str, date | None], accepted_on: date) -> None:
    """Check the three: one call, one look-up of the unit, one talk, none after the acceptance."""
    names = {"phoned_on": "phonedOn", "unit_looked_up_on": "unitLookedUpOn", "talked_on": "talkedOn"}
    for column, on in checklist.items():
        if on is None:
            raise ChecklistIncomplete(names[column])
    for column, on in checklist.items():
        if on is not None and on > accepted_on:
            raise InvalidInput(names[column])


async def _placeable(connection: AsyncConnection, held: Held, branch_id: UUID) -> None:
    rungs = await committee.hold_open(connection, branch_id, "branchId")
    if not rungs[0].is_branch or not await committee.below(
        connection, held.place("inflow_organization_id"), [branch_id]
    ):
        raise BranchRequired("branchId")
    if committee.committee(rungs) == held.places["issuer_id"]:
        raise SameOrganization("branchId")


async def reject(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    reason: ReasonCode | None,
    note: str | None = None,
) -> Changed:
    """Reject with a reason (不得无故拒接); the letter is void. Where the outflow side asked to withdraw, this grants it.

    ADMISSION_IN_DOUBT alone settles nothing: it goes to county approval (domain 0.8), so the transfer is RETURNED and
    stays open. Raises the refusals of a step, ReasonRequired.
    """
    held = await hold(connection, viewer, transfer_id)
    step = Step.REJECT
    if held.row.withdrawal_asked_on is not None and held.state is TransferState.LETTER_ISSUED:
        step = Step.GRANT_WITHDRAWAL
    elif reason is ReasonCode.ADMISSION_IN_DOUBT:
        step = Step.DOUBT_ADMISSION
    line = held.take(step, version)
    change = Change({"withdrawal_asked_on": None}, reason, reasoned(reason, note))
    await letter.void(connection, held.id, "未接收 / not accepted")
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)


async def return_receipt(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    **given: Unpack[StepInput],
) -> Changed:
    """Return the receipt (回执) to the issuing committee, once (domain 0.5). Raises the refusals of a step, InvalidInput."""
    held = await hold(connection, viewer, transfer_id)
    line = held.take(Step.RETURN_RECEIPT, version)
    only(given, "national_system_on")
    values = {
        **said(given, Side.INFLOW, now),
        "receipt_returned_on": today(now),
        "receipt_returned_by": viewer.actor,
    }
    change = Change(values, note=given.get("note"))
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)
