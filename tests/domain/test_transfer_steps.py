"""The table of steps against the rules, written down once more: every step, state and side."""

from types import SimpleNamespace

import pytest

from hub.domain.transfer_steps import Step, take, turn
from hub.errors import WrongSide, WrongState
from hub.models import Side, TransferState
from hub.models.transfer import FINISHED

# step → side → "STATES BEFORE → STATE AFTER | EVENT"; = keeps the state.
RULES = {
    "CONFIRM": {"OUTFLOW": "REQUESTED RETURNED → CONFIRMED | TRANSFER_CONFIRMED"},
    "APPROVE": {"OUTFLOW": "CONFIRMED → = | TRANSFER_APPROVED"},
    "ISSUE_LETTER": {"OUTFLOW": "CONFIRMED → LETTER_ISSUED | LETTER_ISSUED"},
    "RETURN": {
        "OUTFLOW": "REQUESTED CONFIRMED → RETURNED | TRANSFER_RETURNED",
        "INFLOW": "REQUESTED CONFIRMED LETTER_ISSUED → RETURNED | TRANSFER_RETURNED",
    },
    "REFUSE": {"OUTFLOW": "REQUESTED CONFIRMED RETURNED → REFUSED | TRANSFER_REFUSED"},
    "WITHDRAW": {
        "OUTFLOW": "REQUESTED CONFIRMED RETURNED → WITHDRAWN | TRANSFER_WITHDRAWN",
        "INFLOW": "REQUESTED CONFIRMED RETURNED → WITHDRAWN | TRANSFER_WITHDRAWN",
    },
    "ASK_WITHDRAWAL": {"OUTFLOW": "LETTER_ISSUED → = | WITHDRAWAL_ASKED"},
    "WITHDRAW_UNANSWERED": {"OUTFLOW": "LETTER_ISSUED → WITHDRAWN | TRANSFER_WITHDRAWN"},
    "GRANT_WITHDRAWAL": {"INFLOW": "LETTER_ISSUED → WITHDRAWN | TRANSFER_WITHDRAWN"},
    "REISSUE_LETTER": {"OUTFLOW": "LETTER_ISSUED → = | LETTER_REISSUED"},
    "ACCEPT": {"INFLOW": "LETTER_ISSUED → ACCEPTED | TRANSFER_ACCEPTED"},
    "ACCEPT_LATE": {"INFLOW": "WITHDRAWN → = | LATE_ACCEPTANCE_RECORDED"},
    "SETTLE_LATE": {"OUTFLOW": "WITHDRAWN → = | LATE_ACCEPTANCE_SETTLED"},
    "RELEASE": {"OUTFLOW": "ACCEPTED → RELEASED | TRANSFER_RELEASED"},
    "REJECT": {"INFLOW": "LETTER_ISSUED → REJECTED | TRANSFER_REJECTED"},
    "DOUBT_ADMISSION": {"INFLOW": "LETTER_ISSUED → RETURNED | TRANSFER_RETURNED"},
    "RETURN_RECEIPT": {"INFLOW": "RELEASED → RECEIPTED | RECEIPT_RETURNED"},
    "CLOSE": {"OUTFLOW": "RECEIPTED → CLOSED | TRANSFER_CLOSED"},
    "RECORD_DATE": {
        "OUTFLOW": "CONFIRMED LETTER_ISSUED ACCEPTED RELEASED RECEIPTED CLOSED → = | STATEMENT_AMENDED",
        "INFLOW": "LETTER_ISSUED ACCEPTED RELEASED RECEIPTED CLOSED → = | STATEMENT_AMENDED",
    },
}


def test_every_step_has_its_rule():
    assert set(RULES) == {step.value for step in Step}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", TransferState)
@pytest.mark.parametrize("side", Side)
def test_full_product(step, state, side):
    def before(of):
        return RULES[step].get(of, "").partition(" → ")[0].split()

    if state in before(side):
        after, _, kind = RULES[step][side].partition(" → ")[2].partition(" | ")
        taken = take(step, state, side)
        assert (taken.after or "=", taken.kind) == (after, kind)
    elif not before(side) or state in before(side.other):
        with pytest.raises(WrongSide):
            take(step, state, side)
    else:
        with pytest.raises(WrongState) as refused:
            take(step, state, side)
        assert refused.value.state == state


def test_nothing_but_a_date_and_a_late_acceptance_follows_the_end():
    for state in FINISHED:
        for step in Step:
            for side in Side:
                try:
                    taken = take(step, state, side)
                except (WrongSide, WrongState):
                    continue
                late = taken.step in (Step.ACCEPT_LATE, Step.SETTLE_LATE)
                assert (state, taken.after) == (TransferState.WITHDRAWN if late else TransferState.CLOSED, None)
                assert late or taken.step is Step.RECORD_DATE


def test_turn():
    turns = {state: turn(SimpleNamespace(state=state)) for state in TransferState}
    assert {state for state, side in turns.items() if side is None} == set(FINISHED)
    assert {state for state, side in turns.items() if side is Side.INFLOW} == {"LETTER_ISSUED", "RELEASED"}
    assert turn(SimpleNamespace(state="LETTER_ISSUED"), "EXPIRED") is Side.OUTFLOW
    assert turn(SimpleNamespace(state="RELEASED"), "USED") is Side.INFLOW
