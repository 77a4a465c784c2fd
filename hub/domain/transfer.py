"""Moving the formal relationship (组织关系转接) from one committee to another (条例 Art 25; domain 0.1–0.8).

The outflow side's steps, and what both sides may do. The request stands in `transfer_request`, what the accepting
committee does in `acceptance`; both are offered here too. Every step locks the row, then asks, in this order: visible?
the right side? the organization that acts? the state? the version? the input? A refusal leaves everything as it was.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Unpack
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import affiliation, committee, letter, national_system, transfer_record
from hub.domain.acceptance import accept, reject, return_receipt
from hub.domain.dates import today
from hub.domain.letter import letters
from hub.domain.outcome import Changed
from hub.domain.rule import rule
from hub.domain.transfer_record import Change, Held, StepInput, hold, only, reasoned, said, steps
from hub.domain.transfer_request import accepting, request
from hub.domain.transfer_steps import Step, offered, turn
from hub.domain.viewer import Viewer
from hub.errors import CannotIssueLetters, InvalidInput, ReasonRequired, SameOrganization, WrongSide, WrongState
from hub.models import ReasonCode, RuleCode, Side, TransferState

__all__ = [
    "StepInput",
    "accept",
    "approve",
    "close",
    "confirm",
    "letters",
    "record_national_system_date",
    "refuse",
    "reissue_letter",
    "reject",
    "request",
    "return_",
    "return_receipt",
    "steps",
    "turn",
    "withdraw",
    "withdraw_for_member",
]

_OPEN = text(
    """
    select id from transfer
     where member_id = :member and state not in ('CLOSED', 'REFUSED', 'REJECTED', 'WITHDRAWN')
    """
)
_DUES = text("select dues_paid_through from member where id = :member")


async def confirm(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    **given: Unpack[StepInput],
) -> Changed:
    """Confirm for the outflow branch: review follows, from its superior up to the issuer. Also resubmits a RETURNED one.

    A resubmission may name another `inflow_organization_id`; the old side then ceases to see the transfer.
    Raises the refusals of a step, InvalidInput, OrganizationClosed, CannotIssueLetters, SameOrganization.
    """
    held = await hold(connection, viewer, transfer_id)
    line = held.take(Step.CONFIRM, version)
    only(given, "national_system_on", "dues_paid_through", "inflow_organization_id")
    values = said(given, Side.OUTFLOW, now)
    rungs = await committee.ladder(connection, held.place("outflow_organization_id"))
    issuer = committee.committee(rungs)
    if issuer is None:
        raise CannotIssueLetters
    values |= {"issuer_id": issuer, "review_organization_id": committee.review(rungs)[0]}
    named = given.get("inflow_organization_id")
    if named is not None and named != held.row.named_inflow_id:
        if held.state is not TransferState.RETURNED:
            raise InvalidInput("inflowOrganizationId")
        values |= await _redirected(connection, held, named)
    if issuer == values.get("inflow_organization_id", held.places["inflow_organization_id"]):
        raise SameOrganization("inflowOrganizationId")
    change = Change(values, note=given.get("note"))
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)


async def _redirected(connection: AsyncConnection, held: Held, named: UUID) -> dict[str, Any]:
    inflow = await accepting(connection, named)
    values: dict[str, Any] = {"named_inflow_id": named, "inflow_organization_id": inflow}
    if inflow != held.places["inflow_organization_id"]:
        # Now it is the outflow side's own request: the new side did not ask, and says nothing of the system yet.
        values |= {"requested_side": Side.OUTFLOW.value, "national_system_in_on": None}
    return values


async def approve(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    **given: Unpack[StepInput],
) -> Changed:
    """Take the next review step; the issuer's issues the letter. By that organization or one above it.

    The letter needs the month up to which dues are paid: said now, before, or on the member's record (domain 12A 11).
    Raises the refusals of a step, InvalidInput, ValidDaysOverCap, LetterNumberTaken.
    """
    held = await hold(connection, viewer, transfer_id)
    reviewer, issuer = held.places["review_organization_id"], held.place("issuer_id")
    if reviewer != issuer:
        line = held.take(Step.APPROVE, version)
        only(given, "national_system_on", "dues_paid_through")
        rungs = committee.review(await committee.ladder(connection, held.place("outflow_organization_id")))
        following = rungs[rungs.index(reviewer) + 1 :] if reviewer in rungs else []
        values = {**said(given, Side.OUTFLOW, now), "review_organization_id": next(iter(following), issuer)}
        change = Change(values, note=given.get("note"))
        return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)
    line = held.take(Step.ISSUE_LETTER, version)
    only(given, "national_system_on", "dues_paid_through", "letter_number", "valid_days")
    values = {**said(given, Side.OUTFLOW, now), "review_organization_id": None}
    if (values.get("dues_paid_through") or held.row.dues_paid_through) is None:
        values["dues_paid_through"] = await _dues(connection, held)
    wanted = letter.Wanted(given.get("letter_number"), given.get("valid_days"))
    await letter.issue(connection, now=now, by=viewer.actor, transfer_id=held.id, issuer_id=issuer, wanted=wanted)
    approved = offered(Step.APPROVE, Side.OUTFLOW)
    assert approved is not None
    change = Change(values, note=given.get("note"))
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[approved, line], change=change)


async def _dues(connection: AsyncConnection, held: Held) -> str:
    known: str | None = (await connection.execute(_DUES, {"member": held.row.member_id})).scalar_one()
    if known is None:
        raise InvalidInput("duesPaidThrough")
    return known


async def return_(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    reason: ReasonCode | None,
    note: str | None = None,
) -> Changed:
    """Send back for correction: before the letter either side, after it the inflow side only, and it voids the letter.

    Raises the refusals of a step, ReasonRequired.
    """
    held = await hold(connection, viewer, transfer_id)
    line = held.take(Step.RETURN, version)
    change = Change({"review_organization_id": None, "withdrawal_asked_on": None}, reason, reasoned(reason, note))
    await letter.void(connection, held.id, "退回更正 / returned for correction")
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)


async def refuse(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    reason: ReasonCode | None,
    note: str | None = None,
) -> Changed:
    """Refuse for the outflow side, before the letter, with a reason (不得无故拒转). Raises as a step, ReasonRequired."""
    held = await hold(connection, viewer, transfer_id)
    line = held.take(Step.REFUSE, version)
    change = Change({"review_organization_id": None}, reason, reasoned(reason, note))
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)


async def withdraw(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    reason: ReasonCode | None,
    note: str | None = None,
) -> Changed:
    """Withdraw. Before the letter at once, by the outflow side or whoever requested; after it the outflow side asks.

    The acceptor answers by accepting (no) or rejecting (yes). Asked again after the days of the rule WITHDRAWAL_SILENCE
    it takes effect and the letter is void (domain 0.1). Raises the refusals of a step, ReasonRequired.
    """
    held = await hold(connection, viewer, transfer_id)
    day, values = today(now), dict[str, Any](review_organization_id=None)
    if Side.OUTFLOW not in held.sides and held.row.requested_side != Side.INFLOW:
        raise WrongSide
    if held.state is not TransferState.LETTER_ISSUED or Side.OUTFLOW not in held.sides:
        line = held.take(Step.WITHDRAW, version)
        text_ = reasoned(reason, note)
    elif (asked_on := held.row.withdrawal_asked_on) is None:
        line = held.take(Step.ASK_WITHDRAWAL, version)
        text_ = reasoned(reason, note)
        silence = await rule(connection, RuleCode.WITHDRAWAL_SILENCE, day, held.places["issuer_id"])
        values |= {"withdrawal_asked_on": day, "due_on": silence.due(day)}
    else:
        silence = await rule(connection, RuleCode.WITHDRAWAL_SILENCE, asked_on, held.places["issuer_id"])
        line = held.take(Step.WITHDRAW_UNANSWERED, version)
        if day <= (until := silence.due(asked_on)):
            waiting = f"已提出撤回，请等待接收方在 {until} 前答复。 Withdrawal is asked; the acceptor may answer until {until}."
            raise WrongState(state=held.state.value, message=waiting)
        text_ = reasoned(reason, note)
        await letter.void(connection, held.id, "撤回，接收方逾期未答复 / withdrawn, the acceptor did not answer")
    change = Change(values, reason, text_)
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)


async def withdraw_for_member(connection: AsyncConnection, *, viewer: Viewer, now: datetime, member_id: UUID) -> None:
    """Withdraw what has not moved the affiliation yet, because the member died. The member's lock is held.

    The reason says only that arrangements end: the cause is not the other side's to know (domain 0.9).
    """
    if not await affiliation.transfer_under_way(connection, member_id):
        return
    found = (await connection.execute(_OPEN, {"member": member_id})).scalar_one_or_none()
    held = await transfer_record.lock(connection, viewer, found, frozenset({Side.OUTFLOW})) if found else None
    line = offered(Step.WITHDRAW, Side.OUTFLOW)
    if held is None or line is None or held.row.state in ("CLOSED", "REFUSED", "REJECTED", "WITHDRAWN"):
        return  # ended by the other side while this waited for the lock
    await letter.void(connection, held.id, "不再办理 / no longer pursued")
    change = Change({"review_organization_id": None}, ReasonCode.OTHER, "不再办理 / no longer pursued")
    await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)


async def reissue_letter(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    reason: str,
    letter_number: str | None = None,
    valid_days: int | None = None,
) -> Changed:
    """Issue a new letter for a lost or expired one (domain 0.3). A question to withdraw is thereby taken back.

    Raises the refusals of a step, ReasonRequired, InvalidInput, ValidDaysOverCap, LetterNumberTaken.
    """
    held = await hold(connection, viewer, transfer_id)
    line = held.take(Step.REISSUE_LETTER, version)
    if not reason.strip():
        raise ReasonRequired("reason")
    old = (await letter.of_round(connection, held.id))[0]
    await letter.void(connection, held.id, reason.strip())
    await letter.issue(
        connection,
        now=now,
        by=viewer.actor,
        transfer_id=held.id,
        issuer_id=held.place("issuer_id"),
        wanted=letter.Wanted(letter_number, valid_days),
        replaces_id=old.id,
    )
    change = Change({"withdrawal_asked_on": None}, note=reason.strip())
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)


async def close(
    connection: AsyncConnection,
    *,
    viewer: Viewer,
    now: datetime,
    transfer_id: UUID,
    version: int,
    **given: Unpack[StepInput],
) -> Changed:
    """Close for the issuing committee, after the receipt (domain 0.5). Raises the refusals of a step, InvalidInput.

    On a withdrawn transfer it closes the case of a late acceptance: the withdrawal stands, and the note says why.
    """
    held = await hold(connection, viewer, transfer_id)
    if held.row.late_accepted_on is not None and held.row.late_settled_on is None:
        line = held.take(Step.SETTLE_LATE, version)
        only(given)
        if not (why := (given.get("note") or "").strip()):
            raise ReasonRequired("note")
        change = Change({"late_settled_on": today(now)}, note=why)
        return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)
    line = held.take(Step.CLOSE, version)
    only(given, "national_system_on")
    change = Change(said(given, Side.OUTFLOW, now), note=given.get("note"))
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)


async def record_national_system_date(
    connection: AsyncConnection, *, viewer: Viewer, now: datetime, transfer_id: UUID, version: int, on: date
) -> Changed:
    """Record the day on which the caller's side did the transfer in the national system.

    For an organization above both sides: the side whose day is missing, the outflow side first.
    Raises the refusals of a step, InvalidInput.
    """
    held = await hold(connection, viewer, transfer_id)
    line = held.take(Step.RECORD_DATE, version)
    both = len(held.sides) == len(Side) and held.row.national_system_out_on is not None
    theirs = offered(Step.RECORD_DATE, Side.INFLOW)
    if both and theirs is not None and held.state in theirs.before:
        line = theirs
    change = Change(national_system.said(line.side, on, today(now), "on"))
    return await transfer_record.write(connection, held, viewer=viewer, now=now, lines=[line], change=change)
