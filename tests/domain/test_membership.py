"""Decisions on membership: which are possible, and what each brings about."""

from datetime import date

import pytest
from sqlalchemy import text

from hub.domain import affiliation, transfer
from hub.domain.membership import decide, record_decision
from hub.domain.viewer import Role
from hub.errors import InvalidInput, NotAllowed, NotFound, OpenTransferExists, WrongSide, WrongState
from hub.models import DecisionKind, MemberCategory, MemberStanding
from tests.factories import NOW, a_liaison, a_member, a_tree, a_viewer, everything, kinds

TODAY = date(2026, 11, 25)

# kind → (category, standing) before → after
POSSIBLE = {
    ("FULL_MEMBERSHIP", "PROBATIONARY", "IN_FORCE"): ("FULL", "IN_FORCE"),
    ("PROBATION_EXTENDED", "PROBATIONARY", "IN_FORCE"): ("PROBATIONARY", "IN_FORCE"),
    ("CANDIDACY_CANCELLED", "PROBATIONARY", "IN_FORCE"): ("PROBATIONARY", "CANDIDACY_CANCELLED"),
    ("SUSPENDED", "FULL", "IN_FORCE"): ("FULL", "SUSPENDED"),
    ("RESTORED", "FULL", "SUSPENDED"): ("FULL", "IN_FORCE"),
    ("RESTORED", "FULL", "REMOVED"): ("FULL", "IN_FORCE"),
    ("RESTORED", "FULL", "EXPELLED"): ("FULL", "IN_FORCE"),
    ("RESTORED", "PROBATIONARY", "SUSPENDED"): ("PROBATIONARY", "IN_FORCE"),
    ("RESTORED", "PROBATIONARY", "REMOVED"): ("PROBATIONARY", "IN_FORCE"),
    ("RESTORED", "PROBATIONARY", "EXPELLED"): ("PROBATIONARY", "IN_FORCE"),
    ("REMOVED", "FULL", "IN_FORCE"): ("FULL", "REMOVED"),
    ("REMOVED", "FULL", "SUSPENDED"): ("FULL", "REMOVED"),
    ("EXPELLED", "FULL", "IN_FORCE"): ("FULL", "EXPELLED"),
    ("EXPELLED", "FULL", "SUSPENDED"): ("FULL", "EXPELLED"),
    ("DECEASED", "FULL", "IN_FORCE"): ("FULL", "DECEASED"),
    ("DECEASED", "FULL", "SUSPENDED"): ("FULL", "DECEASED"),
    ("DECEASED", "PROBATIONARY", "IN_FORCE"): ("PROBATIONARY", "DECEASED"),
    ("DECEASED", "PROBATIONARY", "SUSPENDED"): ("PROBATIONARY", "DECEASED"),
}


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("category", MemberCategory)
@pytest.mark.parametrize("standing", MemberStanding)
def test_full_product(kind, category, standing):
    expected = POSSIBLE.get((kind, category, standing))
    if expected is None:
        with pytest.raises(WrongState) as refused:
            decide(kind, category, standing)
        assert refused.value.state == standing
    else:
        assert decide(kind, category, standing) == expected


@pytest.fixture
async def world(database):
    async with database.begin() as connection:
        ids = await a_tree(connection)
        ids["full"] = await a_member(connection, ids["YL0101"], joined_on="2015-06-10")
        ids["probationary"] = await a_member(connection, ids["YL0101"], joined_on="2025-10-20", category="PROBATIONARY")
    return ids


async def record(database, world, kind, member="full", who="YL0101", *, role=Role.BRANCH, on=TODAY, **more):
    async with database.begin() as connection:
        return await record_decision(
            connection,
            viewer=a_viewer(world[who], role, world["full"]),
            now=NOW,
            member_id=world[member],
            kind=DecisionKind(kind),
            decided_on=on,
            **{"decided_by": "白杨村党支部大会", **more},
        )


async def refused(database, world, refusal, *args, **more):
    async with database.connect() as connection:
        before = await everything(connection)
    with pytest.raises(refusal) as raised:
        await record(database, world, *args, **more)
    assert type(raised.value) is refusal
    async with database.connect() as connection:
        assert await everything(connection) == before


async def a_row(database, statement, **values):
    async with database.connect() as connection:
        return tuple((await connection.execute(text(statement), values)).one())


MEMBER = "select category, standing, joined_on, full_member_on, version from member where id = :id"


async def test_full_membership(database, world):
    changed = await record(database, world, "FULL_MEMBERSHIP", "probationary", document_number="柳党〔2026〕7号")
    assert changed.version == 2
    assert await a_row(database, MEMBER, id=world["probationary"]) == (
        "FULL",
        "IN_FORCE",
        "2025-10-20",
        "2026-11-25",
        2,
    )
    async with database.connect() as connection:
        assert await kinds(connection, world["probationary"]) == ["MEMBERSHIP_DECIDED"]
        assert await affiliation.holder(connection, world["probationary"]) == world["YL0101"]
    await refused(database, world, WrongState, "FULL_MEMBERSHIP", "probationary")


@pytest.mark.parametrize("until", ["2027-04-19", "2027-04-20", "2027-10-20", "2027-11-25"])
async def test_probation_is_extended_once(database, world, until):
    await record(database, world, "PROBATION_EXTENDED", "probationary", until_on=date.fromisoformat(until))
    assert (await a_row(database, MEMBER, id=world["probationary"]))[:4] == (
        "PROBATIONARY", "IN_FORCE", "2025-10-20", None,
    )  # fmt: skip
    again = {"until_on": date(2027, 10, 20)}
    await refused(database, world, WrongState, "PROBATION_EXTENDED", "probationary", **again)


@pytest.mark.parametrize("until", [None, date(2027, 4, 18), date(2027, 11, 26)])
async def test_probation_extended_by_too_little_or_too_much(database, world, until):
    await refused(database, world, InvalidInput, "PROBATION_EXTENDED", "probationary", until_on=until)


async def test_membership_ends_and_with_it_the_arrangement(database, world):
    async with database.begin() as connection:
        departure, _ = await a_liaison(connection, world["full"], world["YL0101"], world["BJ0101"], world["BJ010101"])
    await record(database, world, "SUSPENDED", on=date(2026, 11, 1))
    async with database.connect() as connection:
        assert await affiliation.holder(connection, world["full"]) is None
        assert await kinds(connection, departure) == ["LIAISON_ENDED"]
        heard = await connection.execute(text("select audience from outbox where kind = 'MEMBERSHIP_DECIDED'"))
        assert heard.scalars().all() == [[world["YL0101"]]]
    ended = await a_row(database, "select ended_on, end_reason from departure where id = :id", id=departure)
    assert ended == (date(2026, 11, 1), "MEMBERSHIP_ENDED")

    await refused(database, world, InvalidInput, "RESTORED", on=date(2026, 10, 31))
    await record(database, world, "RESTORED", on=date(2026, 11, 20))
    chain = (
        "select array_agg(array[starts, ends] order by starts), bool_or(ended_by is not null),"
        " bool_or(resumed_by is not null) from affiliation where member_id = :id"
    )
    assert await a_row(database, chain, id=world["full"]) == (
        [[date(2015, 6, 10), date(2026, 11, 1)], [date(2026, 11, 20), None]],
        True,
        True,
    )


async def test_suspended_then_removed_does_not_end_twice(database, world):
    await record(database, world, "SUSPENDED", on=date(2026, 1, 1))
    await record(database, world, "REMOVED", on=date(2026, 11, 1))
    ends = "select count(*), max(ends) from affiliation where member_id = :id"
    assert await a_row(database, ends, id=world["full"]) == (1, date(2026, 1, 1))
    await refused(database, world, WrongState, "DECEASED")


@pytest.mark.parametrize("on", [date(2026, 11, 26), date(2015, 6, 10)])
async def test_impossible_days(database, world, on):
    await refused(database, world, InvalidInput, "DECEASED", on=on)


async def test_who_may(database, world):
    async with database.begin() as connection:
        await a_liaison(connection, world["full"], world["YL0101"], world["BJ0101"])
    await refused(database, world, NotFound, "DECEASED", who="YL0102")
    await refused(database, world, WrongSide, "DECEASED", who="BJ0101")
    await refused(database, world, NotAllowed, "DECEASED", role=Role.PARTNER)
    await refused(database, world, NotAllowed, "DECEASED", role=Role.MEMBER)
    await refused(database, world, InvalidInput, "DECEASED", decided_by=" ")
    await refused(database, world, InvalidInput, "DECEASED", until_on=TODAY)
    await record(database, world, "DECEASED", who="YL")
    # The last holder still sees and corrects what it held.
    await refused(database, world, WrongState, "RESTORED", who="YL0101")


async def a_transfer(database, world, member="full"):
    async with database.begin() as connection:
        return await transfer.request(
            connection,
            viewer=a_viewer(world["YL0101"]),
            now=NOW,
            member_id=world[member],
            inflow_organization_id=world["BJ0101"],
            applied_on=TODAY,
            reason="长期在滨江工作",
        )


async def test_an_open_transfer_stands_in_the_way_of_all_but_death(database, world):
    requested = await a_transfer(database, world)
    for kind in ("SUSPENDED", "REMOVED", "EXPELLED"):
        await refused(database, world, OpenTransferExists, kind)
    await record(database, world, "DECEASED")
    assert await a_row(database, "select state, version from transfer where id = :id", id=requested.id) == (
        "WITHDRAWN",
        2,
    )
    step = "select kind, reason, note from transfer_step where transfer_id = :id order by number desc limit 1"
    said = await a_row(database, step, id=requested.id)
    assert said == ("TRANSFER_WITHDRAWN", "OTHER", "不再办理 / no longer pursued")


async def test_probation_is_decided_while_a_transfer_is_open(database, world):
    await a_transfer(database, world, "probationary")
    await record(database, world, "FULL_MEMBERSHIP", "probationary")
    await refused(database, world, OpenTransferExists, "SUSPENDED", "probationary")
