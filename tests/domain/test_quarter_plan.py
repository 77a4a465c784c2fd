"""The quarter summary of a branch is one statement, and its cost does not grow with the years kept."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.domain import quarter
from tests.domain.liaisons import World, a_world

MEMBERS = 100
_PEOPLE = (
    """insert into member (id, name, category, recorded_at, recorded_by)
       select cast(md5('m' || n) as uuid), '甲' || n, 'FULL', now(), 'test' from generate_series(1, 2000) n""",
    """insert into departure (id, member_id, organization_id, recorded_at, recorded_by, amended_at, amended_by)
       select cast(md5('d' || n) as uuid), cast(md5('m' || n) as uuid), :home, now(), 'x', now(), 'x'
         from generate_series(1, 2000) n""",
    """insert into arrival (id, organization_id, name, recorded_at, recorded_by, amended_at, amended_by)
       select cast(md5('a' || n) as uuid), :place, '甲' || n, now(), 'x', now(), 'x' from generate_series(1, 2000) n""",
    """insert into match (id, member_id, departure_id, arrival_id, asked_organization_id, basis, state, pair_digest,
                          confirmed_at, created_at)
       select gen_random_uuid(), cast(md5('m' || n) as uuid), cast(md5('d' || n) as uuid), cast(md5('a' || n) as uuid),
              :home, 'CARD', 'CONFIRMED', 'x', now(), now() from generate_series(1, 2000) n""",
)
_RECORDS = """
    insert into participation (id, arrival_id, organization_id, source, kind, held_on, day, host_id, mode, attendance, state,
                               confirmed_at, acknowledged_at, recorded_at, recorded_by, amended_at, amended_by)
    select gen_random_uuid(), cast(md5('a' || p) as uuid), :place, 'ROLL_CALL', 'THEME_DAY', (cast(:last as date) - n)::text,
           cast(:last as date) - n,
           :place, 'ON_SITE', 'PRESENT', 'ACKNOWLEDGED', now(), now(), now(), 'x', now(), 'x'
      from generate_series(1, 2000) p, generate_series(0, :each - 1) n
"""


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


async def fill(world: World, statement: str, **values: object) -> None:
    where = {"home": world["YL0101"], "place": world["BJ01"], **values}
    async with world.database.begin() as connection:
        await connection.execute(text(statement), {k: v for k, v in where.items() if f":{k}" in statement})
    async with world.database.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("vacuum analyze"))


async def walked(engine: AsyncEngine, world: World) -> int:
    members = [row["id"] for row in await world.rows(f"select id from member order by name, id limit {MEMBERS}")]
    values = {"members": members, "since": date(2026, 10, 1), "until": date(2026, 12, 31)}
    values |= {"year_begins": date(2026, 1, 1)}
    async with engine.connect() as connection:
        plan = await connection.scalar(text(f"explain (analyze, buffers, format json) {quarter.SUMMARY.text}"), values)
    top = plan[0]["Plan"]
    return top["Shared Hit Blocks"] + top["Shared Read Blocks"]


async def test_the_cost_is_that_of_the_period_and_not_of_the_years(world: World) -> None:
    for statement in _PEOPLE:
        await fill(world, statement)
    await fill(world, _RECORDS, last=date(2026, 11, 20), each=12)
    alone = await walked(world.database, world)
    for year in (2025, 2024, 2023):
        await fill(world, _RECORDS, last=date(year, 11, 20), each=12)

    with_three_years = await walked(world.database, world)

    assert with_three_years <= 1.5 * alone, (alone, with_three_years)


async def test_it_is_one_statement(world: World) -> None:
    sent: list[str] = []
    event.listen(world.database.sync_engine, "before_cursor_execute", lambda *a: sent.append(a[2]))
    person, _, _ = await world.pair()
    sent.clear()
    async with world.database.connect() as connection:
        await quarter.summaries(connection, members=[person], since=date(2026, 10, 1), until=date(2026, 12, 31))
    assert len([statement for statement in sent if "participation" in statement]) == len(sent) == 1
