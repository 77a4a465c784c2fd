"""Requesting: by whom, for whom, where to; and two at once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub.domain import transfer_request
from hub.domain.viewer import Role
from hub.errors import (
    CannotIssueLetters,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotInForce,
    OpenTransferExists,
    OrganizationClosed,
    ReasonRequired,
    SameOrganization,
    WrongSide,
    WrongState,
)
from tests.domain.transfers import TODAY, Case, a_case
from tests.factories import NOW, a_liaison, a_viewer, everything


@pytest.fixture
async def case(database):
    return await a_case(database)


async def test_request_refused(case):
    await case.refused(NotFound, "request", "YL0201")
    await case.refused(NotFound, "request", "BJ01")
    await case.refused(InvalidInput, "request", "YL0101", applied_on=TODAY + timedelta(days=1))
    await case.refused(ReasonRequired, "request", "YL0101", reason=" ")
    await case.refused(SameOrganization, "request", "YL0101", to="YL0102")
    for role in (Role.PARTNER, Role.MEMBER):
        case.role = role
        await case.refused(NotAllowed, "request", "YL0101")


async def test_request_where_nobody_may_issue_or_accept(case):
    async with case.database.begin() as connection:
        await connection.execute(text("update organization set can_issue_letters = false where code like 'BJ%'"))
    await case.refused(CannotIssueLetters, "request", "YL0101")
    async with case.database.begin() as connection:
        await connection.execute(text("update organization set can_issue_letters = code = 'BJ'"))
    await case.refused(CannotIssueLetters, "request", "YL0101")


async def test_request_to_a_closed_or_unknown_organization(case):
    async with case.database.begin() as connection:
        await connection.execute(text("update organization set closed_on = '2026-01-01' where code = 'BJ010102'"))
    await case.refused(OrganizationClosed, "request", "YL0101", to="BJ010102")
    case.ids["nowhere"] = case.member
    refused = await case.refused(NotFound, "request", "YL0101", to="nowhere")
    assert refused.field == "inflowOrganizationId"


async def test_request_for_a_member_not_in_force_or_under_way(case):
    await case.request()
    await case.refused(OpenTransferExists, "request", "YL0101", to="BJ0201")
    await case.refused(OpenTransferExists, "request", "YL0101", reason="")  # the state is judged before the input
    await case.step("withdraw", "YL0101")
    async with case.database.begin() as connection:
        await connection.execute(text("update member set standing = 'SUSPENDED' where id = :id"), {"id": case.member})
    await case.refused(NotInForce, "request", "YL0101")


async def test_the_inflow_side_requests_where_the_member_is_shared(case):
    async with case.database.begin() as connection:
        await a_liaison(connection, case.member, case["YL0101"], case["BJ0101"])
    await case.refused(NotAllowed, "request", "BJ0101", to="BJ0201")
    await case.refused(NotFound, "request", "BJ0102")
    await case.request("BJ0101", to="BJ01")
    row = await case.row()
    assert (row["requested_side"], row["inflow_organization_id"]) == ("INFLOW", case["BJ01"])
    # Whoever requested sees it and may withdraw it before the letter; its street may too.
    await case.refused(CannotIssueLetters, "return_", "BJ0101")
    await case.step("withdraw", "BJ0101")
    assert await case.state() == "WITHDRAWN"


async def test_the_inflow_side_withdraws_only_its_own_request_and_only_before_the_letter(case):
    async with case.database.begin() as connection:
        await a_liaison(connection, case.member, case["YL0101"], case["BJ0101"])
    await case.request("BJ01", to="BJ01")
    await case.refused(NotAllowed, "withdraw", "BJ0101")  # lives there, but its street asked
    await case.steps("confirm", "approve")
    await case.refused(WrongState, "withdraw", "BJ01")


async def test_the_inflow_side_does_not_withdraw_what_the_outflow_side_requested(case):
    await case.request()
    await case.refused(WrongSide, "withdraw", "BJ01")


async def test_two_requests_at_once(case):
    other = Case(case.database, case.ids, case.member)
    results = await asyncio.gather(case.request(), other.request("YL01", to="BJ0201"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Changed", "OpenTransferExists"]
    assert await case.one("select count(*) from transfer") == 1
    assert await case.one("select count(*) from outbox") == 1


async def test_the_index_stops_a_second_request_that_locks_nothing(case):
    await case.request()
    async with case.database.connect() as connection:
        before = await everything(connection)
        row = {**await case.row(), "id": case.member}
        with pytest.raises(OpenTransferExists):
            await transfer_request._insert(connection, a_viewer(case["YL0101"]), NOW, row)
        await connection.rollback()
        assert await everything(connection) == before
