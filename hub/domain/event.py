"""The stream of events, as a viewer may hear it: by polling and by subscription."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import CursorCodec
from hub.domain.viewer import Role, Viewer
from hub.feed import view as views
from hub.feed.cursor import Position
from hub.feed.follow import Streams
from hub.feed.item import EventPage, Item
from hub.feed.view import View
from hub.models.event import EventKind, Topic

_STANDING_KINDS = (
    EventKind.MEMBERSHIP_DECIDED,
    EventKind.LOST_RECORDED,
    EventKind.LOST_LIFTED,
    EventKind.CONTACT_RECORDED,
    EventKind.EXEMPTION_RECORDED,
    EventKind.APPRAISAL_RECORDED,
    EventKind.OPINION_GIVEN,
    EventKind.ABSENCE_HEARD,
    EventKind.PARTICIPATION_DISPUTED,
    EventKind.DISPUTE_ANSWERED,
    EventKind.ATTENDANCE_DISCREPANCY_OPENED,
    EventKind.ATTENDANCE_DISCREPANCY_PROPOSED,
    EventKind.ATTENDANCE_DISCREPANCY_SETTLED,
)
"""Kinds that tell of standing, health or absence. A partner never hears them; the other side is kept out by the audience."""


def view_of(viewer: Viewer, topics: Iterable[Topic] | None) -> View:
    """Return what a viewer may hear. A member hears of themselves only."""
    grant = viewer.grant_version & 0xFFFFFFFF
    if viewer.role is Role.MEMBER:
        assert viewer.member is not None
        grant ^= int.from_bytes(viewer.member.bytes[-4:], "big")
    return View(
        organization=viewer.organization,
        member=viewer.member if viewer.role is Role.MEMBER else None,
        topics=None if topics is None else frozenset(topics),
        grant=grant,
        realm=viewer.realm,
        without=_STANDING_KINDS if viewer.role is Role.PARTNER else (),
    )


async def page(
    connection: AsyncConnection,
    viewer: Viewer,
    cursors: CursorCodec,
    after: str | None,
    topics: Iterable[Topic] | None,
    first: int,
    *,
    retention: timedelta,
) -> EventPage:
    """Return the next events behind a cursor, or from the oldest kept one. Raises UnreadableCursor.

    Where the reader must read anew, that is the only item.
    """
    view = view_of(viewer, topics)
    position = None if after is None else Position.unseal(cursors, after)
    at = await views.standing(connection, view, position)
    if position and (reason := views.fault(position, at, retention)):
        last = await views.last(connection, view, at)
        items: list[Item] = [await views.anew(connection, view, cursors, at, reason)]
        return EventPage(items, has_next=False, head_seq=last.seq if last else None)
    mark = position.seq if position else 0
    events = await views.read(connection, view, at, cursors, after=mark, limit=first + 1)
    if first < len(events) or not events:
        last = await views.last(connection, view, at)
        head_seq = last.seq if last else None
    else:
        head_seq = events[-1].seq
    return EventPage([*events[:first]], has_next=first < len(events), head_seq=head_seq)


def follow(
    streams: Streams,
    viewer: Viewer,
    cursors: CursorCodec,
    after: str | None,
    topics: Iterable[Topic] | None,
    *,
    expires_at: datetime | None = None,
) -> AsyncGenerator[Item, None]:
    """Yield the items behind a cursor, or from now on. Raises UnreadableCursor at the first step."""
    reader = (viewer.organization, viewer.role, viewer.client, viewer.member)
    return streams.follow(view_of(viewer, topics), cursors, after, reader=reader, expires_at=expires_at)
