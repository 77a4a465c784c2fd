"""The chain of formal affiliations: one organization at every instant, and a database that refuses anything else."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hub.domain import affiliation
from hub.domain.affiliation import Link, move_branch
from hub.domain.viewer import Role
from hub.errors import (
    BranchRequired,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotInForce,
    OpenTransferExists,
    OrganizationClosed,
    SameOrganization,
    WrongSide,
)
from tests.factories import NOW, a_liaison, a_member, a_tree, a_viewer, everything, kinds

TODAY = date(2026, 11, 25)


async def links(connection, member):
    rows = await connection.execute(
        text(
            "select o.code, a.starts, a.ends from affiliation a join organization o on o.id = a.organization_id"
            " where a.member_id = :m and a.superseded_at = 'infinity' order by a.starts"
        ),
        {"m": member},
    )
    return [tuple(row) for row in rows]


@pytest.fixture
async def world(database):
    async with database.begin() as connection:
        ids = await a_tree(connection)
        ids["member"] = await a_member(connection, ids["YL0101"])
    return ids


async def test_a_chain_starts_on_the_first_possible_day(database, world):
    async with database.begin() as connection:
        unknown = await a_member(connection, world["YL0101"], joined_on=None)
        year = await a_member(connection, world["YL0101"], joined_on="1998")
    async with database.connect() as connection:
        assert await links(connection, world["member"]) == [("YL0101", date(2015, 6, 1), None)]
        assert await links(connection, year) == [("YL0101", date(1998, 1, 1), None)]
        assert await links(connection, unknown) == [("YL0101", affiliation.UNKNOWN_START, None)]
        assert await connection.scalar(
            text("select starts = '-infinity' from affiliation where member_id = :m"), {"m": unknown}
        )
        assert await affiliation.holder(connection, unknown) == world["YL0101"]


async def test_move_branch(database, world):
    async with database.begin() as connection:
        changed = await move_branch(
            connection,
            viewer=a_viewer(world["YL01"]),
            now=NOW,
            member_id=world["member"],
            branch_id=world["YL0102"],
            moved_on=TODAY,
        )
    async with database.connect() as connection:
        assert await links(connection, world["member"]) == [
            ("YL0101", date(2015, 6, 1), TODAY),
            ("YL0102", TODAY, None),
        ]
        assert (changed.id, changed.version) == (world["member"], 2)
        assert await kinds(connection, world["member"]) == ["BRANCH_MOVED"]
        heard = await connection.execute(text("select topic, aggregate, audience from outbox"))
        assert [tuple(row) for row in heard] == [("MEMBER", "Member", [world["YL0101"], world["YL0102"]])]


REFUSED = [
    ("BJ01", "YL0102", TODAY, NotFound),
    ("YL0101", "YL0102", TODAY, NotAllowed),
    ("YL01", "YL01", TODAY, BranchRequired),
    ("YL01", "YL0101", TODAY, SameOrganization),
    ("YL", "YL0201", TODAY, InvalidInput),
    ("YL01", "YL0102", date(2026, 11, 26), InvalidInput),
    ("YL01", "YL0102", date(2015, 6, 1), InvalidInput),
]


@pytest.mark.parametrize(("who", "branch", "on", "refusal"), REFUSED)
async def test_move_branch_refused(database, world, who, branch, on, refusal):
    await refused(database, world, refusal, who, branch, on)


async def refused(database, world, refusal, who, branch="YL0102", on=TODAY, role=Role.COMMITTEE):
    async with database.connect() as connection:
        before = await everything(connection)
    with pytest.raises(refusal) as raised:
        async with database.begin() as connection:
            await move_branch(
                connection,
                viewer=a_viewer(world[who], role, world["member"]),
                now=NOW,
                member_id=world["member"],
                branch_id=world[branch],
                moved_on=on,
            )
    assert type(raised.value) is refusal
    async with database.connect() as connection:
        assert await everything(connection) == before


async def test_move_branch_by_the_other_side_a_partner_or_the_member(database, world):
    async with database.begin() as connection:
        await a_liaison(connection, world["member"], world["YL0101"], world["BJ0101"])
    await refused(database, world, WrongSide, "BJ0101")
    await refused(database, world, NotAllowed, "YL01", role=Role.PARTNER)
    await refused(database, world, NotAllowed, "YL01", role=Role.MEMBER)


async def test_move_branch_into_a_closed_one_or_while_a_transfer_is_open(database, world):
    async with database.begin() as connection:
        await connection.execute(
            text("update organization set closed_on = :on where id = :id"), {"on": TODAY, "id": world["YL0102"]}
        )
    await refused(database, world, OrganizationClosed, "YL01")
    async with database.begin() as connection:
        await connection.execute(
            text(
                "insert into transfer (id, member_id, outflow_organization_id, issuer_id, inflow_organization_id,"
                " named_inflow_id, requested_side, applied_on, application_reason, created_at, created_by, updated_at)"
                " values (gen_random_uuid(), :m, :o, :i, :t, :t, 'OUTFLOW', :on, '', now(), '', now())"
            ),
            {"m": world["member"], "o": world["YL0101"], "i": world["YL01"], "t": world["BJ01"], "on": TODAY},
        )
    await refused(database, world, OpenTransferExists, "YL01")


async def test_move_branch_after_membership_ended(database, world):
    async with database.begin() as connection:
        await end(connection, world, date(2026, 5, 1))
    await refused(database, world, NotInForce, "YL01")


async def decision(connection, world):
    return await connection.scalar(
        text(
            "insert into membership_decision (id, member_id, kind, decided_on, decided_by, recorded_at, recorded_by)"
            " values (gen_random_uuid(), :m, 'SUSPENDED', current_date, '支部', now(), 'test') returning id"
        ),
        {"m": world["member"]},
    )


async def end(connection, world, on):
    decided = await decision(connection, world)
    await affiliation.end(connection, member_id=world["member"], on=on, decision_id=decided)


async def test_end_and_resume(database, world):
    async with database.begin() as connection:
        await end(connection, world, date(2026, 5, 1))
    async with database.begin() as connection:
        assert await affiliation.holder(connection, world["member"]) is None
        resumed = await affiliation.resume(
            connection,
            member_id=world["member"],
            on=date(2026, 9, 1),
            decision_id=await decision(connection, world),
            now=NOW,
            by="test",
        )
    async with database.connect() as connection:
        assert resumed == await affiliation.holder(connection, world["member"]) == world["YL0101"]
        assert [row[1:] for row in await links(connection, world["member"])] == [
            (date(2015, 6, 1), date(2026, 5, 1)),
            (date(2026, 9, 1), None),
        ]


async def test_a_correction_replaces_the_whole_chain_and_keeps_the_old_one(database, world):
    corrected = [
        Link(world["YL0102"], date(2014, 7, 1), date(2020, 1, 1)),
        Link(world["YL0101"], date(2020, 1, 1)),
    ]
    async with database.begin() as connection:
        await affiliation.supersede(connection, member_id=world["member"], links=corrected, now=NOW, by="test")
    async with database.connect() as connection:
        assert await links(connection, world["member"]) == [
            ("YL0102", date(2014, 7, 1), date(2020, 1, 1)),
            ("YL0101", date(2020, 1, 1), None),
        ]
        assert await connection.scalar(text("select count(*) from affiliation where superseded_at < 'infinity'")) == 1


CUT = "update affiliation set ends = '2026-05-01' where ends is null"
NEXT = (
    "insert into affiliation (member_id, organization_id, starts, prev_ends, recorded_at, recorded_by)"
    " select member_id, organization_id, '{starts}', '{prev}', now(), 'mutant' from affiliation limit 1"
)
MUTANTS = {
    "a close without successor": [CUT],
    "a gap": [CUT, NEXT.format(starts="2026-06-01", prev="2026-05-01")],
    "an overlap": [CUT, NEXT.format(starts="2026-04-01", prev="2026-05-01")],
    "a link that follows nothing": [CUT, NEXT.format(starts="2026-06-01", prev="2026-06-01")],
    "a second open link": [NEXT.format(starts="2026-05-01", prev="2026-05-01")],
    "two first links": [CUT, NEXT.format(starts="2026-05-01", prev="2026-05-01").replace("'2026-05-01', now", "null, now")],
    "an end on the day it starts": ["update affiliation set ends = starts"],
    "a link taken away": ["update affiliation set superseded_at = now() where ends is null", CUT],
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_the_database_refuses(database, world, mutant):
    if mutant == "a link taken away":  # the last of two
        async with database.begin() as connection:
            await affiliation.move(
                connection,
                member_id=world["member"],
                to_organization=world["YL0102"],
                on=date(2026, 3, 1),
                now=NOW,
                by="test",
            )
    async with database.connect() as connection:
        before = await everything(connection)
    with pytest.raises(IntegrityError):
        await run(database, MUTANTS[mutant])
    async with database.connect() as connection:
        assert await everything(connection) == before


async def run(database, statements):
    async with database.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
