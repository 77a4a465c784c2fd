"""What one reader may hear of the feed, read from the database.

Nothing here tells of events outside the view: positions, neighbours and heads are those of the view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import CursorCodec
from hub.feed.cursor import Position
from hub.feed.item import Event, ResyncReason, ResyncRequired
from hub.models.event import Aggregate, EventKind, Topic

# Prepared statements are planned without their values, so each shape leaves the planner one way only: scalar subqueries
# and laterals with a limit are not turned into joins. A plain join, planned for the average organization, takes
# seconds for the topmost one. Which shape is right depends on how many organizations the reader has below.
_NARROW = """
    select distinct near.seq from organization_closure c cross join lateral (
        select a.seq from feed_audience a
         where a.organization_id = c.descendant and a.seq {beyond} :mark {of_event}
         order by a.seq {order} limit :limit) near
     where c.ancestor = :hearer order by near.seq {order} limit :limit
"""
_WIDE = """
    select f.seq from feed f
     where f.seq {beyond} :mark {filters} and (
        select true from feed_audience a where a.seq = f.seq and (
            select true from organization_closure where ancestor = :hearer and descendant = a.organization_id)
         limit 1)
     order by f.seq {order} limit :limit
"""
_OF_MEMBER = """
    select f.seq from feed f
     where f.member_id = :hearer and f.seq {beyond} :mark {filters}
     order by f.seq {order} limit :limit
"""
_BY_TOPIC = """
    select near.seq from unnest(cast(:topics as text[])) as wanted (topic) cross join lateral ({seqs}) near
     order by near.seq {order} limit :limit
"""
# Wide = walk the feed, which pays where a good part of it concerns the reader; else = ask for each organization below.
_WIDE_FROM = 64
_WIDE_SHARE = 8
# The tree is part of what an organization may see; md5, since its ids may share their first bytes.
_STANDING = text(
    """
    select h.seq as head, cast(extract(epoch from clock_timestamp()) * 1e6 as bigint) as now,
           (select event_id from feed where seq = :seq) as event_id,
           (select coalesce(bit_xor(cast(cast('x' || left(md5(cast(descendant as text)), 8) as bit(32)) as int)), 0)
              from organization_closure where ancestor = :organization) as tree,
           (select count(*) from organization_closure where ancestor = :organization) as reach,
           (select count(*) from organization) as organizations
      from feed_head h
    """
)
# Events whoever hears them, for a process that passes them on; one index look-up per audience.
_ABROAD = text(
    """
    select f.*, array(select c.ancestor from feed_audience a
                        join organization_closure c on c.descendant = a.organization_id where a.seq = f.seq) as hearers
      from feed f where f.seq > :mark order by f.seq limit :limit
    """
)


@dataclass(frozen=True, slots=True)
class View:
    """A reader and the topics asked for (None = all). `member` is set for a member's own stream and only then.

    `grant`: a number of 32 bits that stands for the token's rights; with the tree it makes the cursor's grant.
    `realm`: whose cursors they are: shared events are sealed for one realm.
    """

    organization: UUID
    member: UUID | None
    topics: frozenset[Topic] | None
    grant: int
    realm: str = ""
    without: tuple[EventKind, ...] = ()

    @property
    def hearer(self) -> UUID:
        """The organization or the member by whom the audience is read."""
        return self.member or self.organization

    def includes(self, row: Row[Any]) -> bool:
        """Whether an event that this reader may hear is one of this view."""
        return (self.topics is None or row.topic in self.topics) and row.kind not in self.without


@dataclass(frozen=True, slots=True)
class Standing:
    """How a view stands now: the head of the whole feed and the time (neither is ever shown), the event at the position
    asked for, the grant, and whether many organizations stand below the reader."""

    head: int
    now: int
    event_id: UUID | None
    grant: int
    wide: bool


async def standing(connection: AsyncConnection, view: View, position: Position | None = None) -> Standing:
    """Read the standing; `event_id` is that of the event at the position, where it still is."""
    row = (
        await connection.execute(
            _STANDING,
            {"seq": position.seq if position else None, "organization": None if view.member else view.organization},
        )
    ).one()
    grant = view.grant ^ (row.tree & 0xFFFFFFFF)
    wide = row.reach >= _WIDE_FROM and row.reach * _WIDE_SHARE >= row.organizations
    return Standing(row.head, row.now, row.event_id, grant, wide)


async def read(
    connection: AsyncConnection,
    view: View,
    at: Standing,
    cursors: CursorCodec,
    *,
    after: int,
    limit: int,
    previous: int | None = None,
) -> list[Event]:
    """Return the next events of a view, oldest first. `previous`: the event of the view before them, if known."""
    rows = await _rows(connection, view, at, after, limit)
    if rows and previous is None:
        before = await _rows(connection, view, at, rows[0].seq, 1, backwards=True)
        previous = before[0].seq if before else None
    events = []
    for row in rows:
        events.append(event(view, row, previous, at.grant, cursors))
        previous = row.seq
    return events


async def last(connection: AsyncConnection, view: View, at: Standing) -> Row[Any] | None:
    """Return `seq` and `event_id` of the view's last event."""
    rows = await _rows(connection, view, at, 2**63 - 1, 1, backwards=True)
    return rows[0] if rows else None


async def start(connection: AsyncConnection, view: View, at: Standing) -> Position:
    """Return the place from which a reader hears what comes from now on.

    An empty view has no event to stand behind: there it is a moment, so that the cursor can expire like any other.
    """
    row = await last(connection, view, at)
    if row is None:
        return Position.without_event(max(at.now, at.head), at.grant)
    return Position.behind(row.seq, row.event_id, at.grant)


async def anew(
    connection: AsyncConnection, view: View, cursors: CursorCodec, at: Standing, reason: ResyncReason
) -> ResyncRequired:
    """Return the item that tells a reader to read anew, and from where to go on."""
    snapshot = await start(connection, view, at)
    rows = await _rows(connection, view, at, 0, 1)
    oldest = Position.without_event(rows[0].seq - 1, at.grant) if rows else snapshot
    return ResyncRequired(reason, oldest.seal(cursors), snapshot.seal(cursors))


async def abroad(connection: AsyncConnection, after: int, limit: int) -> list[tuple[Row[Any], set[UUID]]]:
    """Return the next events of the whole feed, each with all who may hear it, for passing on inside the process."""
    rows = await connection.execute(_ABROAD, {"mark": after, "limit": limit})
    return [(row, {*row.hearers, row.member_id} - {None}) for row in rows]


def fault(position: Position, at: Standing, retention: timedelta) -> ResyncReason | None:
    """Tell why a reader cannot go on from a position; `at` is the standing read for it. None = it can."""
    if position.grant != at.grant:
        return ResyncReason.SCOPE_CHANGED
    if position.has_event and at.event_id is not None and at.event_id.bytes[:4] == position.event:
        return None
    # A seq is a time in microseconds, or a little later.
    if position.seq < oldest_kept(at.now, retention):
        return ResyncReason.EXPIRED
    return ResyncReason.UNKNOWN_CURSOR if position.has_event else None


def oldest_kept(now: int, retention: timedelta) -> int:
    """Return the `seq` below which events are deleted; `now` in microseconds."""
    return now - retention // timedelta(microseconds=1)


@lru_cache(maxsize=64)
def _statement(shape: str, *, topics: bool, without: bool, backwards: bool) -> TextClause:
    by_topic = topics and shape is _WIDE
    conditions = [
        *(["f.topic = wanted.topic" if by_topic else "f.topic = any (:topics)"] if topics else []),
        *(["f.kind <> all (:without)"] if without else []),
    ]
    seqs = shape.format(
        beyond="<" if backwards else ">",
        order="desc" if backwards else "",
        filters="".join(f" and {condition}" for condition in conditions),
        of_event=f"and (select {' and '.join(conditions)} from feed f where f.seq = a.seq)" if conditions else "",
    )
    if by_topic:
        seqs = _BY_TOPIC.format(seqs=seqs, order="desc" if backwards else "")
    each = "cross join lateral (select * from feed where seq = s.seq limit 1) f"
    return text(f"select f.* from ({seqs}) s {each} order by s.seq")


async def _rows(
    connection: AsyncConnection, view: View, at: Standing, mark: int, limit: int, *, backwards: bool = False
) -> Sequence[Row[Any]]:
    shape = _OF_MEMBER if view.member else _WIDE if at.wide else _NARROW
    statement = _statement(shape, topics=view.topics is not None, without=bool(view.without), backwards=backwards)
    values: dict[str, Any] = {"hearer": view.hearer, "mark": mark, "limit": limit}
    if view.topics is not None:
        values["topics"] = sorted(view.topics)
    if view.without:
        values["without"] = list(view.without)
    return (await connection.execute(statement, values)).all()


def event(view: View, row: Row[Any], previous: int | None, grant: int, cursors: CursorCodec) -> Event:
    """Make the item of a row of the feed, as a view shows it."""
    return Event(
        cursor=Position.behind(row.seq, row.event_id, grant).seal(cursors),
        seq=row.seq,
        prev_seq=previous,
        topic=Topic(row.topic),
        kind=EventKind(row.kind),
        aggregate=Aggregate(row.aggregate),
        aggregate_id=row.aggregate_id,
        # How often a record changed tells whether somebody was heard about it.
        aggregate_version=0 if view.without and row.aggregate == Aggregate.PARTICIPATION else row.aggregate_version,
        replaces=row.replaces,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        organization_id=row.organization_id,
        departure_id=row.departure_id,
        arrival_id=row.arrival_id,
        transfer_id=row.transfer_id,
    )
