"""The steps of a transfer: which side may take which, in which states, and what follows. One table, no database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.errors import WrongSide, WrongState
from hub.models import EventKind, LetterState, Side, TransferState
from hub.models.transfer import LETTER_SEEN

_S = TransferState
_BEFORE_LETTER = frozenset({_S.REQUESTED, _S.CONFIRMED, _S.RETURNED})
_LETTER = frozenset({_S.LETTER_ISSUED})
_WITHDRAWN = frozenset({_S.WITHDRAWN})


class Step(StrEnum):
    """What somebody does to a transfer. Several may stand behind one mutation: its function chooses by the record."""

    CONFIRM = "CONFIRM"
    APPROVE = "APPROVE"
    ISSUE_LETTER = "ISSUE_LETTER"
    RETURN = "RETURN"
    REFUSE = "REFUSE"
    WITHDRAW = "WITHDRAW"
    ASK_WITHDRAWAL = "ASK_WITHDRAWAL"
    WITHDRAW_UNANSWERED = "WITHDRAW_UNANSWERED"
    GRANT_WITHDRAWAL = "GRANT_WITHDRAWAL"
    REISSUE_LETTER = "REISSUE_LETTER"
    ACCEPT = "ACCEPT"
    ACCEPT_LATE = "ACCEPT_LATE"
    SETTLE_LATE = "SETTLE_LATE"
    RELEASE = "RELEASE"
    REJECT = "REJECT"
    DOUBT_ADMISSION = "DOUBT_ADMISSION"
    RETURN_RECEIPT = "RETURN_RECEIPT"
    CLOSE = "CLOSE"
    RECORD_DATE = "RECORD_DATE"


@dataclass(frozen=True, slots=True)
class Taken:
    """One line of the table. `after` None: the state stays. `by` names the column of the organization that acts, or one
    above it; None: any organization of that side."""

    step: Step
    side: Side
    before: frozenset[TransferState]
    after: TransferState | None
    kind: EventKind
    by: str | None = None


_O, _I, _E = Side.OUTFLOW, Side.INFLOW, EventKind
TABLE = (
    Taken(Step.CONFIRM, _O, frozenset({_S.REQUESTED, _S.RETURNED}), _S.CONFIRMED, _E.TRANSFER_CONFIRMED),
    Taken(Step.APPROVE, _O, frozenset({_S.CONFIRMED}), None, _E.TRANSFER_APPROVED, "review_organization_id"),
    Taken(Step.ISSUE_LETTER, _O, frozenset({_S.CONFIRMED}), _S.LETTER_ISSUED, _E.LETTER_ISSUED, "issuer_id"),
    Taken(Step.RETURN, _O, frozenset({_S.REQUESTED, _S.CONFIRMED}), _S.RETURNED, _E.TRANSFER_RETURNED),
    Taken(
        Step.RETURN,
        _I,
        frozenset({_S.REQUESTED, _S.CONFIRMED, _S.LETTER_ISSUED}),
        _S.RETURNED,
        _E.TRANSFER_RETURNED,
        "inflow_organization_id",
    ),
    Taken(Step.REFUSE, _O, _BEFORE_LETTER, _S.REFUSED, _E.TRANSFER_REFUSED),
    # Before the letter the outflow side or whoever requested; after it the outflow side asks (domain 0.1).
    Taken(Step.WITHDRAW, _O, _BEFORE_LETTER, _S.WITHDRAWN, _E.TRANSFER_WITHDRAWN),
    Taken(Step.WITHDRAW, _I, _BEFORE_LETTER, _S.WITHDRAWN, _E.TRANSFER_WITHDRAWN, "requester_id"),
    Taken(Step.ASK_WITHDRAWAL, _O, _LETTER, None, _E.WITHDRAWAL_ASKED),
    Taken(Step.WITHDRAW_UNANSWERED, _O, _LETTER, _S.WITHDRAWN, _E.TRANSFER_WITHDRAWN),
    Taken(Step.GRANT_WITHDRAWAL, _I, _LETTER, _S.WITHDRAWN, _E.TRANSFER_WITHDRAWN, "inflow_organization_id"),
    Taken(Step.REISSUE_LETTER, _O, _LETTER, None, _E.LETTER_REISSUED, "issuer_id"),
    Taken(Step.ACCEPT, _I, _LETTER, _S.ACCEPTED, _E.TRANSFER_ACCEPTED, "inflow_organization_id"),
    # Accepted in time, told after the holder withdrew: a case for both, never a second holder (domain 0.1).
    Taken(Step.ACCEPT_LATE, _I, _WITHDRAWN, None, _E.LATE_ACCEPTANCE_RECORDED, "inflow_organization_id"),
    Taken(Step.SETTLE_LATE, _O, _WITHDRAWN, None, _E.LATE_ACCEPTANCE_SETTLED, "issuer_id"),
    # The holder's own step, which the hub takes in the transaction of the acceptance: the acceptance binds (domain 0.1).
    Taken(Step.RELEASE, _O, frozenset({_S.ACCEPTED}), _S.RELEASED, _E.TRANSFER_RELEASED),
    Taken(Step.REJECT, _I, _LETTER, _S.REJECTED, _E.TRANSFER_REJECTED, "inflow_organization_id"),
    # Doubt about how somebody was admitted goes to county approval; rejecting does not settle it (domain 0.8). So the
    # case goes back to the outflow side and stays open.
    Taken(Step.DOUBT_ADMISSION, _I, _LETTER, _S.RETURNED, _E.TRANSFER_RETURNED, "inflow_organization_id"),
    # The receipt passes between the two committees only, once (domain 0.5).
    Taken(
        Step.RETURN_RECEIPT,
        _I,
        frozenset({_S.RELEASED}),
        _S.RECEIPTED,
        _E.RECEIPT_RETURNED,
        "inflow_organization_id",
    ),
    Taken(Step.CLOSE, _O, frozenset({_S.RECEIPTED}), _S.CLOSED, _E.TRANSFER_CLOSED, "issuer_id"),
    # Each side its own date of the national system (domain 0.7), also when the papers are done.
    Taken(Step.RECORD_DATE, _O, frozenset({_S.CONFIRMED, *LETTER_SEEN}), None, _E.STATEMENT_AMENDED),
    Taken(Step.RECORD_DATE, _I, frozenset(LETTER_SEEN), None, _E.STATEMENT_AMENDED),
)


def offered(step: Step, side: Side) -> Taken | None:
    """Return the line of a step for a side, whatever the state; None where the step is not that side's."""
    return next((line for line in TABLE if line.step is step and line.side is side), None)


def take(step: Step, state: TransferState, side: Side) -> Taken:
    """Return what a step does. Raises WrongSide where it belongs to the other side now or always, else WrongState."""
    line = offered(step, side)
    if line is not None and state in line.before:
        return line
    other = offered(step, side.other)
    if line is None or (other is not None and state in other.before):
        raise WrongSide
    raise WrongState(state=state.value)


_TURN = {
    _S.REQUESTED: _O,
    _S.CONFIRMED: _O,
    _S.LETTER_ISSUED: _I,
    _S.ACCEPTED: _O,
    _S.RELEASED: _I,
    _S.RECEIPTED: _O,
    _S.RETURNED: _O,
}


def waits_for(state: TransferState) -> Side | None:
    """Return whose move it is in a state, None when nothing is left to do."""
    return _TURN.get(state)


def turn(row: Any, letter_state: str | None = None) -> Side | None:
    """Return whose move a transfer is. Once its letter has expired the issuer has to act, not the acceptor."""
    state = TransferState(row.state)
    if state is _S.LETTER_ISSUED and letter_state == LetterState.EXPIRED:
        return Side.OUTFLOW
    return waits_for(state)
