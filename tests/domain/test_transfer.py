"""A transfer from request to receipt, step by step, on a real database. Each refusal also shows that nothing happened."""

import asyncio
from datetime import date, timedelta

import pytest

from hub import errors
from hub.domain import organization, transfer, visibility
from hub.domain.viewer import Role
from hub.models import Transfer, TransferState
from tests.domain.transfers import TODAY, Case, a_case
from tests.factories import a_liaison, a_viewer

STEPS = [
    "confirm", "approve", "return_", "refuse", "withdraw", "reissue_letter", "accept", "reject", "return_receipt",
    "close", "record_national_system_date",
]  # fmt: skip
WAY = {
    "REQUESTED": ["request"],
    "CONFIRMED": ["request", "confirm"],
    "LETTER_ISSUED": ["request", "confirm", "approve"],
    "RELEASED": ["request", "confirm", "approve", "accept"],
    "RECEIPTED": ["request", "confirm", "approve", "accept", "return_receipt"],
    "CLOSED": ["request", "confirm", "approve", "accept", "return_receipt", "close"],
}
# Who may do what where: O the outflow committee, I the accepting one; everything not here is refused.
MAY = {
    "REQUESTED": {"confirm": "O", "return_": "OI", "refuse": "O", "withdraw": "O"},
    "CONFIRMED": {
        "approve": "O", "return_": "OI", "refuse": "O", "withdraw": "O", "record_national_system_date": "O",
    },
    "LETTER_ISSUED": {
        "return_": "I", "withdraw": "O", "reissue_letter": "O", "accept": "I", "reject": "I",
        "record_national_system_date": "OI",
    },
    "RELEASED": {"return_receipt": "I", "record_national_system_date": "OI"},
    "RECEIPTED": {"close": "O", "record_national_system_date": "OI"},
    "CLOSED": {"record_national_system_date": "OI"},
    "RETURNED": {"confirm": "O", "refuse": "O", "withdraw": "O"},
    "REFUSED": {},
    "REJECTED": {},
    "WITHDRAWN": {},
}  # fmt: skip


@pytest.fixture
async def case(database):
    return await a_case(database)


async def test_from_request_to_closed(case):
    async with case.database.begin() as connection:
        departure, _ = await a_liaison(connection, case.member, case["YL0101"], case["BJ0101"], case["BJ010101"])
    requested = await case.request(applied_on=TODAY - timedelta(days=3))
    assert (requested.version, requested.new) == (1, True)
    row = await case.row()
    assert (row["outflow_organization_id"], row["issuer_id"]) == (case["YL0101"], case["YL01"])
    assert (row["inflow_organization_id"], row["named_inflow_id"]) == (case["BJ01"], case["BJ010101"])
    assert row["due_on"] == TODAY + timedelta(days=15)
    await case.step("confirm", "YL0101", note="同意")
    assert (await case.row())["review_organization_id"] == case["YL01"]
    await case.step("approve", "YL01", letter_number="柳党介〔2026〕12号", national_system_on=TODAY)
    assert await case.holder() == "YL0101"  # issuing a letter moves nothing
    accepted_on = TODAY + timedelta(days=6)
    case.wait(8)
    await case.step("accept", "BJ01", accepted_on=accepted_on, national_system_on=TODAY)
    assert await case.holder() == "BJ010101"
    row = await case.row()
    assert (row["state"], row["version"]) == ("RELEASED", 4)
    assert (row["accepted_on"], row["placed_in_id"]) == (accepted_on, case["BJ010101"])
    assert row["receipt_due_on"] == row["due_on"] == date(2027, 1, 1)  # one calendar month after 1 December
    assert row["dues_paid_through"] == "2026-10"
    assert await case.rows("select state, number from letter") == [{"state": "USED", "number": "柳党介〔2026〕12号"}]
    ended = await case.rows("select ended_on, end_reason from departure where id = :departure", departure=departure)
    assert ended == [{"ended_on": accepted_on, "end_reason": "TRANSFERRED"}]
    await case.step("return_receipt", "BJ01")
    await case.step("close", "YL01")
    assert await case.events() == [
        "TRANSFER_REQUESTED", "TRANSFER_CONFIRMED", "TRANSFER_APPROVED", "LETTER_ISSUED", "TRANSFER_ACCEPTED",
        "TRANSFER_RELEASED", "RECEIPT_RETURNED", "TRANSFER_CLOSED",
    ]  # fmt: skip
    heard = await case.rows("select distinct audience, member_id, transfer_id from outbox where topic = 'TRANSFER'")
    codes = {key: code for code, key in case.ids.items()}
    assert [{codes[one] for one in row["audience"]} for row in heard] == [
        {"YL0101", "YL01", "BJ01", "BJ0101", "BJ010101"}
    ]
    assert [(row["member_id"], row["transfer_id"]) for row in heard] == [(case.member, case.transfer)]
    async with case.database.connect() as connection:
        history = (await transfer.steps(connection, [case.transfer]))[case.transfer]
        assert [(row.number, row.kind) for row in history] == list(enumerate(await case.events(), 1))
        assert [codes[row.organization_id] for row in history] == [
            "YL0101", "YL0101", "YL01", "YL01", "BJ01", "YL01", "BJ01", "YL01",
        ]  # fmt: skip
        assert (await transfer.letters(connection, [case.transfer]))[case.transfer].state == "USED"


async def test_probation_runs_on(database):
    case = await a_case(database, category="PROBATIONARY", joined_on="2025-12-20")
    membership = "select category, standing, joined_on, full_member_on, version from member where id = :member"
    before = await case.rows(membership)
    await case.steps(*WAY["CLOSED"])
    assert await case.rows(membership) == before


async def into(case: Case, state: str) -> None:
    if state in WAY:
        await case.steps(*WAY[state])
        return
    name, who, way = {
        "RETURNED": ("return_", "BJ01", "CONFIRMED"),
        "REFUSED": ("refuse", "YL01", "CONFIRMED"),
        "REJECTED": ("reject", "BJ01", "LETTER_ISSUED"),
        "WITHDRAWN": ("withdraw", "YL01", "CONFIRMED"),
    }[state]
    await case.steps(*WAY[way])
    await case.step(name, who)


def test_every_state_is_tried():
    assert {*MAY, "ACCEPTED"} == set(TransferState)  # within one hub nothing stays ACCEPTED


@pytest.mark.parametrize("state", MAY)
async def test_every_step_in_every_state_by_every_side(database, state):
    case = await a_case(database)
    await into(case, state)
    for name in STEPS:
        may = MAY[state].get(name, "")
        for side, who in (("O", "YL01"), ("I", "BJ01")):
            if side in may:
                assert await taken_and_undone(case, name, who) == "taken"
            else:
                other = {"O": "I", "I": "O"}[side]
                belongs = any(side in where.get(name, "") for where in MAY.values())
                refusal = errors.WrongState if belongs and other not in may else errors.WrongSide
                refused = await case.refused(refusal, name, who)
                assert refused.state == (state if refusal is errors.WrongState else None)
        await case.refused(errors.NotFound, name, "YL02")
        await case.refused(errors.NotFound, name, "BJ02")
    # Two unrelated partners and the member see, but take no step.
    for role in (Role.PARTNER, Role.MEMBER):
        case.role = role
        await case.refused(errors.NotAllowed, "confirm", "YL01")


class UndoneError(Exception):
    """Rolls a step back that went well."""


async def taken_and_undone(case, name, who):
    database, begin = case.database, case.database.begin

    class Undo:
        def begin(self):
            return self

        async def __aenter__(self):
            self.transaction = begin()
            return await self.transaction.__aenter__()

        async def __aexit__(self, kind, error, trace):
            undone = error or UndoneError()
            await self.transaction.__aexit__(type(undone), undone, trace)
            if error is None:
                raise UndoneError

        def connect(self):
            return database.connect()

    case.database = Undo()
    try:
        await case.step(name, who)
    except UndoneError:
        return "taken"
    finally:
        case.database = database
    return "not undone"


async def test_a_stale_version_says_the_current_one(case):
    await case.steps("request", "confirm")
    refused = await case.refused(errors.StaleVersion, "approve", "YL01", version=1)
    assert refused.version == 2
    # The state is judged before the version, the side before the state.
    await case.refused(errors.WrongState, "confirm", "YL01", version=1)
    await case.refused(errors.WrongSide, "accept", "YL01", version=1)


async def test_a_community_may_not_accept_and_its_street_may(case):
    await case.steps("request", "confirm", "approve")
    for name in ("accept", "reject", "return_"):
        await case.refused(errors.CannotIssueLetters, name, "BJ0101")
        await case.refused(errors.CannotIssueLetters, name, "BJ010101")
        await case.refused(errors.NotFound, name, "BJ0102")
    await case.step("accept", "BJ01")
    await case.refused(errors.CannotIssueLetters, "return_receipt", "BJ010101")
    await case.step("return_receipt", "BJ")
    await case.refused(errors.CannotIssueLetters, "close", "YL0101")
    await case.step("close", "YL")


async def test_review_goes_from_the_branch_up_to_the_issuer(database):
    case = await a_case(database, branch="YL03G1")
    await case.request("YL03G1")
    await case.step("confirm", "YL03G1")
    assert (await case.row())["review_organization_id"] == case["YL03G"]
    await case.refused(errors.NotAllowed, "approve", "YL03G1")
    await case.refused(errors.InvalidInput, "approve", "YL03G", letter_number="1")
    await case.step("approve", "YL03G")
    assert (await case.row())["review_organization_id"] == case["YL03"]
    await case.refused(errors.CannotIssueLetters, "approve", "YL03G")
    await case.step("approve", "YL")  # a superior of the issuer acts for it
    assert await case.state() == "LETTER_ISSUED"
    assert await case.one("select issuer_id from letter") == case["YL03"]
    assert (await case.events())[-3:] == ["TRANSFER_APPROVED", "TRANSFER_APPROVED", "LETTER_ISSUED"]


async def test_reasons(case):
    await case.steps("request", "confirm")
    for name, who in (("return_", "BJ01"), ("refuse", "YL01"), ("withdraw", "YL01")):
        await case.refused(errors.ReasonRequired, name, who, reason=None)
        await case.refused(errors.ReasonRequired, name, who, reason="OTHER", note=" ")
    await case.step("approve", "YL01")
    await case.refused(errors.ReasonRequired, "reject", "BJ01", reason="OTHER")
    await case.refused(errors.ReasonRequired, "withdraw", "YL01", reason="OTHER")
    await case.refused(errors.ReasonRequired, "reissue_letter", "YL01", reason=" ")
    await case.step("reject", "BJ01", reason="OTHER", note="查无此单位")
    assert (await case.rows("select kind, reason, note from transfer_step order by number desc limit 1")) == [
        {"kind": "TRANSFER_REJECTED", "reason": "OTHER", "note": "查无此单位"}
    ]
    assert await case.one("select state from letter") == "VOID"


async def test_doubt_about_the_admission_settles_nothing(case):
    await case.steps("request", "confirm", "approve")
    await case.step("reject", "BJ01", reason="ADMISSION_IN_DOUBT")
    assert await case.state() == "RETURNED"
    assert (await case.events())[-1] == "TRANSFER_RETURNED"
    assert await case.one("select state from letter") == "VOID"


async def test_returned_resubmitted_to_another_committee(case):
    await case.steps("request", "confirm", "approve")
    await case.step("return_", "BJ01", reason="WRONG_ADDRESSEE")
    assert await case.one("select state from letter") == "VOID"
    await case.refused(errors.SameOrganization, "confirm", "YL0101", inflow_organization_id=case["YL0102"])
    await case.step("confirm", "YL0101", inflow_organization_id=case["BJ0201"])
    row = await case.row()
    assert (row["state"], row["inflow_organization_id"], row["named_inflow_id"]) == (
        "CONFIRMED",
        case["BJ02"],
        case["BJ0201"],
    )
    assert (await case.events())[-3:] == ["TRANSFER_UNSHARED", "TRANSFER_SHARED", "TRANSFER_CONFIRMED"]
    told = await case.rows("select kind, audience from outbox order by id desc limit 3")
    codes = {key: code for code, key in case.ids.items()}
    assert {row["kind"]: sorted(codes[one] for one in row["audience"]) for row in told} == {
        "TRANSFER_UNSHARED": ["BJ01", "BJ010101"],
        "TRANSFER_SHARED": ["BJ02", "BJ0201"],
        "TRANSFER_CONFIRMED": ["BJ02", "BJ0201", "YL01", "YL0101"],
    }
    await case.refused(errors.NotFound, "return_", "BJ01")
    await case.step("approve", "YL01")
    await case.step("accept", "BJ02", branch_id=case["BJ0201"])
    assert await case.holder() == "BJ0201"


async def test_another_committee_only_when_resubmitting(case):
    await case.request()
    await case.refused(errors.InvalidInput, "confirm", "YL0101", inflow_organization_id=case["BJ0201"])
    await case.step("confirm", "YL0101", inflow_organization_id=case["BJ010101"])  # the same says nothing new


async def test_withdrawing_after_the_letter_is_a_question(case):
    await case.steps("request", "confirm", "approve")
    await case.step("withdraw", "YL0101", reason="MEMBERS_WISH")
    row = await case.row()
    assert (row["state"], row["withdrawal_asked_on"], row["due_on"]) == (
        "LETTER_ISSUED",
        TODAY,
        TODAY + timedelta(days=15),
    )
    case.wait(15)
    refused = await case.refused(errors.WrongState, "withdraw", "YL0101")
    assert refused.state == "LETTER_ISSUED"
    case.wait(1)
    await case.step("withdraw", "YL0101")
    assert await case.state() == "WITHDRAWN"
    assert await case.one("select state from letter") == "VOID"
    assert (await case.events())[-2:] == ["WITHDRAWAL_ASKED", "TRANSFER_WITHDRAWN"]
    await case.refused(errors.WrongState, "accept", "BJ01")  # on the day of the withdrawal: nothing to settle


@pytest.mark.parametrize(("answer", "state"), [("accept", "RELEASED"), ("reject", "WITHDRAWN")])
async def test_the_acceptor_answers_the_question(case, answer, state):
    await case.steps("request", "confirm", "approve")
    await case.step("withdraw", "YL0101", reason="MEMBERS_WISH")
    await case.step(answer, "BJ01")
    row = await case.row()
    assert (row["state"], row["withdrawal_asked_on"]) == (state, None)
    assert await case.holder() == ("BJ010101" if answer == "accept" else "YL0101")


async def test_dates_of_the_national_system(case):
    await case.steps("request")
    await case.refused(errors.WrongState, "record_national_system_date", "YL0101")
    await case.step("confirm", "YL0101", national_system_on=TODAY - timedelta(days=1))
    to_come = TODAY + timedelta(days=1)
    assert (await case.refused(errors.InvalidInput, "record_national_system_date", "YL0101", on=to_come)).field == "on"
    await case.step("approve", "YL01")
    assert await case.rows("select * from discrepancy") == []
    await case.step("accept", "BJ01", national_system_on=TODAY)
    difference = "select field, owner, state, version, outflow_value, inflow_value from discrepancy"
    open_ = {"field": "nationalSystemOn", "owner": "INFLOW", "state": "OPEN", "version": 1}
    assert await case.rows(difference) == [{**open_, "outflow_value": "2026-11-24", "inflow_value": "2026-11-25"}]
    await case.step("record_national_system_date", "BJ01", on=TODAY)  # the same pair says nothing new
    assert (await case.rows(difference))[0]["version"] == 1
    await case.step("record_national_system_date", "YL0101", on=TODAY)
    assert await case.rows(difference) == [
        {**open_, "state": "SETTLED", "version": 2, "outflow_value": "2026-11-25", "inflow_value": "2026-11-25"}
    ]
    await case.step("return_receipt", "BJ01", national_system_on=TODAY - timedelta(days=1))
    assert dict((await case.rows(difference))[0]) | {"inflow_value": 0} == {
        **open_, "version": 3, "outflow_value": "2026-11-25", "inflow_value": 0,
    }  # fmt: skip
    told = "select kind, aggregate_version as v from outbox where topic = 'DISCREPANCY' order by id"
    assert [tuple(row.values()) for row in await case.rows(told)] == [
        ("DISCREPANCY_OPENED", 1),
        ("DISCREPANCY_SETTLED", 2),
        ("DISCREPANCY_OPENED", 3),
    ]


async def test_what_is_open_follows_the_successor(case):
    await case.steps("request", "confirm", "approve")
    async with case.database.begin() as connection:
        await organization.close(
            connection,
            viewer=a_viewer(case["BJ"]),
            organization_id=case["BJ01"],
            closed_on=TODAY,
            successor_id=case["BJ02"],
        )
    await case.step("accept", "BJ02", branch_id=case["BJ010101"])
    assert (await case.row())["inflow_organization_id"] == case["BJ02"]
    assert await case.holder() == "BJ010101"


async def test_who_sees_a_transfer(case):
    async with case.database.begin() as connection:
        await a_liaison(connection, case.member, case["YL0101"], case["BJ0102"], case["BJ010201"])
    await case.request(to="BJ010101")
    expected = {
        "HOLDER": {"YL0101", "YL01"},
        "OWN": {"YL"},
        "COUNTERPART": {"BJ", "BJ01", "BJ0101", "BJ010101", "BJ0102", "BJ010201"},
    }
    assert await seen(case) == expected
    await case.steps("confirm", "approve")
    assert await seen(case) == {
        **expected,
        "COUNTERPART": expected["COUNTERPART"] - {"BJ", "BJ01"},
        "ACCEPTOR": {"BJ", "BJ01"},
    }


async def seen(case):
    found = {}
    async with case.database.connect() as connection:
        for code, key in case.ids.items():
            row = await visibility.row(connection, a_viewer(key), Transfer, case.transfer)
            if row is not None:
                found.setdefault(row.access, set()).add(code)
    return found


async def race(*calls):
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_accept_and_withdraw_at_once(case):
    await case.steps("request", "confirm", "approve")
    await case.step("withdraw", "YL01")
    case.wait(16)
    version = (await case.row())["version"]
    results = await race(case.step("accept", "BJ01", version=version), case.step("withdraw", "YL01", version=version))
    won = [type(result).__name__ for result in results]
    assert sorted(won) == ["Changed", "WrongState"]
    accepted = won[0] == "Changed"
    assert await case.state() == ("RELEASED" if accepted else "WITHDRAWN")
    assert await case.holder() == ("BJ010101" if accepted else "YL0101")
    assert await case.one("select state from letter") == ("USED" if accepted else "VOID")
