"""Cursors of the stream: a sealed place in the feed, which says nothing to those who hold it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from hub.crypto import CursorCodec, NotSealedHere

_PURPOSE = "feed"
_LAYOUT = struct.Struct(">Q4sI")
_NO_EVENT = bytes(4)


class UnreadableCursor(Exception):
    """A cursor that this hub did not give to this caller's realm: invalid input, not a reason to read anew."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the feed: behind one event, or (`event` all zero) at a moment at which the view had none.

    `event`: the first 4 bytes of the event's id, by which a feed restored from a backup is told from the old one.
    `grant`: what the reader might see when the cursor was given.
    """

    seq: int
    event: bytes
    grant: int

    @classmethod
    def behind(cls, seq: int, event_id: UUID, grant: int) -> Self:
        """The place behind an event."""
        return cls(seq, event_id.bytes[:4], grant)

    @classmethod
    def without_event(cls, seq: int, grant: int) -> Self:
        """A place that no event holds; `seq` is then a moment, in microseconds."""
        return cls(seq, _NO_EVENT, grant)

    @property
    def has_event(self) -> bool:
        """Whether an event should be found here."""
        return self.event != _NO_EVENT

    def seal(self, cursors: CursorCodec) -> str:
        """Return the cursor text."""
        return cursors.seal(_PURPOSE, _LAYOUT.pack(self.seq, self.event, self.grant))

    @classmethod
    def unseal(cls, cursors: CursorCodec, text: str) -> Self:
        """Return the place that a cursor names. Raises UnreadableCursor."""
        try:
            return cls(*_LAYOUT.unpack(cursors.unseal(_PURPOSE, text)))
        except (NotSealedHere, struct.error):
            raise UnreadableCursor from None
