"""Reading the feed costs the same however large it is, for readers at every level, planned with values or without."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.feed import view as views
from hub.feed.view import View
from hub.models.event import EventKind, Topic

EVENTS, ORGANIZATIONS = 20_000, 1_000
PAGES = 2_000
"""What reading 100 events may touch; the tables have several times as many."""
MAKE = (
    f"""insert into organization (id, system, code, name, short_name, kind, recorded_at, recorded_by)
        select cast(md5('o' || n) as uuid), 'local', n, n, n, 'BRANCH', now(), 'test'
          from generate_series(0, {ORGANIZATIONS - 1}) n""",
    f"""insert into organization_closure (ancestor, descendant, depth)
        select cast(md5('o' || above) as uuid), cast(md5('o' || n) as uuid), case when above = n then 0 else 1 end
          from generate_series(0, {ORGANIZATIONS - 1}) n, lateral (select distinct unnest(array[0, n % 10, n])) a (above)""",
    f"""insert into feed (seq, event_id, topic, kind, aggregate, aggregate_id, aggregate_version, member_id, occurred_at,
                          recorded_at)
        select n, gen_random_uuid(), (array['LIAISON', 'TRANSFER', 'MEMBER'])[1 + n % 3], 'STATEMENT_AMENDED',
               'OutflowStatement', gen_random_uuid(), 1, cast(md5('m' || n % 5000) as uuid), now(), now()
          from generate_series(1, {EVENTS}) n""",
    f"""insert into feed_audience (organization_id, seq)
        select cast(md5('o' || (n * 7) % {ORGANIZATIONS}) as uuid), n from generate_series(1, {EVENTS}) n""",
    f"update feed_head set seq = {EVENTS}",
)
SHAPES = {"narrow": views._NARROW, "wide": views._WIDE, "member": views._OF_MEMBER}


async def test_no_reading_walks_through_the_whole_feed(database: AsyncEngine) -> None:
    walked: dict[tuple[object, ...], int] = {}
    async with database.connect() as connection:
        for statement in MAKE:
            await connection.execute(text(statement))
        await connection.commit()
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("vacuum analyze"))
        statements = {
            (shape, topics, without, backwards): views._statement(
                SHAPES[shape], topics=topics, without=without, backwards=backwards
            )
            for shape in SHAPES
            for topics in (False, True)
            for without in (False, True)
            for backwards in (False, True)
        }
        for mode in ("force_generic_plan", "force_custom_plan"):
            await connection.execute(text(f"set plan_cache_mode = {mode}"))
            for key, statement in statements.items():
                mark = "cast(:mark as bigint)"
                query = str(statement).replace(":mark", mark)
                hearer = "m1" if key[0] == "member" else "o0" if key[0] == "wide" else "o17"
                values: dict[str, object] = {"mark": EVENTS // 2, "limit": 100}
                values |= {"topics": [Topic.LIAISON, Topic.LEDGER]} if key[1] else {}
                values |= {"without": [EventKind.MEMBERSHIP_DECIDED]} if key[2] else {}
                query = query.replace(":hearer", f"cast(md5('{hearer}') as uuid)")
                plan = await connection.scalar(text(f"explain (analyze, buffers, format json) {query}"), values)
                top = plan[0]["Plan"]
                walked[mode, *key] = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    assert {key: pages for key, pages in walked.items() if pages > PAGES} == {}


async def test_narrow_and_wide_read_the_same_rows(database: AsyncEngine) -> None:
    async with database.connect() as connection:
        for statement in MAKE:
            await connection.execute(text(statement))
        root = await connection.scalar(text("select cast(md5('o0') as uuid)"))
        for topics in (None, frozenset({Topic.TRANSFER, Topic.MEMBER})):
            view = View(root, None, topics, 0)
            at = await views.standing(connection, view)
            assert at.wide
            for backwards in (False, True):
                wide = await views._rows(connection, view, at, EVENTS // 2, 50, backwards=backwards)
                narrow = await views._rows(
                    connection, view, views.Standing(at.head, at.now, None, at.grant, wide=False), EVENTS // 2, 50,
                    backwards=backwards,
                )  # fmt: skip
                assert [row.seq for row in wide] == [row.seq for row in narrow]
                assert len(wide) == 50
